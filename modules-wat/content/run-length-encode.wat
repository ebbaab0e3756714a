;; run-length-encode: writes each run of equal bytes as its length and the byte.
;;
;; The length is one byte, 1 to 255; a longer run is written as several. "aaab"
;; becomes 03 61 01 62. For the way back see run-length-decode.
;;
;;   input   bytes, at most 1 048 576 (1 MiB)
;;   output  bytes, at most 2 for each byte, when no two neighbours are equal:
;;           2 097 152
;;   traps   if the input is longer than the capacity
;;
;; Memory: 49 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x110000   1 048 576  input
;;   0x110000   0x310000   2 097 152  output
(module
  (memory (export "memory") 49 49)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_bytes_cap (export "input_bytes_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x110000))
  (global $output_bytes_cap (export "output_bytes_cap") i32 (i32.const 0x200000))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $read i32)   ;; address of the next byte to read
    (local $end i32)    ;; address just past the input
    (local $write i32)  ;; address of the next pair to write
    (local $byte i32)   ;; the run's byte
    (local $length i32) ;; the run's length so far

    (if (i32.gt_u (local.get $input_size) (global.get $input_bytes_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))
    (local.set $write (global.get $output_ptr))

    (block $runs_done
      (loop $runs
        (br_if $runs_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $read)))
        (local.set $length (i32.const 0))

        (block $run_ends
          (loop $run_goes_on
            (local.set $length (i32.add (local.get $length) (i32.const 1)))
            (local.set $read (i32.add (local.get $read) (i32.const 1)))
            (br_if $run_ends (i32.eq (local.get $length) (i32.const 255)))
            (br_if $run_ends (i32.eq (local.get $read) (local.get $end)))
            (br_if $run_goes_on
              (i32.eq (i32.load8_u (local.get $read)) (local.get $byte)))))

        (i32.store8 (local.get $write) (local.get $length))
        (i32.store8 offset=1 (local.get $write) (local.get $byte))
        (local.set $write (i32.add (local.get $write) (i32.const 2)))
        (br $runs)))

    (i32.sub (local.get $write) (global.get $output_ptr))))
