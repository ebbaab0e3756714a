;; The output type stands in memory as `text/old` until its size's getter, a function,
;; writes `new` over it: what counts is memory after the getters.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "text/old")
  (global (export "output_content_type_ptr") i32 (i32.const 0))
  (func (export "output_content_type_size") (result i32)
    (i32.store8 (i32.const 5) (i32.const 0x6e)) ;; n
    (i32.store8 (i32.const 6) (i32.const 0x65)) ;; e
    (i32.store8 (i32.const 7) (i32.const 0x77)) ;; w
    i32.const 8)
  (global (export "input_ptr") i32 (i32.const 64))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
