;; The getter answers from a global that the call changes: "old" lies where the
;; pointer was before the call, "new" where it is after.
(module
  (memory (export "memory") 1)
  (data (i32.const 1024) "old")
  (data (i32.const 2048) "new")
  (global $where (mut i32) (i32.const 1024))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "output_ptr") (result i32) (global.get $where))
  (global (export "output_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (global.set $where (i32.const 2048))
    (i32.const 3)))
