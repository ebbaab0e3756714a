//! Checking a picture of a case file, and how much another may differ from it.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use crate::case_file::{RawImage, RawPatch, RawRows};
use crate::expectation::ExpectedImage;
use crate::file_check::FileCheck;
use crate::image::{Image, PIXEL};
use crate::load_error::LoadErrorKind;
use crate::png_file;

/// How large a picture or a patch of one is.
#[derive(Clone, Copy)]
struct Size {
    width: u32,
    height: u32,
}

impl FileCheck<'_> {
    /// A picture that goes in.
    pub(crate) fn image(&mut self, raw: &Spanned<RawImage>) -> Option<Arc<Image>> {
        let RawImage {
            max_difference,
            max_pixels,
            ..
        } = raw.get_ref();
        let misplaced = [
            ("max_difference", max_difference),
            ("max_pixels", max_pixels),
        ];
        for (key, given) in misplaced {
            if let Some(given) = given {
                let message = format!("`{key}` belongs to a picture that is expected");
                return self.refuse(LoadErrorKind::Conflict, &given.span(), message);
            }
        }
        self.picture(raw)
    }

    /// A picture that must come out.
    pub(crate) fn expected_image(&mut self, raw: &Spanned<RawImage>) -> Option<ExpectedImage> {
        let image = self.picture(raw);
        let max_difference = self.max_difference(raw.get_ref());
        let image = image?;
        if image.pixels.is_empty() {
            return self.refuse(
                LoadErrorKind::Expectation,
                &raw.span(),
                "a picture of no pixels is refused and never comes out (IMG-11)",
            );
        }
        let max_pixels = self.max_pixels(raw.get_ref(), &image);
        Some(ExpectedImage {
            image,
            max_difference: max_difference?,
            max_pixels: max_pixels?,
        })
    }

    fn max_difference(&mut self, raw: &RawImage) -> Option<u8> {
        let Some(given) = &raw.max_difference else {
            return Some(0);
        };
        let (value, span) = (*given.get_ref(), given.span());
        match u8::try_from(value) {
            Ok(0) if raw.max_pixels.is_some() => self.refuse(
                LoadErrorKind::Conflict,
                &span,
                "`max_difference = 0` with `max_pixels`: no pixel may differ by nothing, \
                 expected one of them alone",
            ),
            Ok(value) if value < u8::MAX => Some(value),
            _ => self.refuse(
                LoadErrorKind::Expectation,
                &span,
                format!("no sample differs by more than {value}, expected at most 254"),
            ),
        }
    }

    fn max_pixels(&mut self, raw: &RawImage, image: &Image) -> Option<Option<u64>> {
        let Some(given) = &raw.max_pixels else {
            return Some(None);
        };
        let (value, all) = (*given.get_ref(), image.pixel_count());
        if value == 0 {
            return self.refuse(
                LoadErrorKind::Expectation,
                &given.span(),
                "`max_pixels = 0` lets no pixel differ, which is so without it",
            );
        }
        if value < all {
            return Some(Some(value));
        }
        let message = if raw.max_difference.is_some() {
            format!("all {all} pixels may differ, which is so without `max_pixels`")
        } else {
            format!("all {all} pixels may differ by anything: this could not fail")
        };
        self.refuse(LoadErrorKind::Expectation, &given.span(), message)
    }

    fn picture(&mut self, raw: &Spanned<RawImage>) -> Option<Arc<Image>> {
        let script = self.made_by(raw);
        let image = self.base(raw);
        let (Some(()), Some(mut image)) = (script, image) else {
            return None;
        };
        let patches = &raw.get_ref().patches;
        if !patches.is_empty() {
            let below = Arc::make_mut(&mut image);
            let laid: Vec<Option<()>> =
                patches.iter().map(|patch| self.lay(patch, below)).collect();
            laid.into_iter().collect::<Option<()>>()?;
        }
        Some(image)
    }

    /// The picture below all patches.
    fn base(&mut self, raw: &Spanned<RawImage>) -> Option<Arc<Image>> {
        let (image, span) = (raw.get_ref(), raw.span());
        match (&image.rows, &image.fill, &image.gradient, &image.file) {
            (Some(rows), None, None, None) => {
                let size = self.size(image, &span)?;
                self.rows(rows, size).map(Arc::new)
            }
            (None, Some(fill), None, None) => {
                let size = self.size(image, &span)?;
                let pixel = self.pixel(fill.get_ref(), &fill.span())?;
                Some(Arc::new(filled(pixel, size)))
            }
            (None, None, Some(gradient), None) => {
                if !gradient.get_ref() {
                    return self.refuse(
                        LoadErrorKind::Value,
                        &gradient.span(),
                        "`gradient` is `true` or left out",
                    );
                }
                let size = self.size(image, &span)?;
                Some(Arc::new(gradient_of(size)))
            }
            (None, None, None, Some(file)) => {
                for (key, given) in [("width", &image.width), ("height", &image.height)] {
                    if let Some(given) = given {
                        let message = format!("`file` with `{key}`: the file has its own");
                        return self.refuse(LoadErrorKind::Conflict, &given.span(), message);
                    }
                }
                self.picture_file(file)
            }
            _ => self.refuse(
                LoadErrorKind::Conflict,
                &span,
                "a picture is one of `rows`, `fill`, `gradient` and `file`",
            ),
        }
    }

    /// The size of a picture without a file.
    fn size(&mut self, raw: &RawImage, span: &Range<usize>) -> Option<Size> {
        let (Some(width), Some(height)) = (&raw.width, &raw.height) else {
            return self.refuse(
                LoadErrorKind::Image,
                span,
                "a picture without a file needs `width` and `height`",
            );
        };
        let (width, height) = (*width.get_ref(), *height.get_ref());
        if let Err(why) = png_file::check_count(u64::from(width) * u64::from(height)) {
            return self.refuse(LoadErrorKind::Image, span, format!("the picture {why}"));
        }
        Some(Size { width, height })
    }

    /// Rows of pixels, of which a picture of no pixels has none.
    fn rows(&mut self, rows: &Spanned<RawRows>, size: Size) -> Option<Image> {
        let Size { width, height } = size;
        let wanted = if width == 0 { 0 } else { height };
        let found = rows.get_ref().len();
        if found as u64 != u64::from(wanted) {
            let message = format!("`rows` has {found} of them, expected {wanted}");
            return self.refuse(LoadErrorKind::Image, &rows.span(), message);
        }
        let pixels: Vec<Option<Vec<u8>>> = rows
            .get_ref()
            .iter()
            .map(|row| self.row(row, width))
            .collect();
        let pixels = pixels.into_iter().collect::<Option<Vec<_>>>()?.concat();
        Some(Image {
            width,
            height,
            pixels,
        })
    }

    fn row(&mut self, row: &Spanned<String>, width: u32) -> Option<Vec<u8>> {
        let span = row.span();
        let mut pixels = Vec::with_capacity(row.get_ref().len() / 2);
        for pixel in row.get_ref().split(' ') {
            pixels.extend(self.pixel(pixel, &span)?);
        }
        let found = pixels.len() / PIXEL;
        if found as u64 != u64::from(width) {
            let pixels = if found == 1 { "pixel" } else { "pixels" };
            let message = format!("the row has {found} {pixels}, expected {width}");
            return self.refuse(LoadErrorKind::Image, &span, message);
        }
        Some(pixels)
    }

    fn pixel(&mut self, text: &str, span: &Range<usize>) -> Option<[u8; PIXEL]> {
        let is_hex = text.len() == 2 * PIXEL && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        match u32::from_str_radix(text, 16) {
            Ok(pixel) if is_hex => Some(pixel.to_be_bytes()),
            _ => {
                let message = format!(
                    "`{}` is no pixel: expected 8 hexadecimal digits, RGBA, and one space \
                     between two",
                    qip_contract::quote(text)
                );
                self.refuse(LoadErrorKind::Image, span, message)
            }
        }
    }

    /// Lays a patch over a picture.
    fn lay(&mut self, raw: &Spanned<RawPatch>, below: &mut Image) -> Option<()> {
        let RawPatch {
            x,
            y,
            width,
            height,
            ref rows,
            ref fill,
        } = *raw.get_ref();
        let size = Size { width, height };
        let ends_within = |start: u32, length: u32, side: u32| {
            start.checked_add(length).is_some_and(|end| end <= side)
        };
        if width == 0 || height == 0 {
            let message = format!("a patch of {width} × {height} pixels changes nothing");
            return self.refuse(LoadErrorKind::Image, &raw.span(), message);
        }
        if !ends_within(x, width, below.width) || !ends_within(y, height, below.height) {
            let message = format!(
                "a patch of {width} × {height} pixels at ({x}, {y}) is not within {} × {}",
                below.width, below.height
            );
            return self.refuse(LoadErrorKind::Image, &raw.span(), message);
        }
        let patch = match (rows, fill) {
            (Some(rows), None) => self.rows(rows, size)?,
            (None, Some(fill)) => filled(self.pixel(fill.get_ref(), &fill.span())?, size),
            _ => {
                return self.refuse(
                    LoadErrorKind::Conflict,
                    &raw.span(),
                    "a patch is one of `rows` and `fill`",
                );
            }
        };
        let (row, stride) = (width as usize * PIXEL, below.width as usize * PIXEL);
        let start = y as usize * stride + x as usize * PIXEL;
        for (from, to) in patch
            .pixels
            .chunks(row)
            .zip(below.pixels[start..].chunks_mut(stride))
        {
            to[..row].copy_from_slice(from);
        }
        Some(())
    }

    /// Looks for the script that made a picture.
    fn made_by(&mut self, raw: &Spanned<RawImage>) -> Option<()> {
        let image = raw.get_ref();
        match (&image.made_by, &image.file) {
            (Some(script), _) => self.script(script),
            (None, None) => Some(()),
            (None, Some(file)) => self.refuse(
                LoadErrorKind::Image,
                &file.span(),
                "a picture in a file says which script made it: expected `made_by`",
            ),
        }
    }
}

fn filled(pixel: [u8; PIXEL], size: Size) -> Image {
    let count = size.width as usize * size.height as usize;
    Image {
        width: size.width,
        height: size.height,
        pixels: pixel.repeat(count),
    }
}

/// Red and green count columns and rows, blue and alpha mix them: no two tiles are alike.
fn gradient_of(size: Size) -> Image {
    let Size { width, height } = size;
    let pixel = |x: u32, y: u32| {
        // Modulo 256 each.
        let (x, y) = (x as u8, y as u8);
        let blue = x.wrapping_mul(3).wrapping_add(y.wrapping_mul(5));
        let alpha = 255 - x.wrapping_add(y.wrapping_mul(2));
        [x, y, blue, alpha]
    };
    let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)));
    Image {
        width,
        height,
        pixels: pixels.collect(),
    }
}
