;; word-count: how many words does a text have?
;;
;; A word is what wc -w takes for one in plain text: bytes without white space
;; between, as many as there are. White space is the six ASCII characters space,
;; tab, line feed, vertical tab, form feed and carriage return; a no-break space
;; does not part two words.
;;
;;   input   UTF-8, at most 1 048 576 bytes (1 MiB)
;;   output  i32, always one element: the number of words, at most 524 288
;;   traps   if the input is longer than the capacity
;;
;; Memory: 17 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000004           4  output
;;   0x000004   0x010000      65 532  unused
;;   0x010000   0x110000   1 048 576  input
(module
  (memory (export "memory") 17 17)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x000000))
  (global $output_i32_cap (export "output_i32_cap") i32 (i32.const 1))

  (func $is_white_space (param $byte i32) (result i32)
    (i32.or
      (i32.eq (local.get $byte) (i32.const 0x20))
      ;; The other five are neighbours, 0x09 to 0x0D; below 0x09 the unsigned
      ;; difference is huge.
      (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x09)) (i32.const 5))))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $read i32)  ;; address of the next byte to read
    (local $end i32)   ;; address just past the input
    (local $space i32) ;; 1 if the byte is white space
    (local $after_space i32) ;; 1 if the byte before was, or there was none
    (local $words i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))
    (local.set $after_space (i32.const 1))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $space (call $is_white_space (i32.load8_u (local.get $read))))
        ;; A word is counted at its first byte: no white space, after white space.
        (local.set $words
          (i32.add
            (local.get $words)
            (i32.gt_u (local.get $after_space) (local.get $space))))
        (local.set $after_space (local.get $space))
        (local.set $read (i32.add (local.get $read) (i32.const 1)))
        (br $bytes)))

    (i32.store (global.get $output_ptr) (local.get $words))
    (i32.const 1)))
