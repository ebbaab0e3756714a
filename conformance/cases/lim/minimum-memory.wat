;; Three pages at least. Answers with the size of its memory in pages.
(module
  (memory (export "memory") 3)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (memory.size)))
