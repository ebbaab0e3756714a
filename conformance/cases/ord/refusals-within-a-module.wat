;; Nothing wrong with it: answers 7. The cases add two faults at once to it.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "uniform_set_level") (param i32))
  (func (export "run") (param i32) (result i32) (i32.const 7)))
