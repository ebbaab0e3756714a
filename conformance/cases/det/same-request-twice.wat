;; Leaves a trace in everything that an instance owns, and answers with what it
;; found there: 1000 * a global + 100 * a byte of memory + 10 * pages + a table
;; entry that is no longer null. On a fresh instance that is 0 + 0 + 10 + 0.
(module
  (memory (export "memory") 1 9)
  (table $refs 1 funcref)
  (func $mark)
  (elem declare func $mark)
  (global $calls (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param i32) (result i32)
    (local $found i32)
    (local.set $found
      (i32.add
        (i32.add (i32.mul (i32.const 1000) (global.get $calls))
                 (i32.mul (i32.const 100) (i32.load8_u (i32.const 512))))
        (i32.add (i32.mul (i32.const 10) (memory.size))
                 (i32.eqz (ref.is_null (table.get $refs (i32.const 0)))))))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store8 (i32.const 512) (i32.const 1))
    (drop (memory.grow (i32.const 1)))
    (table.set $refs (i32.const 0) (ref.func $mark))
    (local.get $found)))
