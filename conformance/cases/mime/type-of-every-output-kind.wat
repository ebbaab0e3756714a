;; A scalar result (there is no output buffer) with a declared output type: the
;; reply of a scalar carries the type as well.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "application/vnd.count")
  (global (export "output_content_type_ptr") i32 (i32.const 0))
  (global (export "output_content_type_size") i32 (i32.const 21))
  (global (export "input_ptr") i32 (i32.const 64))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (func (export "render") (param $size i32) (result i32)
    local.get $size))
