;; The value of the uniform "kind" chooses how its setter traps: 1 memory, 2 table,
;; 3 an empty entry, 4 a signature, 5 overflow, 6 conversion, 7 recursion. The entry point
;; divides by zero, so that a host which goes on after a setter's trap is seen.
(module
  (memory (export "memory") 1)
  (type $nothing (func))
  (type $number (func (result i32)))
  ;; entry 0 is empty, entry 1 takes nothing and gives nothing, there is no entry 2
  (table 2 funcref)
  (elem (i32.const 1) func $idle)
  (func $idle)
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  ;; every level waits for the one below, so this cannot become a loop
  (func $down (param $depth i32) (result i32)
    (i32.add (i32.const 1)
      (call $down (i32.add (local.get $depth) (i32.const 1)))))
  (func (export "uniform_set_kind") (param $kind i32)
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (i32.store8 (i32.const 65536) (i32.const 0))))
    (if (i32.eq (local.get $kind) (i32.const 2))
      (then (call_indirect (type $nothing) (i32.const 2))))
    (if (i32.eq (local.get $kind) (i32.const 3))
      (then (call_indirect (type $nothing) (i32.const 0))))
    (if (i32.eq (local.get $kind) (i32.const 4))
      (then (drop (call_indirect (type $number) (i32.const 1)))))
    (if (i32.eq (local.get $kind) (i32.const 5))
      (then (drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))))
    (if (i32.eq (local.get $kind) (i32.const 6))
      (then (drop (i32.trunc_f32_s (f32.const nan)))))
    (if (i32.eq (local.get $kind) (i32.const 7))
      (then (drop (call $down (i32.const 0))))))
  (func (export "run") (param i32) (result i32)
    (i32.div_u (i32.const 1) (i32.const 0))))
