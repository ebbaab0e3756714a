;; Has a bytes capacity only; answers with the length it was given.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (func (export "input_bytes_cap") (result i32) (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
