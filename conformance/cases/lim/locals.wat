;; Six locals in three runs, and a parameter, which is not one of them.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (local i32 i32 i32)
    (local i64 i64)
    (local f64)
    (local.get $size)))
