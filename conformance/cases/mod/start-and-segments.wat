;; The start function turns the "n" that a data segment put down into "y" and
;; keeps a mark in a global. The answer is the letter's code plus the mark.
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "n")
  (global $mark (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func $start
    (global.set $mark (i32.const 1000))
    ;; segments come first, so this adds to "n" and not to zero
    (i32.store8 (i32.const 16) (i32.add (i32.load8_u (i32.const 16)) (i32.const 11))))
  (start $start)
  (func (export "run") (param i32) (result i32)
    (i32.add (global.get $mark) (i32.load8_u (i32.const 16)))))
