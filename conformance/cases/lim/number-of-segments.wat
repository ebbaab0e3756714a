;; Two data segments (one active, one passive) and three element segments (active,
;; passive, declarative): five in all.
(module
  (memory (export "memory") 1)
  (table 1 funcref)
  (func $noted)
  (data (i32.const 64) "active")
  (data "passive")
  (elem (i32.const 0) func $noted)
  (elem func $noted)
  (elem declare func $noted)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
