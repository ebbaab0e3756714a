;; Every number is a mutable global, 0 until start has set it: bytes in, words of 32 bits
;; out, and types on both sides.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "text/csv")
  (data (i32.const 96) "text/html")
  (global $input_ptr (export "input_ptr") (mut i32) (i32.const 0))
  (global $input_bytes_cap (export "input_bytes_cap") (mut i32) (i32.const 0))
  (global $output_ptr (export "output_ptr") (mut i32) (i32.const 0))
  (global $output_i32_cap (export "output_i32_cap") (mut i32) (i32.const 0))
  (global $input_type_ptr (export "input_content_type_ptr") (mut i32) (i32.const 0))
  (global $input_type_size (export "input_content_type_size") (mut i32) (i32.const 0))
  (global $output_type_ptr (export "output_content_type_ptr") (mut i32) (i32.const 0))
  (global $output_type_size (export "output_content_type_size") (mut i32) (i32.const 0))
  (func $prepare
    (global.set $input_ptr (i32.const 1024))
    (global.set $input_bytes_cap (i32.const 9))
    (global.set $output_ptr (i32.const 2048))
    (global.set $output_i32_cap (i32.const 2))
    (global.set $input_type_ptr (i32.const 64))
    (global.set $input_type_size (i32.const 8))
    (global.set $output_type_ptr (i32.const 96))
    (global.set $output_type_size (i32.const 9)))
  (start $prepare)
  (func (export "run") (param $size i32) (result i32)
    (memory.copy (i32.const 2048) (i32.const 1024) (local.get $size))
    ;; a word that is begun counts
    (i32.shr_u (i32.add (local.get $size) (i32.const 3)) (i32.const 2))))
