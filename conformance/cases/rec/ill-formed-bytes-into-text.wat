;; Any bytes in, the same bytes out, in a buffer larger than that of echo-bytes.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 32))
  (global (export "input_bytes_cap") i32 (i32.const 256))
  (global (export "output_ptr") i32 (i32.const 32))
  (global (export "output_bytes_cap") i32 (i32.const 256))
  (func (export "render") (param $size i32) (result i32) (local.get $size)))
