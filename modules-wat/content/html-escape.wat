;; html-escape: makes a text safe to stand in HTML, as content or in a quoted
;; attribute.
;;
;;   &  becomes  &amp;      "  becomes  &quot;
;;   <  becomes  &lt;       '  becomes  &#39;
;;   >  becomes  &gt;
;;
;; Everything else is kept. All five are ASCII, and in UTF-8 a byte below 0x80 is
;; never part of a longer sequence, so single bytes are enough to look at.
;;
;;   input   UTF-8 of any content type, at most 262 144 bytes (256 KiB)
;;   output  UTF-8, content type text/html; at most six bytes for one (&quot;):
;;           6 x 262 144 = 1 572 864
;;   traps   if the input is longer than the capacity
;;
;; Memory: 29 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000009           9  the output's content type, "text/html"
;;   0x000010   0x000028          24  the five character references, see $reference_for
;;   0x000028   0x010000      65 496  unused
;;   0x010000   0x050000     262 144  input
;;   0x050000   0x1D0000   1 572 864  output
(module
  (memory (export "memory") 29 29)

  (data (i32.const 0x000000) "text/html")
  (data (i32.const 0x000010) "&amp;&lt;&gt;&quot;&#39;")

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_utf8_cap (export "input_utf8_cap") i32 (i32.const 0x040000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x050000))
  (global $output_utf8_cap (export "output_utf8_cap") i32 (i32.const 0x180000))

  ;; There is no input content type: any text may be escaped.
  (func $output_content_type_ptr (export "output_content_type_ptr") (result i32)
    (i32.const 0x000000))
  (func $output_content_type_size (export "output_content_type_size") (result i32)
    (i32.const 9))

  ;; Address and size of the character reference for a byte; size 0 if the byte
  ;; needs none.
  (func $reference_for (param $byte i32) (result i32 i32)
    (if (i32.eq (local.get $byte) (i32.const 0x26)) ;; &
      (then (return (i32.const 0x000010) (i32.const 5))))
    (if (i32.eq (local.get $byte) (i32.const 0x3C)) ;; <
      (then (return (i32.const 0x000015) (i32.const 4))))
    (if (i32.eq (local.get $byte) (i32.const 0x3E)) ;; >
      (then (return (i32.const 0x000019) (i32.const 4))))
    (if (i32.eq (local.get $byte) (i32.const 0x22)) ;; "
      (then (return (i32.const 0x00001D) (i32.const 6))))
    (if (i32.eq (local.get $byte) (i32.const 0x27)) ;; '
      (then (return (i32.const 0x000023) (i32.const 5))))
    (i32.const 0)
    (i32.const 0))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $read i32)  ;; address of the next byte to read
    (local $end i32)   ;; address just past the input
    (local $write i32) ;; address of the next byte to write
    (local $byte i32)
    (local $reference_ptr i32)
    (local $reference_size i32)

    (if (i32.gt_u (local.get $input_size) (global.get $input_utf8_cap))
      (then (unreachable)))

    (local.set $read (global.get $input_ptr))
    (local.set $end (i32.add (global.get $input_ptr) (local.get $input_size)))
    (local.set $write (global.get $output_ptr))

    (block $bytes_done
      (loop $bytes
        (br_if $bytes_done (i32.eq (local.get $read) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $read)))
        (local.set $read (i32.add (local.get $read) (i32.const 1)))

        (call $reference_for (local.get $byte))
        (local.set $reference_size)
        (local.set $reference_ptr)

        (if (local.get $reference_size)
          (then
            (memory.copy
              (local.get $write)
              (local.get $reference_ptr)
              (local.get $reference_size))
            (local.set $write
              (i32.add (local.get $write) (local.get $reference_size))))
          (else
            (i32.store8 (local.get $write) (local.get $byte))
            (local.set $write (i32.add (local.get $write) (i32.const 1)))))
        (br $bytes)))

    (i32.sub (local.get $write) (global.get $output_ptr))))
