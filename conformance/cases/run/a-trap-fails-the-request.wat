;; Writes a complete, valid output and traps instead of returning.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 16))
  (global (export "output_utf8_cap") i32 (i32.const 4))
  (func (export "run") (param $size i32) (result i32)
    (i32.store (i32.const 16) (i32.const 0x64636261))
    unreachable))
