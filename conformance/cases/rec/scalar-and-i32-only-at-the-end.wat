;; A scalar stage: the result is the input's length.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
