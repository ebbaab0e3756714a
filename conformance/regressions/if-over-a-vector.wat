;; wasmi 2.0.0 loses half of a v128 that lies below a constant which an `if` takes as its
;; parameter, where a block stands in the other arm: what was on the stack comes out.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  ;; Leaves something on the stack.
  (func $other (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $a (v128.const i32x4 1 2 3 4))
    (local.set $b (v128.const i32x4 5 6 7 8))
    (local.set $c (v128.const i32x4 9 10 11 12))
    (i32x4.extract_lane 0 (i32x4.add (local.get $a) (i32x4.add (local.get $b)
      (i32x4.add (local.get $c) (local.get $d))))))
  (func (export "run") (param $size i32) (result i32)
    (local $below v128) (local $no i32)
    (drop (call $other))
    (local.set $below (i32x4.splat (i32.add (local.get $size) (i32.const 40))))
    local.get $below
    i64.const 0 ;; the parameter
    local.get $no ;; the condition
    if (param i64) (result i32 i32)
      block ;; copied here, and not in the other arm
      end
      unreachable
    else
      drop
      i32.const 1
      i32.const 2
    end
    drop
    drop
    i32x4.extract_lane 2)) ;; 40 and the size
