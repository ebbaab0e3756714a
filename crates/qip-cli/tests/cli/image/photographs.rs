//! Real photographs: some that the Python package scikit-image carries, as files in the
//! directory that `QIP_PHOTOGRAPHS` names.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::decoded;
use crate::ENGINES;
use crate::directory::Directory;
use crate::real_modules::modules;

/// In colour and in grey.
const PHOTOGRAPHS: [&str; 5] = [
    "astronaut.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
];

/// The photographs, where they are.
fn photographs() -> Option<Vec<PathBuf>> {
    let directory = PathBuf::from(env::var_os("QIP_PHOTOGRAPHS").unwrap_or_default());
    let photographs = PHOTOGRAPHS.map(|name| directory.join(name));
    if photographs.iter().all(|path| path.is_file()) {
        return Some(photographs.into());
    }
    let about = "QIP_PHOTOGRAPHS does not name a directory with `skimage/data` of the Python \
                 package scikit-image";
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{about}"
    );
    eprintln!("skipped: {about}");
    None
}

/// Through the README's filters, on both engines: the same bytes, of the picture's size, and
/// softer by the blur. The vignette, which makes neighbours differ less as well, is in what
/// they are compared with.
#[test]
fn photographs_are_softened() {
    let (Some(photographs), Some(modules)) = (photographs(), modules()) else {
        return;
    };
    let directory = Directory::new();
    for name in ["gaussian-blur", "vignette"] {
        let path = modules.join(format!("tile/{name}.wat"));
        directory.file(&format!("{name}.wasm"), wat::parse_file(path).unwrap());
    }
    for photograph in photographs {
        let path = photograph.to_str().unwrap();
        let filter = |engine: &str, filters: &[&str]| {
            let args = ["image", "-i", path, "-o", "out.png", "--engine", engine];
            let answer = directory.qip(&[&args, filters].concat());
            assert_eq!((answer.code, &*answer.stderr), (0, ""), "{path}");
            directory.read("out.png")
        };
        let blurred = ["gaussian-blur.wasm", "?radius=4", "vignette.wasm"];
        let results = ENGINES.map(|engine| filter(engine, &blurred));
        assert!(results[0] == results[1], "{path}");
        let sharp = decoded(&filter(ENGINES[0], &["vignette.wasm"]));
        let soft = decoded(&results[0]);
        assert_eq!(soft.dimensions(), decode(&photograph).dimensions());
        let (rough, soft) = (roughness(&sharp), roughness(&soft));
        assert!(soft < rough * MOST_ROUGHNESS, "{path}: {soft} of {rough}");
    }
}

/// What a blur over a radius of 4 may leave of a photograph's roughness. It averages over
/// more than 4 pixels a side, and neighbours share most of them.
const MOST_ROUGHNESS: f64 = 0.75;

fn decode(path: &Path) -> ::image::RgbaImage {
    decoded(&fs::read(path).unwrap())
}

/// How far neighbours are from each other, on average.
fn roughness(picture: &::image::RgbaImage) -> f64 {
    let pairs = picture.pixels().zip(picture.pixels().skip(1));
    let sum: u64 = pairs
        .map(|(one, next)| u64::from(one[1].abs_diff(next[1])))
        .sum();
    sum as f64 / f64::from(picture.width() * picture.height())
}
