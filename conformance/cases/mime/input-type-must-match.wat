;; Takes `text/html` only and gives the input back. It declares no output type,
;; so the type it was handed shows in the reply.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "text/html")
  (global (export "input_content_type_ptr") i32 (i32.const 0))
  (global (export "input_content_type_size") i32 (i32.const 9))
  ;; One buffer at 1024 for input and output: giving back is doing nothing.
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 1024))
  (global (export "output_utf8_cap") i32 (i32.const 64))
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
