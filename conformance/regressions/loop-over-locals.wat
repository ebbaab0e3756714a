;; wasmi 2.0.0 loses a local that lies below the parameters of a loop on the stack of
;; operands, where one of these is a local as well.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (local $below i32) (local $param i32)
    (local.set $below (i32.add (local.get $size) (i32.const 40)))
    local.get $below
    local.get $param
    loop (param i32) (result i32)
    end
    i32.add)) ;; 40 and the size and 0
