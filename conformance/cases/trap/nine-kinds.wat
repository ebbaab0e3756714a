;; The input's one letter chooses the trap; any other letter answers 7.
(module
  (memory (export "memory") 1)
  (type $nothing (func))
  (type $number (func (result i32)))
  ;; entry 0 is empty, entry 1 takes nothing and gives nothing, there is no entry 2
  (table 2 funcref)
  (elem (i32.const 1) func $idle)
  (func $idle)
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 1))
  ;; every level waits for the one below, so this cannot become a loop
  (func $down (param $depth i32) (result i32)
    (i32.add (i32.const 1)
      (call $down (i32.add (local.get $depth) (i32.const 1)))))
  (func (export "run") (param i32) (result i32)
    (local $letter i32)
    (local.set $letter (i32.load8_u (i32.const 1024)))
    (if (i32.eq (local.get $letter) (i32.const 0x75)) ;; u
      (then (unreachable)))
    (if (i32.eq (local.get $letter) (i32.const 0x6d)) ;; m
      (then (drop (i32.load (i32.const 65536)))))
    (if (i32.eq (local.get $letter) (i32.const 0x74)) ;; t
      (then (call_indirect (type $nothing) (i32.const 2))))
    (if (i32.eq (local.get $letter) (i32.const 0x6e)) ;; n
      (then (call_indirect (type $nothing) (i32.const 0))))
    (if (i32.eq (local.get $letter) (i32.const 0x73)) ;; s
      (then (drop (call_indirect (type $number) (i32.const 1)))))
    (if (i32.eq (local.get $letter) (i32.const 0x6f)) ;; o
      (then (drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))))
    (if (i32.eq (local.get $letter) (i32.const 0x7a)) ;; z
      (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
    (if (i32.eq (local.get $letter) (i32.const 0x63)) ;; c
      (then (drop (i32.trunc_f32_s (f32.const nan)))))
    (if (i32.eq (local.get $letter) (i32.const 0x72)) ;; r
      (then (return (call $down (i32.const 0)))))
    (i32.const 7)))
