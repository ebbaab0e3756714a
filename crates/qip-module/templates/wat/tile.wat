;; {{name}}: makes pictures darker.
;;
;;   amount  f32, default 0.5: what colours are multiplied by. Alpha stays.
;;
;; Memory: 1 page of 65 536 bytes, which is the tile of 64 x 64 pixels of 16 bytes: red, green,
;; blue and alpha as f32, from 0 to 1. The maximum says that it is all there ever is.
(module
  (memory (export "memory") 1 1)

  ;; The tile comes in here, and goes out from the same place.
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  (global $amount (mut f32) (f32.const 0.5))

  ;; The host calls this before the first tile, where the caller gives `amount`.
  (func (export "uniform_set_amount") (param $amount f32)
    (global.set $amount (local.get $amount)))

  ;; Takes the place of the tile's first pixel in the picture.
  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next pixel
    (local $factor v128)

    (local.set $factor
      (f32x4.replace_lane 3 (f32x4.splat (global.get $amount)) (f32.const 1)))
    (loop $pixels
      (v128.store (local.get $at)
        (f32x4.mul (v128.load (local.get $at)) (local.get $factor)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
