//! What filters see and what is kept: conversion, coordinates, borders, halos (IMG-2 to
//! IMG-9).

use qip_host::image::{ImageOptions, Picture};
use qip_host::{Code, Stage};

use super::{at, bits, brighter, coordinates, filter, filters, numbered, shift};
use crate::{on_each, refused, standard, wat};

/// Bytes become floats before the first stage and bytes after the last; nothing is done
/// to colour under alpha 0 (IMG-2).
#[test]
fn bytes_pass_through_unchanged() {
    let picture = Picture::new(
        67,
        65,
        (0..67 * 65 * 4).map(|n: u32| (n * 7) as u8).collect(),
    )
    .expect("as many");
    on_each(|engine| {
        for stages in [
            vec![filter(0, "", "")],
            vec![filter(0, "", ""), filter(3, "", "")],
        ] {
            let stages: Vec<&[u8]> = stages.iter().map(Vec::as_slice).collect();
            let filters = filters(&standard(engine), &stages).expect("sound");
            let result = filters.apply(&picture, ImageOptions::default());
            assert!(result.expect("sound") == picture);
        }
    });
}

/// What a filter leaves becomes a byte by IMG-2, whatever it is; a caller with floats gets
/// it bit for bit.
#[test]
fn any_float_may_come_out() {
    let constants = [
        ("nan", 0, f32::NAN),
        ("inf", 255, f32::INFINITY),
        ("-inf", 0, f32::NEG_INFINITY),
        ("-0.3", 0, -0.3),
        ("1.5", 255, 1.5),
        ("0.5", 128, 0.5),
        ("0x1.fffffep-1", 255, f32::from_bits(0x3f7f_ffff)),
        // Times 255 it is one bit short of a half, and rounds up to 1 with the half added.
        ("0x1.010100p-9", 1, f32::from_bits(0x3b00_8080)),
        ("0x1.0100fep-9", 0, f32::from_bits(0x3b00_807f)),
    ];
    on_each(|engine| {
        for (text, byte, float) in constants {
            let body = format!("(v128.store (local.get $at) (f32x4.splat (f32.const {text})))");
            let filters = filters(&standard(engine), &[&filter(0, "", &body)]).expect("sound");
            let bytes = Picture::new(1, 1, vec![9; 4]).expect("four");
            let bytes = filters.apply(&bytes, ImageOptions::default()).expect(text);
            assert_eq!(bytes.into_pixels(), [byte; 4], "{text}");
            let floats = Picture::new(1, 1, vec![9.0; 4]).expect("four");
            let floats = filters.apply(&floats, ImageOptions::default()).expect(text);
            assert_eq!(bits(&floats), [float.to_bits(); 4], "{text}");
        }
    });
}

/// A signalling NaN goes in, from stage to stage and out as it is.
#[test]
fn floats_pass_bit_for_bit() {
    let odd = [0x7fa0_0001, 0xffc0_1234, 0x8000_0000, 0x0000_0001];
    let samples: Vec<f32> = (0..70 * 4).map(|n| f32::from_bits(odd[n % 4])).collect();
    let picture = Picture::new(70, 1, samples).expect("as many");
    on_each(|engine| {
        for halos in [[0, 0], [1, 0], [0, 1]] {
            let [first, second] = halos.map(|halo| filter(halo, "", ""));
            let filters = filters(&standard(engine), &[&first, &second]).expect("sound");
            let result = filters.apply(&picture, ImageOptions::default());
            assert_eq!(bits(&result.expect("sound")), bits(&picture), "{halos:?}");
        }
    });
}

/// IMG-7: the core's top-left pixel less the stage's own halo, once for each core.
#[test]
fn coordinates_are_the_cores_less_the_halo() {
    on_each(|engine| {
        for (halos, tops) in [([0, 0], 1), ([5, 0], 2), ([0, 65], 2), ([7, 3], 2)] {
            let stages = halos.map(coordinates);
            // Both stages write to the same pixel, so the first is asked alone.
            for (stage, halo) in stages.iter().zip(halos) {
                let filters = filters(&standard(engine), &[stage]).expect("sound");
                let result = filters.apply(&numbered(130, 70), ImageOptions::default());
                let result = result.expect("sound");
                for (x, y) in [(0, 0), (64, 0), (128, 0), (0, 64), (64, 64), (128, 64)] {
                    let found = (at(&result, x, y, 0), at(&result, x, y, 1));
                    let wanted = (x as f32 - halo as f32, y as f32 - halo as f32);
                    assert_eq!(found, wanted, "{halo} at {x} {y}");
                }
                assert_eq!(at(&result, 1, 0, 0), 4.0, "the rest is as it was");
            }
            // In a pipeline, the second stage's own halo counts.
            let filters = filters(&standard(engine), &[&stages[0], &stages[1]]).expect("sound");
            let result = filters.apply(&numbered(65, 65), ImageOptions::default());
            let found = at(&result.expect("sound"), 64, 64, 0);
            assert_eq!(found, 64.0 - halos[1] as f32, "{tops} {halos:?}");
        }
    });
}

