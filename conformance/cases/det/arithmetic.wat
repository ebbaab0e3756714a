;; Results that hosts get wrong when they fuse, flush or round twice. None is a NaN, so
;; all engines owe these bits without being asked for deterministic floats.
(module
  (memory (export "memory") 1)
  (data (i32.const 0)
    "\00\08\80\3f" ;;  0: 1 + 2^-12
    "\00\10\80\3f" ;;  4: 1 + 2^-11
    "\00\00\80\00" ;;  8: 2^-126, the smallest normal number
    "\00\00\00\3f" ;; 12: 0.5
    "\01\00\00\00" ;; 16: 2^-149, the smallest number
    "\00\00\00\00" ;; 20: 0
    "\00\00\00\80" ;; 24: -0
    "\00\00\20\40" ;; 28: 2.5
    "\cd\cc\cc\be" ;; 32: -0.4
    "\00\00\00\00" ;; 36: to align what follows
    "\01\00\00\00\80\00\00\80" ;; 40: 2^63 + 2^39 + 1
    "\01\00\00\10\00\00\f0\3f") ;; 48: 1 + 2^-24 + 2^-52
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 4096))
  (global (export "output_i32_cap") i32 (i32.const 9))
  (func (export "run") (param i32) (result i32)
    ;; a = 1 + 2^-12; a * a - (1 + 2^-11) is 0 when the product is rounded first
    (f32.store (i32.const 4096) (f32.sub (f32.mul (f32.load (i32.const 0)) (f32.load (i32.const 0))) (f32.load (i32.const 4))))
    ;; the smallest normal number halved is subnormal, not zero
    (f32.store (i32.const 4100) (f32.mul (f32.load (i32.const 8)) (f32.load (i32.const 12))))
    ;; the smallest of all numbers, twice
    (f32.store (i32.const 4104) (f32.add (f32.load (i32.const 16)) (f32.load (i32.const 16))))
    ;; of both zeros -0 is the lesser and 0 the greater
    (f32.store (i32.const 4108) (f32.min (f32.load (i32.const 20)) (f32.load (i32.const 24))))
    (f32.store (i32.const 4112) (f32.max (f32.load (i32.const 24)) (f32.load (i32.const 20))))
    ;; 2.5 to nearest is the even 2; -0.4 to nearest is -0
    (f32.store (i32.const 4116) (f32.nearest (f32.load (i32.const 28))))
    (f32.store (i32.const 4120) (f32.nearest (f32.load (i32.const 32))))
    ;; 2^63 + 2^39 + 1 rounds up; by way of f64 it would lose the 1 and round down
    (f32.store (i32.const 4124) (f32.convert_i64_u (i64.load (i32.const 40))))
    ;; 1 + 2^-24 + 2^-52 made narrower rounds up, being more than half way
    (f32.store (i32.const 4128) (f32.demote_f64 (f64.load (i32.const 48))))
    (i32.const 9)))
