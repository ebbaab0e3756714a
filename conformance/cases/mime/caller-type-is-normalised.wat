;; Declares no content type at all and gives the input back: the reply's type is
;; the caller's, in the form that the host keeps.
(module
  (memory (export "memory") 1)
  (func (export "input_ptr") (result i32) (i32.const 256))
  (func (export "input_bytes_cap") (result i32) (i32.const 16))
  ;; The same buffer for the output.
  (func (export "output_ptr") (result i32) (i32.const 256))
  (func (export "output_bytes_cap") (result i32) (i32.const 16))
  (func (export "render") (param $size i32) (result i32)
    local.get $size))
