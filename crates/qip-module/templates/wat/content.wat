;; {{name}}: writes a text in capitals, with `!` at its end.
;;
;;   input   UTF-8, at most 65 536 bytes
;;   output  UTF-8, at most 131 072 bytes
;;   marks   i32 without a sign, default 1: how many `!` there are
;;   traps   if the input is longer than its capacity, or the output would be
;;
;; Memory: 4 pages of 65 536 bytes. The maximum says that it is all there ever is.
;;
;;   from       to         bytes      what
;;   0x000000   0x010000      65 536  unused
;;   0x010000   0x020000      65 536  input
;;   0x020000   0x040000     131 072  output
(module
  (memory (export "memory") 4 4)

  ;; The host reads these numbers. Functions that return them would do as well.
  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x010000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x020000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 0x020000))

  (global $marks (mut i32) (i32.const 1))

  ;; The host calls this before `render`, where the caller gives `marks`.
  (func (export "uniform_set_marks") (param $marks i32)
    (global.set $marks (local.get $marks)))

  ;; A letter of ASCII in capitals; all else stays as it is.
  (func $capital (param $byte i32) (result i32)
    (i32.sub
      (local.get $byte)
      (i32.shl
        ;; Below "a" the unsigned difference is huge.
        (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x61)) (i32.const 26))
        (i32.const 5))))

  ;; Takes the size of the input in bytes, and returns that of the output.
  (func (export "render") (param $input_size i32) (result i32)
    (local $i i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))
    (if (i32.gt_u
          (global.get $marks)
          (i32.sub (global.get $output_utf8_cap) (local.get $input_size)))
      (then (unreachable)))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $i) (local.get $input_size)))
        (i32.store8
          (i32.add (global.get $output_ptr) (local.get $i))
          (call $capital
            (i32.load8_u (i32.add (global.get $input_ptr) (local.get $i)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $bytes)))

    (memory.fill
      (i32.add (global.get $output_ptr) (local.get $input_size))
      (i32.const 0x21) ;; "!"
      (global.get $marks))
    (i32.add (local.get $input_size) (global.get $marks))))
