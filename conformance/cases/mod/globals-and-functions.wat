;; Copies its input to its output. Both buffers lie at places the host can only
;; learn from the exports, so the echo comes out right only if each was read.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 2048))
  (global (export "output_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (memory.copy (i32.const 2048) (i32.const 1024) (local.get $size))
    (local.get $size)))
