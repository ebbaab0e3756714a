;; All numbers in the right shape: a text in, the same text out, types on both sides.
;; The cases take what they need of it and spoil one number.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "text/html")
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 1024))
  (global (export "output_utf8_cap") i32 (i32.const 8))
  (global (export "input_content_type_ptr") i32 (i32.const 64))
  (global (export "input_content_type_size") i32 (i32.const 9))
  (global (export "output_content_type_ptr") i32 (i32.const 64))
  (global (export "output_content_type_size") i32 (i32.const 9))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
