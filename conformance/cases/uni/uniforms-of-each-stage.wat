;; Puts a digit behind its input: the uniform `mark`, or 0 without it.
(module
  (memory (export "memory") 1)
  (global $mark (mut i32) (i32.const 0))
  ;; One buffer at 0, with room for one byte more than comes in.
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_utf8_cap") i32 (i32.const 65))
  (func (export "uniform_set_mark") (param $value i32)
    (global.set $mark (local.get $value)))
  (func (export "run") (param $size i32) (result i32)
    ;; 0x30 is the digit 0.
    (i32.store8 (local.get $size) (i32.add (i32.const 0x30) (global.get $mark)))
    (i32.add (local.get $size) (i32.const 1))))
