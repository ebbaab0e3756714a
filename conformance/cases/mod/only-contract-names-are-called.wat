;; Exports whatever toolchains like to have called for them. Each would turn the
;; answer from 7 into something else, or trap.
(module
  (memory (export "memory") 1)
  (global $answer (mut i32) (i32.const 7))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (func $spoil (global.set $answer (i32.const -1)))
  (export "_initialize" (func $spoil))
  (export "__wasm_call_ctors" (func $spoil))
  (export "__wasm_apply_data_relocs" (func $spoil))
  (export "init" (func $spoil))
  (export "reset" (func $spoil))
  (export "uniform_reset" (func $spoil))
  (func (export "_start") (unreachable))
  (func (export "main") (param i32 i32) (result i32) (unreachable))
  (func (export "alloc") (param i32) (result i32) (unreachable))
  (func (export "memory_grow") (result i32) (unreachable))
  (func (export "run") (param i32) (result i32) (global.get $answer)))
