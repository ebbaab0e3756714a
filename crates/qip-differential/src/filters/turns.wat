;; A tile filter of the older name, without a halo: turns each tile around, so that what
;; lies outside of the picture comes into it.
(module
  (memory (export "memory") 2)
  (global (export "input_ptr") i32 (i32.const 4))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba_f32_64x64") (param f32 f32)
    (local $low i32) (local $high i32) (local $pixel v128)
    (local.set $high (i32.const 65520))
    (loop $next
      (local.set $pixel (v128.load offset=4 (local.get $low)))
      (v128.store offset=4 (local.get $low) (v128.load offset=4 (local.get $high)))
      (v128.store offset=4 (local.get $high) (local.get $pixel))
      (local.set $low (i32.add (local.get $low) (i32.const 16)))
      (local.set $high (i32.sub (local.get $high) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $low) (local.get $high))))))
