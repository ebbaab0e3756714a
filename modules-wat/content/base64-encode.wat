;; base64-encode: writes bytes as Base64 text (RFC 4648 section 4).
;;
;; The standard alphabet, always padded with "=" to a multiple of four characters,
;; on one line: no line breaks are put in.
;;
;;   input   bytes, at most 786 432 (768 KiB)
;;   output  UTF-8 (ASCII only), 4 characters for every 3 bytes or part of 3:
;;           at most 262 144 x 4 = 1 048 576; its type is `application/base64`
;;   traps   if the input is longer than the capacity
;;
;; Memory: 29 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000040          64  the alphabet: the character of each 6-bit value
;;   0x000040   0x000052          18  the type of the output
;;   0x000052   0x010000      65 454  unused
;;   0x010000   0x0D0000     786 432  input
;;   0x0D0000   0x1D0000   1 048 576  output
(module
  (memory (export "memory") 29 29)

  (data (i32.const 0x000000)
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz"
    "0123456789+/"
    "application/base64")

  (global $input_ptr i32 (i32.const 0x010000))
  (global $input_bytes_cap i32 (i32.const 0x0C0000))
  (global $output_ptr i32 (i32.const 0x0D0000))
  (global $output_utf8_cap i32 (i32.const 0x100000))

  (func $get_input_ptr (export "input_ptr") (result i32)
    (global.get $input_ptr))
  (func $get_input_bytes_cap (export "input_bytes_cap") (result i32)
    (global.get $input_bytes_cap))
  (func $get_output_ptr (export "output_ptr") (result i32)
    (global.get $output_ptr))
  (func $get_output_utf8_cap (export "output_utf8_cap") (result i32)
    (global.get $output_utf8_cap))
  (func (export "output_content_type_ptr") (result i32)
    (i32.const 0x000040))
  (func (export "output_content_type_size") (result i32)
    (i32.const 18))

  ;; The character for the low six bits of $bits; the bits above are ignored.
  (func $character_of (param $bits i32) (result i32)
    (i32.load8_u (i32.and (local.get $bits) (i32.const 63))))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $read i32)      ;; address of the next byte to read
    (local $remaining i32) ;; bytes still to read
    (local $write i32)     ;; address of the next character to write
    (local $group i32)     ;; up to three bytes, the first in bits 16 to 23

    (if (i32.gt_u (local.get $input_size) (global.get $input_bytes_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $remaining (local.get $input_size))
    (local.set $write (global.get $output_ptr))

    (block $groups_done
      (loop $groups
        (br_if $groups_done (i32.lt_u (local.get $remaining) (i32.const 3)))

        (local.set $group
          (i32.or
            (i32.shl (i32.load8_u (local.get $read)) (i32.const 16))
            (i32.or
              (i32.shl (i32.load8_u offset=1 (local.get $read)) (i32.const 8))
              (i32.load8_u offset=2 (local.get $read)))))

        (i32.store8 (local.get $write)
          (call $character_of (i32.shr_u (local.get $group) (i32.const 18))))
        (i32.store8 offset=1 (local.get $write)
          (call $character_of (i32.shr_u (local.get $group) (i32.const 12))))
        (i32.store8 offset=2 (local.get $write)
          (call $character_of (i32.shr_u (local.get $group) (i32.const 6))))
        (i32.store8 offset=3 (local.get $write)
          (call $character_of (local.get $group)))

        (local.set $read (i32.add (local.get $read) (i32.const 3)))
        (local.set $remaining (i32.sub (local.get $remaining) (i32.const 3)))
        (local.set $write (i32.add (local.get $write) (i32.const 4)))
        (br $groups)))

    ;; One or two bytes may be left. Their last character carries zero bits at its
    ;; low end, because the missing bytes are left out of $group as zeros.
    (if (local.get $remaining)
      (then
        (local.set $group
          (i32.shl (i32.load8_u (local.get $read)) (i32.const 16)))
        (if (i32.eq (local.get $remaining) (i32.const 2))
          (then
            (local.set $group
              (i32.or
                (local.get $group)
                (i32.shl (i32.load8_u offset=1 (local.get $read)) (i32.const 8))))))

        (i32.store8 (local.get $write)
          (call $character_of (i32.shr_u (local.get $group) (i32.const 18))))
        (i32.store8 offset=1 (local.get $write)
          (call $character_of (i32.shr_u (local.get $group) (i32.const 12))))
        (i32.store8 offset=2 (local.get $write)
          (select
            (call $character_of (i32.shr_u (local.get $group) (i32.const 6)))
            (i32.const 0x3D) ;; "="
            (i32.eq (local.get $remaining) (i32.const 2))))
        (i32.store8 offset=3 (local.get $write) (i32.const 0x3D)) ;; "="

        (local.set $write (i32.add (local.get $write) (i32.const 4)))))

    (i32.sub (local.get $write) (global.get $output_ptr))))
