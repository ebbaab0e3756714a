//! Pictures in case files: what the loader makes of them, what it refuses, and how they
//! are judged.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use qip_cases::{
    Capability, Case, Corpus, Expectation, Expected, ExpectedImage, ExpectedOutcome, Image,
    LoadErrorKind, Outcome,
};
use qip_conformance::{Detail, Verdict, judge};
use tempfile::TempDir;

use crate::fake::{ANY_MODULE, Fake, corpus, files, run, without_directory};

/// A file of one case with these further lines.
fn case(lines: &str) -> String {
    format!(
        "summary = \"made up\"\n{ANY_MODULE}\n[[case]]\nname = \"one\"\nclauses = [\"IMG-3\"]\n{lines}\n"
    )
}

/// A file of one case in which this picture goes in.
fn with_image(image: &str) -> String {
    case(&format!(
        "image = {image}\nexpect = {{ trap = \"unreachable\" }}"
    ))
}

/// A file of one case in which this picture of 2 × 2 pixels comes out.
fn expecting(image: &str) -> String {
    case(&format!(
        "image = {{ width = 2, height = 2, fill = \"00000000\" }}\nexpect = {{ image = {image} }}"
    ))
}

/// A PNG of one pixel.
fn png(pixel: [u8; 4]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixel).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A corpus of one case with a picture, a script, and what is no picture beside it.
fn beside(text: &str) -> TempDir {
    let directory = files(&[
        ("area/file.toml", text),
        ("area/pictures.py", ""),
        ("above.py", ""),
        ("area/text.png", "no picture"),
        ("area/picture.bmp", "BM"),
    ]);
    fs::write(directory.path().join("area/red.png"), png([255, 0, 0, 9])).unwrap();
    directory
}

fn told(texts: &[(&str, String)]) -> String {
    let told = texts.iter().map(|(what, text)| {
        let directory = beside(text);
        // Alone, so that nothing is said of the files that this one does not use.
        let opened = Corpus::open_file(directory.path().join("area/file.toml"));
        let errors = match opened {
            Ok(_) => "nothing is wrong".to_owned(),
            Err(errors) => without_directory(&errors.to_string(), &directory.path().join("area")),
        };
        let errors: Vec<String> = errors.lines().map(|line| format!("  {line}\n")).collect();
        format!("{what}\n{}", errors.concat())
    });
    told.collect()
}

/// The picture that goes into the only case of this file.
fn input(text: &str) -> Arc<Image> {
    Arc::clone(picture(&corpus(text).cases()[0]))
}

fn picture(case: &Case) -> &Arc<Image> {
    case.task.requests[0].input.image().unwrap()
}

