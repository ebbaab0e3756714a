;; Echoes in place at 1024. All four numbers have types that only the lenient
;; reading takes: i64, f32 and f64 globals and a function that gives f64.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i64 (i64.const 1024))
  (global (export "input_utf8_cap") f32 (f32.const 8))
  (global (export "output_ptr") f64 (f64.const 1024))
  (func (export "output_utf8_cap") (result f64) (f64.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
