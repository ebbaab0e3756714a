;; A sound module, but its start function traps: whatever is found before it is
;; instantiated must be answered first.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (func (export "uniform_set_n") (param i32))
  (func (export "uniform_set_x") (param f32))
  (func (export "run") (param $size i32) (result i32)
    local.get $size)
  (func $never unreachable)
  (start $never))
