;; Never returns from the call that the uniform "at" names: 1 the uniform,
;; 2 input_ptr, 3 the output capacity, 4 the entry point.
(module
  (memory (export "memory") 1)
  (global $at (mut i32) (i32.const 0))
  (func $hang-at (param $place i32)
    (loop $again
      (br_if $again (i32.eq (global.get $at) (local.get $place)))))
  (func (export "uniform_set_at") (param $at i32)
    (global.set $at (local.get $at))
    (call $hang-at (i32.const 1)))
  (func (export "input_ptr") (result i32)
    (call $hang-at (i32.const 2))
    (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 1024))
  (func (export "output_utf8_cap") (result i32)
    (call $hang-at (i32.const 3))
    (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (call $hang-at (i32.const 4))
    (local.get $size)))
