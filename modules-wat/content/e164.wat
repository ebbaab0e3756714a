;; e164: brings an international telephone number into the form of ITU-T E.164.
;;
;; "+1 (202) 555-0123" becomes "+12025550123". The number must start with "+" and a
;; country code, which never starts with 0, and has 2 to 15 digits in all. Between
;; and after the digits may stand, and are left out, spaces and the separators of
;; RFC 3966: - . ( )
;;
;; No list of country codes is looked up. A bracketed trunk prefix, as in
;; "+44 (0)20", is no part of the form: its 0 is taken for a digit like any other.
;;
;;   input   UTF-8, at most 65 536 bytes (64 KiB)
;;   output  UTF-8 (ASCII only), at most 16 characters: "+" and 15 digits
;;   traps   if the input is longer than the capacity or is no such number: no "+"
;;           in front, other characters, a first digit 0, fewer than 2 or more than
;;           15 digits
;;
;; Memory: 2 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000010          16  output
;;   0x000010   0x010000      65 520  unused
;;   0x010000   0x020000      65 536  input
(module
  (memory (export "memory") 2 2)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x010000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x000000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 16))

  (func $is_separator (param $byte i32) (result i32)
    (i32.or
      (i32.or
        (i32.eq (local.get $byte) (i32.const 0x20))   ;; space
        (i32.eq (local.get $byte) (i32.const 0x2D)))  ;; -
      (i32.or
        (i32.eq (local.get $byte) (i32.const 0x2E))   ;; .
        (i32.or
          (i32.eq (local.get $byte) (i32.const 0x28)) ;; (
          (i32.eq (local.get $byte) (i32.const 0x29)))))) ;; )

  (func $is_digit (param $byte i32) (result i32)
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10))) ;; "0"

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $read i32)   ;; address of the next byte to read
    (local $end i32)    ;; address just past the input
    (local $byte i32)
    (local $digits i32) ;; how many so far

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))
    (if (i32.eqz (local.get $input_size))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))

    (if (i32.ne (i32.load8_u (local.get $read)) (i32.const 0x2B)) ;; +
      (then (unreachable)))
    (local.set $read (i32.add (local.get $read) (i32.const 1)))
    (i32.store8 (global.get $output_ptr) (i32.const 0x2B))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $read)))
        (local.set $read (i32.add (local.get $read) (i32.const 1)))
        (br_if $bytes (call $is_separator (local.get $byte)))

        (if (i32.eqz (call $is_digit (local.get $byte)))
          (then (unreachable)))
        ;; No country code starts with 0.
        (if
          (i32.and
            (i32.eqz (local.get $digits))
            (i32.eq (local.get $byte) (i32.const 0x30)))
          (then (unreachable)))
        (if (i32.eq (local.get $digits) (i32.const 15))
          (then (unreachable)))

        (i32.store8 offset=1 ;; after the "+"
          (i32.add (global.get $output_ptr) (local.get $digits))
          (local.get $byte))
        (local.set $digits (i32.add (local.get $digits) (i32.const 1)))
        (br $bytes)))

    (if (i32.lt_u (local.get $digits) (i32.const 2))
      (then (unreachable)))
    (i32.add (local.get $digits) (i32.const 1))))
