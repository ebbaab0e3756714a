;; posterize: leaves a few levels of red, green and blue each; alpha is kept.
;;
;;   levels  i32, 2 to 256, default 4: how many. They are evenly spaced, black and white
;;           are among them, and a sample goes to the nearest. What is outside is taken
;;           for the nearer end.
;;
;; With 256 levels a picture of bytes stays as it is. Samples below 0 and above 1 become
;; 0 and 1.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  ;; The highest level, where the lowest is 0.
  (global $highest (mut v128) (v128.const f32x4 3 3 3 3))

  (func (export "uniform_set_levels") (param $levels i32)
    (if (i32.lt_s (local.get $levels) (i32.const 2))
      (then (local.set $levels (i32.const 2))))
    (if (i32.gt_s (local.get $levels) (i32.const 256))
      (then (local.set $levels (i32.const 256))))
    (global.set $highest
      (f32x4.splat
        (f32.convert_i32_s (i32.sub (local.get $levels) (i32.const 1))))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next pixel
    (local $pixel v128)

    (loop $pixels
      (local.set $pixel (v128.load (local.get $at)))
      ;; A division, where a product with the reciprocal would be faster: the highest
      ;; level comes out as 1, not as a little less.
      (v128.store (local.get $at)
        (f32x4.replace_lane 3
          (f32x4.div
            (f32x4.floor
              (f32x4.add
                (f32x4.mul
                  (f32x4.min
                    (f32x4.max (local.get $pixel) (v128.const f32x4 0 0 0 0))
                    (v128.const f32x4 1 1 1 1))
                  (global.get $highest))
                (v128.const f32x4 0.5 0.5 0.5 0.5)))
            (global.get $highest))
          (f32x4.extract_lane 3 (local.get $pixel))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
