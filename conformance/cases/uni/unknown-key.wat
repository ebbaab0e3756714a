;; Has one uniform, `level`. The result is its value, -1 without it.
(module
  (memory (export "memory") 1)
  (global $level (mut i32) (i32.const -1))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (func (export "uniform_set_level") (param $value i32)
    (global.set $level (local.get $value)))
  (func (export "run") (param i32) (result i32)
    global.get $level))
