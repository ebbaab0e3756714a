;; threshold: makes what is bright white and all else black; alpha is kept.
;;
;;   level  f32, any, default 0.5: white is what is at least so bright. With 0 all of a
;;          picture of bytes is white, with 1 only white is, with more nothing.
;;
;; Brightness is luma by Rec. 709, of the samples as they are (no gamma is undone):
;; 0.2126 red + 0.7152 green + 0.0722 blue.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  (global $level (mut f32) (f32.const 0.5))

  (func (export "uniform_set_level") (param $level f32)
    (global.set $level (local.get $level)))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next pixel
    (local $luma f32)

    (loop $pixels
      (local.set $luma
        (f32.add
          (f32.add
            (f32.mul (f32.load (local.get $at)) (f32.const 0.2126))
            (f32.mul (f32.load offset=4 (local.get $at)) (f32.const 0.7152)))
          (f32.mul (f32.load offset=8 (local.get $at)) (f32.const 0.0722))))
      (v128.store (local.get $at)
        (f32x4.replace_lane 3
          (f32x4.splat
            (select
              (f32.const 1)
              (f32.const 0)
              (f32.ge (local.get $luma) (global.get $level))))
          (f32.load offset=12 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
