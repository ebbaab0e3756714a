;; All numbers in the right shape: a text in, the same text out, types on both sides.
;; The cases take what they need of it and spoil one number.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "text/html")
  (func (export "input_ptr") (result i32) (i32.const 1024))
  (func (export "input_utf8_cap") (result i32) (i32.const 8))
  (func (export "output_ptr") (result i32) (i32.const 1024))
  (func (export "output_utf8_cap") (result i32) (i32.const 8))
  (func (export "input_content_type_ptr") (result i32) (i32.const 64))
  (func (export "input_content_type_size") (result i32) (i32.const 9))
  (func (export "output_content_type_ptr") (result i32) (i32.const 64))
  (func (export "output_content_type_size") (result i32) (i32.const 9))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
