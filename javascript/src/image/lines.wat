;; Turns bytes into floats and back as pixels.wat does, but between the memory of a tile filter
;; and another one that holds lines of a picture: for engines with several memories.
(module
  (import "" "tile" (memory $tile 0))
  (import "" "lines" (memory $lines 0))

  ;; Rows of so many pixels become floats: from lines that begin so many bytes apart.
  (func (export "load")
    (param $row i32) (param $rows i32) (param $pixels i32) (param $stride i32)
    (param $from i32) (param $line i32)
    (local $pixel i32)
    (loop $each_row
      (if (i32.eqz (local.get $rows)) (then (return)))
      (local.set $pixel (i32.const 0))
      (loop $each_pixel
        (v128.store $tile
          (i32.add (local.get $row) (i32.shl (local.get $pixel) (i32.const 4)))
          (f32x4.mul
            (f32x4.convert_i32x4_u
              (i32x4.extend_low_i16x8_u
                (i16x8.extend_low_i8x16_u
                  (v128.load32_zero $lines
                    (i32.add (local.get $from) (i32.shl (local.get $pixel) (i32.const 2)))))))
            ;; f32(1/255), with the bits 0x3B808081
            (v128.const i32x4 0x3b808081 0x3b808081 0x3b808081 0x3b808081)))
        (br_if $each_pixel
          (i32.lt_u
            (local.tee $pixel (i32.add (local.get $pixel) (i32.const 1)))
            (local.get $pixels))))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (local.set $from (i32.add (local.get $from) (local.get $line)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br $each_row)))

  ;; Rows of floats become bytes, in lines that begin so many bytes apart.
  (func (export "store")
    (param $row i32) (param $rows i32) (param $pixels i32) (param $stride i32)
    (param $to i32) (param $line i32)
    (local $index i32) (local $pixel v128)
    (loop $each_row
      (if (i32.eqz (local.get $rows)) (then (return)))
      (local.set $index (i32.const 0))
      (loop $each_pixel
        (local.set $pixel
          (i32x4.trunc_sat_f32x4_s
            (f32x4.add
              (f32x4.mul
                (v128.load $tile
                  (i32.add (local.get $row) (i32.shl (local.get $index) (i32.const 4))))
                (v128.const f32x4 255 255 255 255))
              (v128.const f32x4 0.5 0.5 0.5 0.5))))
        (local.set $pixel (i16x8.narrow_i32x4_s (local.get $pixel) (local.get $pixel)))
        (v128.store32_lane $lines 0
          (i32.add (local.get $to) (i32.shl (local.get $index) (i32.const 2)))
          (i8x16.narrow_i16x8_u (local.get $pixel) (local.get $pixel)))
        (br_if $each_pixel
          (i32.lt_u
            (local.tee $index (i32.add (local.get $index) (i32.const 1)))
            (local.get $pixels))))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (local.set $to (i32.add (local.get $to) (local.get $line)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br $each_row))))
