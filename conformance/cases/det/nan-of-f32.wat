;; Makes NaNs from numbers, in every way that there is. Processors differ in the
;; sign they give to such a NaN; here all of them must have the one canonical form.
;; The operands come from memory, so that nothing is worked out while compiling.
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
  (global (export "output_i32_cap") i32 (i32.const 6))
  (func (export "run") (param i32) (result i32)
    ;; 0 / 0
    (f32.store (i32.const 4096) (f32.div (f32.load (i32.const 0)) (f32.load (i32.const 0))))
    ;; 0 * infinity
    (f32.store (i32.const 4100) (f32.mul (f32.load (i32.const 0)) (f32.load (i32.const 12))))
    ;; infinity - infinity
    (f32.store (i32.const 4104) (f32.sub (f32.load (i32.const 12)) (f32.load (i32.const 12))))
    ;; infinity + -infinity
    (f32.store (i32.const 4108) (f32.add (f32.load (i32.const 12)) (f32.neg (f32.load (i32.const 12)))))
    ;; infinity / infinity
    (f32.store (i32.const 4112) (f32.div (f32.load (i32.const 12)) (f32.load (i32.const 12))))
    ;; the root of -1
    (f32.store (i32.const 4116) (f32.sqrt (f32.load (i32.const 8))))
    (i32.const 6)))
