;; Adds 1 to three NaNs and a number in one vector: the NaNs become canonical, the
;; number is just added to.
(module
  (memory (export "memory") 1)
  (data (i32.const 16)
    "\45\23\c1\7f" ;; NaN 0x7fc12345, quiet with a payload
    "\01\00\a0\7f" ;; NaN 0x7fa00001, signalling
    "\01\00\c0\ff" ;; NaN 0xffc00001, sign set
    "\00\00\80\3f") ;; 1
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 4096))
  (global (export "output_i32_cap") i32 (i32.const 4))
  (func (export "run") (param i32) (result i32)
    (v128.store (i32.const 4096) (f32x4.add (v128.load (i32.const 16)) (f32x4.splat (f32.const 1))))
    (i32.const 4)))
