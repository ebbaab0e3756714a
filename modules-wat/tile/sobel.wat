;; sobel: draws the edges of a picture, bright on black; alpha is kept.
;;
;;   strength  f32, 0 and above, default 2: what the result is multiplied by. With 1 a
;;             straight edge from black to white comes out white. What is below 0 is
;;             taken for 0.
;;
;; The operator of Sobel, on luma by Rec. 709 times alpha, so that colour which is not
;; seen makes no edge: with the luma around a pixel
;;
;;   a b c
;;   d   f    across = (c + 2f + i) - (a + 2d + g)
;;   g h i    down   = (g + 2h + i) - (a + 2b + c)
;;
;; and the result is strength / 4 times the root of across^2 + down^2. It is not cut
;; off at white. Needs a halo of 1.
;;
;; Memory: 3 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x011040      69 696  the tile: 66 x 66 pixels
;;   0x011040   0x020000      61 376  unused
;;   0x020000   0x024410      17 424  the luma of each pixel, 66 x 66
;;   0x024410   0x030000      48 112  unused
(module
  (memory (export "memory") 3 3)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 69696))
  (func (export "calculate_halo_px") (result i32) (i32.const 1))

  (global $luma i32 (i32.const 0x020000))

  ;; A quarter of the strength.
  (global $scale (mut f32) (f32.const 0.5))

  (func (export "uniform_set_strength") (param $strength f32)
    (global.set $scale
      (f32.mul
        (f32.max (local.get $strength) (f32.const 0))
        (f32.const 0.25))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (call $measure)
    (call $draw))

  ;; Writes the luma of all pixels of the tile.
  (func $measure
    (local $at i32) ;; address of the next pixel
    (local $to i32) ;; address of its luma

    (local.set $at (global.get $input_ptr))
    (local.set $to (global.get $luma))
    (loop $pixels
      (f32.store (local.get $to)
        (f32.mul
          (f32.add
            (f32.add
              (f32.mul (f32.load (local.get $at)) (f32.const 0.2126))
              (f32.mul (f32.load offset=4 (local.get $at)) (f32.const 0.7152)))
            (f32.mul (f32.load offset=8 (local.get $at)) (f32.const 0.0722)))
          (f32.load offset=12 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 69696)))))

  ;; Makes the core from it, four pixels a turn.
  (func $draw
    (local $at i32)     ;; address of the first of the four pixels
    (local $corner i32) ;; of the luma left above it; rows are 264 bytes apart
    (local $row_end i32)
    (local $end i32)
    (local $a v128)
    (local $c v128)
    (local $g v128)
    (local $i v128)
    (local $across v128)
    (local $down v128)
    (local $edge v128)

    (local.set $at (i32.add (global.get $input_ptr) (i32.const 1072))) ;; 66 + 1 pixels
    (local.set $corner (global.get $luma))
    (local.set $end (i32.add (global.get $luma) (i32.const 16896))) ;; 64 rows
    (loop $rows
      (local.set $row_end (i32.add (local.get $corner) (i32.const 256)))
      (loop $pixels
        (local.set $a (v128.load (local.get $corner)))
        (local.set $c (v128.load offset=8 (local.get $corner)))
        (local.set $g (v128.load offset=528 (local.get $corner)))
        (local.set $i (v128.load offset=536 (local.get $corner)))
        (local.set $across
          (f32x4.sub
            (f32x4.add
              (f32x4.add (local.get $c) (local.get $i))
              (f32x4.mul
                (v128.const f32x4 2 2 2 2)
                (v128.load offset=272 (local.get $corner))))
            (f32x4.add
              (f32x4.add (local.get $a) (local.get $g))
              (f32x4.mul
                (v128.const f32x4 2 2 2 2)
                (v128.load offset=264 (local.get $corner))))))
        (local.set $down
          (f32x4.sub
            (f32x4.add
              (f32x4.add (local.get $g) (local.get $i))
              (f32x4.mul
                (v128.const f32x4 2 2 2 2)
                (v128.load offset=532 (local.get $corner))))
            (f32x4.add
              (f32x4.add (local.get $a) (local.get $c))
              (f32x4.mul
                (v128.const f32x4 2 2 2 2)
                (v128.load offset=4 (local.get $corner))))))
        (local.set $edge
          (f32x4.mul
            (f32x4.splat (global.get $scale))
            (f32x4.sqrt
              (f32x4.add
                (f32x4.mul (local.get $across) (local.get $across))
                (f32x4.mul (local.get $down) (local.get $down))))))

        (v128.store (local.get $at)
          (f32x4.replace_lane 3
            (f32x4.splat (f32x4.extract_lane 0 (local.get $edge)))
            (f32.load offset=12 (local.get $at))))
        (v128.store offset=16 (local.get $at)
          (f32x4.replace_lane 3
            (f32x4.splat (f32x4.extract_lane 1 (local.get $edge)))
            (f32.load offset=28 (local.get $at))))
        (v128.store offset=32 (local.get $at)
          (f32x4.replace_lane 3
            (f32x4.splat (f32x4.extract_lane 2 (local.get $edge)))
            (f32.load offset=44 (local.get $at))))
        (v128.store offset=48 (local.get $at)
          (f32x4.replace_lane 3
            (f32x4.splat (f32x4.extract_lane 3 (local.get $edge)))
            (f32.load offset=60 (local.get $at))))

        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (local.set $corner (i32.add (local.get $corner) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $corner) (local.get $row_end))))
      ;; Past the halo on the right, and on the left of the next row.
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (local.set $corner (i32.add (local.get $corner) (i32.const 8)))
      (br_if $rows (i32.lt_u (local.get $corner) (local.get $end))))))
