;; Grows a table of four entries by six and then by one, and reports both answers
;; and the size.
(module
  (memory (export "memory") 1)
  (table $table 4 funcref)
  ;; 0..8 input, 16.. report
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 16))
  (global (export "output_i32_cap") i32 (i32.const 3))
  (func (export "run") (param $size i32) (result i32)
    (i32.store (i32.const 16) (table.grow $table (ref.null func) (i32.const 6)))
    (i32.store (i32.const 20) (table.grow $table (ref.null func) (i32.const 1)))
    (i32.store (i32.const 24) (table.size $table))
    (i32.const 3)))
