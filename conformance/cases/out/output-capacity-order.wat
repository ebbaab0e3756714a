;; All three output capacities, each large enough for the eight bytes. Read as i32
;; the eight elements would be 32 bytes, so that the kind shows in the output.
(module
  (memory (export "memory") 1)
  (data (i32.const 256) "ABCDEFGH")
  (global (export "output_utf8_cap") i32 (i32.const 8))
  (global (export "output_bytes_cap") i32 (i32.const 8))
  (global (export "output_i32_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 256))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (i32.const 8)))
