;; Both pairs mix the styles crosswise: pointer as a function and size as a global
;; for the input type, the other way round for the output type. The result is the
;; input's length.
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "text/csv")
  (data (i32.const 32) "text/html")
  (func (export "input_content_type_ptr") (result i32) (i32.const 16))
  (global (export "input_content_type_size") i32 (i32.const 8))
  (global (export "output_content_type_ptr") i32 (i32.const 32))
  (func (export "output_content_type_size") (result i32) (i32.const 9))
  (global (export "input_ptr") i32 (i32.const 64))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
