;; Gives its input back after a hundred thousand rounds of a loop: enough to be noticed
;; by a limit of fuel, whatever an engine charges for an instruction.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (local $left i32)
    (local.set $left (i32.const 100000))
    (loop $round
      (br_if $round (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $size)))
