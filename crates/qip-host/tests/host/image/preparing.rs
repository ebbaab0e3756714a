//! What is asked and refused before the first tile: stages, sizes, the order of IMG-12, the
//! bounds of IMG-4.

use std::sync::Arc;

use qip_host::image::{ImageOptions, Picture};
use qip_host::{Code, ErrorKind, Host, Limits, Options, Stage, TrapKind};

use super::{brighter, filter, filters, numbered, threads};
use crate::seam::{Listening, Log, taken};
use crate::{ENGINES, echo, host, on, on_each, refused, standard, wat};

/// A filter with `exports` of pointer, capacity and more, and a tile function that does
/// nothing.
fn exporting(pages: u32, exports: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module (memory (export "memory") {pages}) {exports}
            (func (export "tile_rgba32float_64x64") (param f32 f32)))"#
    ))
}

fn at(ptr: i64, capacity: i64, more: &str) -> String {
    format!(
        r#"(global (export "input_ptr") i32 (i32.const {ptr}))
           (global (export "input_bytes_cap") i32 (i32.const {capacity})) {more}"#
    )
}

fn halo(halo: i64) -> String {
    format!(r#"(func (export "calculate_halo_px") (result i32) (i32.const {halo}))"#)
}

#[test]
fn stages_are_refused_as_in_a_recipe() {
    let (sound, content) = (brighter(), echo(""));
    on_each(|engine| {
        let limits = Limits {
            stages: 2,
            ..Limits::standard()
        };
        let host = host(engine, limits);
        let module = host.load_named("content.wasm", &content).expect("sound");
        let shape = exporting(
            1,
            &at(
                0,
                65_536,
                r#"(global (export "calculate_halo_px") i32 (i32.const 0))"#,
            ),
        );
        let named = |bytes| Stage::new(bytes).named("a.wasm");
        for (stages, code, stage) in [
            (vec![], Code::EmptyRecipe, None),
            (vec![named(&sound); 3], Code::Limit, None),
            (vec![named(&sound), Stage::new(b"")], Code::NotWasm, Some(2)),
            (vec![named(&content)], Code::MissingExport, Some(1)),
            (
                vec![named(&sound), Stage::module(&module)],
                Code::MissingExport,
                Some(2),
            ),
            (vec![named(&shape)], Code::ExportShape, Some(1)),
            // UNI-4: the size is the host's to give.
            (
                vec![named(&sound).uniform("width_and_height", "1")],
                Code::UnknownUniform,
                Some(1),
            ),
        ] {
            let error = host.filters(stages).expect_err(code.as_str());
            assert_eq!(refused(&error), Some(code), "{error}");
            assert_eq!(error.stage(), stage, "{error}");
            assert_eq!(error.tile(), None);
        }
        let error = host.filters([named(&content)]).expect_err("no filter");
        assert_eq!(
            error.to_string(),
            "`a.wasm`: the module does not export `tile_rgba32float_64x64` or \
             `tile_rgba_f32_64x64`, expected a function `(f32, f32) -> ()`"
        );
        let error = host
            .filters([Stage::module(&module)])
            .expect_err("no filter");
        assert_eq!(error.module(), Some("content.wasm"));
        let other = standard(engine).load(&content).expect("sound");
        let error = host
            .filters([Stage::module(&other)])
            .expect_err("another's");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    });
}

/// IMG-11: no pixels, and more than the limits; and a picture that is not what it says.
#[test]
fn sizes_of_pictures() {
    on_each(|engine| {
        let limits = Limits {
            image_pixels: 100,
            image_side: 20,
            ..Limits::standard()
        };
        let filters = filters(&host(engine, limits), &[&brighter()]).expect("sound");
        for (width, height, found, wanted) in [
            (0, 0, "0", "1 or more"),
            (0, 5, "0", "1 or more"),
            (5, 0, "0", "1 or more"),
            (21, 1, "21", "at most 20"),
            (1, 21, "21", "at most 20"),
            (10, 11, "110", "at most 100"),
        ] {
            let error = filters
                .apply(&numbered(width, height), ImageOptions::default())
                .expect_err("a size");
            assert_eq!(refused(&error), Some(Code::ImageSize), "{width} {height}");
            let refusal = error.refusal().expect("refused");
            assert_eq!(refusal.found_text(), Some(found));
            assert_eq!(refusal.wanted_text(), Some(wanted));
            assert_eq!(error.stage(), None);
        }
        for (width, height) in [(20, 5), (1, 20), (10, 10)] {
            let result = filters.apply(&numbered(width, height), ImageOptions::default());
            assert!(result.is_ok(), "{width} {height}");
        }
    });
    for samples in [0, 23, 25] {
        let error = Picture::new(3, 2, vec![0_u8; samples]).expect_err("as many");
        assert_eq!(refused(&error), Some(Code::ImageSize));
    }
    let error = Picture::new(u32::MAX, u32::MAX, vec![0.0; 4]).expect_err("no such memory");
    assert_eq!(refused(&error), Some(Code::ImageSize));
    assert_eq!(
        (
            Limits::standard().image_pixels,
            Limits::standard().image_side
        ),
        (1 << 28, 65_535)
    );
}

/// IMG-4: capacity first, exactly; then memory, exactly; nothing wraps.
#[test]
fn tiles_fit_capacity_and_memory() {
    let tile = 64 * 64 * 16;
    let with_halo = 66 * 66 * 16;
    on_each(|engine| {
        let host = standard(engine);
        for (exports, code) in [
            (at(0, tile, ""), None),
            (at(0, tile - 1, ""), Some(Code::TileTooLarge)),
            (at(0, 0, ""), Some(Code::TileTooLarge)),
            (at(0, -1, ""), None),
            (at(65_536, tile, ""), None),
            (at(65_537, tile, ""), Some(Code::TileOutOfBounds)),
            (at(-1, tile, ""), Some(Code::TileOutOfBounds)),
            (at(-1, 5, ""), Some(Code::TileTooLarge)),
            (at(0, with_halo, &halo(1)), None),
            (at(0, with_halo - 1, &halo(1)), Some(Code::TileTooLarge)),
            (at(0, tile, &halo(-1)), None),
            (at(0, tile, &halo(i64::from(i32::MIN))), None),
            (
                at(0, -1, &halo(i64::from(i32::MAX))),
                Some(Code::TileTooLarge),
            ),
            // 16384 pixels a side are 2^32 bytes, and one halo less is 2^32 - 2^20.
            (at(0, -1, &halo(8_160)), Some(Code::TileTooLarge)),
            (at(0, -1, &halo(8_159)), Some(Code::TileOutOfBounds)),
            // Spans whose squares are 0 and 16 in the low 32 or 64 bits.
            (at(0, -1, &halo((1 << 30) - 32)), Some(Code::TileTooLarge)),
            (at(0, -1, &halo((1 << 15) - 31)), Some(Code::TileTooLarge)),
        ] {
            let filters = filters(&host, &[&exporting(2, &exports)]).expect("sound");
            let result = filters.apply(&numbered(70, 3), ImageOptions::default());
            let found = result.as_ref().err().and_then(refused);
            assert_eq!(found, code, "{exports} {result:?}");
        }
        let stages: [&[u8]; 2] = [&brighter(), &exporting(2, &at(0, tile, &halo(3)))];
        let filters = filters(&host, &stages).expect("sound");
        let error = filters
            .apply(&numbered(1, 1), ImageOptions::default())
            .expect_err("too large");
        assert_eq!(
            error.to_string(),
            "stage 2: Tile buffer exceeds module input_bytes_cap: 78400 bytes for a halo of 3 \
             pixels, expected at most 65536"
        );
        assert_eq!((error.stage(), error.tile()), (Some(2), None));
    });
}

/// Memory may grow while an instance is made ready, and in a call: bounds are those of
/// the moment (IMG-12), and the buffer is where it was.
#[test]
fn memory_may_grow() {
    let grows = |name: &str, rest: &str| {
        wat(&format!(
            r#"(module (memory (export "memory") 1)
                (global (export "input_ptr") i32 (i32.const 65536))
                (global (export "input_bytes_cap") i32 (i32.const 65536))
                (func (export "tile_rgba32float_64x64") (param f32 f32)
                    (drop (memory.grow (i32.const 3)))
                    (f32.store (i32.const 65536) (f32.const 7)))
                (func (export "{name}") {rest}))"#
        ))
    };
    on_each(|engine| {
        for module in [
            grows(
                "calculate_halo_px",
                "(result i32) (drop (memory.grow (i32.const 1))) (i32.const 0)",
            ),
            grows(
                "uniform_set_width_and_height",
                "(param f32 f32) (drop (memory.grow (i32.const 1)))",
            ),
        ] {
            let filters = filters(&standard(engine), &[&module]).expect("sound");
            let result = filters.apply(&numbered(65, 1), ImageOptions::default());
            let result = result.expect("sound");
            assert_eq!(
                result.pixels()[..8],
                [7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
            );
            assert_eq!(result.pixels()[256..258], [7.0, 257.0]);
        }
    });
}

/// A filter may write where it likes: the host reads the core of the tile and no more.
#[test]
fn writing_outside_of_the_core_is_nothing() {
    let halo = 2;
    let scribble = filter(
        halo,
        "",
        "(v128.store (i32.const 0) (v128.const i32x4 -1 -1 -1 -1))
         (v128.store (i32.const 16) (v128.const i32x4 -1 -1 -1 -1))
         (v128.store (i32.const 73984) (v128.const i32x4 -1 -1 -1 -1))",
    );
    on_each(|engine| {
        let filters = filters(&standard(engine), &[&scribble, &scribble]).expect("sound");
        let picture = numbered(130, 65);
        let result = filters.apply(&picture, ImageOptions::default());
        assert!(result.expect("sound") == picture);
    });
}

/// Every call that comes before the first tile, in order, for each instance (IMG-12,
/// UNI-2); all stages before the first tile; with one thread tiles row-major (IMG-10).
#[test]
fn instances_are_made_ready_in_order() {
    let module = wat(r#"(module (memory (export "memory") 1)
        (func (export "calculate_halo_px") (result i32) (i32.const 0))
        (func (export "uniform_set_width_and_height") (param f32 f32))
        (func (export "uniform_set_b") (param i32))
        (func (export "uniform_set_a") (param i32))
        (func (export "uniform_set_c") (param i32))
        (func (export "tile_rgba_f32_64x64") (param f32 f32) unreachable)
        (func (export "tile_rgba32float_64x64") (param f32 f32))
        (func (export "render") (param i32) (result i32) unreachable)
        (func (export "input_utf8_cap") (result i32) unreachable)
        (func (export "output_ptr") (result i32) unreachable)
        (func (export "input_bytes_cap") (result i32) (i32.const 65536))
        (func (export "input_ptr") (result i32) (i32.const 0)))"#);
    on(&ENGINES, |engine| {
        let log = Log::default();
        let listening = Listening::new(engine, &log);
        let host = Host::with_options(Arc::new(listening), Limits::standard(), Options::default());
        let stage = || Stage::new(&module).uniform("b", "2").uniform("a", "1");
        let filters = host.filters([stage(), stage()]).expect("sound");
        assert_eq!(taken(&log), ["compile"; 2]);
        filters
            .apply(&numbered(65, 66), ImageOptions::default())
            .expect("sound");
        let float = |value: f32| format!("F32({})", value.to_bits());
        let ready = [
            "instantiate".to_owned(),
            "call uniform_set_a[I32(1)]".to_owned(),
            "call uniform_set_b[I32(2)]".to_owned(),
            "call input_ptr[]".to_owned(),
            "call input_bytes_cap[]".to_owned(),
            format!(
                "call uniform_set_width_and_height[{}, {}]",
                float(65.0),
                float(66.0)
            ),
            "call calculate_halo_px[]".to_owned(),
        ];
        let tile = |x, y| format!("call tile_rgba32float_64x64[{}, {}]", float(x), float(y));
        let mut wanted = [ready.clone(), ready].concat();
        for (x, y) in [(0.0, 0.0), (64.0, 0.0), (0.0, 64.0), (64.0, 64.0)] {
            wanted.extend([tile(x, y), tile(x, y)]);
        }
        wanted.extend(["drop".to_owned(), "drop".to_owned()]);
        assert_eq!(taken(&log), wanted);

        // With more threads, each makes an instance of each stage at most.
        filters
            .apply(&numbered(300, 300), threads(3))
            .expect("sound");
        let seen = taken(&log);
        let count = |wanted: &str| seen.iter().filter(|entry| *entry == wanted).count();
        assert!((2..=6).contains(&count("instantiate")), "{seen:?}");
        assert_eq!(count("instantiate"), count("drop"));
        assert_eq!(count(&tile(128.0, 64.0)), 2);
        let tiles = seen
            .iter()
            .filter(|entry| entry.contains("tile_rgba"))
            .count();
        assert_eq!(tiles, 50);
    });
}

/// What fails while instances are made ready names the stage and no tile.
#[test]
fn failures_before_the_first_tile() {
    let traps = [
        filter(0, "(func $s unreachable) (start $s)", ""),
        filter(
            0,
            r#"(func (export "uniform_set_width_and_height") (param f32 f32) unreachable)"#,
            "",
        ),
        exporting(
            1,
            &at(
                0,
                65_536,
                r#"(func (export "calculate_halo_px") (result i32) unreachable)"#,
            ),
        ),
    ];
    let kinds = [
        ErrorKind::Refused(Code::Instantiate),
        ErrorKind::Trapped(TrapKind::Unreachable),
        ErrorKind::Trapped(TrapKind::Unreachable),
    ];
    // No tile comes before all stages are ready.
    let first = filter(0, "", "unreachable");
    on_each(|engine| {
        for (trap, kind) in traps.iter().zip(kinds) {
            let filters = filters(&standard(engine), &[&first, trap]).expect("sound");
            let error = filters
                .apply(&numbered(1, 1), threads(2))
                .expect_err("a trap");
            assert_eq!(error.kind(), kind);
            assert_eq!((error.stage(), error.tile()), (Some(2), None));
        }
    });
}
