;; line-lengths: how long is each line of a text?
;;
;; A line ends with a line feed or a carriage return and line feed, neither of which
;; counts; a carriage return anywhere else is a character of its line. What follows
;; the last line feed is a line if there is anything. The length is in characters
;; (Unicode code points), not bytes: "né" has two.
;;
;;   input   UTF-8, at most 262 144 bytes (256 KiB)
;;   output  i32, one element for every line: at most 262 144, when the input is
;;           nothing but line feeds
;;   traps   if the input is longer than the capacity
;;
;; Memory: 21 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x050000     262 144  input
;;   0x050000   0x150000   1 048 576  output, 262 144 elements of 4 bytes
(module
  (memory (export "memory") 21 21)

  (global $input_ptr i32 (i32.const 0x010000))
  (global $input_utf8_cap i32 (i32.const 0x040000))
  (global $output_ptr i32 (i32.const 0x050000))
  (global $output_i32_cap i32 (i32.const 0x040000))

  (func $get_input_ptr (export "input_ptr") (result i32)
    (global.get $input_ptr))
  (func $get_input_utf8_cap (export "input_utf8_cap") (result i32)
    (global.get $input_utf8_cap))
  (func $get_output_ptr (export "output_ptr") (result i32)
    (global.get $output_ptr))
  (func $get_output_i32_cap (export "output_i32_cap") (result i32)
    (global.get $output_i32_cap))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $read i32)     ;; address of the next byte to read
    (local $end i32)      ;; address just past the input
    (local $byte i32)
    (local $previous i32) ;; the byte before, 0 at the start of a line
    (local $length i32)   ;; characters of the line so far
    (local $lines i32)    ;; lines written

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $read)))
        (local.set $read (i32.add (local.get $read) (i32.const 1)))

        (if (i32.eq (local.get $byte) (i32.const 0x0A)) ;; line feed
          (then
            (call $write_length
              (local.get $lines)
              ;; A carriage return just before was counted; take it off again.
              (i32.sub
                (local.get $length)
                (i32.eq (local.get $previous) (i32.const 0x0D))))
            (local.set $lines (i32.add (local.get $lines) (i32.const 1)))
            (local.set $length (i32.const 0))
            (local.set $previous (i32.const 0)))
          (else
            ;; Bytes 0x80 to 0xBF continue a character that is counted already.
            (local.set $length
              (i32.add
                (local.get $length)
                (i32.ne
                  (i32.and (local.get $byte) (i32.const 0xC0))
                  (i32.const 0x80))))
            (local.set $previous (local.get $byte))))
        (br $bytes)))

    ;; A character of the last line has been seen if there is a line without its
    ;; line feed.
    (if (local.get $length)
      (then
        (call $write_length (local.get $lines) (local.get $length))
        (local.set $lines (i32.add (local.get $lines) (i32.const 1)))))

    (local.get $lines))

  (func $write_length (param $line i32) (param $length i32)
    (i32.store
      (i32.add
        (global.get $output_ptr)
        (i32.shl (local.get $line) (i32.const 2)))
      (local.get $length))))
