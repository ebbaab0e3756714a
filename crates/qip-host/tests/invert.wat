;; Turns colours into their opposites, and leaves alpha.
(module
  (memory (export "memory") 1 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba32float_64x64") (param f32 f32) (local $at i32)
    (loop $next
      (v128.store (local.get $at)
        (f32x4.add (v128.const f32x4 1 1 1 0)
          (f32x4.mul (v128.const f32x4 -1 -1 -1 1) (v128.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))))
