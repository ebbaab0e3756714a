//! What two targets do with bytes: BMP of any bytes, and pipelines of tile filters against
//! the plain reading of IMG.

mod mix;
mod plain;
#[cfg(test)]
mod properties;

use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

use arbitrary::Unstructured;
use mix::Mix;
use qip_contract::{Code, Floats, Limits};
use qip_engine::Engine;
use qip_host::image::{ImageOptions, Picture, Sample, bmp};
use qip_host::wasmtime::Wasmtime;
use qip_host::{BuiltIn, ErrorKind, Host, Options, Output, Stage};

/// Reads a BMP: what is read is the same when it was written, and is refused when it is
/// larger than allowed.
pub(crate) fn read_bmp(bytes: &[u8]) {
    let limits = Limits {
        image_pixels: 1 << 20,
        image_side: 1 << 12,
        ..Limits::standard()
    };
    match bmp::read(bytes, &limits) {
        Ok(picture) => {
            let (width, height) = (u64::from(picture.width()), u64::from(picture.height()));
            assert!(
                width.max(height) <= limits.image_side && width * height <= limits.image_pixels
            );
            let written = bmp::write(&picture).expect("a picture of a BMP");
            let again = bmp::read(&written, &limits).expect("what was written");
            assert!(again == picture, "{picture:?} was not written as it is");
        }
        Err(error) => {
            let ErrorKind::Refused(Code::NotBmp | Code::ImageSize) = error.kind() else {
                panic!("{error}");
            };
            assert!(!error.to_string().is_empty());
        }
    }
}

/// A pipeline over a picture.
#[derive(Debug)]
struct Pipeline {
    stages: Vec<Mix>,
    width: u32,
    height: u32,
    /// What the samples follow from.
    seed: u64,
    threads: NonZeroUsize,
    /// Whether it is a block of a recipe over BMP; else it is over floats.
    is_block: bool,
}

impl Pipeline {
    /// Any bytes are some pipeline.
    fn of(bytes: &[u8]) -> arbitrary::Result<Pipeline> {
        /// A tile and a bit in both directions, and what borders have to do with.
        const SIDES: [u32; 8] = [1, 2, 63, 64, 65, 127, 128, 129];
        const HALOS: [u32; 8] = [0, 0, 0, 1, 2, 63, 64, 65];
        let bytes = &mut Unstructured::new(bytes);
        let side = |bytes: &mut Unstructured<'_>| match bytes.ratio(1, 2)? {
            true => bytes.int_in_range(1..=140),
            false => bytes.choose(&SIDES).copied(),
        };
        let (width, height) = (side(bytes)?, side(bytes)?);
        let count = bytes.int_in_range(1..=3)?;
        let stages = (0..count).map(|_| {
            Ok(Mix {
                halo: match bytes.ratio(1, 4)? {
                    true => bytes.int_in_range(0..=66)?,
                    false => *bytes.choose(&HALOS)?,
                },
                distance: bytes.arbitrary()?,
                factor: f32::from_bits(bytes.arbitrary()?),
            })
        });
        Ok(Pipeline {
            stages: stages.collect::<arbitrary::Result<_>>()?,
            width,
            height,
            threads: NonZeroUsize::MIN.saturating_add(bytes.int_in_range(1..=3)?),
            is_block: bytes.arbitrary()?,
            seed: bytes.arbitrary()?,
        })
    }

    fn picture<T: Sample>(&self, samples: Vec<T>) -> Picture<T> {
        Picture::new(self.width, self.height, samples).expect("as many")
    }
}

/// Runs the pipeline that these bytes are.
pub(crate) fn run_pipeline(bytes: &[u8]) {
    if let Ok(pipeline) = Pipeline::of(bytes) {
        hold(&pipeline);
    }
}

