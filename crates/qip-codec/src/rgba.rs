//! Samples of every kind become RGBA bytes, and those RGB bytes, each in the buffer that
//! they are in: a picture is never held twice.

use image::ColorType;

/// Samples of a pixel.
const CHANNELS: usize = 4;

/// The bytes that a buffer needs which holds a pixel of this kind and then one of RGBA.
pub(crate) fn pixel_bytes(color: ColorType) -> usize {
    CHANNELS.max(color.bytes_per_pixel().into())
}

/// Turns the first `count` pixels of a buffer into RGBA bytes with straight alpha, and cuts
/// off the rest. A grey pixel has its value in three channels, and what has no alpha is
/// opaque. Samples of 16 bits go to the nearest byte, floats as in IMG-2.
pub(crate) fn from_samples(mut pixels: Vec<u8>, color: ColorType, count: usize) -> Vec<u8> {
    let channels = usize::from(color.channel_count());
    let samples = count * channels;
    match usize::from(color.bytes_per_pixel()) / channels {
        2 => narrow(&mut pixels, samples, |sample| {
            // 257 of these are one of those.
            ((u32::from(u16::from_ne_bytes(sample)) + 128) / 257) as u8
        }),
        4 => narrow(&mut pixels, samples, |sample| {
            // The cast keeps to the range of a byte, and makes 0 of NaN.
            (f32::from_ne_bytes(sample) * 255.0 + 0.5) as u8
        }),
        _ => {}
    }
    match channels {
        1 => spread(&mut pixels, count, |[grey]| [grey, grey, grey, 255]),
        2 => spread(&mut pixels, count, |[grey, alpha]| {
            [grey, grey, grey, alpha]
        }),
        3 => spread(&mut pixels, count, |[red, green, blue]| {
            [red, green, blue, 255]
        }),
        _ => {}
    }
    pixels.truncate(count * CHANNELS);
    pixels.shrink_to_fit();
    pixels
}

/// Makes a byte of each sample, from the front on: none is written over before it is read.
fn narrow<const FROM: usize>(bytes: &mut [u8], count: usize, to: impl Fn([u8; FROM]) -> u8) {
    for at in 0..count {
        let sample = std::array::from_fn(|byte| bytes[at * FROM + byte]);
        bytes[at] = to(sample);
    }
}

/// Makes four bytes of each pixel, from the back on.
fn spread<const FROM: usize>(
    bytes: &mut [u8],
    count: usize,
    to: impl Fn([u8; FROM]) -> [u8; CHANNELS],
) {
    for at in (0..count).rev() {
        let pixel = std::array::from_fn(|byte| bytes[at * FROM + byte]);
        bytes[at * CHANNELS..][..CHANNELS].copy_from_slice(&to(pixel));
    }
}

/// RGB bytes, as the picture looks on white.
pub(crate) fn on_white(mut pixels: Vec<u8>) -> Vec<u8> {
    let count = pixels.len() / CHANNELS;
    for at in 0..count {
        let [colour @ .., alpha]: [u8; CHANNELS] =
            std::array::from_fn(|byte| pixels[at * CHANNELS + byte]);
        let alpha = u32::from(alpha);
        let colour = colour.map(|sample| {
            let mixed = u32::from(sample) * alpha + 255 * (255 - alpha);
            ((mixed + 127) / 255) as u8
        });
        pixels[at * 3..][..3].copy_from_slice(&colour);
    }
    pixels.truncate(count * 3);
    pixels
}

#[cfg(test)]
mod tests {
    use image::ColorType;

    use super::{from_samples, on_white, pixel_bytes};

    /// As a decoder leaves it: samples at the front, room behind.
    fn rgba(color: ColorType, samples: &[u8]) -> Vec<u8> {
        let count = samples.len() / usize::from(color.bytes_per_pixel());
        let mut pixels = samples.to_vec();
        pixels.resize(count * pixel_bytes(color), 0);
        from_samples(pixels, color, count)
    }

    #[test]
    fn samples_of_every_kind() {
        let wide = |samples: &[u16]| -> Vec<u8> {
            samples.iter().flat_map(|one| one.to_ne_bytes()).collect()
        };
        let float = |samples: &[f32]| -> Vec<u8> {
            samples.iter().flat_map(|one| one.to_ne_bytes()).collect()
        };
        for (color, samples, expected) in [
            (ColorType::L8, vec![1, 2], vec![1, 1, 1, 255, 2, 2, 2, 255]),
            (
                ColorType::La8,
                vec![1, 9, 2, 8],
                vec![1, 1, 1, 9, 2, 2, 2, 8],
            ),
            (
                ColorType::Rgb8,
                vec![1, 2, 3, 4, 5, 6],
                vec![1, 2, 3, 255, 4, 5, 6, 255],
            ),
            (ColorType::Rgba8, vec![1, 2, 3, 4], vec![1, 2, 3, 4]),
            (
                ColorType::L16,
                wide(&[0x0101, 65535]),
                vec![1, 1, 1, 255, 255, 255, 255, 255],
            ),
            (ColorType::La16, wide(&[128, 129]), vec![0, 0, 0, 1]),
            (
                ColorType::Rgb16,
                wide(&[0, 257 * 7 + 128, 257 * 7 + 129, 385, 386, 65406]),
                vec![0, 7, 8, 255, 1, 2, 254, 255],
            ),
            (
                ColorType::Rgba16,
                wide(&[65535, 65407, 0, 257]),
                vec![255, 255, 0, 1],
            ),
            (
                ColorType::Rgb32F,
                float(&[f32::NAN, -1.0, 0.5]),
                vec![0, 0, 128, 255],
            ),
            (
                ColorType::Rgba32F,
                float(&[1.0, 9.0, f32::INFINITY, 1.0 / 255.0]),
                vec![255, 255, 255, 1],
            ),
        ] {
            assert_eq!(rgba(color, &samples), expected, "{color:?}");
        }
    }

    /// The byte that is nearest, for all of them.
    #[test]
    fn sixteen_bits_go_to_the_nearest_byte() {
        for wide in 0..=u16::MAX {
            let byte = rgba(ColorType::L16, &wide.to_ne_bytes())[0];
            let exact = f64::from(wide) / 257.0;
            assert!((f64::from(byte) - exact).abs() <= 0.5, "{wide}");
        }
    }

    #[test]
    fn what_is_transparent_is_white() {
        let pixels = vec![10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 128];
        let expected = [10, 20, 30, 255, 255, 255, 127, 177, 255];
        assert_eq!(on_white(pixels), expected);
    }
}
