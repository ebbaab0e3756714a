;; crc32: the CRC-32 of bytes, as zlib, PNG, gzip and Ethernet have it.
;;
;; In the CRC catalogue's words CRC-32/ISO-HDLC: polynomial 0x04C11DB7 taken bit
;; reversed (0xEDB88320), initial value and final exclusive or 0xFFFFFFFF, input
;; and result reflected, check value 0xCBF43926 for the bytes of "123456789".
;;
;;   input   bytes, at most 1 048 576 (1 MiB)
;;   output  i32, always one element: the checksum
;;   traps   if the input is longer than the capacity
;;
;; Memory: 17 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000400       1 024  table: for each of 256 byte values, the
;;                                    remainder after its eight bits, 4 bytes each
;;   0x000400   0x000404           4  output
;;   0x000404   0x010000      64 508  unused
;;   0x010000   0x110000   1 048 576  input
(module
  (memory (export "memory") 17 17)

  (global $input_ptr i32 (i32.const 0x010000))
  (global $input_bytes_cap i32 (i32.const 0x100000))
  (global $output_ptr i32 (i32.const 0x000400))
  (global $output_i32_cap i32 (i32.const 1))

  (func $get_input_ptr (export "input_ptr") (result i32)
    (global.get $input_ptr))
  (func $get_input_bytes_cap (export "input_bytes_cap") (result i32)
    (global.get $input_bytes_cap))
  (func $get_output_ptr (export "output_ptr") (result i32)
    (global.get $output_ptr))
  (func $get_output_i32_cap (export "output_i32_cap") (result i32)
    (global.get $output_i32_cap))

  ;; Fills the table at address 0. It is made anew on each call, 2 048 short steps,
  ;; rather than carried as 1 KiB of numbers that nobody can check by reading.
  (func $fill_table
    (local $value i32)     ;; the byte value, 0 to 255
    (local $remainder i32)
    (local $bit i32)       ;; steps still to take, 8 to 1

    (loop $values
      (local.set $remainder (local.get $value))
      (local.set $bit (i32.const 8))
      (loop $bits
        ;; Shift one bit out; if it was a one, subtract the polynomial. The mask
        ;; is all ones for a one bit and 0 for a zero bit.
        (local.set $remainder
          (i32.xor
            (i32.shr_u (local.get $remainder) (i32.const 1))
            (i32.and
              (i32.const 0xEDB88320)
              (i32.sub
                (i32.const 0)
                (i32.and (local.get $remainder) (i32.const 1))))))
        (local.set $bit (i32.sub (local.get $bit) (i32.const 1)))
        (br_if $bits (local.get $bit)))
      (i32.store
        (i32.shl (local.get $value) (i32.const 2))
        (local.get $remainder))
      (local.set $value (i32.add (local.get $value) (i32.const 1)))
      (br_if $values (i32.lt_u (local.get $value) (i32.const 256)))))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $read i32) ;; address of the next byte to read
    (local $end i32)  ;; address just past the input
    (local $crc i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_bytes_cap))
      (then (unreachable)))

    (call $fill_table)

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))
    (local.set $crc (i32.const 0xFFFFFFFF))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $crc
          (i32.xor
            (i32.shr_u (local.get $crc) (i32.const 8))
            (i32.load
              (i32.shl
                (i32.and
                  (i32.xor (local.get $crc) (i32.load8_u (local.get $read)))
                  (i32.const 0xFF))
                (i32.const 2)))))
        (local.set $read (i32.add (local.get $read) (i32.const 1)))
        (br $bytes)))

    (i32.store
      (global.get $output_ptr)
      (i32.xor (local.get $crc) (i32.const 0xFFFFFFFF)))
    (i32.const 1)))
