//! Mistakes about BMP: what is read is another file, and what was written is changed.

use qip_contract::PAGE_BYTES;

use crate::oracle::bmp::{HEADERS, number};
use crate::oracle::mutation::Mutation as M;

use super::{Flaw, Wrong};

/// What becomes of a file.
type Respell = fn(&mut Vec<u8>);

/// What makes of a file one that is read as the mistake would have it.
const BEFORE: &[(M, Respell)] = &[
    (M::BmpMagicUnchecked, |bmp| bmp[..2].copy_from_slice(b"BM")),
    (M::BmpHeaderUnchecked, |bmp| {
        put(bmp, 14, &40_u32.to_le_bytes());
    }),
    (M::BmpHeaderMustBe40, |bmp| {
        spoil_if(bmp, |bmp| number(bmp, 14, 4) > 40);
    }),
    (M::BmpPlanesUnchecked, |bmp| put(bmp, 26, &[1, 0])),
    (M::BmpCompressionUnchecked, |bmp| put(bmp, 30, &[0; 4])),
    (M::BmpBitsUnchecked, |bmp| {
        if number(bmp, 28, 2) != 24 {
            put(bmp, 28, &[32, 0]);
        }
    }),
    (M::Bmp24Refused, |bmp| {
        spoil_if(bmp, |bmp| number(bmp, 28, 2) == 24);
    }),
    (M::Bmp32Refused, |bmp| {
        spoil_if(bmp, |bmp| number(bmp, 28, 2) == 32);
    }),
    (M::BmpReadTopDown, |bmp| {
        let height = signed(bmp, 22);
        put(
            bmp,
            22,
            &if height > 0 { -height } else { height }.to_le_bytes(),
        );
    }),
    (M::BmpReadBottomUp, |bmp| {
        let height = signed(bmp, 22);
        put(bmp, 22, &height.wrapping_abs().to_le_bytes());
    }),
    (M::BmpTopDownRefused, |bmp| {
        if signed(bmp, 22) < 0 {
            put(bmp, 22, &[0; 4]);
        }
    }),
    (M::BmpReadRgb, |bmp| {
        each_pixel(bmp, |pixel| pixel.swap(0, 2));
    }),
    (M::BmpPaddingForgotten, |bmp| {
        let (first, unpadded) = (number(bmp, 10, 4) as usize, row_bytes(bmp));
        let rest = bmp.split_off(first.min(bmp.len()));
        for row in rest.chunks(unpadded.max(1)).take(height(bmp)) {
            bmp.extend(row);
            bmp.resize(bmp.len() + row.len().next_multiple_of(4) - row.len(), 0);
        }
    }),
    (M::BmpAlphaZero, |bmp| {
        if number(bmp, 28, 2) == 24 {
            with_alpha(bmp, 0);
        }
    }),
    (M::BmpAlphaIgnored, |bmp| each_pixel(bmp, opaque)),
    (M::BmpZeroAlphaOpaque, |bmp| {
        let mut has_alpha = false;
        each_pixel(bmp, |pixel| {
            has_alpha |= pixel.get(3).is_some_and(|alpha| *alpha > 0);
        });
        if !has_alpha {
            each_pixel(bmp, opaque);
        }
    }),
    (M::BmpOffsetIgnored, |bmp| {
        put(bmp, 10, &54_u32.to_le_bytes());
    }),
    (M::BmpTruncatedTaken, |bmp| {
        // No more is made up than this.
        let missing = end(bmp).saturating_sub(bmp.len() as u64);
        if missing <= PAGE_BYTES {
            bmp.resize(bmp.len() + missing as usize, 0);
        }
    }),
    (M::BmpTrailingRefused, |bmp| {
        spoil_if(bmp, |bmp| has_size(bmp) && bmp.len() as u64 > end(bmp));
    }),
    (M::BmpFileSizeChecked, |bmp| {
        spoil_if(bmp, |bmp| number(bmp, 2, 4) as usize != bmp.len());
    }),
    (M::BmpReservedChecked, |bmp| {
        spoil_if(bmp, |bmp| number(bmp, 6, 4) != 0);
    }),
    (M::BmpImageSizeChecked, |bmp| {
        spoil_if(bmp, |bmp| {
            let (first, said) = (number(bmp, 10, 4), number(bmp, 34, 4));
            let is_whole = has_size(bmp) && end(bmp) <= bmp.len() as u64;
            is_whole && u64::from(said) != end(bmp) - u64::from(first)
        });
    }),
    (M::BmpPaletteChecked, |bmp| {
        spoil_if(bmp, |bmp| number(bmp, 46, 4) != 0);
    }),
    (M::BmpNegativeWidthTaken, |bmp| {
        let width = signed(bmp, 18);
        put(bmp, 18, &width.wrapping_abs().to_le_bytes());
    }),
    (M::BmpPixelsBeforeSize, |bmp| {
        spoil_if(bmp, |bmp| end(bmp) > bmp.len() as u64);
    }),
];

/// The file as the mistake has it read.
pub(super) fn before(right: Vec<u8>, flaw: &Flaw) -> Vec<u8> {
    if (34..HEADERS).contains(&right.len()) && flaw.is(M::BmpOfAnyLength) {
        let mut longer = right;
        longer.resize(HEADERS, 0);
        return longer;
    }
    if right.len() < HEADERS {
        return right;
    }
    for (mutation, spoil) in BEFORE {
        if flaw.may_be(*mutation) {
            let mut wrong = right.clone();
            spoil(&mut wrong);
            if wrong != right && flaw.is(*mutation) {
                return wrong;
            }
        }
    }
    right
}

