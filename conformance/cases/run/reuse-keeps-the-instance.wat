;; Counts its calls. An input of "t" makes it trap and "l" makes it run forever,
;; both after they have been counted.
(module
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (local.get $size)
      (then
        (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 0x74)) (then unreachable))
        (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 0x6c))
          (then (loop $forever (br $forever))))))
    (global.get $calls)))
