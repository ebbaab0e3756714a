//! Mistakes about pixels and tiles.

use crate::oracle::mutation::Mutation as M;
use crate::oracle::picture::{Canvas, NOTHING, Pixel, SIDE, Sight, byte, float};

use super::{Flaw, Wrong};

/// On the way in, with the bytes of the pixel.
pub(super) const PIXELS_IN: &Wrong<Pixel, [u8; 4]> = &[
    (M::BytesDivided, |bytes, _| {
        stored(bytes.map(|byte| f32::from(byte) / 255.0))
    }),
    (M::BytesBy256, |bytes, _| {
        stored(bytes.map(|byte| f32::from(byte) / 256.0))
    }),
    (M::AlphaPremultiplied, |bytes, _| {
        let [red, green, blue, alpha] = bytes.map(float);
        stored([red * alpha, green * alpha, blue * alpha, alpha])
    }),
    (M::ColourUnderZeroLost, |bytes, right| {
        if bytes[3] == 0 { NOTHING } else { *right }
    }),
    (M::ChannelsReversed, |_, [red, green, blue, alpha]| {
        [*blue, *green, *red, *alpha]
    }),
];

/// On the way out, with the pixel in floats and the bytes that were before all stages.
pub(super) const PIXELS_OUT: &Wrong<[u8; 4], (Pixel, [u8; 4])> = &[
    (M::FloatsCut, |it, _| each(it, |v| (v * 255.0) as u8)),
    (M::FloatsHalfEven, |it, _| {
        each(it, |v| (v * 255.0).round_ties_even() as u8)
    }),
    (M::FloatsTimes256, |it, _| each(it, |v| (v * 256.0) as u8)),
    (M::FloatsThroughDoubles, |it, _| {
        each(it, |v| (f64::from(v) * 255.0 + 0.5) as u8)
    }),
    (M::NanIs255, |it, _| {
        each(it, |v| if v.is_nan() { 255 } else { byte(v) })
    }),
    (M::NegativesWrap, |it, _| {
        each(it, |v| if v < 0.0 { wrapped(v) } else { byte(v) })
    }),
    (M::AboveOneWraps, |it, _| {
        each(it, |v| if v > 1.0 { wrapped(v) } else { byte(v) })
    }),
    (M::InfinityIsZero, |it, _| {
        each(it, |v| if v.is_finite() { byte(v) } else { 0 })
    }),
    (M::AlphaPremultiplied, |(pixel, _), _| {
        let [red, green, blue, alpha] = loaded(*pixel);
        let colours = [red, green, blue].map(|it| if alpha > 0.0 { it / alpha } else { 0.0 });
        let [red, green, blue] = colours.map(byte);
        [red, green, blue, byte(alpha)]
    }),
    (M::ColourUnderZeroLost, |_, right| {
        if right[3] == 0 { [0; 4] } else { *right }
    }),
    (M::ChannelsReversed, |_, [red, green, blue, alpha]| {
        [*blue, *green, *red, *alpha]
    }),
    (M::AlphaOpaque, |_, [red, green, blue, _]| {
        [*red, *green, *blue, 255]
    }),
    (M::AlphaKept, |(_, before), [red, green, blue, _]| {
        [*red, *green, *blue, before[3]]
    }),
];

fn stored(floats: [f32; 4]) -> Pixel {
    floats.map(f32::to_le_bytes)
}

fn loaded(pixel: Pixel) -> [f32; 4] {
    pixel.map(f32::from_le_bytes)
}

fn each((pixel, _): &(Pixel, [u8; 4]), byte: fn(f32) -> u8) -> [u8; 4] {
    loaded(*pixel).map(byte)
}

/// What is left where a byte is cut out of an integer.
fn wrapped(v: f32) -> u8 {
    (v * 255.0 + 0.5).floor() as i64 as u8
}

/// What is at a place.
type Paint = fn(&Canvas, i64, i64) -> Pixel;

/// What is painted anew, and where: of stages from 1 on also within the picture.
const PAINTS: &[(M, Paint)] = &[
    (M::PaddedWithEdge, Canvas::nearest),
    (M::PaddedWithBlack, |_, _, _| stored([0.0, 0.0, 0.0, 1.0])),
    (M::ClearedBetween, |_, _, _| NOTHING),
    (M::LastPixelsLost, |canvas, x, y| {
        let is_last = x == canvas.width - 1 || y == canvas.height - 1;
        if is_last { NOTHING } else { canvas.at(x, y) }
    }),
    (M::QuantisedBetween, |canvas, x, y| {
        stored(loaded(canvas.at(x, y)).map(|v| float(byte(v))))
    }),
    (M::ClampedBetween, |canvas, x, y| {
        stored(loaded(canvas.at(x, y)).map(|v| if v.is_nan() { v } else { v.clamp(0.0, 1.0) }))
    }),
    (M::NansCanonicalBetween, |canvas, x, y| {
        let canonical = f32::from_bits(0x7fc0_0000).to_le_bytes();
        canvas.at(x, y).map(|it| {
            if f32::from_le_bytes(it).is_nan() {
                canonical
            } else {
                it
            }
        })
    }),
];

