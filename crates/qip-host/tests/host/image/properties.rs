//! The pipeline against the plain reading, with any number of threads, on each engine: the
//! same bits.

use proptest::prelude::*;
use qip_host::image::Picture;
use qip_host::{Limits, Stage};

use super::{bits, deterministic, filter, plain, threads};
use crate::ENGINES;

/// A stage that mixes each pixel with one elsewhere in its tile and with its arguments.
#[derive(Clone, Debug)]
struct Mix {
    halo: u32,
    /// How far the other pixel is, in pixels of the tile.
    distance: u32,
    factor: f32,
}

impl Mix {
    fn module(&self) -> Vec<u8> {
        let span = 64 + 2 * self.halo;
        let far = self.distance % (span * span) * 16;
        let end = 16 + span * span * 16;
        let factor = self.factor;
        filter(
            self.halo,
            "",
            &format!(
                "(v128.store (local.get $at)
                    (f32x4.add
                        (f32x4.mul (f32x4.splat (f32.const {factor})) (v128.load (local.get $at)))
                        (f32x4.add (f32x4.splat (f32.sub (local.get $x) (local.get $y)))
                            (v128.load (i32.add (i32.const 16) (i32.rem_u
                                (i32.add (i32.sub (local.get $at) (i32.const 16)) (i32.const {far}))
                                (i32.const {}))))))) ",
                end - 16
            ),
        )
    }
}

fn mix() -> impl Strategy<Value = Mix> {
    let halo = prop_oneof![4 => Just(0), 2 => Just(1), 1 => Just(6), 1 => Just(64), 1 => Just(65)];
    (halo, any::<u32>(), -2.0..2.0_f32).prop_map(|(halo, distance, factor)| Mix {
        halo,
        distance,
        factor,
    })
}

fn size() -> impl Strategy<Value = u32> {
    prop_oneof![Just(1), Just(63), Just(64), Just(65), Just(128), 1..260_u32]
}

/// Samples as pictures have them, and as they do not.
fn samples(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count)
        .map(|_| match next() {
            odd if odd % 97 == 0 => f32::from_bits((odd >> 32) as u32),
            odd if odd % 89 == 0 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][odd as usize % 3],
            usual => (usual >> 40) as f32 / 16_777_216.0,
        })
        .collect()
}

/// Where an engine, with some number of threads, differs from the plain reading.
fn difference(stages: &[Mix], picture: &Picture<f32>, counts: &[usize]) -> Option<String> {
    let modules: Vec<Vec<u8>> = stages.iter().map(Mix::module).collect();
    let plainly = plain::apply(&ENGINES[0].1, &modules, picture);
    let wanted: Vec<u32> = plainly.iter().map(|sample| sample.to_bits()).collect();
    ENGINES.iter().find_map(|(name, engine)| {
        let host = deterministic(engine, Limits::standard());
        let stages = modules.iter().map(Stage::new);
        let filters = host.filters(stages).expect("sound");
        counts.iter().find_map(|count| {
            let result = filters.apply(picture, threads(*count)).expect("sound");
            (bits(&result) != wanted).then(|| format!("{name} with {count} threads differs"))
        })
    })
}

fn picture(width: u32, height: u32, seed: u64) -> Picture<f32> {
    Picture::new(width, height, samples(seed, (width * height * 4) as usize)).expect("as many")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_pipeline_is_the_plain_reading(
        stages in prop::collection::vec(mix(), 1..5),
        (width, height) in (size(), size()),
        seed: u64,
        count in 2..5_usize,
    ) {
        let found = difference(&stages, &picture(width, height, seed), &[1, count]);
        prop_assert_eq!(found, None);
    }
}

/// Tall and narrow, so that windows roll many times; halos so large for the picture that
/// stages run one after the other.
#[test]
fn windows_roll() {
    for (halos, width, height) in [
        (vec![1, 0, 1], 5, 600),
        (vec![0, 65, 1, 0], 66, 330),
        (vec![64, 64, 64], 1, 500),
        (vec![0, 65, 65, 65], 65, 130),
    ] {
        let mixes = halos.iter().enumerate().map(|(index, halo)| Mix {
            halo: *halo,
            distance: 64 * 64 / 2 + index as u32 * 77,
            factor: 0.25,
        });
        let stages: Vec<Mix> = mixes.collect();
        let found = difference(&stages, &picture(width, height, 7), &[1, 3]);
        assert_eq!(found, None, "{halos:?}");
    }
}