/// Gives each pixel what the pixel at `place` of the tile has.
fn all_as(halo: u32, place: u32) -> Vec<u8> {
    let from = 16 + place * 16;
    filter(
        halo,
        "",
        &format!("(v128.store (local.get $at) (v128.load (i32.const {from})))"),
    )
}

/// IMG-8: outside of the picture is 0 in every channel, and then what a stage left there.
#[test]
fn without_a_halo_outside_is_zero_and_then_as_it_was_left() {
    let last = 64 * 64 - 1;
    let picture = Picture::new(2, 2, vec![200_u8; 16]).expect("as many");
    on_each(|engine| {
        let host = standard(engine);
        let pixel = |stages: &[&[u8]]| {
            let filters = filters(&host, stages).expect("sound");
            let result = filters.apply(&picture, ImageOptions::default());
            result.expect("sound").into_pixels()[..4].to_vec()
        };
        assert_eq!(pixel(&[&all_as(0, last)]), [0; 4]);
        // Right of the picture, and below it.
        assert_eq!(pixel(&[&all_as(0, 2)]), [0; 4]);
        assert_eq!(pixel(&[&all_as(0, 128)]), [0; 4]);
        assert_eq!(pixel(&[&all_as(0, 65)]), [200; 4]);
        assert_eq!(pixel(&[&brighter(), &all_as(0, last)]), [255, 0, 0, 0]);
    });
}

/// Instances are used for one tile after the other: what lies outside is 0 each time.
#[test]
fn outside_is_zero_in_every_tile() {
    on_each(|engine| {
        let stages: [&[u8]; 2] = [&brighter(), &all_as(0, 64 * 64 - 1)];
        let filters = filters(&standard(engine), &stages).expect("sound");
        let result = filters.apply(&numbered(1, 200), ImageOptions::default());
        let result = result.expect("sound");
        for y in [0, 63, 64, 199] {
            assert_eq!(at(&result, 0, y, 0), 1.0, "{y}");
        }
    });
}

/// IMG-9: outside takes the nearest pixel inside, at each edge and corner.
#[test]
fn with_a_halo_outside_is_the_nearest_pixel() {
    let (width, height) = (66, 70);
    let picture = numbered(width, height);
    let halo = 3;
    let span = 64 + 2 * halo;
    on_each(|engine| {
        let host = standard(engine);
        for (x, y) in [
            (0, 0),
            (2, 0),
            (0, 2),
            (3, 3),
            (30, 1),
            (1, 30),
            (69, 0),
            (0, 69),
            (69, 69),
            (68, 40),
            (40, 68),
        ] {
            let filters = filters(&host, &[&all_as(halo, y * span + x)]).expect("sound");
            let result = filters.apply(&picture, ImageOptions::default());
            let result = result.expect("sound");
            for (left, top) in [(0, 0), (64, 0), (0, 64), (64, 64)] {
                let near = |core: u32, place: u32, size: u32| {
                    (i64::from(core + place) - i64::from(halo)).clamp(0, i64::from(size) - 1) as u32
                };
                // An all-over filter reads its own output after `place`; before, what came.
                let wanted = at(&picture, near(left, x, width), near(top, y, height), 2);
                assert_eq!(at(&result, left, top, 2), wanted, "{x} {y} of {left} {top}");
            }
        }
    });
}

