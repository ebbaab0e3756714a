;; Adds one to each byte, in place: input and output are the same buffer.
(module
  (memory (export "memory") 1)
  (global $buffer i32 (i32.const 32))
  (global (export "input_ptr") i32 (i32.const 32))
  (global (export "input_utf8_cap") i32 (i32.const 16))
  (global (export "output_ptr") i32 (i32.const 32))
  (global (export "output_utf8_cap") i32 (i32.const 16))
  (func (export "run") (param $size i32) (result i32)
    (local $i i32)
    (local $at i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (local.get $size)))
        (local.set $at (i32.add (global.get $buffer) (local.get $i)))
        (i32.store8 (local.get $at)
          (i32.add (i32.load8_u (local.get $at)) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $size)))
