;; Takes no input at all. Answers 7 rather than the length, to show that it ran.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 0))
  (func (export "run") (param $size i32) (result i32) (i32.const 7)))
