;; utf8-validate: are these bytes well-formed UTF-8? (RFC 3629)
;;
;; Follows the grammar of RFC 3629 section 4, which leaves out overlong forms,
;; surrogates (U+D800 to U+DFFF) and everything above U+10FFFF:
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
;; Third and fourth bytes are always 80 to BF. A byte order mark is a character
;; like any other.
;;
;;   input   bytes, at most 1 048 576 (1 MiB)
;;   result  a scalar, no output buffer: 1 if well-formed, else 0; 1 for no bytes
;;   traps   if the input is longer than the capacity
;;
;; Memory: 16 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x100000   1 048 576  input: the whole memory
(module
  (memory (export "memory") 16 16)

  (func $input_ptr (export "input_ptr") (result i32)
    (i32.const 0x000000))
  (func $input_bytes_cap (export "input_bytes_cap") (result i32)
    (i32.const 0x100000))

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

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $read i32) ;; address of the next sequence
    (local $end i32)  ;; address just past the input
    (local $size i32) ;; of the sequence just looked at

    (if (i32.gt_u (local.get $input_size) (call $input_bytes_cap))
      (then (unreachable)))

    (local.set $read (call $input_ptr))
    (local.set $end (i32.add (call $input_ptr) (local.get $input_size)))
    (block $well_formed
      (loop $sequences
        (br_if $well_formed (i32.eq (local.get $read) (local.get $end)))
        (local.set $size
          (call $sequence_size
            (local.get $read)
            (i32.sub (local.get $end) (local.get $read))))
        (if (i32.eqz (local.get $size))
          (then (return (i32.const 0))))
        (local.set $read (i32.add (local.get $read) (local.get $size)))
        (br $sequences)))
    (i32.const 1)))
