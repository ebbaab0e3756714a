;; Each getter prepares the global that is due next: at first both capacities are
;; 0, and a host that reads globals ahead of their turn finds that 0.
(module
  (memory (export "memory") 1)
  ;; 0..8 input and output
  (global $input_cap (export "input_utf8_cap") (mut i32) (i32.const 0))
  (global $output_cap (export "output_utf8_cap") (mut i32) (i32.const 0))
  (func (export "input_ptr") (result i32)
    (global.set $input_cap (i32.const 8))
    (i32.const 0))
  (func (export "output_ptr") (result i32)
    (global.set $output_cap (i32.const 8))
    (i32.const 0))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
