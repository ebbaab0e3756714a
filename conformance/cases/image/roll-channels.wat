;; Red becomes green, green becomes blue, blue becomes alpha, and alpha becomes red.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $at i32) (local $pixel v128)
    (loop $next
      (local.set $pixel (v128.load (local.get $at)))
      (v128.store (local.get $at)
        (i8x16.shuffle 12 13 14 15 0 1 2 3 4 5 6 7 8 9 10 11
          (local.get $pixel) (local.get $pixel)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))))
