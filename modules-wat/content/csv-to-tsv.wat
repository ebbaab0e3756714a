;; csv-to-tsv: rewrites comma-separated values (RFC 4180) as tab-separated ones.
;;
;; Fields lose their quotes and doubled quotes become single ones. The registered
;; form of text/tab-separated-values has no quoting and no escapes, so that a field
;; with a tab or a line break in it cannot be told: this module traps rather than
;; change it.
;;
;; Beyond the RFC's grammar a record may end in a line feed alone, and fields may
;; hold any other character of Unicode. Records may differ in their number of fields.
;; Every record that ends in a line break in the input ends in a line feed in the
;; output; the last one may do without in both.
;;
;;   input   UTF-8, content type text/csv, at most 1 048 576 bytes (1 MiB)
;;   output  UTF-8, content type text/tab-separated-values, never longer than the
;;           input
;;   traps   if the input is longer than the capacity; has a quote within a field
;;           that does not start with one, an open quote at the end, or anything but
;;           a comma or line break after a closing quote; has a carriage return
;;           without line feed; has a tab or, in quotes, a line break
;;
;; Memory: 33 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000008           8  the input's content type, "text/csv"
;;   0x000010   0x000029          25  the output's, "text/tab-separated-values"
;;   0x000029   0x010000      65 495  unused
;;   0x010000   0x110000   1 048 576  input
;;   0x110000   0x210000   1 048 576  output
(module
  (memory (export "memory") 33 33)

  (data (i32.const 0x000000) "text/csv")
  (data (i32.const 0x000010) "text/tab-separated-values")

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x110000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 0x100000))
  (global (export "input_content_type_ptr") i32 (i32.const 0x000000))
  (global (export "input_content_type_size") i32 (i32.const 8))
  (global (export "output_content_type_ptr") i32 (i32.const 0x000010))
  (global (export "output_content_type_size") i32 (i32.const 25))

  ;; All three are set at the start of each call.
  (global $read (mut i32) (i32.const 0))  ;; address of the next byte to read
  (global $end (mut i32) (i32.const 0))   ;; address just past the input
  (global $write (mut i32) (i32.const 0)) ;; address of the next byte to write

  (func $at_end (result i32)
    (i32.eq (global.get $read) (global.get $end)))

  ;; The next byte, or -1 at the end.
  (func $peek (result i32)
    (if (result i32) (call $at_end)
      (then (i32.const -1))
      (else (i32.load8_u (global.get $read)))))

  (func $advance
    (global.set $read (i32.add (global.get $read) (i32.const 1))))

  (func $put (param $byte i32)
    (i32.store8 (global.get $write) (local.get $byte))
    (global.set $write (i32.add (global.get $write) (i32.const 1))))

  ;; Copies a field up to the comma, line break or end after it.
  (func $plain_field
    (local $byte i32)

    (block $done
      (loop $bytes
        (local.set $byte (call $peek))
        (br_if $done (i32.eq (local.get $byte) (i32.const -1)))
        (br_if $done (i32.eq (local.get $byte) (i32.const 0x2C))) ;; ,
        (br_if $done (i32.eq (local.get $byte) (i32.const 0x0A))) ;; line feed
        (br_if $done (i32.eq (local.get $byte) (i32.const 0x0D))) ;; carriage return
        (if
          (i32.or
            (i32.eq (local.get $byte) (i32.const 0x22))  ;; quote
            (i32.eq (local.get $byte) (i32.const 0x09))) ;; tab
          (then (unreachable)))
        (call $put (local.get $byte))
        (call $advance)
        (br $bytes))))

  ;; Copies a field that starts with a quote, up to what comes after its closing one.
  (func $quoted_field
    (local $byte i32)

    (call $advance)
    (loop $bytes
      (local.set $byte (call $peek))
      (if
        (i32.or
          (i32.or
            (i32.eq (local.get $byte) (i32.const -1))    ;; the quote is never closed
            (i32.eq (local.get $byte) (i32.const 0x09))) ;; tab
          (i32.or
            (i32.eq (local.get $byte) (i32.const 0x0A))   ;; line feed
            (i32.eq (local.get $byte) (i32.const 0x0D)))) ;; carriage return
        (then (unreachable)))
      (call $advance)

      (if (i32.eq (local.get $byte) (i32.const 0x22)) ;; quote
        (then
          ;; Two quotes are one in the field, one alone closes it.
          (if (i32.ne (call $peek) (i32.const 0x22))
            (then (return)))
          (call $advance)))
      (call $put (local.get $byte))
      (br $bytes)))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $byte i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (global.set $read (global.get $input_ptr))
    (global.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))
    (global.set $write (global.get $output_ptr))

    (block $records_done
      (loop $records
        (br_if $records_done (call $at_end))

        (loop $fields
          (if (i32.eq (call $peek) (i32.const 0x22)) ;; quote
            (then (call $quoted_field))
            (else (call $plain_field)))

          (br_if $records_done (call $at_end))
          (local.set $byte (call $peek))
          (call $advance)
          (if (i32.eq (local.get $byte) (i32.const 0x2C)) ;; ,
            (then
              (call $put (i32.const 0x09)) ;; tab
              (br $fields))))

        ;; What is not a comma must be a line break.
        (if (i32.eq (local.get $byte) (i32.const 0x0D)) ;; carriage return
          (then
            (local.set $byte (call $peek))
            (call $advance)))
        (if (i32.ne (local.get $byte) (i32.const 0x0A)) ;; line feed
          (then (unreachable)))
        (call $put (i32.const 0x0A))
        (br $records)))

    (i32.sub (global.get $write) (global.get $output_ptr))))
