//! Engines against each other, and against what the contract predicts.
//!
//! A thousand trials of each generator, of pictures two hundred, of large bodies forty, from
//! a fixed seed. For more, and others:
//! `PROPTEST_CASES=100000 QIP_SEED=7 cargo test -p qip-differential --test properties`.

use std::io::Write as _;
use std::path::Path;

use qip_differential::{Aim, Arena, Generator, Tally};

fn from_environment(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")),
        Err(_) => default,
    }
}

fn hold(generator: &Generator) -> Tally {
    hold_for(generator, 1_000)
}

fn hold_for(generator: &Generator, trials: u64) -> Tally {
    let trials = from_environment("PROPTEST_CASES", trials);
    let seed = from_environment("QIP_SEED", 1);
    let mut arena = Arena::of_engines();
    let mut tally = Tally::default();
    let numbers = 0..trials;
    let finding = qip_differential::run(generator, &mut arena, seed, numbers, None, &mut tally);
    // Not by `println`, which a test that passes swallows.
    let told = format!("\n{}, seed {seed}: {tally}", generator.name());
    std::io::stdout().write_all(told.as_bytes()).unwrap();
    if let Some(mut finding) = finding {
        qip_differential::shrink(&mut finding, &mut arena);
        panic!("{finding}");
    }
    tally
}

#[test]
fn made_up_modules_do_what_the_contract_says() {
    let tally = hold(&Generator::planned());
    if tally.trials < 1_000 {
        return;
    }
    for feature in [
        "with a content type",
        "of unchecked text",
        "of several stages",
    ] {
        let count = tally.features.get(feature).copied().unwrap_or_default();
        assert!(count * 1_000 >= 5 * tally.trials, "{count} {feature}");
    }
    let rare = Aim::all().into_iter().filter(|aim| {
        let count = tally.classes.get(&aim.to_string()).copied();
        count.unwrap_or_default() * 1_000 < 20 * tally.trials
    });
    let rare: Vec<String> = rare.map(|aim| aim.to_string()).collect();
    assert!(rare.is_empty(), "under 20 in 1 000: {}", rare.join(", "));
}

#[test]
fn pictures_come_out_as_the_model_says() {
    let tally = hold_for(&Generator::pictures(), 200);
    let count = |class: &str| tally.classes.get(class).copied().unwrap_or_default();
    for class in ["image", "output bytes"] {
        assert!(count(class) * 10 >= tally.trials, "{class}: {tally}");
    }
    assert_eq!(count("broken"), 0, "{tally}");
}

/// Most random bodies trap sooner or later, but enough of them come to an end.
#[test]
fn engines_agree_on_random_bodies() {
    let tally = hold(&Generator::random());
    let count = |class: &str| tally.classes.get(class).copied().unwrap_or_default();
    assert!(count("output bytes") * 4 >= tally.trials, "{tally}");
    for class in ["refused not-wasm", "refused invalid-module", "broken"] {
        assert_eq!(count(class), 0, "{tally}");
    }
}

/// Few of them run out of what one engine takes, and none is a fault of an engine.
#[test]
fn engines_agree_on_large_bodies() {
    let tally = hold_for(&Generator::large(), 40);
    let count = |class: &str| tally.classes.get(class).copied().unwrap_or_default();
    assert!(count("scalar") * 2 >= tally.trials, "{tally}");
    assert_eq!(
        count("scalar") + count("refused limit"),
        tally.trials,
        "{tally}"
    );
}

#[test]
fn engines_agree_on_real_modules() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../modules-wat");
    let generator = Generator::real(&directory).unwrap_or_else(|error| panic!("{error:#}"));
    let tally = hold(&generator);
    let successes = tally
        .classes
        .iter()
        .filter(|(class, _)| class.starts_with("output") || class.as_str() == "scalar");
    let successes: u64 = successes.map(|(_, count)| count).sum();
    assert!(successes * 4 >= tally.trials, "{tally}");
}
