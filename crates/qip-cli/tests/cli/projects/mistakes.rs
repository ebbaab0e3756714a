//! The classic mistakes of each language: with the libraries they cannot be written, or trap
//! where they would do harm.

use super::{build, has_compiler, new};
use crate::directory::Directory;

/// A project with this source in place of its own, built.
fn built(language: &str, path: &str, source: &str) -> Option<Directory> {
    if !has_compiler(language) {
        return None;
    }
    let directory = Directory::new();
    new(&directory, language, "content");
    directory.file(&format!("shout/{path}"), source);
    build(&directory);
    Some(directory)
}

/// Runs the module; it must trap so.
#[track_caller]
fn assert_traps(directory: &Directory, input: &str, kind: &str) {
    directory
        .pipe(&["run", "shout/shout.wasm"], input)
        .assert_fails(4, &["trap", kind]);
}

/// A linker puts the stack behind the data unless told otherwise: one that overflows then
/// overwrites them, and nobody notices. Here the buffers are larger than what is overwritten.
#[test]
fn a_stack_that_overflows_traps() {
    let c = r#"#include "qip.h"
        QIP_INPUT_UTF8(1 << 18)
        QIP_OUTPUT_UTF8(16)
        QIP_RENDER(deep)
        static uint32_t sum(uint32_t depth) {
          volatile uint32_t numbers[256];
          numbers[depth % 256] = depth;
          return depth == 0 ? 0 : sum(depth - 1) + numbers[depth % 256];
        }
        static void deep(qip_input input, qip_output *out) {
          qip_push(out, sum(100 + input.size) ? 'a' : 'b');
        }"#;
    if let Some(directory) = built("c", "shout.c", c) {
        assert_traps(&directory, "", "memory-out-of-bounds");
    }
    let zig = r#"const qip = @import("qip.zig");
        pub const panic = qip.panic;
        comptime {
            qip.content(.{ .input = .{ .utf8 = 1 << 18 }, .output = .scalar }, deep);
        }
        fn sum(depth: usize) i32 {
            var numbers: [256]i32 = undefined;
            const all: *volatile [256]i32 = &numbers;
            all[depth % 256] = 1;
            return if (depth == 0) 0 else sum(depth - 1) + all[depth % 256];
        }
        fn deep(input: []const u8) i32 {
            return sum(100 + input.len);
        }"#;
    if let Some(directory) = built("zig", "shout.zig", zig) {
        assert_traps(&directory, "", "memory-out-of-bounds");
    }
    let rust = r#"#![cfg_attr(target_family = "wasm", no_std)]
        mod qip;
        crate::content! { input: bytes[1 << 18], output: scalar, render: deep }
        fn sum(depth: usize) -> i32 {
            let numbers = core::hint::black_box([1; 256]);
            if depth == 0 { 0 } else { sum(depth - 1) + numbers[depth % 256] }
        }
        fn deep(input: &[u8]) -> i32 {
            sum(100 + input.len())
        }"#;
    if let Some(directory) = built("rust", "src/lib.rs", rust) {
        assert_traps(&directory, "", "memory-out-of-bounds");
    }
}

/// A loop that copies becomes a call of `memcpy`, and an assignment of a structure too: there is
/// no library that would have it, and it must not become an import.
#[test]
fn copies_in_c_need_no_library() {
    let c = r#"#include "qip.h"
        QIP_INPUT_UTF8(4096)
        QIP_OUTPUT_UTF8(4096)
        QIP_RENDER(copy)
        struct block { uint8_t bytes[4096]; };
        static struct block one, other;
        static void copy(qip_input input, qip_output *out) {
          for (size_t i = 0; i < input.size; i++) one.bytes[i] = input.data[i];
          other = one;
          for (size_t i = input.size; i < 4096; i++) other.bytes[i] = 0;
          uint8_t *to = qip_grow(out, input.size);
          for (size_t i = 0; i < input.size; i++) to[i] = other.bytes[i];
        }"#;
    let Some(directory) = built("c", "shout.c", c) else {
        return;
    };
    directory
        .pipe(&["run", "shout/shout.wasm"], "hello")
        .assert_prints("hello\n");
}

/// A result over the capacity cannot be returned: what is written beyond it traps.
#[test]
fn a_result_over_the_capacity_traps() {
    let c = r#"#include "qip.h"
        QIP_INPUT_UTF8(16)
        QIP_OUTPUT_UTF8(4)
        QIP_RENDER(copy)
        static void copy(qip_input input, qip_output *out) {
          qip_write(out, input.data, input.size);
        }"#;
    let zig = r#"const qip = @import("qip.zig");
        pub const panic = qip.panic;
        comptime {
            qip.content(.{ .input = .{ .utf8 = 16 }, .output = .{ .utf8 = 4 } }, copy);
        }
        fn copy(input: []const u8, out: *qip.Bytes) void {
            out.write(input);
        }"#;
    let rust = r#"#![cfg_attr(target_family = "wasm", no_std)]
        mod qip;
        crate::content! { input: utf8[16], output: utf8[4], render: copy }
        fn copy(input: &str, out: &mut qip::Text) {
            out.push_str(input);
        }"#;
    for (language, path, source) in [
        ("c", "shout.c", c),
        ("zig", "shout.zig", zig),
        ("rust", "src/lib.rs", rust),
    ] {
        if let Some(directory) = built(language, path, source) {
            directory
                .pipe(&["run", "shout/shout.wasm"], "four")
                .assert_prints("four\n");
            assert_traps(&directory, "fives", "unreachable");
        }
    }
}

