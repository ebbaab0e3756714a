;; A type of three parameters and three results that no function has; the entry
;; point itself has one of each.
(module
  (type $wide (func (param i32 i64 f32) (result f64 i32 i32)))
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
