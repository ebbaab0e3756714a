;; wasmi 2.0.0 leaves the operands of a `br_table` where they are if its labels all lie
;; on one height of the stack, also if something lies between them and that height.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (local $taken v128)
    (local.set $taken (i32x4.splat (i32.add (local.get $size) (i32.const 40))))
    block $outer (result v128)
      block $inner (result v128)
        i32.const 99 ;; stays behind
        local.get $taken
        local.get $size
        br_table $outer $inner $inner $outer
      end
    end
    i32x4.extract_lane 0)) ;; 40 and the size
