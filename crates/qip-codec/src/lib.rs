//! Reads and writes the files that pictures come in, for tile filters.
//!
//! [`read`] takes PNG, JPEG, BMP, WebP, TIFF, GIF (the first frame) and PNM, by content, and
//! gives RGBA bytes with straight alpha. [`Encoding::write`] writes the [`Format`]s.
//!
//! ```
//! use qip_codec::{Encoding, Format, read};
//! use qip_host::Limits;
//! use qip_host::image::Picture;
//!
//! let orange = Picture::new(1, 1, vec![255, 165, 0, 255])?;
//! let mut file = Vec::new();
//! Encoding::new(Format::Png).write(orange.clone(), &mut file)?;
//! let decoded = read(&*file, &Limits::standard())?;
//! assert_eq!((decoded.format, &decoded.picture), ("PNG", &orange));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # BMP
//!
//! A BMP of the form that blocks of tile filters take (REC-7: uncompressed, 24 or 32 bits a
//! pixel) is read by [`qip_host::image::bmp`], and every BMP is written by it, so that the
//! fourth byte of 32 bits is alpha to both. Other BMPs, with a palette for instance, are
//! decoded by the crate `image`.

mod decode;
mod encode;
mod error;
mod jpeg;
mod rgba;

pub use decode::{Decoded, read};
pub use encode::{Encoding, Format};
pub use error::Error;
