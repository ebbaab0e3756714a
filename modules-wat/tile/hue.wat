;; hue: turns each colour around the colour wheel; alpha is kept.
;;
;;   angle  f32, in degrees, default 90: 120 makes red green and green blue, 360 is all
;;          the way around. Any number is taken; a negative one turns the other way.
;;
;; It is the matrix of hueRotate in SVG and of hue-rotate() in CSS: greys stay, and so
;; does brightness, as far as the result is within 0 to 1. Nothing is cut off there.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  ;; What red, green and blue of a pixel each add to its new colour.
  (global $of_red (mut v128) (v128.const f32x4 0 0 0 0))
  (global $of_green (mut v128) (v128.const f32x4 0 0 0 0))
  (global $of_blue (mut v128) (v128.const f32x4 0 0 0 0))

  (start $turn_by_default)
  (func $turn_by_default
    (call $set_angle (f32.const 90)))

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

  ;; A column of the matrix, from three entries by sine and cosine each; alpha gets
  ;; nothing.
  (func $column
    (param $cos f64) (param $sin f64)
    (param $red f64) (param $red_cos f64) (param $red_sin f64)
    (param $green f64) (param $green_cos f64) (param $green_sin f64)
    (param $blue f64) (param $blue_cos f64) (param $blue_sin f64)
    (result v128)
    (f32x4.replace_lane 2
      (f32x4.replace_lane 1
        (f32x4.replace_lane 0
          (v128.const f32x4 0 0 0 0)
          (call $entry (local.get $cos) (local.get $sin)
            (local.get $red) (local.get $red_cos) (local.get $red_sin)))
        (call $entry (local.get $cos) (local.get $sin)
          (local.get $green) (local.get $green_cos) (local.get $green_sin)))
      (call $entry (local.get $cos) (local.get $sin)
        (local.get $blue) (local.get $blue_cos) (local.get $blue_sin))))

  (func $entry
    (param $cos f64) (param $sin f64)
    (param $always f64) (param $by_cos f64) (param $by_sin f64)
    (result f32)
    (f32.demote_f64
      (f64.add
        (local.get $always)
        (f64.add
          (f64.mul (local.get $cos) (local.get $by_cos))
          (f64.mul (local.get $sin) (local.get $by_sin))))))

  (func $set_angle (export "uniform_set_angle") (param $degrees f32)
    (local $turns f64)
    (local $cos f64)
    (local $sin f64)

    (local.set $turns
      (f64.div (f64.promote_f32 (local.get $degrees)) (f64.const 360)))
    (local.set $sin (call $sine (local.get $turns)))
    ;; Whole turns go first: on a large number the quarter would be lost.
    (local.set $cos
      (call $sine
        (f64.add
          (f64.sub (local.get $turns) (f64.nearest (local.get $turns)))
          (f64.const 0.25))))

    (global.set $of_red
      (call $column (local.get $cos) (local.get $sin)
        (f64.const 0.213) (f64.const 0.787) (f64.const -0.213)
        (f64.const 0.213) (f64.const -0.213) (f64.const 0.143)
        (f64.const 0.213) (f64.const -0.213) (f64.const -0.787)))
    (global.set $of_green
      (call $column (local.get $cos) (local.get $sin)
        (f64.const 0.715) (f64.const -0.715) (f64.const -0.715)
        (f64.const 0.715) (f64.const 0.285) (f64.const 0.140)
        (f64.const 0.715) (f64.const -0.715) (f64.const 0.715)))
    (global.set $of_blue
      (call $column (local.get $cos) (local.get $sin)
        (f64.const 0.072) (f64.const -0.072) (f64.const 0.928)
        (f64.const 0.072) (f64.const -0.072) (f64.const -0.283)
        (f64.const 0.072) (f64.const 0.928) (f64.const 0.072))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next pixel
    (local $pixel v128)

    (loop $pixels
      (local.set $pixel (v128.load (local.get $at)))
      (v128.store (local.get $at)
        (f32x4.replace_lane 3
          (f32x4.add
            (f32x4.add
              (f32x4.mul
                (f32x4.splat (f32x4.extract_lane 0 (local.get $pixel)))
                (global.get $of_red))
              (f32x4.mul
                (f32x4.splat (f32x4.extract_lane 1 (local.get $pixel)))
                (global.get $of_green)))
            (f32x4.mul
              (f32x4.splat (f32x4.extract_lane 2 (local.get $pixel)))
              (global.get $of_blue)))
          (f32x4.extract_lane 3 (local.get $pixel))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