/// What a stage finds.
pub(super) fn between(canvas: &mut Canvas, stage: usize, has_halos: bool, flaw: &Flaw) {
    for (mutation, paint) in PAINTS {
        let is_first = stage == 0;
        let (concerns, within) = match mutation {
            M::PaddedWithEdge | M::PaddedWithBlack => (is_first && !has_halos, false),
            M::ClearedBetween => (!is_first && !has_halos, false),
            M::LastPixelsLost => (is_first, true),
            _ => (!is_first, true),
        };
        if concerns && flaw.may_be(*mutation) {
            let mut wrong = canvas.clone();
            wrong.paint(|canvas, x, y| match canvas.has(x, y) && !within {
                true => canvas.at(x, y),
                false => paint(canvas, x, y),
            });
            if wrong != *canvas && flaw.is(*mutation) {
                *canvas = wrong;
            }
        }
    }
}

/// What is seen wrongly at a place, if anything.
type See = fn(&Sight<'_>) -> Option<Pixel>;

/// What is seen outside of a core, and outside of the picture.
const SIGHTS: &[(M, See)] = &[
    (M::HaloClampedToCore, |at| {
        let (x, y) = nearest_of_core(at);
        Some(at.before.nearest(x, y))
    }),
    (M::HaloFromPicture, |at| in_halo(at, at.first)),
    (M::FilteredInPlace, |at| in_halo(at, at.after)),
    (M::LeftNotClamped, |at| nothing_if(at.x < 0)),
    (M::RightNotClamped, |at| nothing_if(at.x >= at.before.width)),
    (M::TopNotClamped, |at| nothing_if(at.y < 0)),
    (M::BottomNotClamped, |at| {
        nothing_if(at.y >= at.before.height)
    }),
    (M::CornersNotClamped, |at| {
        let (width, height) = (at.before.width, at.before.height);
        nothing_if(!(0..width).contains(&at.x) && !(0..height).contains(&at.y))
    }),
    (M::CoreNotClamped, |at| {
        nothing_if(is_outside(at) && is_core(at) && at.halo > 0)
    }),
    (M::OnlyHalosClamped, |at| {
        nothing_if(is_outside(at) && at.halo == 0)
    }),
    (M::OutsideKept, |at| {
        let is_seen = is_outside(at) && at.halo == 0 && at.stage > 0;
        is_seen.then(|| at.before.at(at.x, at.y))
    }),
    (M::BorderMirrored, |at| {
        let (width, height) = (at.before.width, at.before.height);
        Some(at.before.at(mirrored(at.x, width), mirrored(at.y, height)))
    }),
    (M::BorderWrapped, |at| {
        let (width, height) = (at.before.width, at.before.height);
        Some(
            at.before
                .at(at.x.rem_euclid(width), at.y.rem_euclid(height)),
        )
    }),
];

pub(super) fn seen(right: Pixel, sight: &Sight<'_>, flaw: &Flaw) -> Pixel {
    for (mutation, wrong) in SIGHTS {
        if flaw.may_be(*mutation)
            && let Some(wrong) = wrong(sight)
            && wrong != right
            && flaw.is(*mutation)
        {
            return wrong;
        }
    }
    right
}

fn nearest_of_core(at: &Sight<'_>) -> (i64, i64) {
    let (x, y) = at.core;
    (at.x.clamp(x, x + SIDE - 1), at.y.clamp(y, y + SIDE - 1))
}

fn is_core(at: &Sight<'_>) -> bool {
    nearest_of_core(at) == (at.x, at.y)
}

fn is_outside(at: &Sight<'_>) -> bool {
    !at.before.has(at.x, at.y)
}

fn in_halo(at: &Sight<'_>, canvas: &Canvas) -> Option<Pixel> {
    (!is_core(at)).then(|| canvas.nearest(at.x, at.y))
}

fn nothing_if(is_nothing: bool) -> Option<Pixel> {
    is_nothing.then_some(NOTHING)
}

/// A place outside as one inside, where the border is a mirror.
fn mirrored(at: i64, side: i64) -> i64 {
    let at = at.rem_euclid(2 * side);
    at.min(2 * side - 1 - at)
}

/// Which cores are taken, of a picture of this width and height.
pub(super) const CORES: &Wrong<Vec<(i64, i64)>, (i64, i64)> = &[
    (M::TilesColumnMajor, |_, right| {
        let mut wrong = right.clone();
        wrong.sort_unstable();
        wrong
    }),
    (M::TilesReversed, |_, right| {
        right.iter().rev().copied().collect()
    }),
    (M::FirstTileLeftOut, |_, right| right[1..].to_vec()),
    (M::LastTileLeftOut, |_, right| {
        right[..(right.len() - 1).max(1)].to_vec()
    }),
    (M::LastTileShifted, |(width, height), right| {
        let shifted = |at: i64, side: i64| at.min((side - SIDE).max(0));
        right
            .iter()
            .map(|(x, y)| (shifted(*x, *width), shifted(*y, *height)))
            .collect()
    }),
];

/// A place in a picture.
type Place = (i64, i64);

/// What the tile function is told, of a core and a halo.
pub(super) const PLACES: &Wrong<Place, (Place, i64)> = &[
    (M::HaloNotSubtracted, |(core, _), _| *core),
    (M::HaloAdded, |((x, y), halo), _| (x + halo, y + halo)),
    (M::HaloSubtractedFromX, |(core, _), (x, _)| (*x, core.1)),
    (M::PlaceNotNegative, |_, (x, y)| ((*x).max(0), (*y).max(0))),
    (M::XAndYSwapped, |_, (x, y)| (*y, *x)),
    (M::PlaceInTiles, |_, (x, y)| (x / SIDE, y / SIDE)),
    (M::PlaceFromOne, |_, (x, y)| (x + 1, y + 1)),
];
