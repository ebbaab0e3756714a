;; box-blur: makes each pixel the mean of the square around it.
;;
;;   radius  i32, 0 to 64, default 2: how far the square reaches in each direction: it is
;;           2 radius + 1 pixels wide and high. 0 leaves the picture alone. Less is taken
;;           for 0; with more the host refuses the filter, for the tile does not fit.
;;
;; Needs a halo of the radius. Means are of colour times alpha, divided by the mean of
;; alpha: colour that is not seen does not leak out of what is transparent. Where nothing
;; of a square is seen the pixel becomes 0 in all channels.
;;
;; First the sums along each row are made, then along each column. A sum of n pixels is
;; put together from sums of 1, 2, 4, 8 and so on pixels, each made of two of the sums
;; before: 3 to 13 additions a pixel and direction. One running sum, to which one is added
;; at one end and from which one is taken at the other, would need two, but would carry
;; its rounding along: a trace of alpha would be left behind where nothing is seen, and a
;; tile would begin a little otherwise than the one before it ends. Here nothing is ever
;; taken away, and what comes out does not depend on where the tile begins.
;;
;; Memory: 14 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000C00       3 072  a row of the tile, colour times alpha
;;   0x000C00   0x010000      62 464  unused, but for what is read past that row
;;   0x010000   0x0A0000     589 824  the tile: with a halo of 64, 192 x 192 pixels
;;   0x0A0000   0x0D0000     196 608  the sums along rows: 192 rows of 64
;;   0x0D0000   0x0E0000      65 536  the sums of squares: 64 rows of 64
(module
  (memory (export "memory") 14 14)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global (export "input_bytes_cap") i32 (i32.const 0x090000))

  (global $line i32 (i32.const 0x000000))
  (global $row_sums i32 (i32.const 0x0A0000))
  (global $sums i32 (i32.const 0x0D0000))

  (global $radius (mut i32) (i32.const 2))

  (func (export "uniform_set_radius") (param $radius i32)
    (global.set $radius
      (select
        (local.get $radius)
        (i32.const 0)
        (i32.gt_s (local.get $radius) (i32.const 0)))))

  (func (export "calculate_halo_px") (result i32)
    (global.get $radius))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $row_bytes i32) ;; of the tile
    (local $from i32)      ;; address of its next row
    (local $to i32)        ;; address of the sums along it
    (local $end i32)       ;; address just past the last

    ;; Nothing is to do, and colour under an alpha of 0 is kept.
    (if (i32.eqz (global.get $radius))
      (then (return)))

    (local.set $row_bytes
      (i32.mul
        (i32.add (i32.const 64) (i32.mul (i32.const 2) (global.get $radius)))
        (i32.const 16)))

    (local.set $from (global.get $input_ptr))
    (local.set $to (global.get $row_sums))
    ;; There are as many rows as a row has pixels, and of each 64 sums.
    (local.set $end
      (i32.add
        (global.get $row_sums)
        (i32.mul (local.get $row_bytes) (i32.const 64))))

    (memory.fill
      (global.get $row_sums)
      (i32.const 0)
      (i32.sub (local.get $end) (global.get $row_sums)))
    (memory.fill (global.get $sums) (i32.const 0) (i32.const 0x10000))
    (loop $rows
      (call $premultiply (local.get $from) (local.get $row_bytes))
      (call $add_windows
        (global.get $line) (local.get $row_bytes) (i32.const 16)
        (local.get $to) (i32.const 1024))
      (local.set $from (i32.add (local.get $from) (local.get $row_bytes)))
      (local.set $to (i32.add (local.get $to) (i32.const 1024)))
      (br_if $rows (i32.lt_u (local.get $to) (local.get $end))))

    ;; All columns at once: what is one step along a column is a row in memory.
    (call $add_windows
      (global.get $row_sums) (i32.sub (local.get $end) (global.get $row_sums))
      (i32.const 1024)
      (global.get $sums) (i32.const 0x10000))

    (call $divide (local.get $row_bytes)))

  ;; Writes a row of the tile to $line, colour times alpha.
  (func $premultiply (param $from i32) (param $bytes i32)
    (local $to i32)
    (local $end i32)

    (local.set $to (global.get $line))
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (loop $pixels
      (v128.store (local.get $to)
        (f32x4.mul
          (v128.load (local.get $from))
          (f32x4.replace_lane 3
            (v128.load32_splat offset=12 (local.get $from))
            (f32.const 1))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $from) (local.get $end)))))

  ;; Adds to each pixel from $to on, $sums_bytes of them, the sum of 2 radius + 1 pixels
  ;; that are $step bytes apart, the first as far behind $from as this one behind $to.
  ;; What is in the $bytes at $from is lost.
  (func $add_windows
    (param $from i32) (param $bytes i32) (param $step i32)
    (param $to i32) (param $sums_bytes i32)
    (local $count i32)  ;; of pixels in a sum
    (local $length i32) ;; of pixels in a sum that is at $from: 1, 2, 4, 8, ...
    (local $done i32)   ;; bytes from the start of a sum to what is not yet added

    (local.set $count
      (i32.add (i32.mul (i32.const 2) (global.get $radius)) (i32.const 1)))
    (local.set $length (i32.const 1))
    (block $sums_done
      (loop $lengths
        ;; The lengths that are needed are the bits of $count.
        (if (i32.and (local.get $count) (local.get $length))
          (then
            (call $add
              (i32.add (local.get $from) (local.get $done))
              (local.get $to)
              (local.get $sums_bytes))
            (local.set $done
              (i32.add (local.get $done) (i32.mul (local.get $length) (local.get $step))))))

        (br_if $sums_done
          (i32.gt_u (i32.shl (local.get $length) (i32.const 1)) (local.get $count)))

        ;; A sum of twice the length is this and the one that begins where it ends. The
        ;; last ones have none behind them. Of those no more are needed.
        (local.set $bytes
          (i32.sub (local.get $bytes) (i32.mul (local.get $length) (local.get $step))))
        (call $add
          (i32.add (local.get $from) (i32.mul (local.get $length) (local.get $step)))
          (local.get $from)
          (local.get $bytes))
        (local.set $length (i32.shl (local.get $length) (i32.const 1)))
        (br $lengths))))

  ;; Adds the pixels at $from to those at $to, the first first: $from may be behind $to
  ;; in the same. Four a turn, so that up to three are added more than asked for.
  (func $add (param $from i32) (param $to i32) (param $bytes i32)
    (local $end i32)

    (local.set $end (i32.add (local.get $to) (local.get $bytes)))
    (loop $pixels
      (v128.store (local.get $to)
        (f32x4.add (v128.load (local.get $to)) (v128.load (local.get $from))))
      (v128.store offset=16 (local.get $to)
        (f32x4.add
          (v128.load offset=16 (local.get $to))
          (v128.load offset=16 (local.get $from))))
      (v128.store offset=32 (local.get $to)
        (f32x4.add
          (v128.load offset=32 (local.get $to))
          (v128.load offset=32 (local.get $from))))
      (v128.store offset=48 (local.get $to)
        (f32x4.add
          (v128.load offset=48 (local.get $to))
          (v128.load offset=48 (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (br_if $pixels (i32.lt_u (local.get $to) (local.get $end)))))

  ;; Writes the core of the tile: colour divided by the sum of alpha, alpha by the number
  ;; of pixels. Where the sum of alpha is 0, those of colour are too, and are divided
  ;; by 1.
  (func $divide (param $row_bytes i32)
    (local $from i32)
    (local $to i32)
    (local $row_end i32)
    (local $end i32)
    (local $side f32)  ;; of the square
    (local $count f32) ;; of pixels in it
    (local $alpha f32)

    (local.set $side
      (f32.convert_i32_s
        (i32.add (i32.mul (i32.const 2) (global.get $radius)) (i32.const 1))))
    (local.set $count (f32.mul (local.get $side) (local.get $side)))

    (local.set $from (global.get $sums))
    (local.set $to
      (i32.add
        (global.get $input_ptr)
        (i32.mul
          (global.get $radius)
          (i32.add (local.get $row_bytes) (i32.const 16)))))
    (local.set $end (i32.add (global.get $sums) (i32.const 0x10000)))
    (loop $rows
      (local.set $row_end (i32.add (local.get $from) (i32.const 1024)))
      (loop $pixels
        (local.set $alpha (f32.load offset=12 (local.get $from)))
        (v128.store (local.get $to)
          (f32x4.div
            (v128.load (local.get $from))
            (f32x4.replace_lane 3
              (f32x4.splat
                (select
                  (f32.const 1)
                  (local.get $alpha)
                  (f32.eq (local.get $alpha) (f32.const 0))))
              (local.get $count))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $from) (local.get $row_end))))
      (local.set $to
        (i32.add
          (local.get $to)
          (i32.sub (local.get $row_bytes) (i32.const 1024))))
      (br_if $rows (i32.lt_u (local.get $from) (local.get $end))))))
