//! The plain reading of IMG, written straight from the clauses: one stage after the other,
//! whole pictures of floats between them, one pixel at a time. What the pipeline gives must
//! be the same, bit for bit.

use std::sync::Arc;

use qip_contract::{ExportName, Floats};
use qip_engine::{Budget, Build, Compile, CompiledModule, Engine, ExportId, Instance};
use qip_host::image::Picture;
use qip_host::{Limits, Signature, Value};

const EXPORTS: [&str; 3] = ["tile_rgba32float_64x64", "calculate_halo_px", "input_ptr"];

/// A stage, driven by hand: its module has the exports that the tests' filters have.
struct Plain {
    instance: Box<dyn Instance>,
    halo: i64,
}

impl Plain {
    fn new(engine: &Arc<dyn Engine>, wasm: &[u8]) -> Plain {
        let limits = Limits::standard();
        let signature = Signature::read(wasm, &limits).expect("a module");
        let has_halo = signature.export(ExportName::Halo).is_some();
        let count = if has_halo { 2 } else { 1 };
        let exports: Vec<String> = EXPORTS[..count].iter().map(|name| (*name).into()).collect();
        let code: Arc<dyn CompiledModule> = engine
            .compile(&Compile {
                wasm,
                signature: &signature,
                exports: &exports,
                build: Build {
                    clock: false,
                    fuel: false,
                    floats: Floats::Deterministic,
                },
                limits: &limits,
            })
            .expect("sound");
        let mut instance = code
            .instantiate(&limits, &Budget::default())
            .expect("sound");
        let halo = match has_halo.then(|| instance.call(ExportId(1), &[])) {
            None => 0,
            Some(Ok(Some(Value::I32(halo)))) => i64::from(halo.max(0)),
            Some(other) => panic!("{other:?}"),
        };
        Plain { instance, halo }
    }

    /// IMG-3 and IMG-7: one tile in, the same buffer out.
    fn tile(&mut self, x: i64, y: i64, tile: &mut [f32]) {
        /// Where the tests' filters have their tiles.
        const INPUT_PTR: usize = 16;
        let range = INPUT_PTR..INPUT_PTR + tile.len() * 4;
        for (place, sample) in self.instance.memory()[range.clone()]
            .chunks_mut(4)
            .zip(tile.iter())
        {
            place.copy_from_slice(&sample.to_bits().to_le_bytes());
        }
        let argument = |core: i64| Value::F32(((core - self.halo) as f32).to_bits());
        let args = [argument(x), argument(y)];
        self.instance.call(ExportId(0), &args).expect("no trap");
        for (place, sample) in self.instance.memory()[range].chunks(4).zip(tile) {
            *sample = f32::from_bits(u32::from_le_bytes(place.try_into().expect("four")));
        }
    }
}

/// The result of a pipeline over a picture of bytes (IMG-2), with deterministic floats.
pub(super) fn apply_to_bytes(
    engine: &Arc<dyn Engine>,
    stages: &[Vec<u8>],
    picture: &Picture<u8>,
) -> Vec<u8> {
    let bytes = picture.pixels().iter();
    let floats = bytes.map(|byte| f32::from(*byte) * f32::from_bits(0x3B80_8081));
    let floats = Picture::new(picture.width(), picture.height(), floats.collect());
    let to_byte = |v: f32| match v {
        v if v.is_nan() || v <= 0.0 => 0,
        v if v >= 1.0 => 255,
        v => (v * 255.0 + 0.5).trunc() as u8,
    };
    let result = apply(engine, stages, &floats.expect("as many"));
    result.into_iter().map(to_byte).collect()
}

/// The result of a pipeline over a picture of floats, with deterministic floats.
pub(super) fn apply(
    engine: &Arc<dyn Engine>,
    stages: &[Vec<u8>],
    picture: &Picture<f32>,
) -> Vec<f32> {
    let mut stages: Vec<Plain> = stages.iter().map(|wasm| Plain::new(engine, wasm)).collect();
    let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
    let mut samples = picture.pixels().to_vec();
    let cores = |size: i64| (0..size).step_by(64);
    let index = |x: i64, y: i64| ((y * width + x) * 4) as usize;
    let is_inside = |x: i64, y: i64| x < width && y < height;
    if stages.iter().all(|stage| stage.halo == 0) {
        // IMG-8: each tile through all stages.
        for top in cores(height) {
            for left in cores(width) {
                let mut tile = vec![0.0; 64 * 64 * 4];
                let places: Vec<(usize, usize)> = (0..64 * 64)
                    .filter(|place| is_inside(left + place % 64, top + place / 64))
                    .map(|place| {
                        (
                            place as usize * 4,
                            index(left + place % 64, top + place / 64),
                        )
                    })
                    .collect();
                for (place, from) in &places {
                    tile[*place..place + 4].copy_from_slice(&samples[*from..from + 4]);
                }
                for stage in &mut stages {
                    stage.tile(left, top, &mut tile);
                }
                for (place, to) in &places {
                    samples[*to..to + 4].copy_from_slice(&tile[*place..place + 4]);
                }
            }
        }
        return samples;
    }
    // IMG-9: each stage sees the whole result of the stage before.
    for stage in &mut stages {
        let before = samples.clone();
        let span = 64 + 2 * stage.halo;
        for top in cores(height) {
            for left in cores(width) {
                let mut tile = Vec::with_capacity((span * span * 4) as usize);
                for y in top - stage.halo..top + 64 + stage.halo {
                    for x in left - stage.halo..left + 64 + stage.halo {
                        let from = index(x.clamp(0, width - 1), y.clamp(0, height - 1));
                        tile.extend_from_slice(&before[from..from + 4]);
                    }
                }
                stage.tile(left, top, &mut tile);
                for y in 0..64 {
                    for x in 0..64 {
                        if is_inside(left + x, top + y) {
                            let place = ((y + stage.halo) * span + x + stage.halo) as usize * 4;
                            let to = index(left + x, top + y);
                            samples[to..to + 4].copy_from_slice(&tile[place..place + 4]);
                        }
                    }
                }
            }
        }
    }
    samples
}
