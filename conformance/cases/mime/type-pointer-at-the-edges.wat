;; Pointers and sizes of both types are what the uniforms say, 0 at first; all of memory
;; is full of x, so that a type of one byte is "x".
(module
  (memory (export "memory") 1)
  (func $fill (memory.fill (i32.const 0) (i32.const 0x78) (i32.const 65536))) ;; x
  (start $fill)
  (global $in_at (export "input_content_type_ptr") (mut i32) (i32.const 0))
  (global $in_size (export "input_content_type_size") (mut i32) (i32.const 0))
  (global $out_at (export "output_content_type_ptr") (mut i32) (i32.const 0))
  (global $out_size (export "output_content_type_size") (mut i32) (i32.const 0))
  (func (export "uniform_set_in_at") (param i32) (global.set $in_at (local.get 0)))
  (func (export "uniform_set_in_size") (param i32) (global.set $in_size (local.get 0)))
  (func (export "uniform_set_out_at") (param i32) (global.set $out_at (local.get 0)))
  (func (export "uniform_set_out_size") (param i32) (global.set $out_size (local.get 0)))
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
