//! Draft.
#![no_std]
#[doc(hidden)]
pub mod qip;
pub use qip::*;
