;; Echoes in place. Every number is a mutable global that nothing ever changes:
;; mutability alone must not turn a host away.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") (mut i32) (i32.const 1024))
  (global (export "input_utf8_cap") (mut i32) (i32.const 8))
  (global (export "output_ptr") (mut i32) (i32.const 1024))
  (global (export "output_utf8_cap") (mut i32) (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
