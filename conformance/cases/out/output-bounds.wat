;; Copies its input to the last four bytes of memory, as far as they reach, and
;; claims to have written all of it.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 65532))
  (global (export "output_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (i32.store (i32.const 65532) (i32.load (i32.const 0)))
    (local.get $size)))
