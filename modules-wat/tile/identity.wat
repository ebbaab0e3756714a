;; identity: gives each picture back as it is.
;;
;; What the pipeline itself does to a picture is seen with it: bytes become floats and
;; bytes again, colour under an alpha of 0 is kept.
;;
;; Memory: 1 page of 65 536 bytes, fixed: the tile of 64 x 64 pixels of 16 bytes.
(module
  (memory (export "memory") 1 1)

  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 0x10000))

  (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)))
