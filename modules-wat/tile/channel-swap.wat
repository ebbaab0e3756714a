;; channel-swap: makes each colour of another, or of the same; alpha is kept.
;;
;;   red    i32, 0 to 2, default 2: what becomes red: 0 is the picture's red, 1 its
;;          green, 2 its blue
;;   green  the same for green, default 1
;;   blue   the same for blue, default 0
;;
;; What is outside is taken for the nearer end. As it comes, red and blue change places.
;; The three may be equal: red=1, green=1, blue=1 shows the green of a picture as grey.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  ;; From where in a pixel each byte of the new one comes, as i8x16.swizzle takes it.
  (global $from (mut v128)
    (v128.const i8x16 8 9 10 11  4 5 6 7  0 1 2 3  12 13 14 15))

  (func (export "uniform_set_red") (param $channel i32)
    (global.set $from
      (i32x4.replace_lane 0 (global.get $from) (call $bytes_of (local.get $channel)))))

  (func (export "uniform_set_green") (param $channel i32)
    (global.set $from
      (i32x4.replace_lane 1 (global.get $from) (call $bytes_of (local.get $channel)))))

  (func (export "uniform_set_blue") (param $channel i32)
    (global.set $from
      (i32x4.replace_lane 2 (global.get $from) (call $bytes_of (local.get $channel)))))

  ;; The places of a channel's four bytes in a pixel, the first in the lowest bits.
  (func $bytes_of (param $channel i32) (result i32)
    (if (i32.lt_s (local.get $channel) (i32.const 0))
      (then (local.set $channel (i32.const 0))))
    (if (i32.gt_s (local.get $channel) (i32.const 2))
      (then (local.set $channel (i32.const 2))))
    (i32.add
      (i32.const 0x03020100)
      (i32.mul (local.get $channel) (i32.const 0x04040404))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next pixel

    (loop $pixels
      (v128.store (local.get $at)
        (i8x16.swizzle (v128.load (local.get $at)) (global.get $from)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
