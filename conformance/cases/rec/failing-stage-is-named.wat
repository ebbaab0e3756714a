;; Traps if the input starts with `!`, else gives it back: a stage whose place in a
;; recipe can be told from the failure.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_utf8_cap") i32 (i32.const 64))
  (func (export "run") (param $size i32) (result i32)
    (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 0x21)) ;; !
      (then unreachable))
    local.get $size))
