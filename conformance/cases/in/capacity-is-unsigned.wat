;; The largest capacity there is: all 32 bits set, as a global. A host that reads
;; it signed sees -1 and refuses every input.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 16))
  (global (export "input_utf8_cap") i32 (i32.const 0xffffffff))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
