;; The setter adds its value to a global that the entry point gives as the result: it
;; shows how often an instance has had its uniform applied.
(module
  (memory (export "memory") 1)
  (global $sum (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 64))
  (func (export "uniform_set_add") (param $value i32)
    (global.set $sum (i32.add (global.get $sum) (local.get $value))))
  (func (export "run") (param i32) (result i32)
    global.get $sum))
