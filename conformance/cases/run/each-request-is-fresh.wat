;; Reports everything an instance can carry from one request to the next, then
;; changes all of it. Every report of a fresh instance reads
;;   0 calls before, 0 in untouched memory, 42 in its data segment,
;;   1 page, 1 table entry, 0 for "the entry is null".
;; An input of four bytes makes it trap when everything is already changed.
(module
  (memory (export "memory") 1 4)
  (table $table 1 4 funcref)
  (elem declare func $noted)
  (global $calls (mut i32) (i32.const 0))
  ;; 0..64 input, 128 untouched word, 132 data segment, 256.. report
  (data (i32.const 132) "\2a\00\00\00")
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (global (export "output_ptr") i32 (i32.const 256))
  (global (export "output_i32_cap") i32 (i32.const 6))
  (func $noted)
  (func (export "run") (param $size i32) (result i32)
    (i32.store (i32.const 256) (global.get $calls))
    (i32.store (i32.const 260) (i32.load (i32.const 128)))
    (i32.store (i32.const 264) (i32.load (i32.const 132)))
    (i32.store (i32.const 268) (memory.size))
    (i32.store (i32.const 272) (table.size $table))
    (i32.store (i32.const 276)
      (i32.eqz (ref.is_null (table.get $table (i32.const 0)))))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 128) (i32.const 7))
    (i32.store (i32.const 132) (i32.const 9))
    (drop (memory.grow (i32.const 1)))
    (drop (table.grow $table (ref.null func) (i32.const 1)))
    (table.set $table (i32.const 0) (ref.func $noted))
    (if (i32.eq (local.get $size) (i32.const 4)) (then unreachable))
    (i32.const 6)))