fn expected(case: &Case) -> &ExpectedImage {
    match &case.expectations[0].alternatives()[0].outcome {
        ExpectedOutcome::Image(image) => image,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_come_in_every_form() {
    let rows = "{ width = 2, height = 2, rows = [\"01020304 05060708\", \"090a0b0c 0D0E0F10\"] }";
    assert_eq!(
        input(&with_image(rows)).pixels,
        (1..=16).collect::<Vec<u8>>()
    );
    let filled = input(&with_image(
        "{ width = 3, height = 2, fill = \"102030ff\" }",
    ));
    assert_eq!((filled.width, filled.height), (3, 2));
    assert_eq!(filled.pixels, [0x10, 0x20, 0x30, 0xff].repeat(6));
    for nothing in [
        "{ width = 0, height = 7, rows = [] }",
        "{ width = 7, height = 0, rows = [] }",
        "{ width = 7, height = 0, fill = \"00000000\" }",
    ] {
        assert!(input(&with_image(nothing)).pixels.is_empty(), "{nothing}");
    }
}

#[test]
fn a_gradient_is_the_stated_formula() {
    let image = input(&with_image(
        "{ width = 300, height = 270, gradient = true }",
    ));
    assert_eq!(image.pixels.len(), 300 * 270 * 4);
    for y in 0..270u32 {
        for x in 0..300u32 {
            let pixel = [
                x % 256,
                y % 256,
                (3 * x + 5 * y) % 256,
                255 - (x + 2 * y) % 256,
            ];
            let at = (y * 300 + x) as usize * 4;
            let found = &image.pixels[at..at + 4];
            assert_eq!(pixel.map(|sample| sample as u8), found, "({x}, {y})");
        }
    }
}

#[test]
fn patches_lie_over_a_picture_in_order() {
    let image = input(&with_image(
        "{ width = 4, height = 3, fill = \"00000000\", patches = [
  { x = 1, y = 1, width = 2, height = 2, fill = \"11111111\" },
  { x = 2, y = 2, width = 2, height = 1, rows = [\"22222222 33333333\"] },
  { x = 0, y = 0, width = 1, height = 3, rows = [\"44444444\", \"55555555\", \"66666666\"] },
] }",
    ));
    let samples: Vec<u8> = image.pixels.chunks(4).map(|pixel| pixel[0]).collect();
    let expected = [
        0x44, 0x00, 0x00, 0x00, //
        0x55, 0x11, 0x11, 0x00, //
        0x66, 0x11, 0x22, 0x33,
    ];
    assert_eq!(samples, expected);
}

#[test]
fn a_picture_may_be_a_file() {
    let of = |lines: &str| {
        let directory = beside(&case(lines));
        fs::remove_file(directory.path().join("area/text.png")).unwrap();
        Corpus::open_unlocked(directory.path()).unwrap_or_else(|errors| panic!("{errors}"))
    };
    let file = |script: &str| format!("file = \"red.png\", made_by = \"{script}\"");
    let both = of(&format!(
        "image = {{ {} }}\nexpect = {{ image = {{ {}, patches = [{{ x = 0, y = 0, width = 1, height = 1, fill = \"00ff0001\" }}] }} }}",
        file("pictures.py"),
        file("../above.py"),
    ));
    let case = &both.cases()[0];
    assert_eq!(picture(case).pixels, [255, 0, 0, 9]);
    // What lies over it there does not lie over it here.
    assert_eq!(expected(case).image.pixels, [0, 255, 0, 1]);
    assert_eq!(
        expected(case),
        &ExpectedImage::exactly(Arc::clone(&expected(case).image))
    );
}

#[test]
fn the_digest_covers_pictures() {
    let text = with_image("{ file = \"red.png\", made_by = \"pictures.py\" }");
    let directory = beside(&text);
    let path = directory.path().join("area/file.toml");
    let digest = |path: &Path| Corpus::open_file(path).unwrap().digest().to_owned();
    let before = digest(&path);
    fs::write(directory.path().join("area/red.png"), png([255, 0, 0, 10])).unwrap();
    assert_ne!(digest(&path), before);
}

#[test]
fn a_picture_that_no_case_uses_is_refused() {
    let directory = beside(&with_image(
        "{ file = \"red.png\", made_by = \"pictures.py\" }",
    ));
    let errors = Corpus::open_unlocked(directory.path()).unwrap_err();
    insta::assert_snapshot!(
        without_directory(&errors.to_string(), directory.path()),
        @"area/text.png:1: no case uses this picture"
    );
    assert_eq!(errors.errors()[0].kind(), LoadErrorKind::Unused);
}

#[test]
fn a_script_of_a_corpus_stands_in_it() {
    let text =
        with_image("{ width = 1, height = 1, fill = \"00000000\", made_by = \"../../x.py\" }");
    let directory = files(&[
        ("cases/area/file.toml", &text),
        ("x.py", ""),
        ("cases.lock", "area/file#one\n"),
    ]);
    let errors = Corpus::open(directory.path()).unwrap_err();
    insta::assert_snapshot!(
        without_directory(&errors.to_string(), directory.path()),
        @"cases/area/file.toml:7: the script `../../x.py` is not there"
    );
    // Where nothing is packaged, it may be anywhere.
    Corpus::open_unlocked(directory.path().join("cases")).unwrap();
}

#[test]
fn pictures_that_are_refused() {
    let size = "width = 2, height = 2";
    let with = |more: &str| with_image(&format!("{{ {size}, {more} }}"));
    let patch = |patch: &str| with(&format!("fill = \"00000000\", patches = [{{ {patch} }}]"));
    let told = told(&[
        ("no pixels", with_image("{ width = 2, height = 2 }")),
        (
            "no height",
            with_image("{ width = 2, fill = \"00000000\" }"),
        ),
        (
            "a width below zero",
            with_image("{ width = -1, height = 2, fill = \"00000000\" }"),
        ),
        (
            "too many pixels",
            with_image("{ width = 4097, height = 1024, fill = \"00000000\" }"),
        ),
        ("two forms", with("fill = \"00000000\", gradient = true")),
        ("an unknown form", with("noise = 7")),
        ("a pixel of three bytes", with("fill = \"ff0000\"")),
        ("a pixel with a sign", with("fill = \"+1234567\"")),
        (
            "a pixel that is no hexadecimal",
            with("fill = \"red00000\""),
        ),
        ("no gradient", with("gradient = false")),
        ("too few rows", with("rows = [\"00000000 00000000\"]")),
        (
            "rows for no width",
            with_image("{ width = 0, height = 2, rows = [\"\", \"\"] }"),
        ),
        (
            "a row that is too long",
            with("rows = [\"00000000 00000000\", \"00000000 00000000 00000000\"]"),
        ),
        (
            "two spaces",
            with("rows = [\"00000000  00000000\", \"00000000 0000000\"]"),
        ),
        (
            "a patch beyond the right edge",
            patch("x = 1, y = 0, width = 2, height = 1, fill = \"00000000\""),
        ),
        (
            "a patch beyond all numbers",
            patch("x = 4294967295, y = 0, width = 2, height = 1, fill = \"00000000\""),
        ),
        (
            "a patch below",
            patch("x = 0, y = 2, width = 1, height = 1, fill = \"00000000\""),
        ),
        (
            "a patch of no pixels",
            patch("x = 0, y = 0, width = 0, height = 1, fill = \"00000000\""),
        ),
        (
            "a patch of nothing",
            patch("x = 0, y = 0, width = 1, height = 1"),
        ),
        (
            "a patch with too few pixels",
            patch("x = 0, y = 0, width = 2, height = 1, rows = [\"00000000\"]"),
        ),
        (
            "a patch without a place",
            patch("width = 1, height = 1, fill = \"00000000\""),
        ),
        (
            "a file without a script",
            with_image("{ file = \"red.png\" }"),
        ),
        (
            "a script that is not there",
            with_image("{ file = \"red.png\", made_by = \"other.py\" }"),
        ),
        (
            "a script in a directory below",
            with_image("{ file = \"red.png\", made_by = \"below/pictures.py\" }"),
        ),
        (
            "a directory for a script",
            with_image("{ file = \"red.png\", made_by = \"../area\" }"),
        ),
        (
            "a file with a size",
            with_image("{ file = \"red.png\", made_by = \"pictures.py\", width = 1 }"),
        ),
        (
            "a file that is not there",
            with_image("{ file = \"blue.png\", made_by = \"pictures.py\" }"),
        ),
        (
            "a file that is no picture",
            with_image("{ file = \"text.png\", made_by = \"pictures.py\" }"),
        ),
        (
            "a picture of another kind",
            with_image("{ file = \"picture.bmp\", made_by = \"pictures.py\" }"),
        ),
        (
            "a difference of what goes in",
            with("fill = \"00000000\", max_difference = 1, max_pixels = 1"),
        ),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn keys_that_do_not_go_with_pictures() {
    let image = "image = { width = 1, height = 1, fill = \"00000000\" }";
    let trap = "expect = { trap = \"unreachable\" }";
    let told = told(&[
        ("an input", case(&format!("{image}\ninput = \"a\"\n{trap}"))),
        (
            "a content type",
            case(&format!("{image}\ncontent_type = \"image/png\"\n{trap}")),
        ),
        (
            "a content type with the picture of the defaults",
            case(&format!("content_type = \"image/png\"\n{trap}"))
                .replace("[[case]]", &format!("[defaults]\n{image}\n[[case]]")),
        ),
        (
            "both in the defaults",
            case(trap).replace(
                "[[case]]",
                &format!("[defaults]\n{image}\ninput = \"a\"\n[[case]]"),
            ),
        ),
        (
            "requests",
            case(&format!("{image}\nrequests = [{{ {trap} }}, {{ {trap} }}]")),
        ),
        (
            "requests of which one is bytes",
            case(&format!(
                "requests = [{{ {image}, {trap} }}, {{ input = \"a\", {trap} }}]"
            )),
        ),
        (
            "a request of both",
            case(&format!(
                "requests = [{{ {image}, {trap} }}, {{ {image}, input = \"a\", {trap} }}]"
            )),
        ),
        (
            "reuse",
            case(&format!(
                "options = {{ reuse = true }}\nrequests = [{{ {image}, {trap} }}, {{ {image}, {trap} }}]"
            )),
        ),
        (
            "bytes that come out",
            case(&format!(
                "{image}\nexpect = {{ any = [{{ trap = \"unreachable\" }}, {{ utf8 = \"\" }}] }}"
            )),
        ),
        (
            "a picture that comes out of bytes",
            case("expect = { image = { width = 1, height = 1, fill = \"00000000\" } }"),
        ),
        (
            "a picture that grows",
            case(&format!(
                "{image}\nexpect = {{ image = {{ width = 1, height = 2, fill = \"00000000\" }} }}"
            )),
        ),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn expected_pictures_that_are_refused() {
    let black = "width = 2, height = 2, fill = \"00000000\"";
    let with = |more: &str| expecting(&format!("{{ {black}, {more} }}"));
    let told = told(&[
        (
            "a picture of no pixels",
            expecting("{ width = 0, height = 2, rows = [] }"),
        ),
        ("every sample may differ", with("max_difference = 255")),
        ("no sample differs so much", with("max_difference = 256")),
        ("every pixel may differ", with("max_pixels = 4")),
        (
            "every pixel may differ a little",
            with("max_difference = 1, max_pixels = 4"),
        ),
        ("no pixel may differ", with("max_pixels = 0")),
        (
            "some pixels may differ by nothing",
            with("max_difference = 0, max_pixels = 1"),
        ),
        ("a difference below zero", with("max_difference = -1")),
        (
            "a content type",
            case(&format!(
                "image = {{ {black} }}\nexpect = {{ image = {{ {black} }}, content_type = \"image/png\" }}"
            )),
        ),
        (
            "two outcomes",
            case(&format!(
                "image = {{ {black} }}\nexpect = {{ image = {{ {black} }}, scalar = 1 }}"
            )),
        ),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn what_may_differ_is_read() {
    let of = |more: &str| {
        let corpus = corpus(&expecting(&format!(
            "{{ width = 2, height = 2, gradient = true{more} }}"
        )));
        let expected = expected(&corpus.cases()[0]).clone();
        (expected.max_difference, expected.max_pixels)
    };
    assert_eq!(of(""), (0, None));
    assert_eq!(of(", max_difference = 0"), (0, None));
    assert_eq!(of(", max_difference = 254"), (254, None));
    assert_eq!(of(", max_pixels = 3"), (0, Some(3)));
    assert_eq!(of(", max_difference = 2, max_pixels = 1"), (2, Some(1)));
}

#[test]
fn a_case_says_in_what_it_departs_from_the_defaults() {
    let text = r#"
summary = "made up"
module = { wat = '(module)' }

[defaults]
clauses = ["IMG-3"]
image = { width = 1, height = 1, fill = "01020304" }
limits = { image_side = 9 }

[[case]]
name = "a picture"
expect = { refused = "image-size" }

[[case]]
name = "another picture"
image = { width = 1, height = 1, fill = "05060708" }
expect = { refused = "image-size" }

[[case]]
name = "bytes"
input = "a"
content_type = "a/b"
expect = { scalar = 1 }

[[case]]
name = "several pictures"
requests = [
  { expect = { refused = "image-size" } },
  { image = { width = 1, height = 1, fill = "090a0b0c" }, expect = { refused = "image-size" } },
]
"#;
    let corpus = corpus(text);
    let [first, second, bytes, several] = corpus.cases() else {
        panic!("four cases")
    };
    assert_eq!(picture(first).pixels, [1, 2, 3, 4]);
    assert_eq!(picture(second).pixels, [5, 6, 7, 8]);
    let input = &bytes.task.requests[0].input;
    assert_eq!(input.bytes().unwrap().to_vec(), b"a");
    assert_eq!(picture(several).pixels, [1, 2, 3, 4]);
    let second = several.task.requests[1].input.image().unwrap();
    assert_eq!(second.pixels, [9, 10, 11, 12]);
    assert_eq!(first.task.limits.image_side, 9);
}

#[test]
fn what_a_case_of_pictures_needs() {
    let needs = |lines: &str| {
        let corpus = corpus(&case(lines));
        let needs = corpus.cases()[0].needs.iter();
        let needs: Vec<&str> = needs.map(|one| Capability::as_str(*one)).collect();
        needs.join(" ")
    };
    let image = "image = { width = 1, height = 1, fill = \"00000000\" }";
    let trap = "expect = { trap = \"unreachable\" }";
    assert_eq!(needs(&format!("{image}\n{trap}")), "image");
    assert_eq!(
        needs(
            &format!("{image}\nuniforms = {{ a = \"1\" }}\nstages = [{{}}, {{}}]\n{trap}")
                .replace("uniforms = { a = \"1\" }\n", "")
        ),
        "recipe image"
    );
    assert_eq!(
        needs(&format!("{image}\nlimits = {{ image_pixels = 9 }}\n{trap}")),
        "image limits"
    );
    // The limits of LIM-1 themselves are no other limits.
    assert_eq!(
        needs(&format!("limits = {{ image_side = 65535 }}\n{trap}")),
        "content image"
    );
    for code in [
        "tile-too-large",
        "tile-out-of-bounds",
        "image-size",
        "not-bmp",
    ] {
        let expect = format!("expect = {{ refused = \"{code}\" }}");
        assert_eq!(needs(&expect), "content image", "{code}");
    }
    assert_eq!(
        needs(&format!("needs = [\"image\"]\n{trap}")),
        "content image"
    );
}

const ALL: Detail = Detail {
    indirect_kinds: true,
    texts: true,
};

fn image(width: u32, samples: &[u8]) -> Image {
    let pixels: Vec<u8> = samples.iter().flat_map(|one| [*one, 1, 2, 3]).collect();
    let height = u32::try_from(samples.len()).unwrap() / width;
    Image::new(width, height, pixels).unwrap()
}

/// How a picture of these red samples differs from black.
fn differences(max_difference: u8, max_pixels: Option<u64>, samples: &[u8]) -> Vec<String> {
    let expected = ExpectedImage {
        image: Arc::new(image(3, &[0; 6])),
        max_difference,
        max_pixels,
    };
    let expected = Expected::new(ExpectedOutcome::Image(expected));
    let outcome = Outcome::Image(image(3, samples));
    let differences = judge(&Expectation::new(vec![expected]), &outcome, ALL);
    differences.iter().map(ToString::to_string).collect()
}

#[test]
fn every_sample_is_compared_unless_it_may_differ() {
    let is_match = |max_difference, max_pixels, samples: &[u8]| {
        differences(max_difference, max_pixels, samples).is_empty()
    };
    let same = [0; 6];
    let one = [0, 0, 0, 0, 3, 0];
    let two = [0, 2, 0, 0, 3, 0];
    for (max_difference, max_pixels) in [(0, None), (2, None), (0, Some(1)), (2, Some(1))] {
        assert!(is_match(max_difference, max_pixels, &same));
    }
    assert!(!is_match(0, None, &one));
    assert!(!is_match(2, None, &two));
    assert!(is_match(3, None, &two));
    // Alone, so many pixels may differ by anything.
    assert!(is_match(0, Some(1), &[0, 255, 0, 0, 0, 0]));
    assert!(is_match(0, Some(2), &two));
    assert!(!is_match(0, Some(1), &two));
    // Together, so many by so much.
    assert!(is_match(3, Some(1), &one));
    assert!(!is_match(2, Some(1), &one));
    assert!(!is_match(3, Some(1), &two));
    assert!(is_match(3, Some(2), &two));
}

#[test]
fn a_difference_says_where_and_how_much() {
    let told = [
        ("one", differences(0, None, &[0, 0, 0, 0, 255, 0])),
        ("several", differences(0, None, &[0, 2, 0, 0, 200, 1])),
        // Not the first that differs, but the first that must not.
        (
            "with a tolerance",
            differences(2, None, &[0, 2, 0, 0, 200, 1]),
        ),
        (
            "too many pixels",
            differences(0, Some(1), &[0, 2, 0, 0, 200, 1]),
        ),
        ("both", differences(200, Some(2), &[0, 2, 0, 0, 200, 1])),
    ];
    let told: Vec<String> = told
        .iter()
        .map(|(what, told)| format!("{what}\n  {}", told.join("\n  ")))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    one
      outcome: expected image 3 × 2: (1, 1) is 00010203, found image 3 × 2: (1, 1) is ff010203; 1 pixel differs, by at most 255
    several
      outcome: expected image 3 × 2: (1, 0) is 00010203, found image 3 × 2: (1, 0) is 02010203; 3 pixels differ, by at most 200
    with a tolerance
      outcome: expected image 3 × 2, samples within 2: (1, 1) is 00010203, found image 3 × 2: (1, 1) is c8010203; 3 pixels differ, by at most 200
    too many pixels
      outcome: expected image 3 × 2, at most 1 differing pixel: (1, 0) is 00010203, found image 3 × 2: (1, 0) is 02010203; 3 pixels differ, by at most 200
    both
      outcome: expected image 3 × 2, samples within 200, at most 2 differing pixels: (1, 0) is 00010203, found image 3 × 2: (1, 0) is 02010203; 3 pixels differ, by at most 200
    ");
}

#[test]
fn another_size_is_said_to_be_one() {
    let expected = ExpectedImage::exactly(image(3, &[0; 6]));
    let expectation = Expectation::new(vec![Expected::new(ExpectedOutcome::Image(expected))]);
    let told = |outcome: &Outcome| judge(&expectation, outcome, ALL)[0].to_string();
    // As many pixels.
    insta::assert_snapshot!(told(&Outcome::Image(image(2, &[5; 6]))), @"outcome: expected image 3 × 2, found image 2 × 3, another size");
    insta::assert_snapshot!(told(&Outcome::Image(image(1, &[5; 3]))), @"outcome: expected image 3 × 2, found image 1 × 3, another size");
    insta::assert_snapshot!(told(&crate::fake::scalar(1)), @"outcome: expected image 3 × 2, found scalar 1");
}

#[test]
fn a_report_keeps_the_first_64_kib() {
    let corpus = corpus(&case(
        "image = { width = 200, height = 130, fill = \"00000000\" }\nexpect = { image = { width = 200, height = 130, fill = \"00000000\" } }",
    ));
    let wrong = Image::new(200, 130, vec![7; 200 * 130 * 4]).unwrap();
    let report = run(&corpus, Fake::always(Outcome::Image(wrong)));
    let result = &report.subjects()[0].results()[0];
    assert_eq!(result.verdict, Verdict::Fail);
    let judged = &result.requests[0];
    assert_eq!(judged.output_bytes, 200 * 130 * 4);
    let Outcome::Image(kept) = &judged.outcome else {
        panic!("{:?}", judged.outcome)
    };
    assert_eq!(
        (kept.width, kept.height, kept.pixels.len()),
        (200, 130, 64 << 10)
    );
    let mut lines = Vec::new();
    report.write_json_lines(&mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let verdict: serde_json::Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    let found = &verdict["verdict"]["requests"][0]["found"]["image"];
    assert_eq!(found["width"], 200);
    assert_eq!(found["height"], 130);
    assert_eq!(found["bytes"], 200 * 130 * 4);
    // Four characters for three bytes.
    assert_eq!(
        found["rgba"].as_str().unwrap().len(),
        (64usize << 10).div_ceil(3) * 4
    );
}
