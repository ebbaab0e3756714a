;; Gives the uniform `n` as two elements, the low 32 bits first.
(module
  (memory (export "memory") 1)
  ;; No input is used; the value stands at 0.
  (global (export "input_ptr") i32 (i32.const 16))
  (global (export "input_bytes_cap") i32 (i32.const 16))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_i32_cap") i32 (i32.const 2))
  (func (export "uniform_set_n") (param $n i64)
    (i64.store (i32.const 0) (local.get $n)))
  (func (export "run") (param i32) (result i32)
    i32.const 2))
