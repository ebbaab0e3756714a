;; Operations that only move bits, or only touch the sign, keep payload and sign of
;; a NaN, also where NaNs are made canonical everywhere else.
(module
  (memory (export "memory") 1)
  (data (i32.const 0)
    "\00\00\00\00" ;;  0: 0
    "\00\00\80\3f" ;;  4: 1
    "\00\00\80\bf" ;;  8: -1
    "\00\00\80\7f" ;; 12: infinity
    "\45\23\c1\7f" ;; 16: NaN 0x7fc12345, quiet with a payload
    "\01\00\a0\7f" ;; 20: NaN 0x7fa00001, signalling
    "\01\00\c0\ff") ;; 24: NaN 0xffc00001, sign set
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 4096))
  (global (export "output_i32_cap") i32 (i32.const 12))
  (global $kept (mut f32) (f32.const 0))
  (func $same (param f32) (result f32) (local f32)
    (local.set 1 (local.get 0))
    (local.get 1))
  (func (export "run") (param i32) (result i32)
    (global.set $kept (f32.load (i32.const 24)))
    ;; loaded and stored
    (f32.store (i32.const 4096) (f32.load (i32.const 16)))
    (f32.store (i32.const 4100) (f32.load (i32.const 20)))
    (f32.store (i32.const 4104) (f32.load (i32.const 24)))
    ;; sign turned over
    (f32.store (i32.const 4108) (f32.neg (f32.load (i32.const 16))))
    ;; sign taken away
    (f32.store (i32.const 4112) (f32.abs (f32.load (i32.const 24))))
    ;; sign of -1 put on
    (f32.store (i32.const 4116) (f32.copysign (f32.load (i32.const 16)) (f32.load (i32.const 8))))
    ;; a signalling NaN stays one
    (f32.store (i32.const 4120) (f32.neg (f32.load (i32.const 20))))
    ;; through a local, a call, a choice and a global
    (f32.store (i32.const 4124) (call $same (f32.load (i32.const 20))))
    (f32.store (i32.const 4128) (select (f32.load (i32.const 20)) (f32.load (i32.const 4)) (i32.const 1)))
    (f32.store (i32.const 4132) (global.get $kept))
    ;; bits put together by hand
    (f32.store (i32.const 4136) (f32.reinterpret_i32 (i32.const 0xffa00001)))
    ;; a constant
    (f32.store (i32.const 4140) (f32.const nan:0x12345))
    (i32.const 12)))
