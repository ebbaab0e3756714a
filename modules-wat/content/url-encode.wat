;; url-encode: percent-encodes a text for use within a URL (RFC 3986 section 2.1).
;;
;; Only the unreserved characters are kept: letters, digits, - . _ ~. Every other
;; byte becomes "%" and two upper-case hexadecimal digits, so that the result may
;; stand in any part of a URL as data. A space becomes %20, never "+". For the way
;; back see url-decode.
;;
;;   input   UTF-8, at most 262 144 bytes (256 KiB)
;;   output  UTF-8 (ASCII only), at most 3 characters for a byte:
;;           3 x 262 144 = 786 432
;;   traps   if the input is longer than the capacity
;;
;; Memory: 17 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x050000     262 144  input
;;   0x050000   0x110000     786 432  output
(module
  (memory (export "memory") 17 17)

  (global $input_ptr i32 (i32.const 0x010000))
  (global $input_utf8_cap i32 (i32.const 0x040000))
  (global $output_ptr i32 (i32.const 0x050000))
  (global $output_utf8_cap i32 (i32.const 0x0C0000))

  (func $get_input_ptr (export "input_ptr") (result i32)
    (global.get $input_ptr))
  (func $get_input_utf8_cap (export "input_utf8_cap") (result i32)
    (global.get $input_utf8_cap))
  (func $get_output_ptr (export "output_ptr") (result i32)
    (global.get $output_ptr))
  (func $get_output_utf8_cap (export "output_utf8_cap") (result i32)
    (global.get $output_utf8_cap))

  (func $is_unreserved (param $byte i32) (result i32)
    ;; The bit 0x20 makes a letter lower case, and no other byte a letter.
    (if
      (i32.lt_u
        (i32.sub
          (i32.or (local.get $byte) (i32.const 0x20))
          (i32.const 0x61)) ;; "a"
        (i32.const 26))
      (then (return (i32.const 1))))
    (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10)) ;; "0"
      (then (return (i32.const 1))))
    (i32.or
      (i32.or
        (i32.eq (local.get $byte) (i32.const 0x2D))   ;; -
        (i32.eq (local.get $byte) (i32.const 0x2E)))  ;; .
      (i32.or
        (i32.eq (local.get $byte) (i32.const 0x5F))   ;; _
        (i32.eq (local.get $byte) (i32.const 0x7E))))) ;; ~

  ;; The upper-case hexadecimal digit for a value of 0 to 15.
  (func $hex_digit (param $value i32) (result i32)
    (i32.add
      (local.get $value)
      (select
        (i32.const 0x30) ;; "0"
        (i32.const 0x37) ;; "A" - 10
        (i32.lt_u (local.get $value) (i32.const 10)))))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $read i32)  ;; address of the next byte to read
    (local $end i32)   ;; address just past the input
    (local $write i32) ;; address of the next character to write
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

        (if (call $is_unreserved (local.get $byte))
          (then
            (i32.store8 (local.get $write) (local.get $byte))
            (local.set $write (i32.add (local.get $write) (i32.const 1))))
          (else
            (i32.store8 (local.get $write) (i32.const 0x25)) ;; %
            (i32.store8 offset=1 (local.get $write)
              (call $hex_digit (i32.shr_u (local.get $byte) (i32.const 4))))
            (i32.store8 offset=2 (local.get $write)
              (call $hex_digit (i32.and (local.get $byte) (i32.const 15))))
            (local.set $write (i32.add (local.get $write) (i32.const 3)))))
        (br $bytes)))

    (i32.sub (local.get $write) (global.get $output_ptr))))
