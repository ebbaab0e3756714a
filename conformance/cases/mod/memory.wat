;; Exports its memory under the contract's name and under another one besides.
;; The answer is the input's first byte, so the host wrote into this memory.
(module
  (memory (export "memory") (export "mem") 1)
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param i32) (result i32) (i32.load8_u (i32.const 1024))))
