//! Why a picture is not read or cannot be written.

use std::fmt;
use std::io;

/// Why a picture is not read or cannot be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The bytes cannot be read.
    Io(io::Error),
    /// The picture's size is refused (IMG-11).
    Size(qip_host::Error),
    /// The file has more bytes than a picture of its size can need.
    TooLarge {
        /// The bytes that it may have.
        most: u64,
        /// The pixels that it is said to have.
        pixels: u64,
    },
    /// The bytes are no picture that can be decoded.
    Broken(String),
    /// A format cannot hold the picture.
    Unfit(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(f, "{error}"),
            Error::Size(error) => write!(f, "{error}"),
            Error::TooLarge { most, pixels } => write!(
                f,
                "the file is too large: more than {most} bytes, for {pixels} pixels"
            ),
            Error::Broken(text) | Error::Unfit(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => error.source(),
            Error::Size(error) => error.source(),
            Error::TooLarge { .. } | Error::Broken(_) | Error::Unfit(_) => None,
        }
    }
}
