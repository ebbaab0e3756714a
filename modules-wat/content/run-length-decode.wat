;; run-length-decode: expands pairs of a length and a byte into runs of that byte.
;;
;; 03 61 01 62 becomes "aaab". Lengths are 1 to 255. For the way back see
;; run-length-encode; what that gives is always taken.
;;
;;   input   bytes, at most 2 097 152 (2 MiB)
;;   output  bytes, at most 1 048 576 (1 MiB)
;;   traps   if the input is longer than the capacity, ends within a pair, has a
;;           length of 0, or gives more than the output's capacity
;;
;; Memory: 49 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x210000   2 097 152  input
;;   0x210000   0x310000   1 048 576  output
(module
  (memory (export "memory") 49 49)

  (global $input_ptr i32 (i32.const 0x010000))
  (global $input_bytes_cap i32 (i32.const 0x200000))
  (global $output_ptr i32 (i32.const 0x210000))
  (global $output_bytes_cap i32 (i32.const 0x100000))

  (func $get_input_ptr (export "input_ptr") (result i32)
    (global.get $input_ptr))
  (func $get_input_bytes_cap (export "input_bytes_cap") (result i32)
    (global.get $input_bytes_cap))
  (func $get_output_ptr (export "output_ptr") (result i32)
    (global.get $output_ptr))
  (func $get_output_bytes_cap (export "output_bytes_cap") (result i32)
    (global.get $output_bytes_cap))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $read i32)        ;; address of the next pair to read
    (local $end i32)         ;; address just past the input
    (local $output_size i32) ;; bytes written
    (local $length i32)      ;; of the run

    (if (i32.gt_u (local.get $input_size) (global.get $input_bytes_cap))
      (then (unreachable)))
    (if (i32.and (local.get $input_size) (i32.const 1))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))

    (block $pairs_done
      (loop $pairs
        (br_if $pairs_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $length (i32.load8_u (local.get $read)))
        (if (i32.eqz (local.get $length))
          (then (unreachable)))
        (if
          (i32.gt_u
            (local.get $length)
            (i32.sub (global.get $output_bytes_cap) (local.get $output_size)))
          (then (unreachable)))

        (memory.fill
          (i32.add (global.get $output_ptr) (local.get $output_size))
          (i32.load8_u offset=1 (local.get $read))
          (local.get $length))
        (local.set $output_size
          (i32.add (local.get $output_size) (local.get $length)))
        (local.set $read (i32.add (local.get $read) (i32.const 2)))
        (br $pairs)))

    (local.get $output_size)))
