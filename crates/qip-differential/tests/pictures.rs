//! Mistakes of the image mode, made on purpose, differ from the prediction within a few
//! hundred trials.

use std::sync::Arc;

use qip_cases::Subject;
use qip_differential::{Arena, Generator};
use qip_host::wasmi::Wasmi;
use qip_model::{Mutant, Mutation};

const TRIALS: u64 = 400;

/// The mistakes that are to be found, of each part of the image mode some.
const MISTAKES: &[Mutation] = &[
    Mutation::NewerTileOnly,
    Mutation::FloatsCut,
    Mutation::AboveOneWraps,
    Mutation::QuantisedBetween,
    Mutation::ChannelsReversed,
    Mutation::TileCapExclusive,
    Mutation::TileCapOfCore,
    Mutation::TileBoundsUnchecked,
    Mutation::HaloCapped,
    Mutation::HaloAbsolute,
    Mutation::WidthAndHeightSwapped,
    Mutation::HaloNotSubtracted,
    Mutation::LastTileShifted,
    Mutation::PaddedWithEdge,
    Mutation::ClearedBetween,
    Mutation::RightNotClamped,
    Mutation::TopNotClamped,
    Mutation::CornersNotClamped,
    Mutation::OnlyHalosClamped,
    Mutation::FilteredInPlace,
    Mutation::LargestHaloForAll,
    Mutation::ImageSideUnlimited,
    Mutation::FiltersApart,
    Mutation::BmpPaddingForgotten,
    Mutation::BmpReadBottomUp,
    Mutation::BmpOffsetIgnored,
    Mutation::BmpTruncatedTaken,
];

#[test]
fn mistakes_are_found() {
    let generator = Generator::pictures();
    let mut rest: Vec<(Mutation, Arena)> = MISTAKES
        .iter()
        .map(|mutation| {
            let mutant = Mutant::new(Wasmi::new(), *mutation);
            let mutant: Arc<dyn Subject> = Arc::new(mutant);
            (*mutation, Arena::new([mutant]))
        })
        .collect();
    for number in 0..TRIALS {
        let trial = generator.trial(1, number);
        rest.retain_mut(|(_, arena)| Arena::disagreement(&arena.answers(&trial)).is_none());
    }
    let names: Vec<&str> = rest.iter().map(|(mutation, _)| mutation.as_str()).collect();
    assert!(names.is_empty(), "not found: {}", names.join(", "));
}
