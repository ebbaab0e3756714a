;; The capacity's getter calls through a table, at the entry that the uniform "entry"
;; names: 0 is empty, 1 gives nothing where a number is wanted, 2 gives 8, 3 is none. The
;; other kinds of traps are met in getters in any-exported-call.
(module
  (memory (export "memory") 1)
  (type $number (func (result i32)))
  (table 3 funcref)
  (elem (i32.const 1) func $idle $eight)
  (func $idle)
  (func $eight (result i32) (i32.const 8))
  (global $entry (mut i32) (i32.const 2))
  (func (export "uniform_set_entry") (param $entry i32)
    (global.set $entry (local.get $entry)))
  (global (export "input_ptr") i32 (i32.const 1024))
  (func (export "input_utf8_cap") (result i32)
    (call_indirect (type $number) (global.get $entry)))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
