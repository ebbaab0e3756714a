//! Small modules in WebAssembly text.

/// A content module with its input at 0, whose body is `more`.
pub(crate) fn module(input: &str, more: &str) -> String {
    format!(
        r#"(module
  (memory (export "memory") 2 2)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_{input}_cap") i32 (i32.const 65536))
  {more})"#
    )
}

/// A module that gives its input as it is, under another kind maybe.
pub(crate) fn echo(input: &str, output: &str) -> String {
    module(
        input,
        &format!(
            r#"(global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_{output}_cap") i32 (i32.const 65536))
  (func (export "render") (param $size i32) (result i32) (local.get $size))"#
        ),
    )
}

/// A module that gives one and the same output, `count` elements of `data`.
pub(crate) fn constant(output: &str, data: &str, count: u32) -> String {
    module(
        "bytes",
        &format!(
            r#"(data (i32.const 65536) "{data}")
  (global (export "output_ptr") i32 (i32.const 65536))
  (global (export "output_{output}_cap") i32 (i32.const {count}))
  (func (export "run") (param i32) (result i32) (i32.const {count}))"#
        ),
    )
}

/// A module whose entry point is this code, without an output buffer.
pub(crate) fn scalar(code: &str) -> String {
    module(
        "bytes",
        &format!(r#"(func (export "run") (param $size i32) (result i32) {code})"#),
    )
}

/// Adds 1 to each byte of a text.
pub(crate) fn add_one() -> String {
    module(
        "utf8",
        r#"(global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_utf8_cap") i32 (i32.const 65536))
  (func (export "render") (param $size i32) (result i32)
    (local $at i32)
    (block $done
      (loop $bytes
        (br_if $done (i32.eq (local.get $at) (local.get $size)))
        (i32.store8 (local.get $at) (i32.add (i32.load8_u (local.get $at)) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $bytes)))
    (local.get $size))"#,
    )
}

/// Writes a `!` after a text.
pub(crate) fn exclaim() -> String {
    module(
        "utf8",
        r#"(global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_utf8_cap") i32 (i32.const 65537))
  (func (export "render") (param $size i32) (result i32)
    (i32.store8 (local.get $size) (i32.const 0x21))
    (i32.add (local.get $size) (i32.const 1)))"#,
    )
}

/// The input's bytes as 32-bit elements, one for each four.
pub(crate) fn words() -> String {
    module(
        "bytes",
        r#"(global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_i32_cap") i32 (i32.const 16384))
  (func (export "render") (param $size i32) (result i32)
    (i32.div_u (local.get $size) (i32.const 4)))"#,
    )
}

/// Writes down how its uniforms were set: for each call of a setter its letter (`A`,
/// `B`, and `C` for the key `c d`), then the byte that it was given.
pub(crate) fn uniforms() -> String {
    module(
        "bytes",
        r#"(global $end (mut i32) (i32.const 65536))
  (func $put (param $byte i32)
    (i32.store8 (global.get $end) (local.get $byte))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))
  (func (export "uniform_set_b") (param i32) (call $put (i32.const 0x42)) (call $put (local.get 0)))
  (func (export "uniform_set_a") (param i32) (call $put (i32.const 0x41)) (call $put (local.get 0)))
  (func (export "uniform_set_c d") (param i32) (call $put (i32.const 0x43)) (call $put (local.get 0)))
  (func (export "uniform_set_gain") (param f32))
  (global (export "output_ptr") i32 (i32.const 65536))
  (global (export "output_utf8_cap") i32 (i32.const 64))
  (func (export "render") (param i32) (result i32)
    (i32.sub (global.get $end) (i32.const 65536)))"#,
    )
}

/// An echo that takes and gives bytes of these media types.
pub(crate) fn typed(input: &str, output: &str) -> String {
    let (input_size, output_size) = (input.len(), output.len());
    module(
        "bytes",
        &format!(
            r#"(data (i32.const 65536) "{input}")
  (data (i32.const 65792) "{output}")
  (global (export "input_content_type_ptr") i32 (i32.const 65536))
  (global (export "input_content_type_size") i32 (i32.const {input_size}))
  (global (export "output_content_type_ptr") i32 (i32.const 65792))
  (global (export "output_content_type_size") i32 (i32.const {output_size}))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_bytes_cap") i32 (i32.const 65536))
  (func (export "run") (param $size i32) (result i32) (local.get $size))"#
        ),
    )
}

/// Traps two calls below the entry point.
pub(crate) const TRAPS_DEEP: &str = r#"(module
  (memory (export "memory") 1 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 64))
  (func $divide (param $by i32) (result i32) (i32.div_s (i32.const 7) (local.get $by)))
  (func $average (param $count i32) (result i32) (call $divide (local.get $count)))
  (func (export "render") (param $size i32) (result i32) (call $average (local.get $size))))"#;

/// Never comes back.
pub(crate) const LOOPS: &str = "(loop $forever (br $forever)) (unreachable)";

/// What `typed` and `echo` cannot show: an instantiation that traps.
pub(crate) fn traps_at_start() -> String {
    module(
        "bytes",
        r#"(func $start unreachable)
  (start $start)
  (func (export "run") (param i32) (result i32) (local.get 0))"#,
    )
}

/// Turns colours around, and leaves alpha. One page, no halo.
pub(crate) const INVERT: &str = r#"(module
  (memory (export "memory") 1 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $at i32)
    (loop $next
      (v128.store (local.get $at)
        (f32x4.add (v128.const f32x4 1 1 1 0)
          (f32x4.mul (v128.const f32x4 -1 -1 -1 1) (v128.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))))"#;

/// Writes the red that it is given, and traps at tiles from `uniform_set_from` on.
pub(crate) const RED: &str = r#"(module
  (memory (export "memory") 1 1)
  (global $red (mut f32) (f32.const 0))
  (global $from (mut f32) (f32.const inf))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "uniform_set_red") (param f32) (global.set $red (local.get 0)))
  (func (export "uniform_set_from") (param f32) (global.set $from (local.get 0)))
  (func (export "tile_rgba32float_64x64") (param $x f32) (param f32)
    (if (f32.ge (local.get $x) (global.get $from)) (then unreachable))
    (f32.store (i32.const 0) (global.get $red))))"#;
