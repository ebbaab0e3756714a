;; Both capacities, UTF-8 exported first. They differ (UTF-8 4, bytes 8), so that
;; the one which counts shows in what is refused.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 4))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
