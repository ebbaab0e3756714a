;; An output type of exactly 255 bytes. The result is the input's length.
(module
  (memory (export "memory") 1)
  (global (export "output_content_type_ptr") i32 (i32.const 0))
  (global (export "output_content_type_size") i32 (i32.const 255))
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  ;; The type is made while instantiating: `x/`, then letters up to 256 bytes.
  (func $make
    (memory.fill (i32.const 0) (i32.const 0x61) (i32.const 256)) ;; a
    (i32.store8 (i32.const 0) (i32.const 0x78)) ;; x
    (i32.store8 (i32.const 1) (i32.const 0x2f))) ;; /
  (start $make)
  (func (export "run") (param $size i32) (result i32)
    local.get $size))
