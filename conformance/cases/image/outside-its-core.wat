;; Leaves the core as it is and paints the halo around it white.
(module
  (memory (export "memory") 2)
  (global $halo (mut i32) (i32.const 1))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 131072))
  (func (export "uniform_set_halo") (param $halo i32) (global.set $halo (local.get $halo)))
  (func (export "calculate_halo_px") (result i32)
    (global.get $halo))
  ;; Whether a column or a row of the tile is one of the 64 of the core.
  (func $is_core (param $at i32) (result i32)
    (i32.lt_u (i32.sub (local.get $at) (global.get $halo)) (i32.const 64)))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $span i32) (local $x i32) (local $y i32)
    (local.set $span (i32.add (i32.const 64) (i32.mul (global.get $halo) (i32.const 2))))
    (loop $rows
      (local.set $x (i32.const 0))
      (loop $pixels
        (if (i32.eqz (i32.and (call $is_core (local.get $x)) (call $is_core (local.get $y))))
          (then
            (v128.store
              (i32.mul (i32.const 16)
                (i32.add (local.get $x) (i32.mul (local.get $y) (local.get $span))))
              (v128.const f32x4 1 1 1 1))))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br_if $pixels (i32.lt_u (local.get $x) (local.get $span))))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $y) (local.get $span))))))
