;; The output type takes the last 9 bytes of memory (65536 - 9 = 65527).
;; The result is the input's length.
(module
  (memory (export "memory") 1)
  (data (i32.const 65527) "text/html")
  (global (export "output_content_type_ptr") i32 (i32.const 65527))
  (global (export "output_content_type_size") i32 (i32.const 9))
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
