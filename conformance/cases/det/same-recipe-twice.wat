;; Echoes and puts a digit after the input: how often this instance was called
;; before. Every stage has an instance of its own, so each digit is a 0.
(module
  (memory (export "memory") 1)
  (global $before (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 1024))
  (global (export "output_utf8_cap") i32 (i32.const 9))
  (func (export "run") (param $size i32) (result i32)
    (i32.store8 (i32.add (i32.const 1024) (local.get $size))
                (i32.add (i32.const 0x30) (global.get $before)))
    (global.set $before (i32.add (global.get $before) (i32.const 1)))
    (i32.add (local.get $size) (i32.const 1))))
