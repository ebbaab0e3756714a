;; 300 and the size, to which each label adds its own number. The locals hold what a host that goes
;; around a fault of its engine with such tables must not use for itself, and the first type is not
;; that of the function.
(module
  (type (func))
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    (call $pick (local.get $size) (i32.const 300)))
  (func $pick (param $size i32) (param $base i32) (result i32)
    (local $one i32) (local $ten i32) (local $taken v128)
    (local.set $one (i32.const 1))
    (local.set $ten (i32.const 10))
    (local.set $taken (i32x4.splat (local.get $base)))
    block $outer (result v128)
      block $middle (result v128)
        block $inner (result v128)
          (block) (loop) (loop) (loop) ;; all over before the table
          (i32.add (local.get $size) (i32.const 99)) ;; stays behind
          (i32x4.add (local.get $taken) (i32x4.splat (local.get $size)))
          local.get $size
          br_table $outer $middle $inner
        end
        (i32x4.add (i32x4.splat (i32.const 4000)))
        br $outer
      end
      (i32x4.add (i32x4.splat (i32.const 5000)))
    end
    i32x4.extract_lane 0
    local.get $one
    i32.add
    local.get $ten
    i32.add))
