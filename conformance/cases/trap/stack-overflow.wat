;; Each level keeps four values that are needed after the call returns.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func $down (param $depth i32) (result i32)
    (local $a i64) (local $b i64) (local $c f64) (local $d f64)
    (local.set $a (i64.extend_i32_u (local.get $depth)))
    (local.set $b (i64.mul (local.get $a) (local.get $a)))
    (local.set $c (f64.convert_i64_s (local.get $b)))
    (local.set $d (f64.sqrt (local.get $c)))
    (i32.add
      (call $down (i32.add (local.get $depth) (i32.const 1)))
      (i32.add
        (i32.wrap_i64 (i64.add (local.get $a) (local.get $b)))
        (i32.trunc_sat_f64_s (f64.add (local.get $c) (local.get $d))))))
  (func (export "run") (param i32) (result i32)
    (call $down (i32.const 0))))
