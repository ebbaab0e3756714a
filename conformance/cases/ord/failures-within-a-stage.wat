;; Traps wherever the uniform "mask" has a bit, each place with a trap of its own
;; kind, so that the kind tells which call came first.
;;   bit 0  the uniform itself      unreachable
;;   bit 1  input_ptr               integer-divide-by-zero
;;   bit 2  input_utf8_cap          memory-out-of-bounds
;;   bit 3  output_ptr              integer-overflow
;;   bit 4  output_utf8_cap         bad-conversion-to-integer
;;   bit 5  output_content_type_ptr unreachable
;;   bit 6  the entry point         integer-divide-by-zero
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "text/html")
  (global $mask (mut i32) (i32.const 0))
  (func $bit (param $bit i32) (result i32)
    (i32.and (global.get $mask) (local.get $bit)))
  (func (export "uniform_set_mask") (param $mask i32)
    (global.set $mask (local.get $mask))
    (if (call $bit (i32.const 1)) (then (unreachable))))
  (func (export "input_ptr") (result i32)
    (if (call $bit (i32.const 2))
      (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
    (i32.const 1024))
  (func (export "input_utf8_cap") (result i32)
    (if (call $bit (i32.const 4)) (then (drop (i32.load (i32.const 65536)))))
    (i32.const 8))
  (func (export "output_ptr") (result i32)
    (if (call $bit (i32.const 8))
      (then (drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))))
    (i32.const 1024))
  (func (export "output_utf8_cap") (result i32)
    (if (call $bit (i32.const 16))
      (then (drop (i32.trunc_f32_s (f32.const nan)))))
    (i32.const 8))
  (func (export "output_content_type_ptr") (result i32)
    (if (call $bit (i32.const 32)) (then (unreachable)))
    (i32.const 64))
  (global (export "output_content_type_size") i32 (i32.const 9))
  (func (export "run") (param $size i32) (result i32)
    (if (call $bit (i32.const 64))
      (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
    (local.get $size)))
