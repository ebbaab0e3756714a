;; Counts down from the length of its input; an input of "forever" never ends.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 16))
  (func (export "run") (param $size i32) (result i32)
    (if (i32.eq (local.get $size) (i32.const 7)) (then (loop $forever (br $forever))))
    (loop $down
      (if (local.get $size)
        (then
          (local.set $size (i32.sub (local.get $size) (i32.const 1)))
          (br $down))))
    (i32.const 5)))
