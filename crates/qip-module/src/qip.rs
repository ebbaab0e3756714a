//! The guest library in one file: what the macros `content!` and `tile!` need.
//!
//! It is the crate `qip-module`, and it is also what `qip new --lang rust` puts into a
//! project, which then needs no registry. It depends on nothing but `core`.
//!
//! A module has one thread and imports nothing, so that no export is ever entered while
//! another runs. That is what the `unsafe` in this file, and in what the macros write, rests on.
#![allow(
    dead_code,
    reason = "a project that copied this file uses a part of it"
)]

use core::cell::UnsafeCell;
use core::fmt;
use core::ops::{Deref, DerefMut};

/// A pixel: red, green, blue and alpha from 0 to 1, straight (IMG-2).
pub type Pixel = [f32; 4];

/// The side of a tile without its halo, in pixels.
pub const TILE: usize = 64;

/// Ends the request: the host reports the trap `unreachable`. Natively it panics, for tests
/// with `#[should_panic]`.
#[cold]
pub fn trap() -> ! {
    #[cfg(target_family = "wasm")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_family = "wasm"))]
    panic!("the module traps");
}

/// An output of bytes or of 32-bit numbers, which never outgrows its capacity: what does not
/// fit traps. What was written is a slice.
#[derive(Debug)]
pub struct Out<'a, T> {
    buffer: &'a mut [T],
    len: usize,
}

impl<'a, T: Copy> Out<'a, T> {
    /// An empty output with this buffer behind it; its length is the capacity. A module gets
    /// its output from the macro: this is for tests.
    pub fn over(buffer: &'a mut [T]) -> Out<'a, T> {
        Out { buffer, len: 0 }
    }

    /// The most elements that there is room for.
    pub fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// Writes one element. Traps where the output is full.
    #[inline]
    pub fn push(&mut self, element: T) {
        match self.buffer.get_mut(self.len) {
            Some(place) => *place = element,
            None => trap(),
        }
        self.len += 1;
    }

    /// Writes several elements. Traps where there is no room for all.
    #[inline]
    pub fn extend_from_slice(&mut self, elements: &[T]) {
        self.grow(elements.len()).copy_from_slice(elements);
    }

    /// Makes the output longer, and lends what was added. That holds zeros or, on an instance
    /// that is used again, what an earlier request wrote. Traps where there is no room for it.
    #[inline]
    pub fn grow(&mut self, count: usize) -> &mut [T] {
        let start = self.len;
        match self
            .buffer
            .get_mut(start..)
            .and_then(|rest| rest.get_mut(..count))
        {
            Some(added) => {
                self.len = start + count;
                added
            }
            None => trap(),
        }
    }
}

impl<T> Deref for Out<'_, T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

impl<T> DerefMut for Out<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        self.buffer.get_mut(..self.len).unwrap_or_default()
    }
}

/// An output of text, which is well-formed whatever is written (OUT-6). `write!` works too,
/// where [`core::fmt::Write`] is in scope.
#[derive(Debug)]
pub struct Text<'a> {
    bytes: Out<'a, u8>,
}

