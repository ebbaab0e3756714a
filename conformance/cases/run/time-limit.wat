;; Runs forever when it is given any input, and returns at once when not.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (if (local.get $size) (then (loop $forever (br $forever))))
    (i32.const 5)))
