;; rgb-to-hex: rewrites a CSS colour rgb(255, 0, 170) as #ff00aa.
;;
;; Takes the comma-separated form of CSS Color with three integers: "rgb(" in either
;; case, 0 to 255 in one to three decimal digits, white space (space, tab, line feed,
;; form feed, carriage return) around each number. For the way back see hex-to-rgb.
;;
;;   input   UTF-8, at most 65 536 bytes (64 KiB)
;;   output  UTF-8 (ASCII only), always 7 characters
;;   traps   if the input is longer than the capacity or is not of this form: no
;;           percentages, no alpha, no signs or fractions, no white space before
;;           "rgb(" or after ")"
;;
;; Memory: 2 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000007           7  output
;;   0x000007   0x010000      65 529  unused
;;   0x010000   0x020000      65 536  input
(module
  (memory (export "memory") 2 2)

  (global $input_ptr i32 (i32.const 0x010000))
  (global $input_utf8_cap i32 (i32.const 0x010000))
  (global $output_ptr i32 (i32.const 0x000000))
  (global $output_utf8_cap i32 (i32.const 7))

  (func $get_input_ptr (export "input_ptr") (result i32)
    (global.get $input_ptr))
  (func $get_input_utf8_cap (export "input_utf8_cap") (result i32)
    (global.get $input_utf8_cap))
  (func $get_output_ptr (export "output_ptr") (result i32)
    (global.get $output_ptr))
  (func $get_output_utf8_cap (export "output_utf8_cap") (result i32)
    (global.get $output_utf8_cap))

  ;; Both are set at the start of each call.
  (global $read (mut i32) (i32.const 0)) ;; address of the next byte to read
  (global $end (mut i32) (i32.const 0))  ;; address just past the input

  ;; The next byte, or 0 at the end: 0 is nowhere part of the form.
  (func $peek (result i32)
    (if (result i32) (i32.eq (global.get $read) (global.get $end))
      (then (i32.const 0))
      (else (i32.load8_u (global.get $read)))))

  (func $advance
    (global.set $read (i32.add (global.get $read) (i32.const 1))))

  (func $expect (param $byte i32)
    (if (i32.ne (call $peek) (local.get $byte))
      (then (unreachable)))
    (call $advance))

  ;; The same for a letter, given in lower case: the bit 0x20 makes the difference.
  (func $expect_letter (param $letter i32)
    (if (i32.ne (i32.or (call $peek) (i32.const 0x20)) (local.get $letter))
      (then (unreachable)))
    (call $advance))

  (func $is_white_space (param $byte i32) (result i32)
    (i32.or
      (i32.or
        (i32.eq (local.get $byte) (i32.const 0x20))   ;; space
        (i32.eq (local.get $byte) (i32.const 0x09)))  ;; tab
      (i32.or
        (i32.eq (local.get $byte) (i32.const 0x0A))   ;; line feed
        (i32.or
          (i32.eq (local.get $byte) (i32.const 0x0C)) ;; form feed
          (i32.eq (local.get $byte) (i32.const 0x0D)))))) ;; carriage return

  (func $skip_white_space
    (block $done
      (loop $bytes
        (br_if $done (i32.eqz (call $is_white_space (call $peek))))
        (call $advance)
        (br $bytes))))

  ;; One to three digits that make a number of 0 to 255, white space around them.
  (func $channel (result i32)
    (local $digit i32)
    (local $digits i32) ;; how many
    (local $value i32)

    (call $skip_white_space)
    (block $digits_done
      (loop $next_digit
        (local.set $digit (i32.sub (call $peek) (i32.const 0x30))) ;; "0"
        (br_if $digits_done (i32.gt_u (local.get $digit) (i32.const 9)))
        (call $advance)
        (local.set $value
          (i32.add
            (i32.mul (local.get $value) (i32.const 10))
            (local.get $digit)))
        (local.set $digits (i32.add (local.get $digits) (i32.const 1)))
        ;; A fourth digit is left alone; the comma expected next then traps.
        (br_if $next_digit (i32.lt_u (local.get $digits) (i32.const 3)))))
    (if (i32.eqz (local.get $digits))
      (then (unreachable)))
    (if (i32.gt_u (local.get $value) (i32.const 255))
      (then (unreachable)))
    (call $skip_white_space)
    (local.get $value))

  ;; The lower-case hexadecimal digit for a value of 0 to 15.
  (func $hex_digit (param $value i32) (result i32)
    (i32.add
      (local.get $value)
      (select
        (i32.const 0x30) ;; "0"
        (i32.const 0x57) ;; "a" - 10
        (i32.lt_u (local.get $value) (i32.const 10)))))

  (func $write_hex_byte (param $write i32) (param $byte i32)
    (i32.store8 (local.get $write)
      (call $hex_digit (i32.shr_u (local.get $byte) (i32.const 4))))
    (i32.store8 offset=1 (local.get $write)
      (call $hex_digit (i32.and (local.get $byte) (i32.const 15)))))

  (func $render (export "render") (param $input_size i32) (result i32)
    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (global.set $read (global.get $input_ptr))
    (global.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))

    (call $expect_letter (i32.const 0x72)) ;; r
    (call $expect_letter (i32.const 0x67)) ;; g
    (call $expect_letter (i32.const 0x62)) ;; b
    (call $expect (i32.const 0x28))        ;; (

    (i32.store8 (global.get $output_ptr) (i32.const 0x23)) ;; #
    (call $write_hex_byte
      (i32.add (global.get $output_ptr) (i32.const 1))
      (call $channel))
    (call $expect (i32.const 0x2C)) ;; ,
    (call $write_hex_byte
      (i32.add (global.get $output_ptr) (i32.const 3))
      (call $channel))
    (call $expect (i32.const 0x2C)) ;; ,
    (call $write_hex_byte
      (i32.add (global.get $output_ptr) (i32.const 5))
      (call $channel))

    (call $expect (i32.const 0x29)) ;; )
    (if (i32.ne (global.get $read) (global.get $end))
      (then (unreachable)))
    (i32.const 7)))
