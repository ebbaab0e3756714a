;; Of each sample, which came from the byte b, makes the float (b + 0.5) / 255, where the
;; byte changes from b to b + 1; `ulps` moves it to one of the floats around.
(module
  (memory (export "memory") 1)
  (global $ulps (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "uniform_set_ulps") (param $ulps i32) (global.set $ulps (local.get $ulps)))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $at i32)
    (loop $next
      (v128.store (local.get $at)
        (i32x4.add (i32x4.splat (global.get $ulps))
          (f32x4.div
            (f32x4.add
              ;; the byte, whatever the last bit of the float was
              (f32x4.nearest
                (f32x4.mul (v128.load (local.get $at)) (f32x4.splat (f32.const 255))))
              (f32x4.splat (f32.const 0.5)))
            (f32x4.splat (f32.const 255)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))))
