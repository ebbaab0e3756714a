;; Six operands at once: one outside of the block, one that the block takes, four in it.
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func (export "run") (param $size i32) (result i32)
    local.get $size
    local.get $size
    block (param i32) (result i32)
      i32.const 1
      i64.const 2
      f64.const 3
      v128.const i64x2 4 5
      drop
      drop
      drop
      i32.add
    end
    i32.add))