/// What becomes of a file that was written, after this one was read.
pub(super) const AFTER: &Wrong<Vec<u8>, [u8]> = &[
    (M::BmpWrittenTopDown, |_, bmp| top_down(bmp)),
    (M::BmpWrittenUpsideDown, |_, bmp| upside_down(bmp)),
    (M::BmpWritten24, |_, bmp| {
        let mut wrong = bmp[..HEADERS].to_vec();
        for row in bmp[HEADERS..].chunks(row_bytes(bmp)) {
            row.chunks(4).for_each(|pixel| wrong.extend(&pixel[..3]));
            wrong.resize((wrong.len() - HEADERS).next_multiple_of(4) + HEADERS, 0);
        }
        put(&mut wrong, 28, &[24, 0]);
        with_sizes(wrong)
    }),
    (M::BmpDirectionKept, |before, bmp| {
        match signed(before, 22) < 0 {
            true => top_down(bmp),
            false => bmp.clone(),
        }
    }),
    (M::BmpWrittenRgb, |_, bmp| {
        let mut wrong = bmp.clone();
        each_pixel(&mut wrong, |pixel| pixel.swap(0, 2));
        wrong
    }),
    (M::BmpFileSizeZero, |_, bmp| with(bmp, 2, &[0; 4])),
    (M::BmpImageSizeZero, |_, bmp| with(bmp, 34, &[0; 4])),
    (M::BmpResolutionSet, |_, bmp| {
        let resolution = 2835_u32.to_le_bytes();
        with(&with(bmp, 38, &resolution), 42, &resolution)
    }),
    (M::BmpWrittenV4, |_, bmp| {
        let mut wrong = with(bmp, 14, &108_u32.to_le_bytes());
        put(&mut wrong, 10, &122_u32.to_le_bytes());
        wrong.splice(HEADERS..HEADERS, [0; 68]);
        with_sizes(wrong)
    }),
];

fn put(bmp: &mut [u8], at: usize, bytes: &[u8]) {
    bmp[at..at + bytes.len()].copy_from_slice(bytes);
}

fn with(bmp: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut wrong = bmp.to_vec();
    put(&mut wrong, at, bytes);
    wrong
}

/// Makes it no BMP.
fn spoil_if(bmp: &mut [u8], is_wrong: impl Fn(&[u8]) -> bool) {
    if is_wrong(bmp) {
        bmp[0] = 0;
    }
}

fn signed(bmp: &[u8], at: usize) -> i32 {
    number(bmp, at, 4).cast_signed()
}

fn height(bmp: &[u8]) -> usize {
    signed(bmp, 22).unsigned_abs() as usize
}

fn has_size(bmp: &[u8]) -> bool {
    signed(bmp, 18) > 0 && height(bmp) > 0
}

/// The bytes of a row, without its padding.
fn row_bytes(bmp: &[u8]) -> usize {
    signed(bmp, 18).unsigned_abs() as usize * (number(bmp, 28, 2) as usize / 8)
}

/// Where the pixels end.
fn end(bmp: &[u8]) -> u64 {
    let rows = row_bytes(bmp)
        .next_multiple_of(4)
        .saturating_mul(height(bmp));
    u64::from(number(bmp, 10, 4)).saturating_add(rows as u64)
}

fn each_pixel(bmp: &mut [u8], mut change: impl FnMut(&mut [u8])) {
    let depth = number(bmp, 28, 2) as usize / 8;
    let (row, first) = (row_bytes(bmp), number(bmp, 10, 4) as usize);
    if depth < 3 || row == 0 {
        return;
    }
    let rows = bmp.get_mut(first..).unwrap_or_default();
    for row in rows.chunks_mut(row.next_multiple_of(4)) {
        let length = row.len().min(row.len() / depth * depth);
        row[..length].chunks_exact_mut(depth).for_each(&mut change);
    }
}

fn opaque(pixel: &mut [u8]) {
    if let Some(alpha) = pixel.get_mut(3) {
        *alpha = 255;
    }
}

/// The same picture with 32 bits a pixel.
fn with_alpha(bmp: &mut Vec<u8>, alpha: u8) {
    let mut pixels = Vec::new();
    let (first, row) = (number(bmp, 10, 4) as usize, row_bytes(bmp));
    for whole in bmp
        .get(first..)
        .unwrap_or_default()
        .chunks(row.next_multiple_of(4).max(1))
    {
        for pixel in whole[..row.min(whole.len())].chunks_exact(3) {
            pixels.extend([pixel[0], pixel[1], pixel[2], alpha]);
        }
    }
    bmp.truncate(first);
    bmp.extend(pixels);
    put(bmp, 28, &[32, 0]);
}

/// The sizes that the headers say, as they are.
fn with_sizes(mut bmp: Vec<u8>) -> Vec<u8> {
    let (all, first) = (bmp.len() as u32, number(&bmp, 10, 4));
    put(&mut bmp, 2, &all.to_le_bytes());
    put(&mut bmp, 34, &(all - first).to_le_bytes());
    bmp
}

/// Rows from the top, though the height says otherwise.
fn upside_down(bmp: &[u8]) -> Vec<u8> {
    let mut wrong = bmp[..HEADERS].to_vec();
    bmp[HEADERS..]
        .chunks(row_bytes(bmp))
        .rev()
        .for_each(|row| wrong.extend(row));
    wrong
}

fn top_down(bmp: &[u8]) -> Vec<u8> {
    let height = signed(bmp, 22).wrapping_neg();
    with(&upside_down(bmp), 22, &height.to_le_bytes())
}
