;; halftone: prints the picture in black dots on white paper, larger where it is darker;
;; alpha is kept.
;;
;;   size   f32, 2 to 256, default 6: from one dot to the next, in pixels. What is
;;          outside is taken for the nearer end.
;;   angle  f32, in degrees, default 45: how the rows of dots are turned. Any number is
;;          taken.
;;
;; Dots are counted from the picture's top left corner, not the tile's, so that no seam
;; is seen. With (u, v) as the middle of a pixel, turned by the angle and divided by the
;; size, the screen s = (wave(u) + wave(v)) / 4 + 1/2 is 1 in the middle of a dot and 0
;; in that of four, where wave goes from 1 at whole numbers to -1 half way in between as
;; a cosine does, but is made of parabolas. With k = size / 2 and luma by Rec. 709, of
;; the samples as they are, the result is (k + 1) luma - k s, cut to 0 to 1: edges about
;; a pixel wide, white and black without a speck.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  (global $size (mut f32) (f32.const 6))

  ;; Sine and cosine of the angle. Of 45 degrees both are the root of 1/2.
  (global $sin (mut f32) (f32.const 0.70710678))
  (global $cos (mut f32) (f32.const 0.70710678))

  (func (export "uniform_set_size") (param $size f32)
    (global.set $size
      (f32.min (f32.max (local.get $size) (f32.const 2)) (f32.const 256))))

  (func (export "uniform_set_angle") (param $degrees f32)
    (local $turns f64)
    (local.set $turns
      (f64.div (f64.promote_f32 (local.get $degrees)) (f64.const 360)))
    (global.set $sin (f32.demote_f64 (call $sine (local.get $turns))))
    ;; Whole turns go first: on a large number the quarter would be lost.
    (global.set $cos
      (f32.demote_f64
        (call $sine
          (f64.add
            (f64.sub (local.get $turns) (f64.nearest (local.get $turns)))
            (f64.const 0.25))))))

  ;; The sine of so many whole turns, wrong by less than 1e-9.
  (func $sine (param $turns f64) (result f64)
    (local $x f64)  ;; the angle in radians
    (local $xx f64) ;; its square

    ;; Within half a turn, then by sin(180 - x) = sin(x) within a quarter.
    (local.set $turns
      (f64.sub (local.get $turns) (f64.nearest (local.get $turns))))
    (if (f64.gt (f64.abs (local.get $turns)) (f64.const 0.25))
      (then
        (local.set $turns
          (f64.sub
            (f64.copysign (f64.const 0.5) (local.get $turns))
            (local.get $turns)))))

    ;; x - x^3/3! + x^5/5! - ... + x^13/13!. The first term that is left out is at most
    ;; 6.7e-10.
    (local.set $x (f64.mul (local.get $turns) (f64.const 6.283185307179586)))
    (local.set $xx (f64.mul (local.get $x) (local.get $x)))
    (f64.mul (local.get $x)
      (f64.sub (f64.const 1) (f64.mul (f64.div (local.get $xx) (f64.const 6))
        (f64.sub (f64.const 1) (f64.mul (f64.div (local.get $xx) (f64.const 20))
          (f64.sub (f64.const 1) (f64.mul (f64.div (local.get $xx) (f64.const 42))
            (f64.sub (f64.const 1) (f64.mul (f64.div (local.get $xx) (f64.const 72))
              (f64.sub (f64.const 1) (f64.mul (f64.div (local.get $xx) (f64.const 110))
                (f64.sub (f64.const 1)
                  (f64.div (local.get $xx) (f64.const 156)))))))))))))))

  ;; wave, of four numbers at once.
  (func $wave (param $u v128) (result v128)
    (local $away v128) ;; from the nearest whole number, 0 to 1/2
    (local $past v128) ;; from half way to the next, 0 to 1/2

    (local.set $away
      (f32x4.abs (f32x4.sub (local.get $u) (f32x4.nearest (local.get $u)))))
    ;; 1 - 16 away^2 up to a quarter; from there on 16 (1/2 - away)^2 - 1.
    (local.set $past (f32x4.sub (v128.const f32x4 0.5 0.5 0.5 0.5) (local.get $away)))
    (v128.bitselect
      (f32x4.sub
        (v128.const f32x4 1 1 1 1)
        (f32x4.mul
          (v128.const f32x4 16 16 16 16)
          (f32x4.mul (local.get $away) (local.get $away))))
      (f32x4.sub
        (f32x4.mul
          (v128.const f32x4 16 16 16 16)
          (f32x4.mul (local.get $past) (local.get $past)))
        (v128.const f32x4 1 1 1 1))
      (f32x4.lt (local.get $away) (v128.const f32x4 0.25 0.25 0.25 0.25))))

  (func $luma (param $at i32) (result f32)
    (f32.add
      (f32.add
        (f32.mul (f32.load (local.get $at)) (f32.const 0.2126))
        (f32.mul (f32.load offset=4 (local.get $at)) (f32.const 0.7152)))
      (f32.mul (f32.load offset=8 (local.get $at)) (f32.const 0.0722))))

  ;; A pixel of this grey, with the alpha of the one that is there.
  (func $print (param $at i32) (param $grey f32)
    (v128.store (local.get $at)
      (f32x4.replace_lane 3
        (f32x4.splat (local.get $grey))
        (f32.load offset=12 (local.get $at)))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32)       ;; address of the next four pixels
    (local $row_end i32)  ;; address just past the row
    (local $middle_x v128) ;; the middles of the four pixels in the picture
    (local $middle_y v128)
    (local $sin v128)     ;; divided by the size
    (local $cos v128)
    (local $k f32)
    (local $grey v128)

    (local.set $sin (f32x4.splat (f32.div (global.get $sin) (global.get $size))))
    (local.set $cos (f32x4.splat (f32.div (global.get $cos) (global.get $size))))
    (local.set $k (f32.mul (global.get $size) (f32.const 0.5)))

    (local.set $middle_y (f32x4.splat (f32.add (local.get $y) (f32.const 0.5))))
    (loop $rows
      (local.set $row_end (i32.add (local.get $at) (i32.const 1024)))
      (local.set $middle_x
        (f32x4.add
          (f32x4.splat (local.get $x))
          (v128.const f32x4 0.5 1.5 2.5 3.5)))
      (loop $pixels
        (local.set $grey
          (f32x4.add
            (f32x4.mul
              (f32x4.add
                (call $wave
                  (f32x4.add
                    (f32x4.mul (local.get $middle_x) (local.get $cos))
                    (f32x4.mul (local.get $middle_y) (local.get $sin))))
                (call $wave
                  (f32x4.sub
                    (f32x4.mul (local.get $middle_y) (local.get $cos))
                    (f32x4.mul (local.get $middle_x) (local.get $sin)))))
              (v128.const f32x4 0.25 0.25 0.25 0.25))
            (v128.const f32x4 0.5 0.5 0.5 0.5)))
        (local.set $grey
          (f32x4.sub
            (f32x4.mul
              (f32x4.splat (f32.add (local.get $k) (f32.const 1)))
              (f32x4.replace_lane 3
                (f32x4.replace_lane 2
                  (f32x4.replace_lane 1
                    (f32x4.splat (call $luma (local.get $at)))
                    (call $luma (i32.add (local.get $at) (i32.const 16))))
                  (call $luma (i32.add (local.get $at) (i32.const 32))))
                (call $luma (i32.add (local.get $at) (i32.const 48)))))
            (f32x4.mul (f32x4.splat (local.get $k)) (local.get $grey))))
        (local.set $grey
          (f32x4.min
            (f32x4.max (local.get $grey) (v128.const f32x4 0 0 0 0))
            (v128.const f32x4 1 1 1 1)))

        (call $print
          (local.get $at)
          (f32x4.extract_lane 0 (local.get $grey)))
        (call $print
          (i32.add (local.get $at) (i32.const 16))
          (f32x4.extract_lane 1 (local.get $grey)))
        (call $print
          (i32.add (local.get $at) (i32.const 32))
          (f32x4.extract_lane 2 (local.get $grey)))
        (call $print
          (i32.add (local.get $at) (i32.const 48))
          (f32x4.extract_lane 3 (local.get $grey)))

        (local.set $middle_x
          (f32x4.add (local.get $middle_x) (v128.const f32x4 4 4 4 4)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br_if $pixels (i32.lt_u (local.get $at) (local.get $row_end))))
      (local.set $middle_y
        (f32x4.add (local.get $middle_y) (v128.const f32x4 1 1 1 1)))
      (br_if $rows (i32.lt_u (local.get $at) (i32.const 0x10000))))))
