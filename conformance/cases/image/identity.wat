;; Changes nothing. A tile without a halo takes the whole of its only page.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba32float_64x64") (param f32 f32)))
