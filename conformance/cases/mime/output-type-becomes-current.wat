;; Declares the output type `text/html` and no input type; gives the input back.
;; Size as a function and pointer as a global: a pair may mix the styles.
(module
  (memory (export "memory") 1)
  (data (i32.const 8) "text/html")
  (global (export "output_content_type_ptr") i32 (i32.const 8))
  (func (export "output_content_type_size") (result i32) (i32.const 9))
  ;; One buffer at 512 for input and output.
  (global (export "input_ptr") i32 (i32.const 512))
  (global (export "input_utf8_cap") i32 (i32.const 32))
  (global (export "output_ptr") i32 (i32.const 512))
  (global (export "output_utf8_cap") i32 (i32.const 32))
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