/// `&str` is always text, also where the host was told not to look.
#[test]
fn text_in_rust_is_validated() {
    let rust = r#"#![cfg_attr(target_family = "wasm", no_std)]
        mod qip;
        crate::content! { input: utf8[16], output: scalar, render: count }
        fn count(input: &str) -> i32 {
            input.chars().count() as i32
        }"#;
    let Some(directory) = built("rust", "src/lib.rs", rust) else {
        return;
    };
    let args = ["run", "--utf8", "unchecked", "shout/shout.wasm"];
    directory.pipe(&args, "grün").assert_prints("Ran: 4\n");
    directory
        .pipe(&args, *b"a\xFF")
        .assert_fails(4, &["trap", "unreachable"]);
}

/// What the macros write stands beside names of the module's own, which may be any.
#[test]
fn names_in_rust_do_not_clash() {
    let rust = r#"#![cfg_attr(target_family = "wasm", no_std)]
        mod qip;
        const INPUT: usize = 8;
        const OUTPUT: usize = 16;
        const PIXELS: u8 = 1;
        static UNIFORMS: u8 = 2;
        struct Shared(u8);
        struct Out;
        crate::content! {
            input: bytes[INPUT],
            output: bytes[OUTPUT],
            uniforms { size: u32 = 3, out: i32 = 4 },
            scratch: Shared = Shared(PIXELS),
            render: export,
        }
        fn export(_: &[u8], out: &mut qip::Out<u8>, uniforms: &Uniforms, scratch: &mut Shared) {
            let _ = Out;
            out.extend_from_slice(&[
                48 + scratch.0, 48 + UNIFORMS, 48 + uniforms.size as u8, 48 + uniforms.out as u8,
            ]);
        }"#;
    let Some(directory) = built("rust", "src/lib.rs", rust) else {
        return;
    };
    directory
        .pipe(&["run", "shout/shout.wasm"], "")
        .assert_prints("1234");
    let rust = r#"#![cfg_attr(target_family = "wasm", no_std)]
        mod qip;
        struct Tile;
        struct Pixel(f32);
        crate::tile! {
            halo: 2,
            halo_of: halo,
            uniforms { x: u32 = 1 },
            scratch: Pixel = Pixel(0.5),
            render: tile,
        }
        fn halo(uniforms: &Uniforms) -> u32 {
            uniforms.x
        }
        fn tile(tile: &mut qip::Tile, _: &Uniforms, pixel: &mut Pixel) {
            let _ = Tile;
            tile.pixels.fill([pixel.0; 4]);
        }"#;
    built("rust", "src/lib.rs", rust);
}

/// A misspelt function becomes an import in Rust, whose linker is told to allow that: `qip
/// build` says so.
#[test]
fn an_import_is_found_when_it_is_built() {
    if !has_compiler("rust") {
        return;
    }
    let directory = Directory::new();
    new(&directory, "rust", "content");
    let rust = r#"#![cfg_attr(target_family = "wasm", no_std)]
        mod qip;
        crate::content! { input: bytes[16], output: scalar, render: now }
        // SAFETY: it is there to show that it is not.
        unsafe extern "C" {
            safe fn clock() -> i32;
        }
        fn now(_: &[u8]) -> i32 {
            clock()
        }"#;
    directory.file("shout/src/lib.rs", rust);
    let answer = directory.qip(&["build", "shout"]);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    assert!(answer.stderr.contains("import: "), "{}", answer.stderr);
    assert!(answer.stderr.contains("env.clock"), "{}", answer.stderr);
}

/// In C a function that is not there does not link, instead of becoming an import.
#[test]
fn a_misspelt_function_in_c_does_not_link() {
    if !has_compiler("c") {
        return;
    }
    let directory = Directory::new();
    new(&directory, "c", "content");
    let c = r#"#include "qip.h"
        QIP_INPUT_UTF8(16)
        QIP_SCALAR(count)
        extern int32_t cuont(size_t size);
        static int32_t count(qip_input input) {
          return cuont(input.size);
        }"#;
    directory.file("shout/shout.c", c);
    let answer = directory.qip(&["build", "shout"]);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    assert!(answer.stderr.contains("cuont"), "{}", answer.stderr);
}

/// What does not compile is told by the compiler, and an older module does not stay behind as
/// if it were the new one.
#[test]
fn what_does_not_compile_is_a_finding() {
    for (language, path, source) in [
        ("rust", "src/lib.rs", "fn"),
        ("c", "shout.c", "int"),
        ("zig", "shout.zig", "fn"),
        ("assemblyscript", "shout.ts", "export function ("),
    ] {
        if !has_compiler(language) {
            continue;
        }
        let directory = Directory::new();
        new(&directory, language, "content");
        directory.file(&format!("shout/{path}"), source);
        directory.file("shout/shout.wasm", "an older one");
        let answer = directory.qip(&["build", "shout"]);
        assert_eq!(answer.code, 1, "{language}: {}", answer.stderr);
        assert!(answer.stderr.contains("\nerror: `"), "{}", answer.stderr);
        assert!(!directory.path("shout/shout.wasm").exists());
    }
}
