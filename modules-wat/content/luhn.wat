;; luhn: is the check digit of a number right? (ISO/IEC 7812-1 annex B)
;;
;; The last digit is the check digit. From it leftwards every second digit is
;; doubled, and 9 is taken off where that makes more than 9; the number is valid if
;; the sum of all is a multiple of ten. Payment cards, SIM cards and IMEIs use it.
;; No length is asked for beyond one digit, and no issuer is looked up.
;;
;;   input   UTF-8, ASCII digits only, at most 65 536 bytes (64 KiB)
;;   result  a scalar, no output buffer: 1 if valid, else 0; 0 for an empty input,
;;           which has no check digit
;;   traps   if the input is longer than the capacity or holds anything but the
;;           digits 0 to 9: spaces, dashes and a trailing newline too
;;
;; Memory: 1 page of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  input: the whole memory
(module
  (memory (export "memory") 1 1)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x000000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x010000))

  (func $digit_at (param $address i32) (result i32)
    (local $digit i32)
    (local.set $digit
      (i32.sub (i32.load8_u (local.get $address)) (i32.const 0x30))) ;; "0"
    ;; Below "0" the unsigned difference is huge.
    (if (i32.gt_u (local.get $digit) (i32.const 9))
      (then (unreachable)))
    (local.get $digit))

  (func $run (export "run") (param $input_size i32) (result i32)
    (local $position i32) ;; digits still to look at; the next one is the last of them
    (local $doubled i32)  ;; 1 if the next digit is one to double
    (local $digit i32)
    (local $sum i32)      ;; at most 9 x 65 536

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))
    (if (i32.eqz (local.get $input_size))
      (then (return (i32.const 0))))

    (local.set $position (local.get $input_size))
    (loop $digits
      (local.set $position (i32.sub (local.get $position) (i32.const 1)))
      (local.set $digit
        (call $digit_at
          (i32.add (global.get $input_ptr) (local.get $position))))

      (if (local.get $doubled)
        (then
          (local.set $digit (i32.shl (local.get $digit) (i32.const 1)))
          (if (i32.gt_u (local.get $digit) (i32.const 9))
            (then
              (local.set $digit (i32.sub (local.get $digit) (i32.const 9)))))))

      (local.set $sum (i32.add (local.get $sum) (local.get $digit)))
      (local.set $doubled (i32.eqz (local.get $doubled)))
      (br_if $digits (local.get $position)))

    (i32.eqz (i32.rem_u (local.get $sum) (i32.const 10)))))
