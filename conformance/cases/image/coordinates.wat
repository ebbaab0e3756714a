;; Paints all of a tile in one colour that tells the arguments: red is x + `offset` and
;; green is y + `offset`, in 255ths; blue is 0 and alpha 1.
(module
  (memory (export "memory") 10)
  (global $halo (mut i32) (i32.const 0))
  (global $offset (mut f32) (f32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 602176))
  (func (export "uniform_set_halo") (param $halo i32) (global.set $halo (local.get $halo)))
  (func (export "uniform_set_offset") (param $offset f32)
    (global.set $offset (local.get $offset)))
  (func (export "calculate_halo_px") (result i32)
    (global.get $halo))
  (func $span (result i32)
    (if (result i32) (i32.gt_s (global.get $halo) (i32.const 0))
      (then (i32.add (i32.const 64) (i32.mul (global.get $halo) (i32.const 2))))
      (else (i32.const 64))))
  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) (local $colour v128)
    (local.set $colour
      (f32x4.replace_lane 0
        (f32x4.replace_lane 1
          (v128.const f32x4 0 0 0 1)
          (f32.div (f32.add (local.get $y) (global.get $offset)) (f32.const 255)))
        (f32.div (f32.add (local.get $x) (global.get $offset)) (f32.const 255))))
    (local.set $at (i32.mul (i32.mul (call $span) (call $span)) (i32.const 16)))
    (loop $next
      (local.set $at (i32.sub (local.get $at) (i32.const 16)))
      (v128.store (local.get $at) (local.get $colour))
      (br_if $next (local.get $at)))))
