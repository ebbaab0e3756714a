;; Two tables of ten entries each.
(module
  (memory (export "memory") 1)
  (table 10 funcref)
  (table 10 funcref)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
