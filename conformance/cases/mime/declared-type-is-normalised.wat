;; Declares its output type with white space around, capitals and a parameter:
;; the reply shows what the host makes of it. The input comes back as it is.
(module
  (memory (export "memory") 1)
  ;; 28 bytes in all, white space at both ends included
  (data (i32.const 0) "\t TeXT/CSS ;charset=UTF-8;a\n")
  (global (export "output_content_type_ptr") i32 (i32.const 0))
  (global (export "output_content_type_size") i32 (i32.const 28))
  (global (export "input_ptr") i32 (i32.const 256))
  (global (export "input_utf8_cap") i32 (i32.const 32))
  (global (export "output_ptr") i32 (i32.const 256))
  (global (export "output_utf8_cap") i32 (i32.const 32))
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
