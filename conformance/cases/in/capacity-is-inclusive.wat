;; A UTF-8 capacity of 64 and an echo: both the length that the entry point was
;; told and the bytes that arrived are in the output.
(module
  (memory (export "memory") 1)
  ;; 0..64 input, echoed in place
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_utf8_cap") i32 (i32.const 64))
  (func (export "render") (param $size i32) (result i32) (local.get $size)))