/// IMG-9: with a halo anywhere, stages without one also see the nearest pixel outside, and
/// of what they do there nothing is kept.
#[test]
fn a_halo_anywhere_counts_for_all_stages() {
    let last = all_as(0, 64 * 64 - 1);
    on_each(|engine| {
        let host = standard(engine);
        for stages in [[&last[..], &filter(1, "", "")], [&filter(1, "", ""), &last]] {
            let filters = filters(&host, &stages).expect("sound");
            let result = filters.apply(&numbered(2, 2), ImageOptions::default());
            assert_eq!(
                result.expect("sound").pixels()[..4],
                [12.0, 13.0, 14.0, 15.0]
            );
        }
        // The stage before has made it brighter, once, inside of the picture alone.
        let outside = [&brighter()[..], &brighter(), &shift(2, 0.0)];
        let filters = filters(&host, &outside).expect("sound");
        let result = filters.apply(&numbered(2, 2), ImageOptions::default());
        assert_eq!(
            result.expect("sound").pixels()[..4],
            [14.0, 13.0, 14.0, 15.0]
        );
    });
}

/// A halo reaches over as many tiles as it is wide, and past the picture on both sides.
#[test]
fn halos_reach_over_several_tiles() {
    let picture = numbered(200, 150);
    on_each(|engine| {
        for halo in [1, 64, 65, 130] {
            let two = [&shift(halo, 0.5)[..], &shift(2, 0.25)];
            let filters = filters(&standard(engine), &two).expect("sound");
            let result = filters.apply(&picture, ImageOptions::default());
            let result = result.expect("sound");
            for (x, y) in [(0, 0), (63, 63), (64, 64), (199, 149), (130, 100)] {
                let (from_x, from_y) = (199.min(x + halo + 2), 149.min(y + halo + 2));
                // Clamped twice, which is the same: the first result is clamped too.
                let wanted = at(&picture, from_x, from_y, 1) + 0.75;
                assert_eq!(at(&result, x, y, 1), wanted, "{halo} at {x} {y}");
            }
        }
    });
}

/// IMG-5: a halo may follow from a uniform or from the picture's size, and negative is
/// none. IMG-6: the size comes as floats, and a setter may have results.
#[test]
fn halos_follow_from_uniforms_and_size() {
    let module = wat(r#"(module (memory (export "memory") 20 20)
        (global (export "input_ptr") i32 (i32.const 0))
        (global (export "input_bytes_cap") i32 (i32.const 1000000))
        (global $halo (mut i32) (i32.const 0))
        (func (export "uniform_set_radius") (param i32) (global.set $halo (local.get 0)))
        (func (export "uniform_set_width_and_height") (param f32 f32) (result i64 f32)
            (if (i32.eqz (global.get $halo)) (then
                (global.set $halo (i32.trunc_f32_s
                    (f32.sub (local.get 0) (f32.mul (f32.const 10) (local.get 1)))))))
            (i64.const 0) (f32.const 0))
        (func (export "calculate_halo_px") (result i32) (global.get $halo))
        (func (export "tile_rgba_f32_64x64") (param f32 f32)
            (local $core i32)
            (if (i32.gt_s (global.get $halo) (i32.const 0)) (then
                (local.set $core (i32.mul (i32.const 16) (i32.mul (global.get $halo)
                    (i32.add (i32.const 65) (i32.mul (i32.const 2) (global.get $halo))))))))
            (f32.store (local.get $core) (local.get 0))))"#);
    on_each(|engine| {
        let host = standard(engine);
        let first = |stage: Stage<'_>, width: u32, height: u32| {
            let filters = host.filters([stage]).expect("sound");
            let result = filters.apply(&numbered(width, height), ImageOptions::default());
            result.map(|result| at(&result, 0, 0, 0))
        };
        let radius = |radius: &str| Stage::new(&module).uniform("radius", radius);
        assert_eq!(first(radius("6"), 9, 9).expect("sound"), -6.0);
        assert_eq!(first(radius("-6"), 9, 9).expect("sound"), 0.0);
        assert_eq!(first(Stage::new(&module), 37, 3).expect("sound"), -7.0);
        assert_eq!(first(Stage::new(&module), 30, 3).expect("sound"), 0.0);
        assert_eq!(first(Stage::new(&module), 3, 3).expect("sound"), 0.0);
        // 4 * 93 + 128 and 250 pixels a side are the last that fit a million bytes.
        assert_eq!(first(radius("93"), 1, 1).expect("sound"), -93.0);
        let error = first(radius("94"), 1, 1).expect_err("too large");
        assert_eq!(refused(&error), Some(Code::TileTooLarge));
    });
}
