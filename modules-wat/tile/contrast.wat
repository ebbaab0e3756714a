;; contrast: moves each colour away from the middle grey, or towards it; alpha is kept.
;;
;;   amount  f32, 0 and above, default 1.25: 0 makes all grey, 1 leaves the picture
;;           alone, 2 doubles the distance. What is below 0 is taken for 0.
;;
;; A sample v becomes amount v + (1 - amount) / 2. Nothing is cut off at black and white.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  ;; What a pixel is multiplied by, and what is then added; alpha comes out as it is.
  (global $scale (mut v128) (v128.const f32x4 1.25 1.25 1.25 1))
  (global $offset (mut v128) (v128.const f32x4 -0.125 -0.125 -0.125 0))

  (func (export "uniform_set_amount") (param $amount f32)
    (local.set $amount (f32.max (local.get $amount) (f32.const 0)))
    (global.set $scale
      (f32x4.replace_lane 3 (f32x4.splat (local.get $amount)) (f32.const 1)))
    (global.set $offset
      (f32x4.replace_lane 3
        (f32x4.splat
          (f32.mul
            (f32.sub (f32.const 1) (local.get $amount))
            (f32.const 0.5)))
        (f32.const 0))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next two pixels
    (local $scale v128)
    (local $offset v128)

    (local.set $scale (global.get $scale))
    (local.set $offset (global.get $offset))
    (loop $pixels
      (v128.store (local.get $at)
        (f32x4.add
          (f32x4.mul (v128.load (local.get $at)) (local.get $scale))
          (local.get $offset)))
      (v128.store offset=16 (local.get $at)
        (f32x4.add
          (f32x4.mul (v128.load offset=16 (local.get $at)) (local.get $scale))
          (local.get $offset)))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
