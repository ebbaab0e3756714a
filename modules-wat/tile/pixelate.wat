;; pixelate: makes square blocks of one colour each, the mean of their pixels.
;;
;;   size  i32, 1 to 64, default 8: width and height of a block in pixels. 1 leaves the
;;         picture alone. What is outside is taken for the nearer end.
;;
;; Blocks are counted from the picture's top left corner, not the tile's, so that no seam
;; is seen: a size that divides 64 needs no halo, any other one of size - 1, with which
;; each tile has all pixels of every block that it shows. Blocks that reach over the
;; right or the bottom border are the mean of what is in the picture.
;;
;; Means are of colour times alpha, divided by the mean of alpha: colour that is not seen
;; does not count. Where nothing of a block is seen it becomes 0 in all channels.
;;
;; Memory: 9 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x08D040     577 600  the tile: with a halo of 63, 190 x 190 pixels
;;   0x08D040   0x090000      12 224  unused
(module
  (memory (export "memory") 9 9)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 577600))

  (global $size (mut i32) (i32.const 8))
  (global $width (mut i32) (i32.const 0))
  (global $height (mut i32) (i32.const 0))

  ;; Where the tile's first pixel is in the picture, and the bytes of a row of the tile.
  (global $left (mut i32) (i32.const 0))
  (global $top (mut i32) (i32.const 0))
  (global $row_bytes (mut i32) (i32.const 0))

  (func (export "uniform_set_size") (param $size i32)
    (global.set $size
      (call $smaller
        (select
          (local.get $size)
          (i32.const 1)
          (i32.gt_s (local.get $size) (i32.const 1)))
        (i32.const 64))))

  (func (export "uniform_set_width_and_height") (param $width f32) (param $height f32)
    (global.set $width (i32.trunc_sat_f32_s (local.get $width)))
    (global.set $height (i32.trunc_sat_f32_s (local.get $height))))

  (func $halo (export "calculate_halo_px") (result i32)
    (select
      (i32.sub (global.get $size) (i32.const 1))
      (i32.const 0)
      (i32.rem_u (i32.const 64) (global.get $size))))

  (func $smaller (param $a i32) (param $b i32) (result i32)
    (select
      (local.get $a)
      (local.get $b)
      (i32.lt_s (local.get $a) (local.get $b))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $core_left i32) ;; where the core is in the picture
    (local $core_top i32)
    (local $core_right i32) ;; just past its last pixel in the picture
    (local $core_bottom i32)
    (local $block_left i32)
    (local $block_top i32)

    ;; Nothing is to do, and colour under an alpha of 0 is kept.
    (if (i32.eq (global.get $size) (i32.const 1))
      (then (return)))

    (global.set $left (i32.trunc_sat_f32_s (local.get $x)))
    (global.set $top (i32.trunc_sat_f32_s (local.get $y)))
    (global.set $row_bytes
      (i32.mul
        (i32.const 16)
        (i32.add (i32.const 64) (i32.mul (i32.const 2) (call $halo)))))

    (local.set $core_left (i32.add (global.get $left) (call $halo)))
    (local.set $core_top (i32.add (global.get $top) (call $halo)))
    (local.set $core_right
      (call $smaller
        (i32.add (local.get $core_left) (i32.const 64))
        (global.get $width)))
    (local.set $core_bottom
      (call $smaller
        (i32.add (local.get $core_top) (i32.const 64))
        (global.get $height)))

    ;; Every block that has a pixel in the core, from the one with the core's first.
    (local.set $block_top (call $start_of_block (local.get $core_top)))
    (loop $rows
      (local.set $block_left (call $start_of_block (local.get $core_left)))
      (loop $blocks
        (call $block
          (local.get $block_left)
          (local.get $block_top)
          (call $smaller
            (i32.add (local.get $block_left) (global.get $size))
            (global.get $width))
          (call $smaller
            (i32.add (local.get $block_top) (global.get $size))
            (global.get $height)))
        (local.set $block_left (i32.add (local.get $block_left) (global.get $size)))
        (br_if $blocks (i32.lt_s (local.get $block_left) (local.get $core_right))))
      (local.set $block_top (i32.add (local.get $block_top) (global.get $size)))
      (br_if $rows (i32.lt_s (local.get $block_top) (local.get $core_bottom)))))

  (func $start_of_block (param $place i32) (result i32)
    (i32.sub
      (local.get $place)
      (i32.rem_u (local.get $place) (global.get $size))))

  ;; Makes the pixels from $left and $top to just before $right and $bottom their mean.
  (func $block (param $left i32) (param $top i32) (param $right i32) (param $bottom i32)
    (local $first i32)   ;; address of the first pixel
    (local $end i32)     ;; address just past the last row, at its first pixel
    (local $row i32)     ;; address of the row's first pixel
    (local $row_end i32) ;; address just past its last
    (local $at i32)      ;; address of the next pixel
    (local $bytes i32)   ;; of a row of the block
    (local $alpha f32)
    (local $sum v128)    ;; of colour times alpha, and of alpha

    (local.set $first
      (i32.add
        (global.get $input_ptr)
        (i32.add
          (i32.mul
            (i32.sub (local.get $top) (global.get $top))
            (global.get $row_bytes))
          (i32.mul
            (i32.sub (local.get $left) (global.get $left))
            (i32.const 16)))))
    (local.set $end
      (i32.add
        (local.get $first)
        (i32.mul
          (i32.sub (local.get $bottom) (local.get $top))
          (global.get $row_bytes))))
    (local.set $bytes
      (i32.mul (i32.sub (local.get $right) (local.get $left)) (i32.const 16)))

    (local.set $row (local.get $first))
    (loop $rows
      (local.set $at (local.get $row))
      (local.set $row_end (i32.add (local.get $row) (local.get $bytes)))
      (loop $pixels
        (local.set $sum
          (f32x4.add
            (local.get $sum)
            (f32x4.mul
              (v128.load (local.get $at))
              (f32x4.replace_lane 3
                (v128.load32_splat offset=12 (local.get $at))
                (f32.const 1)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $at) (local.get $row_end))))
      (local.set $row (i32.add (local.get $row) (global.get $row_bytes)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))

    ;; Colour is divided by the sum of alpha, alpha by the number of pixels. Where the
    ;; sum of alpha is 0, those of colour are too, and are divided by 1.
    (local.set $alpha (f32x4.extract_lane 3 (local.get $sum)))
    (local.set $sum
      (f32x4.div
        (local.get $sum)
        (f32x4.replace_lane 3
          (f32x4.splat
            (select
              (f32.const 1)
              (local.get $alpha)
              (f32.eq (local.get $alpha) (f32.const 0))))
          (f32.convert_i32_s
            (i32.mul
              (i32.sub (local.get $right) (local.get $left))
              (i32.sub (local.get $bottom) (local.get $top)))))))

    (local.set $row (local.get $first))
    (loop $rows
      (local.set $at (local.get $row))
      (local.set $row_end (i32.add (local.get $row) (local.get $bytes)))
      (loop $pixels
        (v128.store (local.get $at) (local.get $sum))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $at) (local.get $row_end))))
      (local.set $row (i32.add (local.get $row) (global.get $row_bytes)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))))