/// Runs a pipeline on all engines and with one thread and several, and panics where it does
/// not give what the plain reading gives, bit for bit.
fn hold(pipeline: &Pipeline) {
    static HOSTS: LazyLock<Vec<Host>> = LazyLock::new(|| {
        let options = Options {
            floats: Floats::Deterministic,
            ..Options::default()
        };
        let engines = BuiltIn::ALL.iter().map(|engine| engine.engine());
        engines
            .filter(|engine| engine.info().deterministic_floats)
            .map(|engine| Host::with_options(engine, Limits::standard(), options))
            .collect()
    });
    static PLAIN: LazyLock<Arc<dyn Engine>> = LazyLock::new(|| Arc::new(Wasmtime::new()));
    let modules = pipeline.stages.iter().map(|mix| wat::parse_str(mix.text()));
    let modules: Vec<Vec<u8>> = modules.collect::<Result<_, _>>().expect("sound text");
    let runs = HOSTS.iter().flat_map(|host| {
        let threads = [NonZeroUsize::MIN, pipeline.threads];
        threads.map(|threads| (host, ImageOptions::threads(threads)))
    });
    let samples = mix::samples(
        pipeline.seed,
        (pipeline.width * pipeline.height * 4) as usize,
    );
    if pipeline.is_block {
        let samples = samples.iter().map(|sample| sample.to_bits() as u8);
        let picture = pipeline.picture(samples.collect());
        let wanted = plain::apply_to_bytes(&PLAIN, &modules, &picture);
        for (host, options) in runs {
            let result = block(host, &modules, &picture, options.clone());
            assert!(result == wanted, "{pipeline:?} on {host:?}, {options:?}");
        }
    } else {
        let picture = pipeline.picture(samples);
        let wanted = bits(&plain::apply(&PLAIN, &modules, &picture));
        for (host, options) in runs {
            let filters = host.filters(modules.iter().map(Stage::new)).expect("sound");
            let result = filters.apply(&picture, options.clone()).expect("sound");
            let result = bits(result.pixels());
            assert!(result == wanted, "{pipeline:?} on {host:?}, {options:?}");
        }
    }
}

/// A recipe of nothing but filters, over BMP (REC-6).
fn block(host: &Host, modules: &[Vec<u8>], picture: &Picture, options: ImageOptions) -> Vec<u8> {
    let recipe = host.recipe(modules.iter().map(Stage::new)).expect("sound");
    let bytes = bmp::write(picture).expect("a small picture");
    let reply = recipe.threads(options.threads).render(&bytes);
    let Output::Bytes(bytes) = reply.expect("sound").output else {
        panic!("a block gives bytes");
    };
    let result = bmp::read(&bytes, host.limits()).expect("a BMP");
    result.into_pixels()
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

/// Pictures that are sound, those that break one rule, and a cut for each.
pub(crate) fn bmp_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (width, height) in [(1, 1), (2, 3), (3, 2), (5, 1), (1, 7)] {
        for bits in [24, 32] {
            for height in [height, -height] {
                let sound = bmp_file(width, height, bits);
                seeds.extend([sound[..sound.len() - 1].to_vec(), sound]);
            }
        }
    }
    /// A field of the header, and what is not allowed in it.
    const SPOILED: [(usize, u8); 9] = [
        (1, b'N'),
        (10, 60),
        (14, 39),
        (18, 0),
        (21, 0x80),
        (22, 0),
        (26, 2),
        (28, 8),
        (30, 3),
    ];
    for (at, byte) in SPOILED {
        let mut spoiled = bmp_file(3, 2, 24);
        spoiled[at] = byte;
        seeds.push(spoiled);
    }
    seeds
}

fn bmp_file(width: i32, height: i32, bits: u16) -> Vec<u8> {
    let row = (width as usize * usize::from(bits) / 8).next_multiple_of(4);
    let pixels = row * height.unsigned_abs() as usize;
    let mut bytes = b"BM".to_vec();
    for field in [
        0,
        0,
        54,
        40,
        width,
        height,
        1 | i32::from(bits) << 16,
        0,
        0,
        0,
        0,
        0,
        0,
    ] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend((0..pixels).map(|at| at as u8));
    bytes
}

/// Bytes as random as any.
pub(crate) fn pipeline_seeds() -> Vec<Vec<u8>> {
    let bytes = |seed: u64| {
        let samples = mix::samples(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), 24);
        // The highest byte of a sample is nearly always the same.
        let low = |sample: f32| sample.to_bits().to_le_bytes().into_iter().take(3);
        samples.into_iter().flat_map(low).collect()
    };
    (1..=60).map(bytes).collect()
}
