;; hex-to-rgb: rewrites a CSS colour #ff00aa or #f0a as rgb(255, 0, 170).
;;
;; Three digits stand for six, each of them doubled. Digits may be in either case.
;; For the way back see rgb-to-hex.
;;
;;   input   UTF-8, at most 65 536 bytes (64 KiB), of which 4 or 7 make a colour
;;   output  UTF-8 (ASCII only), at most 18 characters: rgb(255, 255, 255)
;;   traps   if the input is longer than the capacity or is not "#" with three or
;;           six hexadecimal digits: no alpha, no white space around
;;
;; Memory: 2 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000012          18  output
;;   0x000012   0x010000      65 518  unused
;;   0x010000   0x020000      65 536  input
(module
  (memory (export "memory") 2 2)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x010000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x000000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 18))

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

  ;; The value of the two digits at $read.
  (func $two_digits_at (param $read i32) (result i32)
    (i32.or
      (i32.shl (call $digit_at (local.get $read)) (i32.const 4))
      (call $digit_at (i32.add (local.get $read) (i32.const 1)))))

  ;; The value of the digit at $read, doubled: 0xA stands for 0xAA, 17 times as much.
  (func $one_digit_at (param $read i32) (result i32)
    (i32.mul (call $digit_at (local.get $read)) (i32.const 17)))

  ;; Writes 0 to 255 in decimal and returns the address just past it.
  (func $write_decimal (param $write i32) (param $value i32) (result i32)
    (if (i32.ge_u (local.get $value) (i32.const 100))
      (then
        (local.set $write
          (call $write_byte
            (local.get $write)
            (i32.add
              (i32.div_u (local.get $value) (i32.const 100))
              (i32.const 0x30)))))) ;; "0"
    (if (i32.ge_u (local.get $value) (i32.const 10))
      (then
        (local.set $write
          (call $write_byte
            (local.get $write)
            (i32.add
              (i32.rem_u
                (i32.div_u (local.get $value) (i32.const 10))
                (i32.const 10))
              (i32.const 0x30)))))) ;; "0"
    (call $write_byte
      (local.get $write)
      (i32.add
        (i32.rem_u (local.get $value) (i32.const 10))
        (i32.const 0x30)))) ;; "0"

  (func $write_byte (param $write i32) (param $byte i32) (result i32)
    (i32.store8 (local.get $write) (local.get $byte))
    (i32.add (local.get $write) (i32.const 1)))

  (func $write_comma (param $write i32) (result i32)
    (call $write_byte
      (call $write_byte (local.get $write) (i32.const 0x2C)) ;; ,
      (i32.const 0x20))) ;; space

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $digits i32) ;; address of the first digit
    (local $red i32)
    (local $green i32)
    (local $blue i32)
    (local $write i32)  ;; address of the next character to write

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))
    ;; With the size 4 or 7 every byte looked at below is within the input.
    (if
      (i32.and
        (i32.ne (local.get $input_size) (i32.const 4))
        (i32.ne (local.get $input_size) (i32.const 7)))
      (then (unreachable)))
    (if (i32.ne (i32.load8_u (global.get $input_ptr)) (i32.const 0x23)) ;; #
      (then (unreachable)))

    (local.set $digits (i32.add (global.get $input_ptr) (i32.const 1)))
    (if (i32.eq (local.get $input_size) (i32.const 4))
      (then
        (local.set $red (call $one_digit_at (local.get $digits)))
        (local.set $green
          (call $one_digit_at (i32.add (local.get $digits) (i32.const 1))))
        (local.set $blue
          (call $one_digit_at (i32.add (local.get $digits) (i32.const 2)))))
      (else
        (local.set $red (call $two_digits_at (local.get $digits)))
        (local.set $green
          (call $two_digits_at (i32.add (local.get $digits) (i32.const 2))))
        (local.set $blue
          (call $two_digits_at (i32.add (local.get $digits) (i32.const 4))))))

    (local.set $write (global.get $output_ptr))
    (i32.store (local.get $write) (i32.const 0x28626772)) ;; "rgb(", low byte first
    (local.set $write (i32.add (local.get $write) (i32.const 4)))
    (local.set $write (call $write_decimal (local.get $write) (local.get $red)))
    (local.set $write (call $write_comma (local.get $write)))
    (local.set $write (call $write_decimal (local.get $write) (local.get $green)))
    (local.set $write (call $write_comma (local.get $write)))
    (local.set $write (call $write_decimal (local.get $write) (local.get $blue)))
    (local.set $write (call $write_byte (local.get $write) (i32.const 0x29))) ;; )

    (i32.sub (local.get $write) (global.get $output_ptr))))
