;; url-decode: turns percent-encoded text back (RFC 3986 section 2.1).
;;
;; Every "%" with two hexadecimal digits, in either case, becomes the byte they stand
;; for; everything else is kept, a "+" too: that it stands for a space is a rule of
;; HTML forms, not of URLs. For the way back see url-encode.
;;
;; The output is text, so the bytes must make well-formed UTF-8 (RFC 3629):
;;
;;   first byte   bytes   second byte
;;   00 to 7F         1
;;   C2 to DF         2   80 to BF
;;   E0               3   A0 to BF   below is overlong
;;   E1 to EC         3   80 to BF
;;   ED               3   80 to 9F   above are surrogates
;;   EE, EF           3   80 to BF
;;   F0               4   90 to BF   below is overlong
;;   F1 to F3         4   80 to BF
;;   F4               4   80 to 8F   above is past U+10FFFF
;;
;; Third and fourth bytes are always 80 to BF.
;;
;;   input   UTF-8, at most 1 048 576 bytes (1 MiB)
;;   output  UTF-8, never longer than the input
;;   traps   if the input is longer than the capacity, has a "%" without two
;;           hexadecimal digits after it, or does not give well-formed UTF-8
;;
;; Memory: 33 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x110000   1 048 576  input
;;   0x110000   0x210000   1 048 576  output
(module
  (memory (export "memory") 33 33)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x110000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 0x100000))

  ;; The value of the hexadecimal digit at $read. Traps if there is none.
  (func $digit_at (param $read i32) (result i32)
    (local $byte i32)
    (local $value i32)

    (local.set $byte (i32.load8_u (local.get $read)))
    (local.set $value (i32.sub (local.get $byte) (i32.const 0x30))) ;; "0"
    (if (i32.lt_u (local.get $value) (i32.const 10))
      (then (return (local.get $value))))

    ;; The bit 0x20 makes an upper-case letter lower case, and no other byte one of
    ;; the six letters.
    (local.set $value
      (i32.sub
        (i32.or (local.get $byte) (i32.const 0x20))
        (i32.const 0x61))) ;; "a"
    (if (i32.ge_u (local.get $value) (i32.const 6))
      (then (unreachable)))
    (i32.add (local.get $value) (i32.const 10)))

  (func $is_between (param $byte i32) (param $low i32) (param $high i32) (result i32)
    (i32.and
      (i32.ge_u (local.get $byte) (local.get $low))
      (i32.le_u (local.get $byte) (local.get $high))))

  ;; The size in bytes of the well-formed sequence at $read, of which $available
  ;; bytes may be looked at; 0 if there is none.
  (func $sequence_size (param $read i32) (param $available i32) (result i32)
    (local $first i32)
    (local $size i32)
    (local $low i32)  ;; the second byte's range
    (local $high i32)

    (local.set $first (i32.load8_u (local.get $read)))
    (if (i32.lt_u (local.get $first) (i32.const 0x80))
      (then (return (i32.const 1))))
    (if (i32.eqz (call $is_between (local.get $first) (i32.const 0xC2) (i32.const 0xF4)))
      (then (return (i32.const 0))))

    (local.set $size
      (i32.add
        (i32.const 2)
        (i32.add
          (i32.ge_u (local.get $first) (i32.const 0xE0))
          (i32.ge_u (local.get $first) (i32.const 0xF0)))))
    (if (i32.lt_u (local.get $available) (local.get $size))
      (then (return (i32.const 0))))

    (local.set $low (i32.const 0x80))
    (local.set $high (i32.const 0xBF))
    (if (i32.eq (local.get $first) (i32.const 0xE0))
      (then (local.set $low (i32.const 0xA0))))
    (if (i32.eq (local.get $first) (i32.const 0xED))
      (then (local.set $high (i32.const 0x9F))))
    (if (i32.eq (local.get $first) (i32.const 0xF0))
      (then (local.set $low (i32.const 0x90))))
    (if (i32.eq (local.get $first) (i32.const 0xF4))
      (then (local.set $high (i32.const 0x8F))))
    (if
      (i32.eqz
        (call $is_between
          (i32.load8_u offset=1 (local.get $read))
          (local.get $low)
          (local.get $high)))
      (then (return (i32.const 0))))

    (if (i32.ge_u (local.get $size) (i32.const 3))
      (then
        (if
          (i32.eqz
            (call $is_between
              (i32.load8_u offset=2 (local.get $read))
              (i32.const 0x80)
              (i32.const 0xBF)))
          (then (return (i32.const 0))))))
    (if (i32.eq (local.get $size) (i32.const 4))
      (then
        (if
          (i32.eqz
            (call $is_between
              (i32.load8_u offset=3 (local.get $read))
              (i32.const 0x80)
              (i32.const 0xBF)))
          (then (return (i32.const 0))))))
    (local.get $size))

  ;; Traps unless the bytes from $read to $end are well-formed UTF-8.
  (func $check_utf8 (param $read i32) (param $end i32)
    (local $size i32) ;; of the sequence just looked at

    (block $well_formed
      (loop $sequences
        (br_if $well_formed (i32.eq (local.get $read) (local.get $end)))
        (local.set $size
          (call $sequence_size
            (local.get $read)
            (i32.sub (local.get $end) (local.get $read))))
        (if (i32.eqz (local.get $size))
          (then (unreachable)))
        (local.set $read (i32.add (local.get $read) (local.get $size)))
        (br $sequences))))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $read i32)  ;; address of the next byte to read
    (local $end i32)   ;; address just past the input
    (local $write i32) ;; address of the next byte to write
    (local $byte i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))
    (local.set $write (global.get $output_ptr))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $read)))
        (local.set $read (i32.add (local.get $read) (i32.const 1)))

        (if (i32.eq (local.get $byte) (i32.const 0x25)) ;; %
          (then
            (if
              (i32.lt_u
                (i32.sub (local.get $end) (local.get $read))
                (i32.const 2))
              (then (unreachable)))
            (local.set $byte
              (i32.or
                (i32.shl (call $digit_at (local.get $read)) (i32.const 4))
                (call $digit_at (i32.add (local.get $read) (i32.const 1)))))
            (local.set $read (i32.add (local.get $read) (i32.const 2)))))

        (i32.store8 (local.get $write) (local.get $byte))
        (local.set $write (i32.add (local.get $write) (i32.const 1)))
        (br $bytes)))

    (call $check_utf8 (global.get $output_ptr) (local.get $write))
    (i32.sub (local.get $write) (global.get $output_ptr))))
