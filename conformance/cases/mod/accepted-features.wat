;; Nothing but the first version of WebAssembly: counts its input with a loop.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 1024))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (local $count i32)
    (loop $more (result i32)
      (if (i32.lt_u (local.get $count) (local.get $size))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br $more)))
      (local.get $count))))
