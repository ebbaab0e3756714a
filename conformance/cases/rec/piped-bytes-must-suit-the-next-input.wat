;; Takes bytes and gives all but the last of them as bytes, so that it can cut a
;; character in two.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  ;; The input's buffer is the output's too.
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_bytes_cap") i32 (i32.const 64))
  (func (export "run") (param $size i32) (result i32)
    (i32.sub (local.get $size) (i32.const 1))))
