;; unsharp: sharpens a picture by what a blur takes away from it; alpha is kept.
;;
;;   amount     f32, 0 and above, default 1: how much. 0 leaves the picture alone. What is
;;              below 0 is taken for 0.
;;   radius     f32, 0 to 32, default 2: the standard deviation of the blur in pixels.
;;              0 leaves the picture alone. Less is taken for 0; with more the host
;;              refuses the filter, for the tile does not fit.
;;   threshold  f32, 0 and above, default 0: a sample that the blur changes by less stays
;;              as it is, so that what is smooth does not become grainy
;;
;; A sample v with the blurred sample b becomes v + amount (v - b). Nothing is cut off at
;; black and white.
;;
;; The weights of the pixels that are 0, 1, 2, ... pixels away are those of the bell curve
;; e^(-d^2 / (2 radius^2)), divided by their sum; e^x is wrong by less than 1e-11. Pixels
;; that are more than 3 radius away would count for less than 0.3 % together and are left
;; out: the halo is 3 radius, rounded up.
;;
;; Means are of colour times alpha, divided by the mean of alpha: colour that is not seen
;; does not count, and is kept itself.
;;
;; Memory: 21 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000184         388  the weights of pixels that are 0 to 96 away
;;   0x000184   0x001000       3 708  unused
;;   0x001000   0x002000       4 096  a row of the tile, colour times alpha
;;   0x002000   0x002400       1 024  a row of the core, blurred
;;   0x002400   0x010000      56 320  unused
;;   0x010000   0x110000   1 048 576  the tile: with a halo of 96, 256 x 256 pixels
;;   0x110000   0x150000     262 144  its rows, blurred along: 256 rows of 64 pixels
(module
  (memory (export "memory") 21 21)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global (export "input_bytes_cap") i32 (i32.const 0x100000))

  (global $weights i32 (i32.const 0x000000))
  (global $line i32 (i32.const 0x001000))
  (global $blurred i32 (i32.const 0x002000))
  (global $rows i32 (i32.const 0x110000))

  ;; How far the blur reaches, in pixels.
  (global $halo (mut i32) (i32.const 0))

  (global $amount (mut v128) (v128.const f32x4 1 1 1 1))
  (global $threshold (mut v128) (v128.const f32x4 0 0 0 0))

  (start $set_default)
  (func $set_default
    (call $set_radius (f32.const 2)))

  (func $set_radius (export "uniform_set_radius") (param $radius f32)
    (local.set $radius (f32.max (local.get $radius) (f32.const 0)))
    (global.set $halo
      (i32.trunc_sat_f32_s
        (f32.ceil (f32.mul (local.get $radius) (f32.const 3)))))
    ;; A tile with a greater halo is never handed over.
    (if (i32.le_s (global.get $halo) (i32.const 96))
      (then (call $write_weights (f64.promote_f32 (local.get $radius))))))

  (func (export "calculate_halo_px") (result i32)
    (global.get $halo))

  (func (export "uniform_set_amount") (param $amount f32)
    (global.set $amount
      (f32x4.splat (f32.max (local.get $amount) (f32.const 0)))))

  (func (export "uniform_set_threshold") (param $threshold f32)
    (global.set $threshold (f32x4.splat (local.get $threshold))))

  ;; e^x for an x of at most 0. Below -64 it gives what it gives there, which is as good
  ;; as 0.
  (func $exp (param $x f64) (result f64)
    (local $n i32)
    (local $term f64)
    (local $sum f64)

    ;; The series 1 + x + x^2/2! + x^3/3! + ... of x / 1024, and that 1024 times with
    ;; itself: squared ten times.
    (local.set $x
      (f64.div
        (f64.max (local.get $x) (f64.const -64))
        (f64.const 1024)))
    (local.set $n (i32.const 1))
    (local.set $term (f64.const 1))
    (local.set $sum (f64.const 1))
    (loop $terms
      (local.set $term
        (f64.div
          (f64.mul (local.get $term) (local.get $x))
          (f64.convert_i32_s (local.get $n))))
      (local.set $sum (f64.add (local.get $sum) (local.get $term)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $terms (i32.le_s (local.get $n) (i32.const 9))))
    (local.set $n (i32.const 0))
    (loop $squares
      (local.set $sum (f64.mul (local.get $sum) (local.get $sum)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $squares (i32.lt_s (local.get $n) (i32.const 10))))
    (local.get $sum))

  ;; With q = e^(-1 / (2 radius^2)) the weight at d is q^(d^2), and the next is q^(2d + 1)
  ;; times that. They are gone through twice: for their sum, and to write them.
  (func $write_weights (param $radius f64)
    (local $q f64)
    (local $distance i32)
    (local $weight f64)
    (local $next f64) ;; the next weight divided by this one
    (local $sum f64)
    (local $whole f64) ;; the sum of all, 0 as long as it is not known

    (local.set $q
      (call $exp
        (f64.div
          (f64.const -0.5)
          (f64.mul (local.get $radius) (local.get $radius)))))
    (loop $passes
      (local.set $distance (i32.const 0))
      (local.set $weight (f64.const 1))
      (local.set $next (local.get $q))
      (local.set $sum (f64.const -1)) ;; what is in the middle counts once
      (loop $distances
        (if (f64.gt (local.get $whole) (f64.const 0))
          (then
            (f32.store
              (i32.add
                (global.get $weights)
                (i32.mul (local.get $distance) (i32.const 4)))
              (f32.demote_f64 (f64.div (local.get $weight) (local.get $whole))))))
        (local.set $sum
          (f64.add (local.get $sum) (f64.mul (local.get $weight) (f64.const 2))))
        (local.set $weight (f64.mul (local.get $weight) (local.get $next)))
        (local.set $next
          (f64.mul
            (local.get $next)
            (f64.mul (local.get $q) (local.get $q))))
        (local.set $distance (i32.add (local.get $distance) (i32.const 1)))
        (br_if $distances (i32.le_s (local.get $distance) (global.get $halo))))
      (if (f64.eq (local.get $whole) (f64.const 0))
        (then
          (local.set $whole (local.get $sum))
          (br $passes)))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $row_bytes i32) ;; of the tile
    (local $from i32)      ;; address of what is blurred next
    (local $to i32)        ;; address of what becomes of it
    (local $end i32)       ;; address just past the last

    ;; Nothing is to do.
    (if (i32.eqz (global.get $halo))
      (then (return)))

    (local.set $row_bytes
      (i32.mul
        (i32.add (i32.const 64) (i32.mul (i32.const 2) (global.get $halo)))
        (i32.const 16)))

    ;; Along the rows, those of the halo too. There are as many as a row has pixels.
    (local.set $from (global.get $input_ptr))
    (local.set $to (global.get $rows))
    (local.set $end
      (i32.add
        (global.get $rows)
        (i32.mul (local.get $row_bytes) (i32.const 64))))
    (loop $rows
      (call $premultiply (local.get $from) (local.get $row_bytes))
      (call $blur
        (i32.add
          (global.get $line)
          (i32.mul (global.get $halo) (i32.const 16)))
        (i32.const 16)
        (local.get $to))
      (local.set $from (i32.add (local.get $from) (local.get $row_bytes)))
      (local.set $to (i32.add (local.get $to) (i32.const 1024)))
      (br_if $rows (i32.lt_u (local.get $to) (local.get $end))))

    ;; Along the columns of what came out.
    (local.set $from
      (i32.add
        (global.get $rows)
        (i32.mul (global.get $halo) (i32.const 1024))))
    (local.set $to
      (i32.add
        (global.get $input_ptr)
        (i32.mul
          (global.get $halo)
          (i32.add (local.get $row_bytes) (i32.const 16)))))
    (local.set $end (i32.add (local.get $from) (i32.const 0x10000)))
    (loop $core
      (call $blur (local.get $from) (i32.const 1024) (global.get $blurred))
      (call $sharpen (local.get $to))
      (local.set $from (i32.add (local.get $from) (i32.const 1024)))
      (local.set $to (i32.add (local.get $to) (local.get $row_bytes)))
      (br_if $core (i32.lt_u (local.get $from) (local.get $end)))))

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

  ;; Makes of the 64 pixels at $from those at $to, each the weighted sum of what is up to
  ;; the halo before and after it, $step bytes apart. Four pixels a turn, so that a
  ;; weight is read for four.
  (func $blur (param $from i32) (param $step i32) (param $to i32)
    (local $end i32)
    (local $before i32) ;; addresses of the pixels at a distance from the first
    (local $after i32)
    (local $at i32)     ;; address of the weight for it
    (local $last i32)   ;; address just past the last weight
    (local $weight v128)
    (local $a v128)     ;; the sums for the four pixels
    (local $b v128)
    (local $c v128)
    (local $d v128)

    (local.set $last
      (i32.add
        (global.get $weights)
        (i32.mul (i32.add (global.get $halo) (i32.const 1)) (i32.const 4))))
    (local.set $end (i32.add (local.get $from) (i32.const 1024)))
    (loop $pixels
      (local.set $at (global.get $weights))
      (local.set $weight (v128.load32_splat (local.get $at)))
      (local.set $a (f32x4.mul (local.get $weight) (v128.load (local.get $from))))
      (local.set $b
        (f32x4.mul (local.get $weight) (v128.load offset=16 (local.get $from))))
      (local.set $c
        (f32x4.mul (local.get $weight) (v128.load offset=32 (local.get $from))))
      (local.set $d
        (f32x4.mul (local.get $weight) (v128.load offset=48 (local.get $from))))

      ;; A halo of 0 is none of the blur's business: here is always one distance or more.
      (local.set $before (local.get $from))
      (local.set $after (local.get $from))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (loop $distances
        (local.set $before (i32.sub (local.get $before) (local.get $step)))
        (local.set $after (i32.add (local.get $after) (local.get $step)))
        (local.set $weight (v128.load32_splat (local.get $at)))
        (local.set $a
          (f32x4.add
            (local.get $a)
            (f32x4.mul
              (local.get $weight)
              (f32x4.add
                (v128.load (local.get $before))
                (v128.load (local.get $after))))))
        (local.set $b
          (f32x4.add
            (local.get $b)
            (f32x4.mul
              (local.get $weight)
              (f32x4.add
                (v128.load offset=16 (local.get $before))
                (v128.load offset=16 (local.get $after))))))
        (local.set $c
          (f32x4.add
            (local.get $c)
            (f32x4.mul
              (local.get $weight)
              (f32x4.add
                (v128.load offset=32 (local.get $before))
                (v128.load offset=32 (local.get $after))))))
        (local.set $d
          (f32x4.add
            (local.get $d)
            (f32x4.mul
              (local.get $weight)
              (f32x4.add
                (v128.load offset=48 (local.get $before))
                (v128.load offset=48 (local.get $after))))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $distances (i32.lt_u (local.get $at) (local.get $last))))

      (v128.store (local.get $to) (local.get $a))
      (v128.store offset=16 (local.get $to) (local.get $b))
      (v128.store offset=32 (local.get $to) (local.get $c))
      (v128.store offset=48 (local.get $to) (local.get $d))
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (br_if $pixels (i32.lt_u (local.get $from) (local.get $end)))))

  ;; Changes a row of the core by the blurred row.
  (func $sharpen (param $at i32)
    (local $from i32)
    (local $end i32)
    (local $pixel v128)
    (local $alpha f32)
    (local $lost v128) ;; what the blur takes away

    (local.set $from (global.get $blurred))
    (local.set $end (i32.add (local.get $from) (i32.const 1024)))
    (loop $pixels
      (local.set $pixel (v128.load (local.get $at)))
      (local.set $alpha (f32x4.extract_lane 3 (local.get $pixel)))
      (if (f32.ne (local.get $alpha) (f32.const 0))
        (then
          ;; What is seen itself is in the blur, so that the divisor is not 0.
          (local.set $lost
            (f32x4.sub
              (local.get $pixel)
              (f32x4.div
                (v128.load (local.get $from))
                (v128.load32_splat offset=12 (local.get $from)))))
          (local.set $lost
            (v128.and
              (local.get $lost)
              (f32x4.ge (f32x4.abs (local.get $lost)) (global.get $threshold))))
          (v128.store (local.get $at)
            (f32x4.replace_lane 3
              (f32x4.add
                (local.get $pixel)
                (f32x4.mul (global.get $amount) (local.get $lost)))
              (local.get $alpha)))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $from) (local.get $end))))))
