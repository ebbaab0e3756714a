;; Six exports: the four that it takes to run, and two more of one function.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "one") (export "two"))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
