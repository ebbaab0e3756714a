;; The bytes capacity loses to UTF-8 and traps when called: an answer shows that
;; nobody called it. It is exported first, to tempt hosts that walk the exports.
(module
  (memory (export "memory") 1)
  (func (export "input_bytes_cap") (result i32) unreachable)
  (func (export "input_utf8_cap") (result i32) (i32.const 8))
  (func (export "input_ptr") (result i32) (i32.const 0))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
