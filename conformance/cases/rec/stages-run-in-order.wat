;; Puts an `a` behind its input. It reads at 1000 and writes at 5000: the host must
;; carry the bytes from each stage's output to the next one's input.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 1000))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 5000))
  (global (export "output_utf8_cap") i32 (i32.const 65))
  (func (export "run") (param $size i32) (result i32)
    (memory.copy (i32.const 5000) (i32.const 1000) (local.get $size))
    (i32.store8 offset=5000 (local.get $size) (i32.const 0x61)) ;; a
    (i32.add (local.get $size) (i32.const 1))))
