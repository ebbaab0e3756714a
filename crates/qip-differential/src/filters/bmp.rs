//! BMP in all its letters, sound ones and others.

use proptest::prelude::*;
use qip_cases::Image;

/// How a picture is written.
#[derive(Clone, Debug)]
pub(super) struct Bmp {
    has_alpha: bool,
    is_top_down: bool,
    /// Bytes between the headers and the pixels.
    gap: u8,
    /// Bytes behind the pixels; of fewer than none, so many are missing.
    trailing: i8,
    /// A byte of the headers that is another.
    spoiled: Option<(u8, u8)>,
}

pub(super) fn strategy() -> impl Strategy<Value = Bmp> {
    let gap = prop_oneof![3 => Just(0), 1 => any::<u8>()];
    let trailing = prop_oneof![4 => Just(0), 2 => 1..20_i8, 1 => -20..0_i8];
    let spoiled = prop::option::weighted(0.2, (0..54_u8, any::<u8>()));
    (any::<bool>(), any::<bool>(), gap, trailing, spoiled).prop_map(
        |(has_alpha, is_top_down, gap, trailing, spoiled)| Bmp {
            has_alpha,
            is_top_down,
            gap,
            trailing,
            spoiled,
        },
    )
}

impl Bmp {
    pub(super) fn write(&self, image: &Image) -> Vec<u8> {
        let depth = if self.has_alpha { 4 } else { 3 };
        let first = 54 + u32::from(self.gap);
        // Nobody draws a side that 31 bits cannot say.
        let (width, mut height) = (image.width.cast_signed(), image.height.cast_signed());
        if self.is_top_down {
            height = -height;
        }
        let mut bytes = b"BM".to_vec();
        bytes.extend([0; 8]);
        bytes.extend(first.to_le_bytes());
        bytes.extend(40_u32.to_le_bytes());
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend((8 * depth as u16).to_le_bytes());
        bytes.extend([0; 24]);
        if let Some((at, byte)) = self.spoiled {
            bytes[usize::from(at)] = byte;
        }
        bytes.resize(first as usize, 0xaa);
        let line = image.width.max(1) as usize * 4;
        let mut lines: Vec<&[u8]> = image.pixels.chunks(line).collect();
        if !self.is_top_down {
            lines.reverse();
        }
        for line in lines {
            let row: Vec<u8> = line
                .as_chunks::<4>()
                .0
                .iter()
                .flat_map(|[red, green, blue, alpha]| {
                    [*blue, *green, *red, *alpha].into_iter().take(depth)
                })
                .collect();
            let padded = row.len().next_multiple_of(4);
            bytes.extend(row);
            bytes.resize(bytes.len() + padded - line.len() / 4 * depth, 0x55);
        }
        let trailing = isize::from(self.trailing);
        bytes.resize(bytes.len().saturating_add_signed(trailing), 0x77);
        bytes
    }
}
