;; 2^31 does not fit. The operands come from memory, out of a compiler's sight.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (data (i32.const 512) "\00\00\00\80\ff\ff\ff\ff")
  (func (export "run") (param i32) (result i32)
    (i32.div_s (i32.load (i32.const 512)) (i32.load (i32.const 516)))))
