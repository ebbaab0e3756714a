;; Each pixel of the core becomes the one that is `dx` to the right of it and `dy` below.
;; The capacity is that of a halo of 65 pixels, (64 + 2 * 65)^2 * 16 bytes.
(module
  (memory (export "memory") 20)
  (global $halo (mut i32) (i32.const 0))
  (global $dx (mut i32) (i32.const 0))
  (global $dy (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 602176))
  (func (export "uniform_set_halo") (param $halo i32) (global.set $halo (local.get $halo)))
  (func (export "uniform_set_dx") (param $dx i32) (global.set $dx (local.get $dx)))
  (func (export "uniform_set_dy") (param $dy i32) (global.set $dy (local.get $dy)))
  (func (export "calculate_halo_px") (result i32)
    (global.get $halo))
  (func $span (result i32)
    (i32.add (i32.const 64) (i32.mul (global.get $halo) (i32.const 2))))
  ;; Where in the tile a pixel of the core is, in bytes.
  (func $place (param $x i32) (param $y i32) (result i32)
    (i32.mul (i32.const 16)
      (i32.add
        (i32.add (global.get $halo) (local.get $x))
        (i32.mul (call $span) (i32.add (global.get $halo) (local.get $y))))))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $y i32)
    ;; From a copy of the tile, at half of the memory, so that nothing is read that has
    ;; been written before.
    (memory.copy (i32.const 655360) (i32.const 0)
      (i32.mul (i32.mul (call $span) (call $span)) (i32.const 16)))
    (loop $rows
      (memory.copy
        (call $place (i32.const 0) (local.get $y))
        (i32.add (i32.const 655360)
          (call $place (global.get $dx) (i32.add (local.get $y) (global.get $dy))))
        (i32.const 1024))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $y) (i32.const 64))))))
