;; Gives the bits of the uniform `x` as one element; without it bits that no value
;; of the cases has.
(module
  (memory (export "memory") 1)
  ;; No input is used; the value stands at 0.
  (data (i32.const 0) "\55\55\55\55")
  (global (export "input_ptr") i32 (i32.const 16))
  (global (export "input_bytes_cap") i32 (i32.const 16))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_i32_cap") i32 (i32.const 1))
  (func (export "uniform_set_x") (param $x f32)
    (f32.store (i32.const 0) (local.get $x)))
  (func (export "render") (param i32) (result i32)
    i32.const 1))
