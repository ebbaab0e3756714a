;; Adds up 1 to n by recursion, n being the length of the input: deep, but finite.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 128))
  (func $sum (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else
        (i32.add
          (local.get $n)
          (call $sum (i32.sub (local.get $n) (i32.const 1)))))))
  (func (export "run") (param $size i32) (result i32)
    (call $sum (local.get $size))))
