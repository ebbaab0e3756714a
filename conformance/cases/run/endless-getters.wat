;; Never returns from the getter that the uniform "at" names: 1 the input capacity,
;; 2 output_ptr, 3 and 4 pointer and size of the input's type, 5 and 6 of the output's.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "text/html")
  (global $at (mut i32) (i32.const 0))
  (func $hang-at (param $place i32)
    (loop $again
      (br_if $again (i32.eq (global.get $at) (local.get $place)))))
  (func (export "uniform_set_at") (param $at i32)
    (global.set $at (local.get $at)))
  (global (export "input_ptr") i32 (i32.const 1024))
  (func (export "input_utf8_cap") (result i32) (call $hang-at (i32.const 1)) (i32.const 8))
  (func (export "output_ptr") (result i32) (call $hang-at (i32.const 2)) (i32.const 1024))
  (global (export "output_utf8_cap") i32 (i32.const 8))
  (func (export "input_content_type_ptr") (result i32)
    (call $hang-at (i32.const 3)) (i32.const 64))
  (func (export "input_content_type_size") (result i32)
    (call $hang-at (i32.const 4)) (i32.const 9))
  (func (export "output_content_type_ptr") (result i32)
    (call $hang-at (i32.const 5)) (i32.const 64))
  (func (export "output_content_type_size") (result i32)
    (call $hang-at (i32.const 6)) (i32.const 9))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
