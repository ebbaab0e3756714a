;; Grows by a page twice and reports both answers, the size in pages, and the
;; answer to a growth by nothing (the size again).
(module
  (memory (export "memory") 1)
  ;; 0..8 input, 16.. report
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 16))
  (global (export "output_i32_cap") i32 (i32.const 4))
  (func (export "run") (param $size i32) (result i32)
    (i32.store (i32.const 16) (memory.grow (i32.const 1)))
    (i32.store (i32.const 20) (memory.grow (i32.const 1)))
    (i32.store (i32.const 24) (memory.size))
    (i32.store (i32.const 28) (memory.grow (i32.const 0)))
    (i32.const 4)))
