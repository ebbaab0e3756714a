//! Write [qip](https://crates.io/crates/qip-cli) modules: small WebAssembly modules that import
//! nothing, turn bytes into bytes, and run the same in every host.
//!
//! One macro says what goes in and what comes out; the rest is a plain function. The macro
//! writes the exports that a host reads and calls, and on targets that are not WebAssembly
//! writes none of them: there the same function is called by unit tests.
//!
//! ```
//! use qip_module::Text;
//!
//! qip_module::content! {
//!     input: utf8[65536],
//!     output: utf8[65536],
//!     render: shout,
//! }
//!
//! fn shout(input: &str, out: &mut Text) {
//!     for character in input.chars() {
//!         out.push(character.to_ascii_uppercase());
//!     }
//! }
//!
//! // A test is any caller.
//! let mut buffer = [0; 16];
//! let mut out = Text::over(&mut buffer);
//! shout("hello", &mut out);
//! assert_eq!(out.as_str(), "HELLO");
//! ```
//!
//! `qip new DIR --lang rust` makes such a project, `qip build` compiles it. Without them: a
//! `cdylib` that begins with `#![cfg_attr(target_family = "wasm", no_std)]`, for the target
//! `wasm32-unknown-unknown` or `wasm32v1-none`.
//!
//! # Content modules
//!
//! [`content!`] lists all fields. An input is `utf8`, which arrives as `&str`, or `bytes`, which
//! arrives as `&[u8]`. An output of `bytes` or of `i32` is an [`Out`]:
//!
//! ```
//! # use qip_module::Out;
//! qip_module::content! {
//!     input: bytes[4096],
//!     output: i32[4096],
//!     render: widen,
//! }
//!
//! fn widen(input: &[u8], out: &mut Out<i32>) {
//!     for byte in input {
//!         out.push((*byte).into());
//!     }
//! }
//! # let mut buffer = [0; 2];
//! # let mut out = Out::over(&mut buffer);
//! # widen(&[1, 2], &mut out);
//! # assert_eq!(out[..], [1, 2]);
//! ```
//!
//! A scalar is what the function returns. `utf8[…] as bytes` declares text and hands over bytes,
//! on either side. Nothing is validated then: that costs two to three instructions for each byte
//! and a kilobyte of code, and the host does it anyway (IN-6, OUT-6).
//!
//! ```
//! qip_module::content! {
//!     input: utf8[4096] as bytes,
//!     output: scalar,
//!     render: count_lines,
//! }
//!
//! fn count_lines(input: &[u8]) -> i32 {
//!     input.iter().filter(|byte| **byte == b'\n').count() as i32
//! }
//! # assert_eq!(count_lines(b"a\nb\n"), 2);
//! ```
//!
//! Content types and uniforms. `Uniforms` is a struct that the macro writes, with a field for
//! each; `Uniforms::DEFAULT` is for tests.
//!
//! ```
//! # use qip_module::{Out, Text};
//! use core::fmt::Write;
//!
//! qip_module::content! {
//!     input: bytes[4096],
//!     input_type: "application/x-counts",
//!     output: utf8[65536],
//!     output_type: "text/csv",
//!     uniforms { first: u64 = 1, factor: f64 = 1.0 },
//!     render: table,
//! }
//!
//! fn table(input: &[u8], out: &mut Text, uniforms: &Uniforms) {
//!     for (number, count) in (uniforms.first..).zip(input) {
//!         // Nothing can fail: what does not fit traps.
//!         let _ = writeln!(out, "{number},{}", f64::from(*count) * uniforms.factor);
//!     }
//! }
//! # let mut buffer = [0; 16];
//! # let mut out = Text::over(&mut buffer);
//! # table(&[3, 4], &mut out, &Uniforms { factor: 0.5, ..Uniforms::DEFAULT });
//! # assert_eq!(out.as_str(), "1,1.5\n2,2\n");
//! ```
//!
//! Memory to work in, without a `static mut`. A host may use an instance again (RUN-4): what an
//! earlier request left is still there. With `panic_handler: own` the macro brings none, for a
//! module that uses `std` or has another.
//!
//! ```
//! # use qip_module::Out;
//! qip_module::content! {
//!     input: bytes[65536],
//!     output: i32[256],
//!     scratch: [i32; 256] = [0; 256],
//!     panic_handler: own,
//!     render: histogram,
//! }
//!
//! fn histogram(input: &[u8], out: &mut Out<i32>, counts: &mut [i32; 256]) {
//!     counts.fill(0);
//!     for byte in input {
//!         counts[usize::from(*byte)] += 1;
//!     }
//!     out.extend_from_slice(counts);
//! }
//! # let mut buffer = [0; 256];
//! # let mut out = Out::over(&mut buffer);
//! # histogram(b"aab", &mut out, &mut [7; 256]);
//! # assert_eq!((out[97], out[98], out[99]), (2, 1, 0));
//! ```
//!
//! # Tile filters
//!
//! [`tile!`] declares a filter for pictures. It gets them tile by tile.
//!
//! ```
//! # use qip_module::Tile;
//! qip_module::tile! {
//!     uniforms { amount: f32 = 0.5 },
//!     render: dim,
//! }
//!
//! fn dim(tile: &mut Tile, uniforms: &Uniforms) {
//!     for [red, green, blue, _alpha] in &mut *tile.pixels {
//!         for channel in [red, green, blue] {
//!             *channel *= uniforms.amount;
//!         }
//!     }
//! }
//! # let mut pixels = [[1.0; 4]; 64 * 64];
//! # dim(&mut Tile::read(&mut pixels, 0, 0.0, 0.0, [0.0; 2]), &Uniforms::DEFAULT);
//! # assert_eq!(pixels[0], [0.5, 0.5, 0.5, 1.0]);
//! ```
//!
//! A filter that looks at neighbours asks for a halo: so many pixels are there around the tile.
//! With `halo_of` it depends on the uniforms, and `halo` is the most. `picture: size` has the
//! host say how large the whole picture is.
//!
//! ```
//! # use qip_module::Tile;
//! qip_module::tile! {
//!     halo: 16,
//!     halo_of: distance,
//!     uniforms { distance: u32 = 1 },
//!     picture: size,
//!     render: shift,
//! }
//!
//! fn distance(uniforms: &Uniforms) -> u32 {
//!     uniforms.distance
//! }
//!
//! /// Moves the picture to the left, but for its last column.
//! fn shift(tile: &mut Tile, uniforms: &Uniforms) {
//!     let (x, halo, [width, _]) = (tile.x, tile.halo, tile.picture);
//!     let span = tile.span();
//!     for row in tile.pixels.chunks_exact_mut(span) {
//!         for column in halo..span - halo {
//!             if x + (column as f32) < width - 1.0 {
//!                 row[column] = row[column + uniforms.distance as usize];
//!             }
//!         }
//!     }
//! }
//! # let mut pixels = [[0.0; 4]; 66 * 66];
//! # pixels[66 + 2] = [1.0; 4];
//! # shift(
//! #     &mut Tile::read(&mut pixels, 1, -1.0, -1.0, [64.0, 64.0]),
//! #     &Uniforms::DEFAULT,
//! # );
//! # assert_eq!(pixels[66 + 1], [1.0; 4]);
//! ```
//!
//! A constant halo without uniforms, and scratch memory:
//!
//! ```
//! # use qip_module::{Pixel, TILE, Tile};
//! qip_module::tile! {
//!     halo: 1,
//!     scratch: [Pixel; TILE * TILE] = [[0.0; 4]; TILE * TILE],
//!     render: smooth,
//! }
//!
//! /// Each pixel becomes the mean of itself and its neighbours to the left and right.
//! fn smooth(tile: &mut Tile, result: &mut [Pixel; TILE * TILE]) {
//!     let span = tile.span();
//!     let rows = tile.pixels.chunks_exact(span).skip(1);
//!     for (row, to) in rows.zip(result.chunks_exact_mut(TILE)) {
//!         for (three, to) in row.windows(3).zip(to) {
//!             *to = core::array::from_fn(|i| (three[0][i] + three[1][i] + three[2][i]) / 3.0);
//!         }
//!     }
//!     for (row, from) in tile.core_rows().zip(result.chunks_exact(TILE)) {
//!         row.copy_from_slice(from);
//!     }
//! }
//! # let mut pixels = [[0.75; 4]; 66 * 66];
//! # pixels[66] = [0.0; 4];
//! # let mut result = [[0.0; 4]; TILE * TILE];
//! # smooth(&mut Tile::read(&mut pixels, 1, 0.0, 0.0, [0.0; 2]), &mut result);
//! # assert_eq!((pixels[67], pixels[68]), ([0.5; 4], [0.75; 4]));
//! ```
//!
//! # What cannot go wrong
//!
//! Sizes are functions, never variables (MOD-9). An input over the capacity, text that is none,
//! and a result over the capacity trap; a panic does too, and brings no messages along. What is
//! wrong in a declaration is a compile error. An import cannot come about but by an `extern`
//! block of one's own: the linker allows it, and `qip build` reports it.
#![no_std]
#![warn(missing_docs)]

#[cfg(feature = "templates")]
extern crate std;

#[doc(hidden)]
pub mod qip;
#[cfg(feature = "templates")]
pub mod templates;

#[doc(inline)]
pub use qip::{Out, Pixel, TILE, Text, Tile, trap};

/// The README, whose example is compiled with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
