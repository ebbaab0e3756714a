;; Exports the pointer of an input type without its size. The start function traps,
;; so the refusal is seen to come before anything is instantiated.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "text/html")
  (global (export "input_content_type_ptr") i32 (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 64))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    local.get $size)
  (func $never unreachable)
  (start $never))
