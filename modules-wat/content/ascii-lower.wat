;; ascii-lower: makes the ASCII letters A to Z of a text lower case.
;;
;; Everything else is kept, letters beyond ASCII too: those need tables and may
;; change a text's length. In UTF-8 a byte below 0x80 is never part of a longer
;; sequence, so single bytes are enough to look at.
;;
;;   input   UTF-8, at most 1 048 576 bytes (1 MiB)
;;   output  UTF-8, as long as the input
;;   traps   if the input is longer than the capacity
;;
;; Memory: 32 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x100000   1 048 576  input
;;   0x100000   0x200000   1 048 576  output
(module
  (memory (export "memory") 32 32)

  (global $input_ptr i32 (i32.const 0x000000))
  (global $input_utf8_cap i32 (i32.const 0x100000))
  (global $output_ptr i32 (i32.const 0x100000))
  (global $output_utf8_cap i32 (i32.const 0x100000))

  (func $get_input_ptr (export "input_ptr") (result i32)
    (global.get $input_ptr))
  (func $get_input_utf8_cap (export "input_utf8_cap") (result i32)
    (global.get $input_utf8_cap))
  (func $get_output_ptr (export "output_ptr") (result i32)
    (global.get $output_ptr))
  (func $get_output_utf8_cap (export "output_utf8_cap") (result i32)
    (global.get $output_utf8_cap))

  ;; The letter in lower case; any other byte as it is.
  (func $to_lower (param $byte i32) (result i32)
    ;; Upper and lower case differ in the bit 0x20 alone. Below "A" the unsigned
    ;; difference is huge.
    (i32.xor
      (local.get $byte)
      (i32.shl
        (i32.lt_u
          (i32.sub (local.get $byte) (i32.const 0x41)) ;; "A"
          (i32.const 26))
        (i32.const 5))))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $index i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $index) (local.get $input_size)))
        (i32.store8
          (i32.add (global.get $output_ptr) (local.get $index))
          (call $to_lower
            (i32.load8_u (i32.add (global.get $input_ptr) (local.get $index)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $bytes)))

    (local.get $input_size)))
