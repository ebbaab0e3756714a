;; calibrate: turns the raw samples of an instrument into readings.
;;
;; Each byte is a sample. A reading is
;;
;;   (sample - zero) x gain, without its fraction, + offset
;;
;; and one of every few samples is read: the first, and each `every`-th after it.
;;
;;   zero    f32, default 0: the sample that reads 0
;;   gain    f64, default 1
;;   offset  i64, default 0: added as an integer, so that none of it is rounded away
;;   every   i32, default 1: less is taken for 1
;;
;; Where a product is outside of i32 it is taken for the nearest number inside, and so is a
;; reading. So an offset beyond 2^32 in either direction comes out as 2^32 does.
;;
;;   input   bytes, at most 65 536 (64 KiB)
;;   output  i32, one for each sample that is read
;;   traps   if the input is longer than the capacity
;;
;; Memory: 6 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x020000      65 536  input
;;   0x020000   0x060000     262 144  output
(module
  (memory (export "memory") 6 6)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_bytes_cap (export "input_bytes_cap") i32 (i32.const 0x010000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x020000))
  (global (export "output_i32_cap") i32 (i32.const 0x010000))

  (global $zero (mut f64) (f64.const 0))
  (global $gain (mut f64) (f64.const 1))
  (global $offset (mut i64) (i64.const 0))
  (global $every (mut i32) (i32.const 1))

  (func (export "uniform_set_zero") (param $zero f32)
    (global.set $zero (f64.promote_f32 (local.get $zero))))

  (func (export "uniform_set_gain") (param $gain f64)
    (global.set $gain (local.get $gain)))

  (func (export "uniform_set_offset") (param $offset i64)
    (global.set $offset
      (call $clamp (local.get $offset) (i64.const -0x100000000) (i64.const 0x100000000))))

  (func (export "uniform_set_every") (param $every i32)
    (global.set $every
      (select
        (local.get $every)
        (i32.const 1)
        (i32.gt_s (local.get $every) (i32.const 1)))))

  (func $clamp (param $value i64) (param $least i64) (param $most i64) (result i64)
    (local.set $value
      (select
        (local.get $value)
        (local.get $least)
        (i64.gt_s (local.get $value) (local.get $least))))
    (select
      (local.get $value)
      (local.get $most)
      (i64.lt_s (local.get $value) (local.get $most))))

  (func (export "render") (param $input_size i32) (result i32)
    (local $read i32)      ;; address of the next sample to read
    (local $remaining i32) ;; bytes from there to the end of the input
    (local $write i32)     ;; address of the next reading

    (if (i32.gt_u (local.get $input_size) (global.get $input_bytes_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $remaining (local.get $input_size))
    (local.set $write (global.get $output_ptr))

    (block $samples_done
      (br_if $samples_done (i32.eqz (local.get $remaining)))
      (loop $samples
        (i32.store (local.get $write)
          (i32.wrap_i64
            (call $clamp
              (i64.add
                (i64.extend_i32_s
                  (i32.trunc_sat_f64_s
                    (f64.mul
                      (f64.sub
                        (f64.convert_i32_u (i32.load8_u (local.get $read)))
                        (global.get $zero))
                      (global.get $gain))))
                (global.get $offset))
              (i64.const -0x80000000)
              (i64.const 0x7FFFFFFF))))
        (local.set $write (i32.add (local.get $write) (i32.const 4)))

        ;; Compared before anything is added: `every` may be as large as a number can be.
        (br_if $samples_done (i32.le_u (local.get $remaining) (global.get $every)))
        (local.set $remaining (i32.sub (local.get $remaining) (global.get $every)))
        (local.set $read (i32.add (local.get $read) (global.get $every)))
        (br $samples)))

    (i32.shr_u
      (i32.sub (local.get $write) (global.get $output_ptr))
      (i32.const 2))))
