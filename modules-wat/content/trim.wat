;; trim: strips ASCII white space from both ends of a text.
;;
;; White space is space, tab, line feed, vertical tab, form feed and carriage
;; return. Wider Unicode spaces (U+00A0, U+2003, a byte order mark) are text and
;; stay. In UTF-8 a byte below 0x80 is never part of a longer sequence, so looking
;; at single bytes cannot cut a character in two.
;;
;;   input   UTF-8, at most 1 048 576 bytes (1 MiB)
;;   output  UTF-8, never longer than the input
;;   traps   if the input is longer than the capacity
;;
;; Memory: 33 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x110000   1 048 576  input
;;   0x110000   0x210000   1 048 576  output
(module
  (memory (export "memory") 33 33)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x110000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 0x100000))

  (func $is_white_space (param $byte i32) (result i32)
    (i32.or
      (i32.eq (local.get $byte) (i32.const 0x20))
      ;; The other five are neighbours, 0x09 to 0x0D; below 0x09 the unsigned
      ;; difference is huge.
      (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x09)) (i32.const 5))))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $start i32) ;; address of the first byte that stays
    (local $end i32)   ;; address just past the last byte that stays
    (local $output_size i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (local.set $start (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))

    (block $leading_done
      (loop $leading
        (br_if $leading_done (i32.eq (local.get $start) (local.get $end)))
        (br_if $leading_done
          (i32.eqz (call $is_white_space (i32.load8_u (local.get $start)))))
        (local.set $start (i32.add (local.get $start) (i32.const 1)))
        (br $leading)))

    ;; If the text was all white space, start has reached end and nothing is left
    ;; to look at here.
    (block $trailing_done
      (loop $trailing
        (br_if $trailing_done (i32.eq (local.get $start) (local.get $end)))
        (br_if $trailing_done
          (i32.eqz
            (call $is_white_space
              (i32.load8_u (i32.sub (local.get $end) (i32.const 1))))))
        (local.set $end (i32.sub (local.get $end) (i32.const 1)))
        (br $trailing)))

    (local.set $output_size (i32.sub (local.get $end) (local.get $start)))
    (memory.copy
      (global.get $output_ptr)
      (local.get $start)
      (local.get $output_size))
    (local.get $output_size)))
