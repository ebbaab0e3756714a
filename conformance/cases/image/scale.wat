;; Multiplies every sample by the uniform `by`, and moves it by the uniform `add`.
(module
  (memory (export "memory") 1)
  (global $by (mut f32) (f32.const 1))
  (global $add (mut f32) (f32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "uniform_set_by") (param $by f32) (global.set $by (local.get $by)))
  (func (export "uniform_set_add") (param $add f32) (global.set $add (local.get $add)))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $at i32)
    (loop $next
      (v128.store (local.get $at)
        (f32x4.add (f32x4.splat (global.get $add))
          (f32x4.mul (f32x4.splat (global.get $by)) (v128.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))))
