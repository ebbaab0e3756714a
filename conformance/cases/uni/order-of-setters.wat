;; Every setter puts a letter of its own and the digit that it was given into a log,
;; which is the output: it shows which setters were called, how often, in which order.
(module
  (memory (export "memory") 1)
  ;; The log starts at 1024; $length is how much of it is written. Input is not used.
  (global $length (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 1024))
  (global (export "output_utf8_cap") i32 (i32.const 256))
  (func $log (param $letter i32) (param $digit i32)
    (i32.store8 offset=1024 (global.get $length) (local.get $letter))
    (i32.store8 offset=1025 (global.get $length)
      (i32.add (i32.const 0x30) (local.get $digit))) ;; 0x30 is the digit 0
    (global.set $length (i32.add (global.get $length) (i32.const 2))))
  (func (export "uniform_set_b") (param $n i32)
    (call $log (i32.const 0x70) (local.get $n))) ;; p
  (func (export "uniform_set_a10") (param $n i32)
    (call $log (i32.const 0x71) (local.get $n))) ;; q
  (func (export "uniform_set_a2") (param $n i32)
    (call $log (i32.const 0x72) (local.get $n))) ;; r
  (func (export "uniform_set_B") (param $n i32)
    (call $log (i32.const 0x73) (local.get $n))) ;; s
  (func (export "uniform_set_a") (param $n i32)
    (call $log (i32.const 0x74) (local.get $n))) ;; t
  (func (export "uniform_set_\c3\a9") (param $n i32) ;; U+00E9
    (call $log (i32.const 0x75) (local.get $n))) ;; u
  (func (export "uniform_set_\ef\bc\a1") (param $n i32) ;; U+FF21
    (call $log (i32.const 0x76) (local.get $n))) ;; v
  (func (export "uniform_set_\f0\9d\90\80") (param $n i32) ;; U+1D400
    (call $log (i32.const 0x77) (local.get $n))) ;; w
  (func (export "run") (param i32) (result i32)
    global.get $length))
