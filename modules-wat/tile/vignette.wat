;; vignette: darkens a picture towards its corners; alpha is kept.
;;
;;   amount  f32, 0 to 1, default 0.6: how dark the very corners get: 0 leaves the
;;           picture alone, 1 makes them black
;;   radius  f32, 0 to 0.99, default 0.4: where it begins, as a share of the way from
;;           the centre of the picture to a corner
;;
;; What is outside is taken for the nearer end. With d as the distance of a pixel's
;; centre from that of the picture, where a corner's is 1, and t = (d - radius) /
;; (1 - radius) cut to 0 to 1, a sample v becomes v (1 - amount t^2 (3 - 2t)).
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  (global $amount (mut f32) (f32.const 0.6))
  (global $radius (mut f32) (f32.const 0.4))

  ;; The picture's centre, in pixels, and one by the way from there to a corner.
  (global $centre_x (mut f32) (f32.const 0))
  (global $centre_y (mut f32) (f32.const 0))
  (global $scale (mut f32) (f32.const 0))

  (func (export "uniform_set_amount") (param $amount f32)
    (global.set $amount
      (f32.min (f32.max (local.get $amount) (f32.const 0)) (f32.const 1))))

  (func (export "uniform_set_radius") (param $radius f32)
    (global.set $radius
      (f32.min (f32.max (local.get $radius) (f32.const 0)) (f32.const 0.99))))

  (func (export "uniform_set_width_and_height") (param $width f32) (param $height f32)
    (global.set $centre_x (f32.mul (local.get $width) (f32.const 0.5)))
    (global.set $centre_y (f32.mul (local.get $height) (f32.const 0.5)))
    (global.set $scale
      (f32.div
        (f32.const 1)
        (f32.sqrt
          (f32.add
            (f32.mul (global.get $centre_x) (global.get $centre_x))
            (f32.mul (global.get $centre_y) (global.get $centre_y)))))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32)       ;; address of the next four pixels
    (local $row_end i32)  ;; address just past the row
    (local $dy f32)       ;; distance of the row's pixels from the centre, downwards
    (local $dx v128)      ;; of each of the four pixels, to the right
    (local $t v128)       ;; for each how far it is on the way to the corner
    (local $factor v128)  ;; for each what it is multiplied by
    (local $amount v128)
    (local $radius v128)
    (local $steepness v128)

    (local.set $amount (f32x4.splat (global.get $amount)))
    (local.set $radius (f32x4.splat (global.get $radius)))
    (local.set $steepness
      (f32x4.splat
        (f32.div
          (f32.const 1)
          (f32.sub (f32.const 1) (global.get $radius)))))

    (local.set $dy
      (f32.sub (f32.add (local.get $y) (f32.const 0.5)) (global.get $centre_y)))
    (loop $rows
      (local.set $row_end (i32.add (local.get $at) (i32.const 1024)))
      (local.set $dx
        (f32x4.add
          (f32x4.splat (f32.sub (local.get $x) (global.get $centre_x)))
          (v128.const f32x4 0.5 1.5 2.5 3.5)))
      (loop $pixels
        (local.set $t
          (f32x4.mul
            (f32x4.sub
              (f32x4.mul
                (f32x4.sqrt
                  (f32x4.add
                    (f32x4.mul (local.get $dx) (local.get $dx))
                    (f32x4.splat (f32.mul (local.get $dy) (local.get $dy)))))
                (f32x4.splat (global.get $scale)))
              (local.get $radius))
            (local.get $steepness)))
        (local.set $t
          (f32x4.min
            (f32x4.max (local.get $t) (v128.const f32x4 0 0 0 0))
            (v128.const f32x4 1 1 1 1)))
        (local.set $factor
          (f32x4.sub
            (v128.const f32x4 1 1 1 1)
            (f32x4.mul
              (f32x4.mul (local.get $amount) (f32x4.mul (local.get $t) (local.get $t)))
              (f32x4.sub
                (v128.const f32x4 3 3 3 3)
                (f32x4.add (local.get $t) (local.get $t))))))

        (v128.store (local.get $at)
          (f32x4.mul
            (v128.load (local.get $at))
            (f32x4.replace_lane 3
              (f32x4.splat (f32x4.extract_lane 0 (local.get $factor)))
              (f32.const 1))))
        (v128.store offset=16 (local.get $at)
          (f32x4.mul
            (v128.load offset=16 (local.get $at))
            (f32x4.replace_lane 3
              (f32x4.splat (f32x4.extract_lane 1 (local.get $factor)))
              (f32.const 1))))
        (v128.store offset=32 (local.get $at)
          (f32x4.mul
            (v128.load offset=32 (local.get $at))
            (f32x4.replace_lane 3
              (f32x4.splat (f32x4.extract_lane 2 (local.get $factor)))
              (f32.const 1))))
        (v128.store offset=48 (local.get $at)
          (f32x4.mul
            (v128.load offset=48 (local.get $at))
            (f32x4.replace_lane 3
              (f32x4.splat (f32x4.extract_lane 3 (local.get $factor)))
              (f32.const 1))))

        (local.set $dx (f32x4.add (local.get $dx) (v128.const f32x4 4 4 4 4)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br_if $pixels (i32.lt_u (local.get $at) (local.get $row_end))))
      (local.set $dy (f32.add (local.get $dy) (f32.const 1)))
      (br_if $rows (i32.lt_u (local.get $at) (i32.const 0x10000))))))
