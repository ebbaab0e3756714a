;; Has a setter under the reserved name in the shape of any other uniform, so nothing
;; but the name stands against it. The result is the value, 0 without it.
(module
  (memory (export "memory") 1)
  (global $value (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (func (export "uniform_set_width_and_height") (param $value i32)
    (global.set $value (local.get $value)))
  (func (export "run") (param i32) (result i32)
    global.get $value))
