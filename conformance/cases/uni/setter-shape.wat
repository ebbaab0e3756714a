;; A setter without a parameter. The start function traps, so the refusal is seen to
;; come before anything is instantiated.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (func (export "uniform_set_x"))
  (func (export "run") (param $size i32) (result i32)
    local.get $size)
  (func $never unreachable)
  (start $never))
