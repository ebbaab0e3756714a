;; Puts a `b` behind its input, with a layout all its own: two pages, the input in
;; the second, the output at 0, bytes instead of text.
(module
  (memory (export "memory") 2)
  (func (export "input_ptr") (result i32) (i32.const 70000))
  (func (export "input_bytes_cap") (result i32) (i32.const 32))
  (func (export "output_ptr") (result i32) (i32.const 0))
  (func (export "output_bytes_cap") (result i32) (i32.const 33))
  (func (export "render") (param $size i32) (result i32)
    (memory.copy (i32.const 0) (i32.const 70000) (local.get $size))
    (i32.store8 (local.get $size) (i32.const 0x62)) ;; b
    (i32.add (local.get $size) (i32.const 1))))
