//! Draft.
#![no_std]

#[cfg(feature = "templates")]
extern crate std;

#[doc(hidden)]
pub mod qip;
#[cfg(feature = "templates")]
pub mod templates;

#[doc(inline)]
pub use qip::{Out, Pixel, TILE, Text, Tile, trap};
