;; Makes NaNs of 64 bits from numbers. Each takes two elements of the output, the
;; lower half first.
(module
  (memory (export "memory") 1)
  (data (i32.const 0)
    "\00\00\00\00\00\00\00\00" ;;  0: 0
    "\00\00\00\00\00\00\f0\3f" ;;  8: 1
    "\00\00\00\00\00\00\f0\bf" ;; 16: -1
    "\00\00\00\00\00\00\f0\7f" ;; 24: infinity
    "\ef\cd\ab\89\67\45\f8\7f" ;; 32: NaN 0x7ff8456789abcdef, quiet with a payload
    "\01\00\00\00\00\00\f4\7f" ;; 40: NaN 0x7ff4000000000001, signalling
    "\01\00\00\00\00\00\f8\ff") ;; 48: NaN 0xfff8000000000001, sign set
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 4096))
  (global (export "output_i32_cap") i32 (i32.const 10))
  (func (export "run") (param i32) (result i32)
    ;; 0 / 0
    (f64.store (i32.const 4096) (f64.div (f64.load (i32.const 0)) (f64.load (i32.const 0))))
    ;; 0 * infinity
    (f64.store (i32.const 4104) (f64.mul (f64.load (i32.const 0)) (f64.load (i32.const 24))))
    ;; infinity - infinity
    (f64.store (i32.const 4112) (f64.sub (f64.load (i32.const 24)) (f64.load (i32.const 24))))
    ;; infinity + -infinity
    (f64.store (i32.const 4120) (f64.add (f64.load (i32.const 24)) (f64.neg (f64.load (i32.const 24)))))
    ;; the root of -1
    (f64.store (i32.const 4128) (f64.sqrt (f64.load (i32.const 16))))
    (i32.const 10)))
