;; sha256: the SHA-256 digest of bytes (FIPS 180-4).
;;
;; For the digest as text see sha256-hex.
;;
;;   input   bytes, at most 1 048 576 (1 MiB)
;;   output  bytes, always 32: the digest
;;   traps   if the input is longer than the capacity
;;
;; Memory: 17 pages of 65 536 bytes, fixed.
;;
;;   from       to         bytes      what
;;   0x000000   0x000100         256  the 64 round constants, big-endian
;;   0x000100   0x000120          32  the initial hash value, big-endian
;;   0x000120   0x000140          32  unused
;;   0x000140   0x000160          32  the hash value so far, eight little-endian i32
;;   0x000160   0x000200         160  unused
;;   0x000200   0x000300         256  the message schedule, 64 little-endian i32
;;   0x000300   0x000380         128  the last one or two blocks, padded
;;   0x000380   0x0003A0          32  output
;;   0x0003A0   0x010000      64 608  unused
;;   0x010000   0x110000   1 048 576  input
(module
  (memory (export "memory") 17 17)

  (global $input_ptr (export "input_ptr") i32 (i32.const 0x010000))
  (global $input_bytes_cap (export "input_bytes_cap") i32 (i32.const 0x100000))
  (global $output_ptr (export "output_ptr") i32 (i32.const 0x000380))
  (global $output_bytes_cap (export "output_bytes_cap") i32 (i32.const 32))

  ;; The first 32 bits of the fractional parts of the cube roots of the first 64
  ;; primes (FIPS 180-4 section 4.2.2), written as the standard prints them.
  (data (i32.const 0x000000)
    "\42\8a\2f\98\71\37\44\91\b5\c0\fb\cf\e9\b5\db\a5"
    "\39\56\c2\5b\59\f1\11\f1\92\3f\82\a4\ab\1c\5e\d5"
    "\d8\07\aa\98\12\83\5b\01\24\31\85\be\55\0c\7d\c3"
    "\72\be\5d\74\80\de\b1\fe\9b\dc\06\a7\c1\9b\f1\74"
    "\e4\9b\69\c1\ef\be\47\86\0f\c1\9d\c6\24\0c\a1\cc"
    "\2d\e9\2c\6f\4a\74\84\aa\5c\b0\a9\dc\76\f9\88\da"
    "\98\3e\51\52\a8\31\c6\6d\b0\03\27\c8\bf\59\7f\c7"
    "\c6\e0\0b\f3\d5\a7\91\47\06\ca\63\51\14\29\29\67"
    "\27\b7\0a\85\2e\1b\21\38\4d\2c\6d\fc\53\38\0d\13"
    "\65\0a\73\54\76\6a\0a\bb\81\c2\c9\2e\92\72\2c\85"
    "\a2\bf\e8\a1\a8\1a\66\4b\c2\4b\8b\70\c7\6c\51\a3"
    "\d1\92\e8\19\d6\99\06\24\f4\0e\35\85\10\6a\a0\70"
    "\19\a4\c1\16\1e\37\6c\08\27\48\77\4c\34\b0\bc\b5"
    "\39\1c\0c\b3\4e\d8\aa\4a\5b\9c\ca\4f\68\2e\6f\f3"
    "\74\8f\82\ee\78\a5\63\6f\84\c8\78\14\8c\c7\02\08"
    "\90\be\ff\fa\a4\50\6c\eb\be\f9\a3\f7\c6\71\78\f2")

  ;; The same of the square roots of the first eight primes (section 5.3.3).
  (data (i32.const 0x000100)
    "\6a\09\e6\67\bb\67\ae\85\3c\6e\f3\72\a5\4f\f5\3a"
    "\51\0e\52\7f\9b\05\68\8c\1f\83\d9\ab\5b\e0\cd\19")

  ;; Reverses the four bytes of a word: SHA-256 is big-endian, memory is not.
  (func $swap_bytes (param $word i32) (result i32)
    (i32.or
      (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00FF00FF))
      (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xFF00FF00))))

  ;; The six functions of FIPS 180-4 section 4.1.2, under its names.

  (func $ch (param $x i32) (param $y i32) (param $z i32) (result i32)
    ;; Where x has a one bit take y, else z. The same as (x & y) ^ (~x & z).
    (i32.xor
      (local.get $z)
      (i32.and (local.get $x) (i32.xor (local.get $y) (local.get $z)))))

  (func $maj (param $x i32) (param $y i32) (param $z i32) (result i32)
    ;; The bit that at least two of three have.
    (i32.or
      (i32.and (local.get $x) (local.get $y))
      (i32.and (local.get $z) (i32.or (local.get $x) (local.get $y)))))

  (func $big_sigma_0 (param $x i32) (result i32)
    (i32.xor
      (i32.rotr (local.get $x) (i32.const 2))
      (i32.xor
        (i32.rotr (local.get $x) (i32.const 13))
        (i32.rotr (local.get $x) (i32.const 22)))))

  (func $big_sigma_1 (param $x i32) (result i32)
    (i32.xor
      (i32.rotr (local.get $x) (i32.const 6))
      (i32.xor
        (i32.rotr (local.get $x) (i32.const 11))
        (i32.rotr (local.get $x) (i32.const 25)))))

  (func $small_sigma_0 (param $x i32) (result i32)
    (i32.xor
      (i32.rotr (local.get $x) (i32.const 7))
      (i32.xor
        (i32.rotr (local.get $x) (i32.const 18))
        (i32.shr_u (local.get $x) (i32.const 3)))))

  (func $small_sigma_1 (param $x i32) (result i32)
    (i32.xor
      (i32.rotr (local.get $x) (i32.const 17))
      (i32.xor
        (i32.rotr (local.get $x) (i32.const 19))
        (i32.shr_u (local.get $x) (i32.const 10)))))

  ;; Puts the initial hash value in place: eight words.
  (func $start
    (local $offset i32) ;; 0, 4, .. 28
    (loop $words
      (i32.store offset=0x000140
        (local.get $offset)
        (call $swap_bytes (i32.load offset=0x000100 (local.get $offset))))
      (local.set $offset (i32.add (local.get $offset) (i32.const 4)))
      (br_if $words (i32.lt_u (local.get $offset) (i32.const 32)))))

  ;; Takes the 64 bytes at $block into the hash value (section 6.2.2).
  (func $compress (param $block i32)
    (local $offset i32) ;; 4 x the number of the word, 0 to 252
    (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (local $e i32) (local $f i32) (local $g i32) (local $h i32)
    (local $t1 i32) (local $t2 i32)

    ;; Words 0 to 15 of the schedule are the block itself.
    (loop $message_words
      (i32.store offset=0x000200
        (local.get $offset)
        (call $swap_bytes
          (i32.load (i32.add (local.get $block) (local.get $offset)))))
      (local.set $offset (i32.add (local.get $offset) (i32.const 4)))
      (br_if $message_words (i32.lt_u (local.get $offset) (i32.const 64))))

    ;; Words 16 to 63 come from those 2, 7, 15 and 16 before. The base address 0x200
    ;; less 4 x that distance is in the load's offset: 0x1F8, 0x1E4, 0x1C4, 0x1C0.
    (loop $more_words
      (i32.store offset=0x000200
        (local.get $offset)
        (i32.add
          (i32.add
            (call $small_sigma_1 (i32.load offset=0x0001F8 (local.get $offset)))
            (i32.load offset=0x0001E4 (local.get $offset)))
          (i32.add
            (call $small_sigma_0 (i32.load offset=0x0001C4 (local.get $offset)))
            (i32.load offset=0x0001C0 (local.get $offset)))))
      (local.set $offset (i32.add (local.get $offset) (i32.const 4)))
      (br_if $more_words (i32.lt_u (local.get $offset) (i32.const 256))))

    (local.set $a (i32.load (i32.const 0x000140)))
    (local.set $b (i32.load (i32.const 0x000144)))
    (local.set $c (i32.load (i32.const 0x000148)))
    (local.set $d (i32.load (i32.const 0x00014C)))
    (local.set $e (i32.load (i32.const 0x000150)))
    (local.set $f (i32.load (i32.const 0x000154)))
    (local.set $g (i32.load (i32.const 0x000158)))
    (local.set $h (i32.load (i32.const 0x00015C)))

    (local.set $offset (i32.const 0))
    (loop $rounds
      (local.set $t1
        (i32.add
          (i32.add
            (local.get $h)
            (call $big_sigma_1 (local.get $e)))
          (i32.add
            (call $ch (local.get $e) (local.get $f) (local.get $g))
            (i32.add
              (call $swap_bytes (i32.load offset=0x000000 (local.get $offset)))
              (i32.load offset=0x000200 (local.get $offset))))))
      (local.set $t2
        (i32.add
          (call $big_sigma_0 (local.get $a))
          (call $maj (local.get $a) (local.get $b) (local.get $c))))
      (local.set $h (local.get $g))
      (local.set $g (local.get $f))
      (local.set $f (local.get $e))
      (local.set $e (i32.add (local.get $d) (local.get $t1)))
      (local.set $d (local.get $c))
      (local.set $c (local.get $b))
      (local.set $b (local.get $a))
      (local.set $a (i32.add (local.get $t1) (local.get $t2)))
      (local.set $offset (i32.add (local.get $offset) (i32.const 4)))
      (br_if $rounds (i32.lt_u (local.get $offset) (i32.const 256))))

    (call $add_to_hash (i32.const 0x000140) (local.get $a))
    (call $add_to_hash (i32.const 0x000144) (local.get $b))
    (call $add_to_hash (i32.const 0x000148) (local.get $c))
    (call $add_to_hash (i32.const 0x00014C) (local.get $d))
    (call $add_to_hash (i32.const 0x000150) (local.get $e))
    (call $add_to_hash (i32.const 0x000154) (local.get $f))
    (call $add_to_hash (i32.const 0x000158) (local.get $g))
    (call $add_to_hash (i32.const 0x00015C) (local.get $h)))

  (func $add_to_hash (param $address i32) (param $word i32)
    (i32.store
      (local.get $address)
      (i32.add (i32.load (local.get $address)) (local.get $word))))

  ;; Hashes $size bytes at $message; the hash value is left at 0x140.
  (func $hash (param $message i32) (param $size i32)
    (local $last_block i32)    ;; address just past the whole blocks
    (local $rest i32)          ;; bytes after the whole blocks, 0 to 63
    (local $padded_end i32)    ;; address just past the padded rest
    (local $block i32)

    (local.set $rest (i32.and (local.get $size) (i32.const 63)))
    (local.set $last_block
      (i32.sub
        (i32.add (local.get $message) (local.get $size))
        (local.get $rest)))

    (call $start)

    (local.set $block (local.get $message))
    (block $blocks_done
      (loop $blocks
        (br_if $blocks_done (i32.eq (local.get $block) (local.get $last_block)))
        (call $compress (local.get $block))
        (local.set $block (i32.add (local.get $block) (i32.const 64)))
        (br $blocks)))

    ;; The rest is padded with a one bit, zeros, and the size in bits as 64 bits,
    ;; big-endian (section 5.1.1). That is nine bytes at least, so up to 55 bytes
    ;; go into one block and more need two.
    (memory.fill (i32.const 0x000300) (i32.const 0) (i32.const 128))
    (memory.copy (i32.const 0x000300) (local.get $last_block) (local.get $rest))
    (i32.store8 offset=0x000300 (local.get $rest) (i32.const 0x80))
    (local.set $padded_end
      (select
        (i32.const 0x000340)
        (i32.const 0x000380)
        (i32.lt_u (local.get $rest) (i32.const 56))))
    ;; The capacity keeps the size in bits within the low 32 of the 64.
    (i32.store
      (i32.sub (local.get $padded_end) (i32.const 4))
      (call $swap_bytes (i32.shl (local.get $size) (i32.const 3))))

    (call $compress (i32.const 0x000300))
    (if (i32.eq (local.get $padded_end) (i32.const 0x000380))
      (then (call $compress (i32.const 0x000340)))))

  (func $render (export "render") (param $input_size i32) (result i32)
    (local $offset i32) ;; 0, 4, .. 28

    (if (i32.gt_u (local.get $input_size) (global.get $input_bytes_cap))
      (then (unreachable)))

    (call $hash (global.get $input_ptr) (local.get $input_size))

    ;; The eight words, big-endian.
    (loop $words
      (i32.store
        (i32.add (global.get $output_ptr) (local.get $offset))
        (call $swap_bytes (i32.load offset=0x000140 (local.get $offset))))
      (local.set $offset (i32.add (local.get $offset) (i32.const 4)))
      (br_if $words (i32.lt_u (local.get $offset) (i32.const 32))))
    (i32.const 32)))
