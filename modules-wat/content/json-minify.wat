;; json-minify: takes the white space out of a JSON text (RFC 8259).
;;
;; White space goes wherever the grammar allows it and nothing else changes: strings
;; keep their escapes, numbers their digits, objects the order of their members and
;; any name that is there twice. The text is checked against the whole grammar on the
;; way.
;;
;;   input   UTF-8, content type application/json, at most 1 048 576 bytes (1 MiB)
;;   output  UTF-8, content type application/json, never longer than the input
;;   traps   if the input is longer than the capacity or is no JSON text: an empty
;;           input, a byte order mark, a comment, a trailing comma, and so on
;;
;; Memory: 41 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000010          16  the content type, "application/json"
;;   0x000010   0x010000      65 520  unused
;;   0x010000   0x110000   1 048 576  input
;;   0x110000   0x210000   1 048 576  output
;;   0x210000   0x290000     524 288  stack: for every object and array that is open,
;;                                    the byte that closes it. As each takes a byte to
;;                                    open and one to close, no JSON text within the
;;                                    capacity needs more.
(module
  (memory (export "memory") 41 41)

  (data (i32.const 0x000000) "application/json")

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x110000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 0x100000))

  (func $input_content_type_ptr (export "input_content_type_ptr") (result i32)
    (i32.const 0x000000))
  (func $input_content_type_size (export "input_content_type_size") (result i32)
    (i32.const 16))
  (func $output_content_type_ptr (export "output_content_type_ptr") (result i32)
    (i32.const 0x000000))
  (func $output_content_type_size (export "output_content_type_size") (result i32)
    (i32.const 16))

  (global $stack_bottom i32 (i32.const 0x210000))
  (global $stack_limit i32 (i32.const 0x290000))

  ;; All four are set at the start of each call.
  (global $read (mut i32) (i32.const 0))      ;; address of the next byte to read
  (global $end (mut i32) (i32.const 0))       ;; address just past the input
  (global $write (mut i32) (i32.const 0))     ;; address of the next byte to write
  (global $stack_top (mut i32) (i32.const 0)) ;; address just past the innermost

  ;; The next byte, or 0 at the end: a byte 0 is nowhere allowed in JSON.
  (func $peek (result i32)
    (if (result i32) (i32.eq (global.get $read) (global.get $end))
      (then (i32.const 0))
      (else (i32.load8_u (global.get $read)))))

  ;; Copies the next byte. Callers have seen with $peek that there is one.
  (func $copy
    (i32.store8 (global.get $write) (i32.load8_u (global.get $read)))
    (global.set $read (i32.add (global.get $read) (i32.const 1)))
    (global.set $write (i32.add (global.get $write) (i32.const 1))))

  ;; Copies the next byte, which must be this one.
  (func $expect (param $byte i32)
    (if (i32.ne (call $peek) (local.get $byte))
      (then (unreachable)))
    (call $copy))

  (func $skip_white_space
    (local $byte i32)
    (loop $bytes
      (local.set $byte (call $peek))
      (if
        (i32.or
          (i32.or
            (i32.eq (local.get $byte) (i32.const 0x20))   ;; space
            (i32.eq (local.get $byte) (i32.const 0x09)))  ;; tab
          (i32.or
            (i32.eq (local.get $byte) (i32.const 0x0A))   ;; line feed
            (i32.eq (local.get $byte) (i32.const 0x0D)))) ;; carriage return
        (then
          (global.set $read (i32.add (global.get $read) (i32.const 1)))
          (br $bytes)))))

  (func $push (param $closing_byte i32)
    (if (i32.eq (global.get $stack_top) (global.get $stack_limit))
      (then (unreachable)))
    (i32.store8 (global.get $stack_top) (local.get $closing_byte))
    (global.set $stack_top (i32.add (global.get $stack_top) (i32.const 1))))

  (func $pop
    (global.set $stack_top (i32.sub (global.get $stack_top) (i32.const 1))))

  (func $is_digit (param $byte i32) (result i32)
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10))) ;; "0"

  ;; One digit or more.
  (func $digits
    (if (i32.eqz (call $is_digit (call $peek)))
      (then (unreachable)))
    (loop $more
      (call $copy)
      (br_if $more (call $is_digit (call $peek)))))

  (func $number
    (if (i32.eq (call $peek) (i32.const 0x2D)) ;; -
      (then (call $copy)))

    ;; A number may be 0 or start with another digit, so 01 stops after its 0 and
    ;; fails at the 1.
    (if (i32.eq (call $peek) (i32.const 0x30)) ;; "0"
      (then (call $copy))
      (else (call $digits)))

    (if (i32.eq (call $peek) (i32.const 0x2E)) ;; .
      (then
        (call $copy)
        (call $digits)))

    (if (i32.eq (i32.or (call $peek) (i32.const 0x20)) (i32.const 0x65)) ;; e or E
      (then
        (call $copy)
        (if
          (i32.or
            (i32.eq (call $peek) (i32.const 0x2B))  ;; +
            (i32.eq (call $peek) (i32.const 0x2D))) ;; -
          (then (call $copy)))
        (call $digits))))

  (func $hex_digit
    (local $byte i32)
    (local.set $byte (call $peek))
    (if
      (i32.eqz
        (i32.or
          (call $is_digit (local.get $byte))
          ;; The bit 0x20 makes a letter lower case.
          (i32.lt_u
            (i32.sub
              (i32.or (local.get $byte) (i32.const 0x20))
              (i32.const 0x61)) ;; "a"
            (i32.const 6))))
      (then (unreachable)))
    (call $copy))

  ;; What follows a backslash.
  (func $escape
    (local $byte i32)
    (local.set $byte (call $peek))

    (if (i32.eq (local.get $byte) (i32.const 0x75)) ;; u
      (then
        (call $copy)
        (call $hex_digit)
        (call $hex_digit)
        (call $hex_digit)
        (call $hex_digit)
        (return)))

    (block $known
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x22))) ;; quote
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x5C))) ;; backslash
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x2F))) ;; /
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x62))) ;; b
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x66))) ;; f
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x6E))) ;; n
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x72))) ;; r
      (br_if $known (i32.eq (local.get $byte) (i32.const 0x74))) ;; t
      (unreachable))
    (call $copy))

  (func $string
    (local $byte i32)

    (call $expect (i32.const 0x22)) ;; quote
    (loop $characters
      (local.set $byte (call $peek))
      ;; Control characters must be escaped; 0 may also be the end of the input.
      (if (i32.lt_u (local.get $byte) (i32.const 0x20))
        (then (unreachable)))
      (call $copy)
      (if (i32.eq (local.get $byte) (i32.const 0x22)) ;; quote
        (then (return)))
      (if (i32.eq (local.get $byte) (i32.const 0x5C)) ;; backslash
        (then (call $escape)))
      (br $characters)))

  ;; A member's name and the colon after it, up to its value.
  (func $name
    (call $skip_white_space)
    (call $string)
    (call $skip_white_space)
    (call $expect (i32.const 0x3A))) ;; :

  ;; A value that is neither object nor array.
  (func $primitive
    (local $byte i32)
    (local.set $byte (call $peek))

    (if (i32.eq (local.get $byte) (i32.const 0x22)) ;; quote
      (then
        (call $string)
        (return)))
    (if (i32.eq (local.get $byte) (i32.const 0x74)) ;; t
      (then
        (call $copy)
        (call $expect (i32.const 0x72)) ;; r
        (call $expect (i32.const 0x75)) ;; u
        (call $expect (i32.const 0x65)) ;; e
        (return)))
    (if (i32.eq (local.get $byte) (i32.const 0x66)) ;; f
      (then
        (call $copy)
        (call $expect (i32.const 0x61)) ;; a
        (call $expect (i32.const 0x6C)) ;; l
        (call $expect (i32.const 0x73)) ;; s
        (call $expect (i32.const 0x65)) ;; e
        (return)))
    (if (i32.eq (local.get $byte) (i32.const 0x6E)) ;; n
      (then
        (call $copy)
        (call $expect (i32.const 0x75)) ;; u
        (call $expect (i32.const 0x6C)) ;; l
        (call $expect (i32.const 0x6C)) ;; l
        (return)))
    ;; A number, or nothing that JSON knows.
    (call $number))

  ;; The whole text: one value with white space around. Nesting is kept on the stack
  ;; in memory, not by calls, so that depth cannot exhaust the engine's own.
  (func $text
    (local $byte i32)

    (block $text_done
      (loop $value
        (call $skip_white_space)
        (local.set $byte (call $peek))

        (block $value_done
          (if (i32.eq (local.get $byte) (i32.const 0x7B)) ;; {
            (then
              (call $copy)
              (call $push (i32.const 0x7D)) ;; }
              (call $skip_white_space)
              (br_if $value_done (i32.eq (call $peek) (i32.const 0x7D)))
              (call $name)
              (br $value)))
          (if (i32.eq (local.get $byte) (i32.const 0x5B)) ;; [
            (then
              (call $copy)
              (call $push (i32.const 0x5D)) ;; ]
              (call $skip_white_space)
              (br_if $value_done (i32.eq (call $peek) (i32.const 0x5D)))
              (br $value)))
          (call $primitive))

        ;; A value has ended, or an object or array without any has begun. Close
        ;; what closes here.
        (loop $closing
          (call $skip_white_space)
          (br_if $text_done
            (i32.eq (global.get $stack_top) (global.get $stack_bottom)))
          (local.set $byte
            (i32.load8_u (i32.sub (global.get $stack_top) (i32.const 1))))
          (if (i32.eq (call $peek) (local.get $byte))
            (then
              (call $copy)
              (call $pop)
              (br $closing))))

        ;; Something is still open, so a comma and another value must follow.
        (call $expect (i32.const 0x2C)) ;; ,
        (if (i32.eq (local.get $byte) (i32.const 0x7D)) ;; }
          (then (call $name)))
        (br $value)))

    (if (i32.ne (global.get $read) (global.get $end))
      (then (unreachable))))

  (func $render (export "render") (param $input_size i32) (result i32)
    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (global.set $read (global.get $input_ptr))
    (global.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))
    (global.set $write (global.get $output_ptr))
    (global.set $stack_top (global.get $stack_bottom))

    (call $text)
    (i32.sub (global.get $write) (global.get $output_ptr))))
