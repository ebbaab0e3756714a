;; wasmi 2.0.0 encodes the fields of these in one order and decodes them in another
;; where the offset takes more than 16 bits: it aborts the process.
(module
  (memory (export "memory") 2)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 16))
  (global (export "output_ptr") i32 (i32.const 70000))
  (global (export "output_bytes_cap") i32 (i32.const 3))
  (func (export "run") (param $size i32) (result i32)
    (v128.store8_lane offset=70000 2 (i32.const 0) (v128.load (i32.const 0)))
    (v128.store16_lane offset=70000 4 (i32.const 1) (v128.load (i32.const 0)))
    ;; With no input, beyond the memory.
    (if (i32.eqz (local.get $size))
      (then (v128.store8_lane offset=179955 9 (i32.const 0) (v128.load (i32.const 0)))))
    i32.const 3))
