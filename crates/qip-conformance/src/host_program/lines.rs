//! Lines out of a program that may write anything.

use std::io::{self, BufRead, Read as _};

/// What was read up to the end of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, without its end.
    Whole(Vec<u8>),
    /// The beginning of a line that is longer than the limit; the rest is not read.
    TooLong(Vec<u8>),
    /// A line that has no end, because there is nothing more to read.
    Unfinished(Vec<u8>),
    /// Nothing: everything was read.
    End,
}

/// Reads one line of at most `limit` bytes, and no more than that.
pub(super) fn read(from: &mut impl BufRead, limit: u64) -> io::Result<Line> {
    let mut line = Vec::new();
    from.take(limit.saturating_add(1))
        .read_until(b'\n', &mut line)?;
    Ok(if line.pop_if(|byte| *byte == b'\n').is_some() {
        Line::Whole(line)
    } else if line.is_empty() {
        Line::End
    } else if line.len() as u64 > limit {
        Line::TooLong(line)
    } else {
        Line::Unfinished(line)
    })
}

#[cfg(test)]
mod tests {
    use super::{Line, read};

    #[test]
    fn lines_of_all_kinds() {
        let mut from = &b"abc\n\nabcd\n"[..];
        assert_eq!(read(&mut from, 3).unwrap(), Line::Whole(b"abc".to_vec()));
        assert_eq!(read(&mut from, 3).unwrap(), Line::Whole(Vec::new()));
        assert_eq!(read(&mut from, 3).unwrap(), Line::TooLong(b"abcd".to_vec()));
        let mut from = &b"ab"[..];
        assert_eq!(
            read(&mut from, 3).unwrap(),
            Line::Unfinished(b"ab".to_vec())
        );
        assert_eq!(read(&mut from, 3).unwrap(), Line::End);
    }
}
