;; Memory that may grow up to two pages, and a function that grows it. The answer
;; is the size in pages after growing by one.
(module
  (memory (export "memory") 1 2)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (memory.size)))
