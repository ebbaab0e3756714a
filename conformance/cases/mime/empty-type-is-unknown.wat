;; Declares both types with size 0. Both pointers are the very end of memory
;; (one page, 65536), which is in bounds for no bytes.
(module
  (memory (export "memory") 1)
  (global (export "input_content_type_ptr") i32 (i32.const 65536))
  (global (export "input_content_type_size") i32 (i32.const 0))
  (global (export "output_content_type_ptr") i32 (i32.const 65536))
  (global (export "output_content_type_size") i32 (i32.const 0))
  ;; One buffer for input and output.
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 32))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_utf8_cap") i32 (i32.const 32))
  (func (export "render") (param $size i32) (result i32)
    local.get $size))
