;; Asks for a page beyond its maximum. Gives its word "kept" if growth answered
;; -1 and the size stayed at 1, and one letter of it otherwise.
(module
  (memory (export "memory") 1 1)
  (data (i32.const 512) "kept")
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 512))
  (global (export "output_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param i32) (result i32)
    (if (result i32)
      (i32.and (i32.eq (memory.grow (i32.const 1)) (i32.const -1))
               (i32.eq (memory.size) (i32.const 1)))
      (then (i32.const 4))
      (else (i32.const 1)))))
