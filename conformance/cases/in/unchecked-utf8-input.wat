;; UTF-8 in, bytes out: an echo that shows what was let through.
(module
  (memory (export "memory") 1)
  (func (export "input_ptr") (result i32) (i32.const 1000))
  (func (export "input_utf8_cap") (result i32) (i32.const 32))
  (func (export "output_ptr") (result i32) (i32.const 1000))
  (func (export "output_bytes_cap") (result i32) (i32.const 32))
  (func (export "render") (param $size i32) (result i32) (local.get $size)))