impl<'a> Text<'a> {
    /// An empty text with this buffer behind it; its length is the capacity. A module gets its
    /// output from the macro: this is for tests.
    pub fn over(buffer: &'a mut [u8]) -> Text<'a> {
        Text {
            bytes: Out::over(buffer),
        }
    }

    /// The most bytes that there is room for.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Writes a character. Traps where it does not fit.
    #[inline]
    pub fn push(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }

    /// Writes text. Traps where it does not fit.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was written.
    #[allow(unsafe_code, reason = "the check would be repeated by every use")]
    pub fn as_str(&self) -> &str {
        // SAFETY: only `push_str` writes to `bytes`, whole texts one after the other.
        unsafe { core::str::from_utf8_unchecked(&self.bytes) }
    }
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

/// A tile of a picture: pixels in rows, with those of the halo around the 64 times 64 of the
/// core. A filter changes the core; what it leaves in the halo is thrown away (IMG-9).
#[derive(Debug)]
pub struct Tile<'a> {
    /// All pixels, row by row: [`Tile::span`] rows of as many pixels.
    pub pixels: &'a mut [Pixel],
    /// How many pixels beyond the core there are on each side.
    pub halo: usize,
    /// Where the first pixel is in the picture; negative where the halo begins outside of it.
    pub x: f32,
    /// The same downwards.
    pub y: f32,
    /// Width and height of the whole picture; zeros unless the filter asked for `picture`.
    pub picture: [f32; 2],
}

impl<'a> Tile<'a> {
    /// A tile at the beginning of a buffer. A module gets its tile from the macro: this is for
    /// tests. Traps where the buffer is too small for the halo, which no host lets come about.
    #[inline]
    pub fn read(buffer: &'a mut [Pixel], halo: u32, x: f32, y: f32, picture: [f32; 2]) -> Tile<'a> {
        let halo = halo as usize;
        let pixels = if halo < 1 << 14 {
            tile_pixels(halo)
        } else {
            usize::MAX
        };
        match buffer.get_mut(..pixels) {
            Some(pixels) => Tile {
                pixels,
                halo,
                x,
                y,
                picture,
            },
            None => trap(),
        }
    }

    /// The side of the tile in pixels, with the halo.
    pub fn span(&self) -> usize {
        TILE + 2 * self.halo
    }

    /// The 64 rows of the core, of 64 pixels each.
    pub fn core_rows(&mut self) -> impl Iterator<Item = &mut [Pixel]> {
        let (halo, span) = (self.halo, self.span());
        let rows = self.pixels.chunks_exact_mut(span).skip(halo).take(TILE);
        rows.map(move |row| row.get_mut(halo..halo + TILE).unwrap_or_else(|| trap()))
    }
}

/// How many pixels a tile has with a halo.
#[doc(hidden)]
pub const fn tile_pixels(halo: usize) -> usize {
    let span = TILE + 2 * halo;
    span * span
}

/// A static that the exports of a module share. Aligned, so that any wide load is.
#[doc(hidden)]
#[repr(C, align(16))]
#[derive(Debug)]
pub struct Shared<T>(UnsafeCell<T>);

// SAFETY: only a module has such statics, and there is one thread in it: memory that threads
// could share is refused (MOD-1).
#[cfg(target_family = "wasm")]
#[allow(unsafe_code, reason = "a static must be Sync")]
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// A static of this value.
    pub const fn new(value: T) -> Shared<T> {
        Shared(UnsafeCell::new(value))
    }

