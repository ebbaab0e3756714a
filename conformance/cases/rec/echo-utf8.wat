;; Text in, the same text out.
(module
  (memory (export "memory") 1)
  ;; One buffer for input and output.
  (func (export "input_ptr") (result i32) (i32.const 4096))
  (func (export "input_utf8_cap") (result i32) (i32.const 64))
  (func (export "output_ptr") (result i32) (i32.const 4096))
  (func (export "output_utf8_cap") (result i32) (i32.const 64))
  (func (export "render") (param $size i32) (result i32)
    local.get $size))
