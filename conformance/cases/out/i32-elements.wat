;; Echoes its input as 32-bit elements: the input's bytes are chosen by the case,
;; so that byte order and sign show. Its pointer is odd: no alignment is asked.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 1021))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 1021))
  (global (export "output_i32_cap") i32 (i32.const 16))
  (func (export "run") (param $size i32) (result i32)
    (i32.shr_u (local.get $size) (i32.const 2))))
