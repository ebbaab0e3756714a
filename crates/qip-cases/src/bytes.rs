//! Bytes as a case file describes them, and bytes as a report shows them.

use std::fmt::Write as _;
use std::sync::Arc;

/// The most bytes that one description may come to.
pub const MAX_BYTES: u64 = 1 << 28;

/// A description of bytes: short however many bytes it stands for.
#[derive(Clone, Debug)]
pub struct Bytes(Form);

#[derive(Clone, Debug)]
enum Form {
    Literal(Arc<[u8]>),
    Repeat(Box<Bytes>, u64),
    Concat(Vec<Bytes>),
}

impl Bytes {
    /// These bytes themselves.
    pub fn literal(bytes: impl Into<Arc<[u8]>>) -> Bytes {
        Bytes(Form::Literal(bytes.into()))
    }

    pub(crate) fn repeat(unit: Bytes, count: u64) -> Bytes {
        Bytes(Form::Repeat(Box::new(unit), count))
    }

    pub(crate) fn concat(parts: Vec<Bytes>) -> Bytes {
        Bytes(Form::Concat(parts))
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Form::Literal(bytes) => bytes.len() as u64,
            Form::Repeat(unit, count) => unit.len().saturating_mul(*count),
            Form::Concat(parts) => parts
                .iter()
                .fold(0, |sum, part| sum.saturating_add(part.len())),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.append_to(&mut bytes);
        bytes
    }

    /// The bytes one after the other, for whoever only looks at the first.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = u8> + '_> {
        match &self.0 {
            Form::Literal(literal) => Box::new(literal.iter().copied()),
            // A count says nothing where the unit is empty.
            Form::Repeat(unit, _) if unit.is_empty() => Box::new(std::iter::empty()),
            Form::Repeat(unit, count) => Box::new((0..*count).flat_map(|_| unit.iter())),
            Form::Concat(parts) => Box::new(parts.iter().flat_map(Bytes::iter)),
        }
    }

    fn append_to(&self, bytes: &mut Vec<u8>) {
        match &self.0 {
            Form::Literal(literal) => bytes.extend_from_slice(literal),
            Form::Repeat(unit, count) => {
                // A description is held to `MAX_BYTES` when it is read, but its
                // count says nothing where the unit is empty.
                let unit = unit.to_vec();
                let count = if unit.is_empty() { 0 } else { *count };
                bytes.extend(unit.repeat(usize::try_from(count).unwrap_or(usize::MAX)));
            }
            Form::Concat(parts) => {
                for part in parts {
                    part.append_to(bytes);
                }
            }
        }
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Bytes) -> bool {
        self.len() == other.len() && self.to_vec() == other.to_vec()
    }
}

impl Eq for Bytes {}

/// Reads hexadecimal digits in pairs; white space is ignored.
pub(crate) fn parse_hex(text: &str) -> Result<Vec<u8>, String> {
    let mut nibbles = Vec::new();
    for character in text.chars().filter(|character| !character.is_whitespace()) {
        match character.to_digit(16) {
            Some(nibble) => nibbles.push(nibble as u8),
            None => {
                return Err(format!(
                    "`{}` is no hexadecimal digit",
                    character.escape_debug()
                ));
            }
        }
    }
    let (pairs, rest) = nibbles.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(format!(
            "{} hexadecimal digits make no whole bytes",
            nibbles.len()
        ));
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// The bytes as lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// How many bytes of a long run of them are shown.
const SHOWN: usize = 40;

/// Shows bytes in one line: how many, and a part around the offset `focus`, as
/// text where it is text and in hexadecimal otherwise.
pub fn show(bytes: &[u8], focus: usize) -> String {
    let mut start = if bytes.len() <= SHOWN {
        0
    } else {
        focus.saturating_sub(SHOWN / 4).min(bytes.len() - SHOWN)
    };
    let mut end = (start + SHOWN).min(bytes.len());
    let text = std::str::from_utf8(bytes).ok();
    if let Some(text) = text {
        // Not in the middle of a character.
        start = text.floor_char_boundary(start);
        end = text.ceil_char_boundary(end);
    }
    let part = &bytes[start..end];
    let is_text = text.is_some() && !part.iter().any(|byte| is_control(*byte));
    let shown = match std::str::from_utf8(part) {
        Ok(part) if is_text => format!("\"{}\"", part.escape_debug()),
        _ => spaced_hex(part),
    };
    let count = match bytes.len() {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    };
    let before = if start > 0 {
        format!(" from {start}: …")
    } else if bytes.is_empty() {
        return count;
    } else {
        ": ".to_owned()
    };
    let after = if end < bytes.len() { "…" } else { "" };
    format!("{count}{before}{shown}{after}")
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t')
}

fn spaced_hex(bytes: &[u8]) -> String {
    let groups: Vec<String> = bytes.chunks(4).map(to_hex).collect();
    groups.join(" ")
}

/// The offset of the first byte in which two runs of bytes differ.
pub fn first_difference(left: &[u8], right: &[u8]) -> usize {
    let same = left
        .iter()
        .zip(right)
        .take_while(|(left, right)| left == right);
    same.count()
}