    /// Where it is.
    pub const fn get(&self) -> *mut T {
        self.0.get()
    }
}

/// The input of a request. A host that keeps IN-3 and IN-6 never meets these traps.
#[doc(hidden)]
pub trait Input {
    /// Reads it from a buffer that begins with it.
    fn read(buffer: &[u8], size: usize) -> &Self;
}

impl Input for [u8] {
    #[inline]
    fn read(buffer: &[u8], size: usize) -> &[u8] {
        buffer.get(..size).unwrap_or_else(|| trap())
    }
}

impl Input for str {
    #[inline]
    fn read(buffer: &[u8], size: usize) -> &str {
        match core::str::from_utf8(<[u8]>::read(buffer, size)) {
            Ok(text) => text,
            Err(_) => trap(),
        }
    }
}

/// Checks that a function has this type, when the module is compiled.
#[doc(hidden)]
pub const fn same<T: Copy>(_: T) {}

/// The capacity as a host sees it. Checked when the module is compiled.
#[doc(hidden)]
pub const fn capacity(count: usize, element_bytes: usize) -> usize {
    // A host allows a module 1 GiB of memory unless it is told otherwise (LIM-1).
    assert!(
        count <= (1 << 30) / element_bytes,
        "qip: a capacity is more than 1 GiB, the memory that hosts allow a module"
    );
    count
}

/// A media type that hosts take (MIME-1) and that says something (MIME-5). Checked when the
/// module is compiled.
#[doc(hidden)]
pub const fn media_type(text: &'static str) -> &'static str {
    let bytes = text.as_bytes();
    assert!(
        !bytes.is_empty() && bytes.len() <= 255,
        "qip: a content type has 1 to 255 characters"
    );
    let mut slashes = 0;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        slashes += (byte == b'/') as usize;
        assert!(
            byte.is_ascii_graphic(),
            "qip: a content type is ASCII without spaces"
        );
        assert!(
            !byte.is_ascii_uppercase(),
            "qip: a content type is in lower case"
        );
        assert!(
            byte != b';' && byte != b'*',
            "qip: a content type has no parameters and is no range"
        );
        at += 1;
    }
    assert!(
        slashes == 1 && bytes[0] != b'/' && bytes[bytes.len() - 1] != b'/',
        "qip: a content type is written `type/subtype`"
    );
    text
}

/// Declares a content module: what comes in, what goes out, and the function between them.
///
/// ```text
/// content! {
///     input: utf8[CAPACITY],               // or bytes[…], or utf8[…] as bytes
///     input_type: "text/html",             // optional
///     output: utf8[CAPACITY],              // or bytes[…], i32[…], utf8[…] as bytes, scalar
///     output_type: "text/html",            // optional; not with i32 and scalar
///     uniforms { key: u32 = 80 },          // optional: i32, u32, i64, u64, f32, f64
///     scratch: Type = VALUE,               // optional: memory to work in
///     panic_handler: own,                  // optional: another handler is there, that of std
///     render: function,
/// }
/// ```
///
/// The function takes the input, `&str` or `&[u8]`; a `&mut` [`Text`] or [`Out`], and with
/// `scalar` returns an `i32` instead; then `&Uniforms` and `&mut` the scratch, where they are
/// declared. Capacities count bytes, of `i32` elements (OUT-3). `utf8[…] as bytes` is declared
/// as text and handed over as bytes: nothing is validated then, as the host does that (IN-6).
///
/// What is wrong is a compile error: a kind or type that there is not, a function of another
/// shape, a content type against MIME-5, too much memory.
#[macro_export]
macro_rules! content {
    (
        input: $input:ident[$input_cap:expr] $(as $input_view:ident)?,
        $(input_type: $input_type:expr,)?
        output: $output:ident $([$output_cap:expr])? $(as $output_view:ident)?,
        $(output_type: $output_type:expr,)?
        $(uniforms { $($key:ident: $type:ident = $value:expr),* $(,)? },)?
        $(scratch: $scratch:ty = $scratch_value:expr,)?
        $(panic_handler: $panic_handler:ident,)?
        render: $render:path $(,)?
    ) => {
        $crate::__qip!(@sized $output $([$output_cap])?);
        $($crate::__qip!(@uniforms $($key $type $value),*);)?
        $crate::__qip!(@panic_handler $($panic_handler)?);

        /// What is wrong here is said on every target.
        const _: () = {
            $crate::qip::capacity($input_cap, 1);
            $($crate::qip::capacity(
                $output_cap, size_of::<$crate::__qip!(@element $output)>()
            );)?
            $($crate::qip::media_type($input_type);)?
            $($crate::qip::media_type($output_type);)?
            $(const _: $scratch = $scratch_value;)?
            $crate::qip::same::<$crate::__qip!(
                @function
                $crate::__qip!(@input $input $($input_view)?),
                [$output $($output_view)?]
                [$(, $crate::__qip!(@instead [$($key)*] &Uniforms))? $(, &mut $scratch)?]
            )>($render);
        };

        #[cfg(target_family = "wasm")]
        #[allow(unsafe_code, reason = "exports have their names, and share statics")]
        const _: () = {
            static __QIP_INPUT: $crate::qip::Shared<[u8; $input_cap]> =
                $crate::qip::Shared::new([0; $input_cap]);
            $crate::__qip!(@getter "input_ptr", *mut u8, __QIP_INPUT.get().cast());
            $crate::__qip!(
                @getter concat!("input_", stringify!($input), "_cap"), u32, $input_cap as u32
            );
            $($crate::__qip!(
                @getter concat!("output_", stringify!($output), "_cap"), u32, $output_cap as u32
            );)?
            $($crate::__qip!(@media_type "input", $input_type);)?
            $($crate::__qip!(@media_type "output", $output_type);)?
            $($crate::__qip!(@setters $($key $type),*);)?
            $(static __QIP_SCRATCH: $crate::qip::Shared<$scratch> =
                $crate::qip::Shared::new($scratch_value);)?

            $crate::__qip!(
                @entry
                $crate::__qip!(@input $input $($input_view)?),
                [$output $([$output_cap])? $($output_view)?]
                $render,
                [
                    $(, &*$crate::__qip!(@instead [$($key)*] __QIP_UNIFORMS.get()))?
                    $(, $crate::__qip!(@instead [$scratch] &mut *__QIP_SCRATCH.get()))?
                ]
            );
        };
    };
    ($($other:tt)*) => {
        compile_error!(
            "content! is written\n\
             content! { input: utf8[CAPACITY], output: utf8[CAPACITY], render: function }\n\
             with `input_type: \"type/subtype\",` after the input, and after the output, in this \
             order,\n\
             `output_type: …,`, `uniforms { key: i32 = 0 },`, `scratch: Type = VALUE,`, \
             `panic_handler: own,`"
        );
    };
}

/// Declares a tile filter: a function that changes pictures tile by tile.
///
/// ```text
/// tile! {
///     halo: 64,                            // optional: pixels that are seen around a tile
///     halo_of: function,                   // optional: how many of them, by the uniforms
///     uniforms { amount: f32 = 1.0 },      // optional: i32, u32, i64, u64, f32, f64
///     picture: size,                       // optional: the host says how large the picture is
///     scratch: Type = VALUE,               // optional: memory to work in
///     panic_handler: own,                  // optional: another handler is there, that of std
///     render: function,
/// }
/// ```
///
/// The function takes a `&mut` [`Tile`]; then `&Uniforms` and `&mut` the scratch, where they
/// are declared. That of the halo takes `&Uniforms` and returns a `u32`. There is memory for
/// tiles with the `halo` that is declared, and the host refuses a larger one (IMG-4).
///
/// What is wrong is a compile error, as with [`content!`].
#[macro_export]
macro_rules! tile {
    (
        $(halo: $halo:expr, $(halo_of: $halo_of:path,)?)?
        $(uniforms { $($key:ident: $type:ident = $value:expr),* $(,)? },)?
        $(picture: $picture:ident,)?
        $(scratch: $scratch:ty = $scratch_value:expr,)?
        $(panic_handler: $panic_handler:ident,)?
        render: $render:path $(,)?
    ) => {
        $($crate::__qip!(@uniforms $($key $type $value),*);)?
        $crate::__qip!(@panic_handler $($panic_handler)?);
        $($crate::__qip!(@picture $picture);)?

        /// What is wrong here is said on every target.
        const _: () = {
            $crate::qip::capacity($crate::qip::tile_pixels(0 $(+ $halo)?), 16);
            $($($crate::qip::same::<fn(&Uniforms) -> u32>($halo_of);)?)?
            $(const _: $scratch = $scratch_value;)?
            $crate::qip::same::<fn(
                &mut $crate::qip::Tile<'_>
                $(, $crate::__qip!(@instead [$($key)*] &Uniforms))?
                $(, &mut $scratch)?
            )>($render);
        };

        #[cfg(target_family = "wasm")]
        #[allow(unsafe_code, reason = "exports have their names, and share statics")]
        const _: () = {
            const __QIP_PIXELS: usize = $crate::qip::tile_pixels(0 $(+ $halo)?);
            static __QIP_INPUT: $crate::qip::Shared<[$crate::qip::Pixel; __QIP_PIXELS]> =
                $crate::qip::Shared::new([[0.0; 4]; __QIP_PIXELS]);
            static __QIP_PICTURE: $crate::qip::Shared<[f32; 2]> = $crate::qip::Shared::new([0.0; 2]);
            $($crate::__qip!(@setters $($key $type),*);)?
            $(static __QIP_SCRATCH: $crate::qip::Shared<$scratch> =
                $crate::qip::Shared::new($scratch_value);)?

            $crate::__qip!(@getter "input_ptr", *mut u8, __QIP_INPUT.get().cast());
            $crate::__qip!(@getter "input_bytes_cap", u32, 16 * __QIP_PIXELS as u32);
            $($crate::__qip!(@picture_setter $picture);)?
            fn __qip_halo() -> u32 {
                $crate::__qip!(@halo $($halo $(, $halo_of)?)?)
            }
            $($crate::__qip!(@instead [$halo] $crate::__qip!(@getter "calculate_halo_px", u32, __qip_halo()));)?

            $crate::__qip!(@export "tile_rgba32float_64x64", (x: f32, y: f32) {
                // SAFETY: no export is entered while another runs, so that nothing else
                // borrows the statics.
                unsafe {
                    let mut tile = $crate::qip::Tile::read(
                        &mut *__QIP_INPUT.get(), __qip_halo(), x, y, *__QIP_PICTURE.get()
                    );
                    $render(
                        &mut tile
                        $(, $crate::__qip!(@instead [$($key)*] &*__QIP_UNIFORMS.get()))?
                        $(, $crate::__qip!(@instead [$scratch] &mut *__QIP_SCRATCH.get()))?
                    );
                }
            });
        };
    };
    ($($other:tt)*) => {
        compile_error!(
            "tile! is written\n\
             tile! { render: function }\n\
             and before `render`, in this order, may stand `halo: 64,`, `halo_of: function,`, \
             `uniforms { key: f32 = 1.0 },`, `picture: size,`, `scratch: Type = VALUE,`, \
             `panic_handler: own,`"
        );
    };
}

/// The parts that both macros are made of. Items have names that no module has by accident: in
/// the blocks of the macros they are seen by what a module writes there.
#[doc(hidden)]
#[macro_export]
macro_rules! __qip {
    // What stands in place of something that only says whether it is there at all.
    (@instead [$($there:tt)*] $($text:tt)*) => { $($text)* };

    // What the function takes, by the kind of the input.
    (@input utf8) => { str };
    (@input utf8 bytes) => { [u8] };
    (@input bytes) => { [u8] };
    (@input $other:ident $($view:ident)?) => {
        compile_error!(concat!(
            "there is no input `", stringify!($other $(as $view)?),
            "`, expected `utf8`, `utf8[…] as bytes` or `bytes`"
        ))
    };

    // What it writes to, by the kind of the output.
    (@output utf8) => { $crate::qip::Text<'_> };
    (@output utf8 bytes) => { $crate::qip::Out<'_, u8> };
    (@output bytes) => { $crate::qip::Out<'_, u8> };
    (@output i32) => { $crate::qip::Out<'_, i32> };
    (@output $other:ident $($view:ident)?) => {
        compile_error!(concat!(
            "there is no output `", stringify!($other $(as $view)?),
            "`, expected `utf8[…]`, `utf8[…] as bytes`, `bytes[…]`, `i32[…]` or `scalar`"
        ))
    };

    // Whether there is a capacity where one belongs.
    (@sized scalar) => {};
    (@sized scalar [$cap:expr]) => { compile_error!("a scalar has no capacity: write `output: scalar,`"); };
    (@sized $kind:ident [$cap:expr]) => {};
    (@sized $kind:ident) => {
        compile_error!(concat!(
            "an output has a capacity: write `output: ", stringify!($kind), "[CAPACITY],`"
        ));
    };

    // The elements that a capacity counts (OUT-3).
    (@element i32) => { i32 };
    (@element $kind:ident) => { u8 };

    // The type of the function.
    (@function $input:ty, [scalar] [$($rest:tt)*]) => { fn(&$input $($rest)*) -> i32 };
    (@function $input:ty, [$output:ident $($view:ident)?] [$($rest:tt)*]) => {
        fn(&$input, &mut $crate::__qip!(@output $output $($view)?) $($rest)*)
    };

    (@uniforms $($key:ident $type:ident $value:expr),*) => {
        /// The uniforms, as the caller of the module has set them (UNI-2).
        #[derive(Clone, Copy, Debug)]
        pub struct Uniforms {
            $(#[doc = concat!("`", stringify!($key), "`")]
            pub $key: $crate::__qip!(@type $type),)*
        }

        impl Uniforms {
            /// What they are where the caller sets none.
            pub const DEFAULT: Uniforms = Uniforms { $($key: $value),* };
        }

        $($crate::__qip!(@key $key);)*
    };
    (@type i32) => { i32 };
    (@type u32) => { u32 };
    (@type i64) => { i64 };
    (@type u64) => { u64 };
    (@type f32) => { f32 };
    (@type f64) => { f64 };
    (@type $other:ident) => {
        compile_error!(concat!(
            "a uniform is no `", stringify!($other),
            "`, expected `i32`, `u32`, `i64`, `u64`, `f32` or `f64`"
        ))
    };
    (@key width_and_height) => {
        compile_error!("the host sets `width_and_height` (UNI-4): write `picture: size,` for it");
    };
    (@key $key:ident) => {};

    (@setters $($key:ident $type:ident),*) => {
        static __QIP_UNIFORMS: $crate::qip::Shared<Uniforms> =
            $crate::qip::Shared::new(Uniforms::DEFAULT);
        $($crate::__qip!(@export concat!("uniform_set_", stringify!($key)), (value: $type) {
            // SAFETY: no export is entered while another runs, so that nothing else borrows
            // the static.
            unsafe { (*__QIP_UNIFORMS.get()).$key = value }
        });)*
    };
    (@picture size) => {};
    (@picture $other:ident) => { compile_error!("expected `picture: size,`"); };
    (@picture_setter size) => {
        $crate::__qip!(@export "uniform_set_width_and_height", (width: f32, height: f32) {
            // SAFETY: no export is entered while another runs, so that nothing else borrows
            // the static.
            unsafe { *__QIP_PICTURE.get() = [width, height] }
        });
    };

    (@halo) => { 0 };
    (@halo $halo:expr) => { $halo };
    (@halo $halo:expr, $halo_of:path) => {
        // SAFETY: no export is entered while another runs, so that nothing borrows the
        // static mutably.
        $halo_of(unsafe { &*__QIP_UNIFORMS.get() })
    };

    // A size or a pointer is a function that returns it: an exported variable would be the
    // address of its number (MOD-9).
    (@getter $name:expr, $type:ty, $value:expr) => {
        $crate::__qip!(@export $name, () -> $type { $value });
    };
    (@export $name:expr, ($($parameter:ident: $type:ty),*) $(-> $result:ty)? $body:block) => {
        const _: () = {
            // SAFETY: the name is one of the contract, and each is exported once.
            #[unsafe(export_name = $name)]
            extern "C" fn __qip_export($($parameter: $type),*) $(-> $result)? $body
        };
    };
    (@media_type $side:literal, $text:expr) => {
        $crate::__qip!(
            @getter concat!($side, "_content_type_ptr"), *const u8, $text.as_ptr()
        );
        $crate::__qip!(@getter concat!($side, "_content_type_size"), u32, $text.len() as u32);
    };

    (@entry $input:ty, [scalar] $render:path, [$($rest:tt)*]) => {
        $crate::__qip!(@export "render", (size: u32) -> i32 {
            // SAFETY: no export is entered while another runs, so that nothing else borrows
            // the statics.
            unsafe {
                $render(
                    <$input as $crate::qip::Input>::read(&*__QIP_INPUT.get(), size as usize) $($rest)*
                )
            }
        });
    };
    (@entry $input:ty, [$output:ident [$cap:expr] $($view:ident)?] $render:path, [$($rest:tt)*]) => {
        static __QIP_OUTPUT: $crate::qip::Shared<[$crate::__qip!(@element $output); $cap]> =
            $crate::qip::Shared::new([0; $cap]);
        $crate::__qip!(@getter "output_ptr", *mut u8, __QIP_OUTPUT.get().cast());

        $crate::__qip!(@export "render", (size: u32) -> u32 {
            // SAFETY: no export is entered while another runs, so that nothing else borrows
            // the statics.
            unsafe {
                let mut out = <$crate::__qip!(@output $output $($view)?)>::over(&mut *__QIP_OUTPUT.get());
                $render(
                    <$input as $crate::qip::Input>::read(&*__QIP_INPUT.get(), size as usize),
                    &mut out
                    $($rest)*
                );
                out.len() as u32
            }
        });
    };

    // What a panic does: no message, which nobody could read, and so none of its code.
    (@panic_handler) => {
        #[cfg(all(target_family = "wasm", not(test)))]
        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            $crate::qip::trap()
        }
    };
    (@panic_handler own) => {};
    (@panic_handler $other:ident) => { compile_error!("expected `panic_handler: own,`"); };
}
