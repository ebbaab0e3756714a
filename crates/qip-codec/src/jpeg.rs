//! Whether a JPEG is all there. Its decoder makes grey of what is missing, for as many
//! pixels as the header claims.

/// What is wrong with a file that claims so many pixels.
///
/// Only markers are looked at: an end that is missing, and less data than the picture can
/// come from. A block of 8 × 8 pixels takes a bit or more. Later scans may say of many
/// blocks at once that nothing changes, but the decoder goes over all of them: where there
/// are more scans than any encoder makes, they must have data for that.
pub(crate) fn defect(bytes: &[u8], pixels: u64) -> Option<&'static str> {
    let (mut scans, mut scanned) = (0, 0);
    let mut left = bytes.get(2..)?;
    loop {
        let Some((segment, rest)) = next_segment(left) else {
            return Some("it is cut off");
        };
        match segment {
            Segment::End => break,
            Segment::Header => left = rest,
            Segment::Scan => {
                let data = scan_length(rest);
                scans += 1;
                scanned += data as u64;
                left = &rest[data..];
            }
        }
    }
    let rounds = 1 + scans / USUAL_SCANS;
    (scanned.saturating_mul(8 * 64) < pixels.saturating_mul(rounds))
        .then_some("it has too little data for as many pixels as it claims")
}

/// More than a picture in colour is cut into.
const USUAL_SCANS: u64 = 20;

enum Segment {
    /// The end of the picture.
    End,
    /// The header of a scan, which its data follow.
    Scan,
    /// Anything else.
    Header,
}

/// The next marker with its segment, and what follows it.
fn next_segment(bytes: &[u8]) -> Option<(Segment, &[u8])> {
    // What is no marker between segments is skipped, as decoders do; so is what fills up.
    let at = bytes
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff))?;
    let (marker, rest) = (bytes[at + 1], &bytes[at + 2..]);
    match marker {
        0xd9 => return Some((Segment::End, rest)),
        // These stand alone: restarts, the start, and one for arithmetic coding.
        0xd0..=0xd8 | 0x01 => return Some((Segment::Header, rest)),
        _ => {}
    }
    let length = u16::from_be_bytes(*rest.first_chunk()?);
    let rest = rest.get(usize::from(length)..)?;
    let segment = match marker {
        0xda => Segment::Scan,
        _ => Segment::Header,
    };
    Some((segment, rest))
}

/// The length of a scan's data, which restarts may stand in.
fn scan_length(bytes: &[u8]) -> usize {
    let end = bytes
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff | 0xd0..=0xd7));
    end.unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::defect;

    const START: &[u8] = &[0xff, 0xd8];
    const END: &[u8] = &[0xff, 0xd9];
    /// One that holds what looks like an end.
    const SEGMENT: &[u8] = &[0xff, 0xe1, 0, 6, 0xff, 0xd9, 0xff, 0xda];
    /// Of two bytes in its header and five of data, one of them stuffed, and a restart.
    const SCAN: &[u8] = &[0xff, 0xda, 0, 4, 1, 2, 5, 0xff, 0, 0xff, 0xd1, 7, 8];

    #[test]
    fn what_is_whole_has_no_defect() {
        for parts in [
            &[START, SEGMENT, SCAN, END][..],
            &[START, SCAN, SEGMENT, SCAN, END, b"trailing"],
            &[START, SEGMENT, b"junk", &[0xff, 0xff], SCAN, END],
        ] {
            assert_eq!(defect(&parts.concat(), 1), None, "{parts:?}");
        }
    }

    #[test]
    fn a_missing_end_is_seen_at_every_length() {
        let whole = [START, SEGMENT, SCAN, SEGMENT, SCAN, END].concat();
        for length in 2..whole.len() {
            assert_eq!(defect(&whole[..length], 1), Some("it is cut off"));
        }
        assert_eq!(defect(&whole, 1), None);
    }

    #[test]
    fn too_little_data_is_seen() {
        let file = [START, SEGMENT, SCAN, SCAN, END].concat();
        // Seven bytes in each.
        assert_eq!(defect(&file, 14 * 8 * 64), None);
        assert!(defect(&file, 14 * 8 * 64 + 1).is_some());
        // Many scans need more.
        let file = [&SCAN.repeat(40)[..], END].concat();
        let file = [START, &file].concat();
        assert_eq!(defect(&file, 40 * 7 * 8 * 64 / 3), None);
        assert!(defect(&file, 40 * 7 * 8 * 64 / 2).is_some());
    }
}
