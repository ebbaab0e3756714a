;; Answers with the byte that it finds at its input pointer, so that a host which
;; made up a pointer of its own (or took 0) would show.
(module
  (memory (export "memory") 1)
  (func (export "input_ptr") (result i32) (i32.const 4096))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "render") (param $size i32) (result i32)
    (i32.load8_u (i32.const 4096))))
