;; coordinates: paints where each pixel is, whatever the picture was.
;;
;;   halo  i32, 0 to 64, default 0: a halo to ask for. It makes no difference to the
;;         picture, and shows that the host counts it into what it hands over. Less is
;;         taken for 0; with more the host refuses the filter, for the tile does not fit.
;;
;; As bytes, with x to the right and y downwards from 0: red is x mod 256, green
;; y mod 256, blue (x div 256 + 16 (y div 256)) mod 256, alpha 255.
;;
;; Memory: 9 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x090000     589 824  the tile: with a halo of 64, 192 x 192 pixels
(module
  (memory (export "memory") 9 9)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x090000))

  (global $halo (mut i32) (i32.const 0))

  (func (export "uniform_set_halo") (param $halo i32)
    (global.set $halo
      (select
        (local.get $halo)
        (i32.const 0)
        (i32.gt_s (local.get $halo) (i32.const 0)))))

  (func (export "calculate_halo_px") (result i32)
    (global.get $halo))

  ;; The sample that becomes this byte; the bits above the lowest eight are ignored.
  (func $sample (param $byte i32) (result f32)
    (f32.div
      (f32.convert_i32_u (i32.and (local.get $byte) (i32.const 255)))
      (f32.const 255)))

  ;; $x and $y are those of the tile's first pixel, which is in the halo if there is one.
  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32)     ;; address of the next pixel
    (local $column i32) ;; where it is in the picture
    (local $row i32)
    (local $left i32)   ;; columns and rows of the tile in the picture
    (local $right i32)
    (local $bottom i32)
    (local $span i32)

    (local.set $span
      (i32.add (i32.const 64) (i32.mul (i32.const 2) (global.get $halo))))
    (local.set $left (i32.trunc_sat_f32_s (local.get $x)))
    (local.set $row (i32.trunc_sat_f32_s (local.get $y)))
    (local.set $right (i32.add (local.get $left) (local.get $span)))
    (local.set $bottom (i32.add (local.get $row) (local.get $span)))

    (local.set $at (global.get $input_ptr))
    (loop $rows
      (local.set $column (local.get $left))
      (loop $pixels
        (f32.store (local.get $at) (call $sample (local.get $column)))
        (f32.store offset=4 (local.get $at) (call $sample (local.get $row)))
        (f32.store offset=8 (local.get $at)
          (call $sample
            (i32.add
              (i32.shr_s (local.get $column) (i32.const 8))
              (i32.shl
                (i32.shr_s (local.get $row) (i32.const 8))
                (i32.const 4)))))
        (f32.store offset=12 (local.get $at) (f32.const 1))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $pixels (i32.lt_s (local.get $column) (local.get $right))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_s (local.get $row) (local.get $bottom))))))
