;; A scalar of the case's choice: the four bytes of its input, little-endian.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 4))
  (func (export "run") (param $size i32) (result i32)
    (i32.load (i32.const 0))))
