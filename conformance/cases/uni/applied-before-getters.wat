;; The input's capacity is what the uniform `cap` says. The start function sets it to 1
;; first: a uniform comes after instantiation, or it is lost, and before the getters,
;; or it is late. The result is the input's length.
(module
  (memory (export "memory") 1)
  (global $cap (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (func (export "input_bytes_cap") (result i32)
    global.get $cap)
  (func (export "uniform_set_cap") (param $value i32)
    (global.set $cap (local.get $value)))
  (func (export "run") (param $size i32) (result i32)
    local.get $size)
  (func $set_up
    (global.set $cap (i32.const 1)))
  (start $set_up))
