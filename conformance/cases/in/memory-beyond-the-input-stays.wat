;; A ring of marks lies around and inside the input buffer, put there by a data
;; segment. The output is the whole ring: only the input's own bytes may differ.
(module
  (memory (export "memory") 1)
  ;; 100..104 before the buffer, 104..112 the buffer (capacity 8), 112..116 behind it
  (data (i32.const 100) "....--------....")
  (global (export "input_ptr") i32 (i32.const 104))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 100))
  (global (export "output_utf8_cap") i32 (i32.const 16))
  (func (export "run") (param $size i32) (result i32) (i32.const 16)))
