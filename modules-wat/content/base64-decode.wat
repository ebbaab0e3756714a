;; base64-decode: reads Base64 text (RFC 4648 section 4) back into bytes, strictly.
;;
;; Every byte string has exactly one text that this module takes: the standard
;; alphabet, padded, without white space or line breaks. A trailing newline is an
;; error too: put trim before this module where one may be there.
;;
;;   input   UTF-8, at most 1 048 576 bytes (1 MiB)
;;   output  bytes, 3 for every 4 characters, less the padding: at most 786 432
;;   traps   if the input is longer than the capacity, is no multiple of four
;;           characters, holds a character outside the alphabet, has "=" anywhere
;;           but as the last one or two characters, or has one bits after the last
;;           whole byte ("Zh==" for "Zg==")
;;
;; Memory: 29 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x110000   1 048 576  input
;;   0x110000   0x1D0000     786 432  output
(module
  (memory (export "memory") 29 29)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x110000))
  (global $output_bytes_cap (export "output_bytes_cap") i32 (i32.const 0x0C0000))

  ;; The 6-bit value of a character. Traps for anything outside the alphabet, which
  ;; includes "=": padding never reaches this function.
  (func $value_of (param $character i32) (result i32)
    (local $index i32)

    (local.set $index (i32.sub (local.get $character) (i32.const 0x41))) ;; "A"
    (if (i32.lt_u (local.get $index) (i32.const 26))
      (then (return (local.get $index))))

    (local.set $index (i32.sub (local.get $character) (i32.const 0x61))) ;; "a"
    (if (i32.lt_u (local.get $index) (i32.const 26))
      (then (return (i32.add (local.get $index) (i32.const 26)))))

    (local.set $index (i32.sub (local.get $character) (i32.const 0x30))) ;; "0"
    (if (i32.lt_u (local.get $index) (i32.const 10))
      (then (return (i32.add (local.get $index) (i32.const 52)))))

    (if (i32.eq (local.get $character) (i32.const 0x2B)) ;; "+"
      (then (return (i32.const 62))))
    (if (i32.eq (local.get $character) (i32.const 0x2F)) ;; "/"
      (then (return (i32.const 63))))
    (unreachable))

  ;; Decodes the four characters at $read to three bytes at $write.
  (func $decode_group (param $read i32) (param $write i32)
    (local $group i32) ;; the 24 bits, the first byte in bits 16 to 23

    (local.set $group
      (i32.or
        (i32.or
          (i32.shl (call $value_of (i32.load8_u (local.get $read))) (i32.const 18))
          (i32.shl (call $value_of (i32.load8_u offset=1 (local.get $read))) (i32.const 12)))
        (i32.or
          (i32.shl (call $value_of (i32.load8_u offset=2 (local.get $read))) (i32.const 6))
          (call $value_of (i32.load8_u offset=3 (local.get $read))))))

    ;; A byte store keeps the low eight bits only.
    (i32.store8 (local.get $write) (i32.shr_u (local.get $group) (i32.const 16)))
    (i32.store8 offset=1 (local.get $write) (i32.shr_u (local.get $group) (i32.const 8)))
    (i32.store8 offset=2 (local.get $write) (local.get $group)))

  ;; Decodes the last four characters at $read, which may be padded, to one, two or
  ;; three bytes at $write, and returns how many.
  (func $decode_last_group (param $read i32) (param $write i32) (result i32)
    (local $group i32) ;; the bits so far, as in $decode_group

    (if (i32.ne (i32.load8_u offset=3 (local.get $read)) (i32.const 0x3D)) ;; "="
      (then
        (call $decode_group (local.get $read) (local.get $write))
        (return (i32.const 3))))

    (local.set $group
      (i32.or
        (i32.shl (call $value_of (i32.load8_u (local.get $read))) (i32.const 18))
        (i32.shl (call $value_of (i32.load8_u offset=1 (local.get $read))) (i32.const 12))))

    (if (i32.eq (i32.load8_u offset=2 (local.get $read)) (i32.const 0x3D)) ;; "=="
      (then
        ;; 12 bits for one byte: the low four, bits 12 to 15 here, must be zero.
        (if (i32.and (local.get $group) (i32.const 0x00F000))
          (then (unreachable)))
        (i32.store8 (local.get $write) (i32.shr_u (local.get $group) (i32.const 16)))
        (return (i32.const 1))))

    (local.set $group
      (i32.or
        (local.get $group)
        (i32.shl (call $value_of (i32.load8_u offset=2 (local.get $read))) (i32.const 6))))
    ;; 18 bits for two bytes: the low two, bits 6 and 7 here, must be zero.
    (if (i32.and (local.get $group) (i32.const 0x0000C0))
      (then (unreachable)))
    (i32.store8 (local.get $write) (i32.shr_u (local.get $group) (i32.const 16)))
    (i32.store8 offset=1 (local.get $write) (i32.shr_u (local.get $group) (i32.const 8)))
    (i32.const 2))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $read i32)       ;; address of the next character to read
    (local $last_group i32) ;; address of the last four characters
    (local $write i32)      ;; address of the next byte to write

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))
    (if (i32.and (local.get $input_size) (i32.const 3))
      (then (unreachable)))
    (if (i32.eqz (local.get $input_size))
      (then (return (i32.const 0))))

    (local.set $read (global.get $input_ptr))
    (local.set $last_group
      (i32.sub
        (i32.add (global.get $input_ptr) (local.get $input_size))
        (i32.const 4)))
    (local.set $write (global.get $output_ptr))

    (block $groups_done
      (loop $groups
        (br_if $groups_done (i32.eq (local.get $read) (local.get $last_group)))
        (call $decode_group (local.get $read) (local.get $write))
        (local.set $read (i32.add (local.get $read) (i32.const 4)))
        (local.set $write (i32.add (local.get $write) (i32.const 3)))
        (br $groups)))

    (local.set $write
      (i32.add
        (local.get $write)
        (call $decode_last_group (local.get $last_group) (local.get $write))))
    (i32.sub (local.get $write) (global.get $output_ptr))))
