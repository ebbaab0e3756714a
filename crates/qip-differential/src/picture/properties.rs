//! Pipelines that are drawn, and some that are hard, against the plain reading.

use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::mix::Mix;
use super::{Pipeline, hold};

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

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("some")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_pipeline_is_the_plain_reading(
        stages in prop::collection::vec(mix(), 1..5),
        (width, height) in (size(), size()),
        seed: u64,
        count in 2..5_usize,
        is_block: bool,
    ) {
        hold(&Pipeline { stages, width, height, seed, threads: threads(count), is_block });
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
        hold(&Pipeline {
            stages: mixes.collect(),
            width,
            height,
            seed: 7,
            threads: threads(3),
            is_block: false,
        });
    }
}
