;; hex-dump: shows bytes as lines of hexadecimal digits, laid out as xxd does.
;;
;;   00000000: 4865 6c6c 6f2c 2077 6f72 6c64 210a 5468  Hello, world!.Th
;;   00000010: 6973                                     is
;;
;; Sixteen bytes a line: the offset of the first, the bytes in pairs, and the bytes
;; again as characters, with a full stop for all but 0x20 to 0x7E. Unlike xxd's, the
;; last line has no line feed at its end.
;;
;;   input   bytes, at most 262 144 (256 KiB)
;;   output  UTF-8 (ASCII only), for every line 51 characters before the sixteen at
;;           most, and a line feed between lines: at most
;;           16 384 x (51 + 16 + 1) - 1 = 1 114 111
;;   traps   if the input is longer than the capacity
;;
;; Memory: 22 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x050000     262 144  input
;;   0x050000   0x160000   1 114 112  output
;;
;; A line, by column:
;;
;;   0    8 digits of the offset, colon, space
;;   10   the bytes: byte i at 10 + 2 x i + i / 2, as every pair has a space after it
;;   51   the characters: byte i at 51 + i
(module
  (memory (export "memory") 22 22)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_bytes_cap (export "input_bytes_cap") i32 (i32.const 0x040000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x050000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 0x110000))

  ;; The lower-case hexadecimal digit for the low four bits of $bits.
  (func $hex_digit (param $bits i32) (result i32)
    (local $value i32)
    (local.set $value (i32.and (local.get $bits) (i32.const 15)))
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
      (call $hex_digit (local.get $byte))))

  ;; Writes the line for the $count bytes, 1 to 16, at $offset of the input. Returns
  ;; the address just past it.
  (func $write_line (param $line i32) (param $offset i32) (param $count i32) (result i32)
    (local $i i32)
    (local $byte i32)

    (memory.fill (local.get $line) (i32.const 0x20) (i32.const 51)) ;; space

    (call $write_hex_byte
      (local.get $line)
      (i32.shr_u (local.get $offset) (i32.const 24)))
    (call $write_hex_byte
      (i32.add (local.get $line) (i32.const 2))
      (i32.and (i32.shr_u (local.get $offset) (i32.const 16)) (i32.const 0xFF)))
    (call $write_hex_byte
      (i32.add (local.get $line) (i32.const 4))
      (i32.and (i32.shr_u (local.get $offset) (i32.const 8)) (i32.const 0xFF)))
    (call $write_hex_byte
      (i32.add (local.get $line) (i32.const 6))
      (i32.and (local.get $offset) (i32.const 0xFF)))
    (i32.store8 offset=8 (local.get $line) (i32.const 0x3A)) ;; ":"

    (loop $bytes
      (local.set $byte
        (i32.load8_u
          (i32.add
            (i32.add (global.get $input_ptr) (local.get $offset))
            (local.get $i))))

      (call $write_hex_byte
        (i32.add
          (i32.add (local.get $line) (i32.const 10))
          (i32.add
            (i32.shl (local.get $i) (i32.const 1))
            (i32.shr_u (local.get $i) (i32.const 1))))
        (local.get $byte))

      (i32.store8 offset=51
        (i32.add (local.get $line) (local.get $i))
        (select
          (local.get $byte)
          (i32.const 0x2E) ;; "."
          ;; 0x20 to 0x7E are 95 characters.
          (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x20)) (i32.const 95))))

      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $bytes (i32.lt_u (local.get $i) (local.get $count))))

    (i32.add (i32.add (local.get $line) (i32.const 51)) (local.get $count)))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $offset i32)    ;; of the line's first byte in the input
    (local $remaining i32) ;; bytes from there to the end of the input
    (local $write i32)     ;; address of the next character to write

    (if (i32.gt_u (local.get $input_size) (global.get $input_bytes_cap))
      (then (unreachable)))

    (local.set $write (global.get $output_ptr))
    (block $lines_done
      (loop $lines
        (br_if $lines_done (i32.ge_u (local.get $offset) (local.get $input_size)))

        ;; A line feed goes before every line but the first.
        (if (local.get $offset)
          (then
            (i32.store8 (local.get $write) (i32.const 0x0A))
            (local.set $write (i32.add (local.get $write) (i32.const 1)))))

        (local.set $remaining
          (i32.sub (local.get $input_size) (local.get $offset)))
        (local.set $write
          (call $write_line
            (local.get $write)
            (local.get $offset)
            (select
              (i32.const 16)
              (local.get $remaining)
              (i32.gt_u (local.get $remaining) (i32.const 16)))))
        (local.set $offset (i32.add (local.get $offset) (i32.const 16)))
        (br $lines)))

    (i32.sub (local.get $write) (global.get $output_ptr))))
