;; Every getter writes a letter into a log, and the log is the output: it shows
;; who was called, in which order and how often. A second call adds a second
;; letter. The exports stand in another order than the calls, and the losing
;; capacities, which nobody may call, write an X.
;;
;; l the uniform   p input_ptr   u input_utf8_cap   o output_ptr   U output_utf8_cap
;; t a content-type export (T when it is called again)   r the entry point
;;
;; The order among the four content-type exports is open, hence one letter for all.
(module
  (memory (export "memory") 1)
  ;; 0..16 input, 64.. log, 1024.. media type
  (global $log_end (mut i32) (i32.const 64))
  (global $types_seen (mut i32) (i32.const 0))
  (data (i32.const 1024) "text/html")

  (func $log (param $letter i32)
    (i32.store8 (global.get $log_end) (local.get $letter))
    (global.set $log_end (i32.add (global.get $log_end) (i32.const 1))))

  ;; $bit tells the four content-type exports apart.
  (func $log_type (param $bit i32)
    (if (i32.and (global.get $types_seen) (local.get $bit))
      (then (call $log (i32.const 0x54)))
      (else (call $log (i32.const 0x74))))
    (global.set $types_seen (i32.or (global.get $types_seen) (local.get $bit))))

  (func (export "render") (param $size i32) (result i32)
    (call $log (i32.const 0x72))
    (i32.sub (global.get $log_end) (i32.const 64)))

  (func (export "output_content_type_size") (result i32)
    (call $log_type (i32.const 8)) (i32.const 9))
  (func (export "output_content_type_ptr") (result i32)
    (call $log_type (i32.const 4)) (i32.const 1024))
  (func (export "input_content_type_size") (result i32)
    (call $log_type (i32.const 2)) (i32.const 9))
  (func (export "input_content_type_ptr") (result i32)
    (call $log_type (i32.const 1)) (i32.const 1024))
  (func (export "output_i32_cap") (result i32)
    (call $log (i32.const 0x58)) (i32.const 64))
  (func (export "output_bytes_cap") (result i32)
    (call $log (i32.const 0x58)) (i32.const 64))
  (func (export "output_utf8_cap") (result i32)
    (call $log (i32.const 0x55)) (i32.const 64))
  (func (export "output_ptr") (result i32)
    (call $log (i32.const 0x6f)) (i32.const 64))
  (func (export "input_bytes_cap") (result i32)
    (call $log (i32.const 0x58)) (i32.const 16))
  (func (export "input_utf8_cap") (result i32)
    (call $log (i32.const 0x75)) (i32.const 16))
  (func (export "input_ptr") (result i32)
    (call $log (i32.const 0x70)) (i32.const 0))
  (func (export "uniform_set_level") (param i32)
    (call $log (i32.const 0x6c))))
