;; The output lies in a second page, which the call itself brings into being.
(module
  (memory (export "memory") 1)
  (data $text "from the new page")
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 8))
  (global (export "output_ptr") i32 (i32.const 65536))
  (global (export "output_utf8_cap") i32 (i32.const 64))
  (func (export "run") (param $size i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (memory.init $text (i32.const 65536) (i32.const 0) (i32.const 17))
    (i32.const 17)))
