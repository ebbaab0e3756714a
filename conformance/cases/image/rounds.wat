;; Goes round in a loop, `rounds` times for each tile, and leaves the tile as it is. Each round
;; multiplies what the one before came to, so that they can only be done one after the other;
;; what comes out is stored behind the tile, so that no compiler leaves them out.
(module
  (memory (export "memory") 2)
  (global $rounds (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "uniform_set_rounds") (param $rounds i32)
    (global.set $rounds (local.get $rounds)))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $left i32) (local $power i64)
    (local.set $left (global.get $rounds))
    (local.set $power (i64.const 1))
    (loop $round
      (local.set $power (i64.mul (local.get $power) (i64.const 6364136223846793005)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $round (local.get $left)))
    (i64.store (i32.const 65536) (local.get $power))))
