;; simd-xor-checksum: the exclusive or of all 32-bit words of the input.
;;
;; Words are little-endian; the last is filled up with zeros. The work is done on
;; 16 bytes at once, with the fixed-width SIMD of WebAssembly 2.0.
;;
;;   input   bytes, at most 1 048 576 (1 MiB)
;;   result  a scalar, no output buffer: the 32 bits as a signed number; 0 for no
;;           bytes
;;   traps   if the input is longer than the capacity
;;
;; Memory: 17 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000010          16  the last block, filled up with zeros
;;   0x000010   0x010000      65 520  unused
;;   0x010000   0x110000   1 048 576  input
(module
  (memory (export "memory") 17 17)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (func $input_bytes_cap (export "input_bytes_cap") (result i32)
    (i32.const 0x100000))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $read i32)       ;; address of the next block of 16 bytes
    (local $last_block i32) ;; address just past the whole blocks
    (local $sums v128)      ;; of the words 0, 1, 2 and 3 of each block

    (if (i32.gt_u (local.get $input_size) (call $input_bytes_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $last_block
      (i32.add
        (global.get $input_ptr)
        (i32.and (local.get $input_size) (i32.const -16))))

    (block $blocks_done
      (loop $blocks
        (br_if $blocks_done (i32.eq (local.get $read) (local.get $last_block)))
        (local.set $sums
          (v128.xor (local.get $sums) (v128.load (local.get $read))))
        (local.set $read (i32.add (local.get $read) (i32.const 16)))
        (br $blocks)))

    ;; The 0 to 15 bytes left are copied into zeros: what follows them in memory is
    ;; no part of the input.
    (v128.store (i32.const 0x000000) (v128.const i32x4 0 0 0 0))
    (memory.copy
      (i32.const 0x000000)
      (local.get $last_block)
      (i32.and (local.get $input_size) (i32.const 15)))
    (local.set $sums
      (v128.xor (local.get $sums) (v128.load (i32.const 0x000000))))

    (i32.xor
      (i32.xor
        (i32x4.extract_lane 0 (local.get $sums))
        (i32x4.extract_lane 1 (local.get $sums)))
      (i32.xor
        (i32x4.extract_lane 2 (local.get $sums))
        (i32x4.extract_lane 3 (local.get $sums))))))
