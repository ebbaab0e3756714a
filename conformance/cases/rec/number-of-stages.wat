;; Puts one dot behind its input: the output's length shows how many stages ran.
(module
  (memory (export "memory") 1)
  ;; One buffer at 0, for 128 bytes in and one more out.
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 128))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_utf8_cap") i32 (i32.const 129))
  (func (export "run") (param $size i32) (result i32)
    (i32.store8 (local.get $size) (i32.const 0x2e)) ;; .
    (i32.add (local.get $size) (i32.const 1))))
