;; Entries are 0 and 1; the table may grow to ten, but has not.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (type $nothing (func))
  (table $t 2 10 funcref)
  (func (export "run") (param i32) (result i32)
    (call_indirect $t (type $nothing) (i32.const 2))
    (i32.const 7)))
