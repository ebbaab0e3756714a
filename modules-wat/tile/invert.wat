;; invert: turns each colour into its opposite; alpha is kept.
;;
;;   amount  f32, 0 to 1, default 1: how far it goes. 0 leaves the picture alone, 0.5
;;           makes all of it grey. What is outside is taken for the nearer end.
;;
;; A sample v becomes (1 - 2 amount) v + amount: with an amount of 1, 1 - v.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  ;; What a pixel is multiplied by, and what is then added; alpha comes out as it is.
  (global $scale (mut v128) (v128.const f32x4 -1 -1 -1 1))
  (global $offset (mut v128) (v128.const f32x4 1 1 1 0))

  (func (export "uniform_set_amount") (param $amount f32)
    (local.set $amount
      (f32.min (f32.max (local.get $amount) (f32.const 0)) (f32.const 1)))
    (global.set $scale
      (f32x4.replace_lane 3
        (f32x4.splat
          (f32.sub
            (f32.const 1)
            (f32.mul (f32.const 2) (local.get $amount))))
        (f32.const 1)))
    (global.set $offset
      (f32x4.replace_lane 3 (f32x4.splat (local.get $amount)) (f32.const 0))))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
    (local $at i32) ;; address of the next four pixels
    (local $scale v128)
    (local $offset v128)

    (local.set $scale (global.get $scale))
    (local.set $offset (global.get $offset))

    ;; Four pixels a turn: with one, counting would take as long as computing.
    (loop $pixels
      (v128.store (local.get $at)
        (f32x4.add
          (f32x4.mul (v128.load (local.get $at)) (local.get $scale))
          (local.get $offset)))
      (v128.store offset=16 (local.get $at)
        (f32x4.add
          (f32x4.mul (v128.load offset=16 (local.get $at)) (local.get $scale))
          (local.get $offset)))
      (v128.store offset=32 (local.get $at)
        (f32x4.add
          (f32x4.mul (v128.load offset=32 (local.get $at)) (local.get $scale))
          (local.get $offset)))
      (v128.store offset=48 (local.get $at)
        (f32x4.add
          (f32x4.mul (v128.load offset=48 (local.get $at)) (local.get $scale))
          (local.get $offset)))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $pixels (i32.lt_u (local.get $at) (i32.const 0x10000))))))
