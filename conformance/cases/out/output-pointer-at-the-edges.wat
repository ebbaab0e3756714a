;; The output is as long as the input and lies where the uniform "at" says; all of memory
;; but the input is full of Z. As text here, as bytes and as elements in the case file.
(module
  (memory (export "memory") 1)
  (global $at (mut i32) (i32.const 0))
  (func $fill (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const 65536))) ;; Z
  (start $fill)
  (func (export "uniform_set_at") (param $at i32) (global.set $at (local.get $at)))
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (func (export "output_ptr") (result i32) (global.get $at))
  (global (export "output_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
