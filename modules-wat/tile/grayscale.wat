;; grayscale: takes the colour away and leaves how bright it is; alpha is kept.
;;
;;   amount  f32, 0 to 1, default 1: how far it goes. 0 leaves the picture alone. What
;;           is outside is taken for the nearer end.
;;
;; Brightness is luma by Rec. 709, of the samples as they are (no gamma is undone):
;; 0.2126 red + 0.7152 green + 0.0722 blue.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  ;; How much of the pixel and of its luma is in the result: 1 - amount and amount. With
  ;; 0 and 1 the result is the one or the other exactly.
  (global $of_pixel (mut v128) (v128.const f32x4 0 0 0 0))
  (global $of_luma (mut v128) (v128.const f32x4 1 1 1 1))

  (func (export "uniform_set_amount") (param $amount f32)
    (local.set $amount
      (f32.min (f32.max (local.get $amount) (f32.const 0)) (f32.const 1)))
    (global.set $of_pixel
      (f32x4.splat (f32.sub (f32.const 1) (local.get $amount))))
    (global.set $of_luma (f32x4.splat (local.get $amount))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next pixel
    (local $pixel v128)
    (local $parts v128) ;; what red, green and blue are of its luma

    (loop $pixels
      (local.set $pixel (v128.load (local.get $at)))
      (local.set $parts
        (f32x4.mul
          (local.get $pixel)
          (v128.const f32x4 0.2126 0.7152 0.0722 0)))
      (v128.store (local.get $at)
        (f32x4.replace_lane 3
          (f32x4.add
            (f32x4.mul (local.get $pixel) (global.get $of_pixel))
            (f32x4.mul
              (f32x4.splat
                (f32.add
                  (f32.add
                    (f32x4.extract_lane 0 (local.get $parts))
                    (f32x4.extract_lane 1 (local.get $parts)))
                  (f32x4.extract_lane 2 (local.get $parts))))
              (global.get $of_luma)))
          (f32x4.extract_lane 3 (local.get $pixel))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
