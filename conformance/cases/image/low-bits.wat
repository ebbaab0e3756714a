;; Each sample becomes the lowest 8 of its 32 bits, in 255ths: what rounding has done to a
;; float shows there, and so does what a NaN carries.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $at i32)
    (loop $next
      (v128.store (local.get $at)
        (f32x4.div
          (f32x4.convert_i32x4_u
            (v128.and (v128.load (local.get $at)) (v128.const i32x4 255 255 255 255)))
          (f32x4.splat (f32.const 255))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))))
