;; Three types: the entry point's, one that nothing uses, and the same once more.
(module
  (type $entry (func (param i32) (result i32)))
  (type $unused (func (param f64)))
  (type $twin (func (param f64)))
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (type $entry) (param $size i32) (result i32) (local.get $size)))
