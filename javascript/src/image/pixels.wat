;; Turns bytes into floats and back (IMG-2), in the memory of a tile filter, four samples at a
;; time. A row of pixels is turned in place: as bytes it takes the first quarter of its floats.
(module
  (import "" "" (memory 0))

  ;; Rows of so many pixels, as bytes at the beginning of each row, become floats.
  (func (export "load") (param $row i32) (param $rows i32) (param $pixels i32) (param $stride i32)
    (local $pixel i32)
    (loop $each_row
      (if (i32.eqz (local.get $rows)) (then (return)))
      ;; From the last pixel down, so that none is written over before it is read.
      (local.set $pixel (local.get $pixels))
      (loop $each_pixel
        (local.set $pixel (i32.sub (local.get $pixel) (i32.const 1)))
        (v128.store
          (i32.add (local.get $row) (i32.shl (local.get $pixel) (i32.const 4)))
          (f32x4.mul
            (f32x4.convert_i32x4_u
              (i32x4.extend_low_i16x8_u
                (i16x8.extend_low_i8x16_u
                  (v128.load32_zero
                    (i32.add (local.get $row) (i32.shl (local.get $pixel) (i32.const 2)))))))
            ;; f32(1/255), with the bits 0x3B808081
            (v128.const i32x4 0x3b808081 0x3b808081 0x3b808081 0x3b808081)))
        (br_if $each_pixel (local.get $pixel)))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br $each_row)))

  ;; The four samples of a pixel times 255 and a half more, as integers: those of NaN and of
  ;; what is below 0 are 0 or less, and those of what is too large stay above 255.
  (func $pixel (param $at i32) (result v128)
    (i32x4.trunc_sat_f32x4_s
      (f32x4.add
        (f32x4.mul (v128.load (local.get $at)) (v128.const f32x4 255 255 255 255))
        (v128.const f32x4 0.5 0.5 0.5 0.5))))

  ;; Rows of floats become bytes, at the beginning of each row.
  (func (export "store") (param $row i32) (param $rows i32) (param $pixels i32) (param $stride i32)
    (local $from i32) (local $to i32) (local $end i32) (local $pixel v128)
    (loop $each_row
      (if (i32.eqz (local.get $rows)) (then (return)))
      (local.set $from (local.get $row))
      (local.set $to (local.get $row))
      (local.set $end (i32.add (local.get $row) (i32.shl (local.get $pixels) (i32.const 4))))
      (loop $each_pixel
        (local.set $pixel (call $pixel (local.get $from)))
        (local.set $pixel (i16x8.narrow_i32x4_s (local.get $pixel) (local.get $pixel)))
        (v128.store32_lane 0 (local.get $to)
          (i8x16.narrow_i16x8_u (local.get $pixel) (local.get $pixel)))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (br_if $each_pixel
          (i32.ne
            (local.tee $from (i32.add (local.get $from) (i32.const 16)))
            (local.get $end))))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br $each_row))))
