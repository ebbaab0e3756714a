;; UTF-8 in and out, an echo: the cases choose what a command line has to print.
(module
  (memory (export "memory") 1)
  (func (export "input_ptr") (result i32) (i32.const 0))
  (func (export "input_utf8_cap") (result i32) (i32.const 64))
  (func (export "output_ptr") (result i32) (i32.const 0))
  (func (export "output_utf8_cap") (result i32) (i32.const 64))
  (func (export "render") (param $size i32) (result i32) (local.get $size)))
