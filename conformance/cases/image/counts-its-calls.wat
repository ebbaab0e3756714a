;; Traps when it is called more often than `most` times. What it counts changes no pixel,
;; so that the order of tiles and the number of instances do not matter.
(module
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (global $most (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "uniform_set_most") (param $most i32) (global.set $most (local.get $most)))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (i32.gt_u (global.get $calls) (global.get $most)) (then (unreachable)))))
