;; Gives the uniform `n` as one element; without it an element that no value of the
;; cases has, so that a host that sets nothing is seen.
(module
  (memory (export "memory") 1)
  ;; No input is used; the element stands at 0.
  (data (i32.const 0) "\55\55\55\55")
  (global (export "input_ptr") i32 (i32.const 16))
  (global (export "input_bytes_cap") i32 (i32.const 16))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_i32_cap") i32 (i32.const 1))
  (func (export "uniform_set_n") (param $n i32)
    (i32.store (i32.const 0) (local.get $n)))
  (func (export "run") (param i32) (result i32)
    i32.const 1))
