;; UTF-8 in, plain bytes out: an echo in place. The output is bytes so that only
;; the check of the input is at stake, and every byte that arrived shows.
(module
  (memory (export "memory") 1)
  ;; 0..8192 input and output
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8192))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_bytes_cap") i32 (i32.const 8192))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
