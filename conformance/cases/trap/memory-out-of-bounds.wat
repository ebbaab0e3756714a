;; -1 + 4 would be 3, in bounds, if it wrapped.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param i32) (result i32)
    (i32.load (i32.const -1))))
