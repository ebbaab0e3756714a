;; Paints all of a tile in one colour that tells the picture's size: red is the width and
;; green the height, in 255ths; blue is 0 and alpha 1. The setter's result says nothing.
(module
  (memory (export "memory") 1)
  (global $width (mut f32) (f32.const 0))
  (global $height (mut f32) (f32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "uniform_set_width_and_height") (param $width f32) (param $height f32)
    (result i32)
    (global.set $width (local.get $width))
    (global.set $height (local.get $height))
    (i32.const -1))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $at i32)
    (loop $next
      (v128.store (local.get $at)
        (f32x4.replace_lane 0
          (f32x4.replace_lane 1
            (v128.const f32x4 0 0 0 1)
            (f32.div (global.get $height) (f32.const 255)))
          (f32.div (global.get $width) (f32.const 255))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))))
