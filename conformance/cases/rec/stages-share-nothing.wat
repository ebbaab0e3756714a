;; Puts two digits behind its input: how often this instance has been called, kept in
;; a global, and how often its memory remembers to have been called. With nothing
;; shared both are 1 in every stage.
(module
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  ;; Address 0 counts too; the buffer for input and output is at 1024.
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 1024))
  (global (export "output_utf8_cap") i32 (i32.const 66))
  (func (export "run") (param $size i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    ;; 0x30 is the digit 0.
    (i32.store8 offset=1024 (local.get $size)
      (i32.add (i32.const 0x30) (global.get $calls)))
    (i32.store8 offset=1025 (local.get $size)
      (i32.add (i32.const 0x30) (i32.load (i32.const 0))))
    (i32.add (local.get $size) (i32.const 2))))
