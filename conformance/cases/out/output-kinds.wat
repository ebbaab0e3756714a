;; Four bytes, "ABCD", declared as UTF-8. The variants in the case file declare
;; the very same bytes otherwise.
(module
  (memory (export "memory") 1)
  (data (i32.const 256) "ABCD")
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 256))
  (global (export "output_utf8_cap") i32 (i32.const 4))
  (func (export "run") (param $size i32) (result i32) (i32.const 4)))
