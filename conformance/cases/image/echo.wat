;; Bytes in, the same bytes out; no content type is declared.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_bytes_cap") i32 (i32.const 65536))
  (func (export "render") (param $size i32) (result i32)
    (local.get $size)))
