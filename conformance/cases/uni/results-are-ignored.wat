;; Setters with all sorts of results. Each adds its value to the module's result, so a
;; host that does not call one is seen.
(module
  (memory (export "memory") 1)
  (global $sum (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (func $add (param $value i32)
    (global.set $sum (i32.add (global.get $sum) (local.get $value))))
  (func (export "uniform_set_number") (param $value i32) (result i32)
    (call $add (local.get $value))
    i32.const -1)
  (func (export "uniform_set_several") (param $value i32) (result i64 f32 i32)
    (call $add (local.get $value))
    i64.const 1
    f32.const nan
    i32.const 0)
  (func (export "uniform_set_reference") (param $value i32) (result funcref)
    (call $add (local.get $value))
    ref.null func)
  (func (export "uniform_set_vector") (param $value i32) (result v128)
    (call $add (local.get $value))
    v128.const i32x4 1 2 3 4)
  (func (export "run") (param i32) (result i32)
    global.get $sum))
