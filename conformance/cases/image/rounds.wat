;; Goes round in a loop, `rounds` times for each tile, and changes nothing.
(module
  (memory (export "memory") 1)
  (global $rounds (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "uniform_set_rounds") (param $rounds i32)
    (global.set $rounds (local.get $rounds)))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $left i32)
    (local.set $left (global.get $rounds))
    (loop $round
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $round (local.get $left)))))
