//! The pipeline against the plain reading, with any number of threads, on each engine: the
//! same bits.

use proptest::prelude::*;
use qip_host::image::{Picture, bmp};
use qip_host::{Limits, Output, Stage};

use super::mix::{Mix, samples};
use super::{bits, deterministic, plain, threads};
use crate::{ENGINES, wat};

fn mix() -> impl Strategy<Value = Mix> {
    let halo = prop_oneof![
        4 => Just(0),
        2 => Just(1),
        1 => Just(64),
        1 => Just(65),
        2 => 0..70_u32,
    ];
    let factor = prop_oneof![9 => -2.0..2.0_f32, 1 => any::<u32>().prop_map(f32::from_bits)];
    (halo, any::<u32>(), factor).prop_map(|(halo, distance, factor)| Mix {
        halo,
        distance,
        factor,
    })
}

fn size() -> impl Strategy<Value = u32> {
    prop_oneof![Just(1), Just(63), Just(64), Just(65), Just(128), 1..260_u32]
}

/// Where an engine, with some number of threads, differs from the plain reading.
fn difference(stages: &[Mix], picture: &Picture<f32>, counts: &[usize]) -> Option<String> {
    let modules: Vec<Vec<u8>> = stages.iter().map(|mix| wat(&mix.text())).collect();
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

/// The same for a block of a recipe: BMP in, BMP out (REC-6).
fn difference_of_block(stages: &[Mix], picture: &Picture, counts: &[usize]) -> Option<String> {
    let modules: Vec<Vec<u8>> = stages.iter().map(|mix| wat(&mix.text())).collect();
    let wanted = plain::apply_to_bytes(&ENGINES[0].1, &modules, picture);
    let bytes = bmp::write(picture).expect("sound");
    ENGINES.iter().find_map(|(name, engine)| {
        let host = deterministic(engine, Limits::standard());
        let recipe = host.recipe(modules.iter().map(Stage::new)).expect("sound");
        counts.iter().find_map(|count| {
            let recipe = recipe.clone().image_options(threads(*count));
            let output = recipe.render(&bytes).expect("sound").output;
            let Output::Bytes(output) = output else {
                return Some(format!("{name} gives no bytes"));
            };
            let result = bmp::read(&output, &Limits::standard()).expect("a BMP");
            (result.pixels() != wanted).then(|| format!("{name} with {count} threads differs"))
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

    #[test]
    fn a_block_is_the_plain_reading(
        stages in prop::collection::vec(mix(), 1..4),
        (width, height) in (size(), size()),
        samples in prop::collection::vec(any::<u8>(), 1000),
        count in 2..5_usize,
    ) {
        let samples = samples.into_iter().cycle().take((width * height * 4) as usize);
        let picture = Picture::new(width, height, samples.collect()).expect("as many");
        let found = difference_of_block(&stages, &picture, &[1, count]);
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
