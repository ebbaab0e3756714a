;; wasmi 2.0.0 merges `i32.eqz` of a local into `select`, and then takes for the
;; condition whatever its register holds: here what was loaded before. It does so also
;; where code stands between the two that leaves nothing behind.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (local $zero i32)
    i32.const 0
    i32.load ;; any number but zero
    i32.const 11
    i32.const 22
    local.get $zero
    i32.eqz
    select ;; 11, for zero is zero
    i32.add
    i32.const 100
    i32.const 200
    local.get $zero
    i32.eqz
    i32.const 0
    br_if 0 ;; never
    select ;; 100
    i32.add))
