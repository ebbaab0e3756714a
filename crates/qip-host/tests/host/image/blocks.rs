//! Blocks of tile filters in recipes (REC-6): what they take and give, which failure wins,
//! and what they share with the rest of a request.

use std::sync::Arc;
use std::time::Duration;

use qip_host::engine::{Engine, Exhausted};
use qip_host::image::{ImageOptions, Picture, bmp};
use qip_host::{
    Code, Error, ErrorKind, Host, Input, Limits, Options, Output, Recipe, Reply, Stage, TrapKind,
};

use super::{filter, shift, threads};
use crate::seam::{Listening, Log, taken};
use crate::{
    BUFFERS, echo, fuelled, host, metered, on_each, refused, scalar, standard, wat, within,
};

/// A picture of noise, and as BMP. Up to 12 × 20 pixels go through `echo`.
fn noise(width: u32, height: u32) -> (Picture, Vec<u8>) {
    let samples = (0..width * height * 4).map(|n| (n * 37 % 251) as u8);
    let picture = Picture::new(width, height, samples.collect()).expect("as many");
    let bytes = bmp::write(&picture).expect("sound");
    (picture, bytes)
}

/// Takes each sample from `from`.
fn subtract(from: f32) -> Vec<u8> {
    filter(
        0,
        "",
        &format!(
            "(v128.store (local.get $at)
                (f32x4.sub (f32x4.splat (f32.const {from})) (v128.load (local.get $at))))"
        ),
    )
}

/// Turns each sample around.
fn invert() -> Vec<u8> {
    subtract(1.0)
}

fn inverted(picture: &Picture) -> Vec<u8> {
    picture.pixels().iter().map(|sample| 255 - sample).collect()
}

/// `echo` that takes and gives text, elements or a number.
fn text(input: &str, output: &str) -> Vec<u8> {
    let buffers = BUFFERS
        .replace("input_bytes", &format!("input_{input}"))
        .replace("output_bytes", &format!("output_{output}"));
    wat(&format!(
        r#"(module (memory (export "memory") 1 1) {buffers}
            (func (export "run") (param i32) (result i32) (local.get 0)))"#
    ))
}

/// `echo` that declares a type at 2000.
fn typed(side: &str, media_type: &str) -> Vec<u8> {
    let size = media_type.len();
    echo(&format!(
        r#"(data (i32.const 2000) "{media_type}")
           (global (export "{side}_content_type_ptr") i32 (i32.const 2000))
           (global (export "{side}_content_type_size") i32 (i32.const {size}))"#
    ))
}

fn recipe(host: &Host, stages: &[&[u8]]) -> Result<Recipe, Error> {
    host.recipe(stages.iter().map(Stage::new))
}

#[track_caller]
fn picture(reply: &Reply) -> Picture {
    let Output::Bytes(bytes) = &reply.output else {
        panic!("no bytes: {:?}", reply.output);
    };
    bmp::read(bytes, &Limits::standard()).expect("a BMP")
}

/// A host on an engine that writes down what it is asked.
fn listening(engine: &Arc<dyn Engine>, limits: Limits) -> (Host, Log) {
    let log = Log::default();
    let engine = Listening::new(engine, &log);
    (
        Host::with_options(Arc::new(engine), limits, Options::default()),
        log,
    )
}

#[test]
fn a_block_may_stand_anywhere() {
    let (echo, invert) = (echo(""), invert());
    let (echo, invert): (&[u8], &[u8]) = (&echo, &invert);
    let (given, bytes) = noise(11, 7);
    on_each(|engine| {
        for (stages, inversions) in [
            (vec![invert], 1),
            (vec![invert, echo], 1),
            (vec![echo, invert], 1),
            (vec![echo, invert, echo], 1),
            (vec![echo, invert, invert, invert, echo], 3),
            (vec![invert, echo, invert], 2),
            (vec![invert, invert, echo, invert, echo, echo, invert], 4),
        ] {
            let recipe = recipe(&standard(engine), &stages).expect("sound");
            let reply = recipe.render(&bytes).expect("sound");
            let wanted = match inversions % 2 {
                0 => given.pixels().to_vec(),
                _ => inverted(&given),
            };
            let result = picture(&reply);
            assert_eq!((result.width(), result.height()), (11, 7));
            assert_eq!(
                result.into_pixels(),
                wanted,
                "{inversions} in {}",
                stages.len()
            );
            assert_eq!(reply.content_type.as_deref(), Some("image/bmp"));
            // What each stage used, one by one.
            assert_eq!(reply.stages.len(), stages.len());
            for (usage, stage) in reply.stages.iter().zip(&stages) {
                let pages = if stage == &echo { 1 } else { 2 };
                assert_eq!(usage.memory_bytes, pages * 65_536);
            }
        }
    });
}

/// A block is a maximal run: between its filters floats pass as they are, and bytes are made
/// once, at its end.
#[test]
fn a_block_is_as_long_as_can_be() {
    let (echo, away, back) = (echo(""), subtract(-3.0), subtract(-3.0));
    let (given, bytes) = noise(5, 3);
    on_each(|engine| {
        let render = |stages: &[&[u8]]| {
            let recipe = recipe(&standard(engine), stages).expect("sound");
            picture(&recipe.render(&bytes).expect("sound")).into_pixels()
        };
        // -3 - (-3 - v) is v.
        assert_eq!(render(&[&away, &back]), given.pixels());
        assert_eq!(render(&[&away, &echo, &back]), [0; 5 * 3 * 4]);
    });
}

/// Both regimes, on any number of threads: a block is what `Host::filters` makes of the same
/// stages.
#[test]
fn a_block_is_a_pipeline() {
    let (given, bytes) = noise(150, 90);
    on_each(|engine| {
        let (host, log) = listening(engine, Limits::standard());
        for stages in [
            vec![invert(), subtract(0.5)],
            vec![invert(), shift(7, 0.25), invert()],
        ] {
            let stages: Vec<&[u8]> = stages.iter().map(Vec::as_slice).collect();
            let filters = super::filters(&host, &stages).expect("sound");
            let wanted = filters.apply(&given, ImageOptions::default());
            let wanted = wanted.expect("sound");
            let recipe = recipe(&host, &stages).expect("sound");
            for (options, workers) in [(ImageOptions::default(), 1), (threads(3), 3)] {
                taken(&log);
                let reply = recipe.clone().threads(options.threads).render(&bytes);
                let asked = taken(&log);
                let instances = asked.iter().filter(|entry| *entry == "instantiate");
                assert_eq!(instances.count(), workers * stages.len());
                let reply = reply.expect("sound");
                assert!(picture(&reply) == wanted, "{options:?}");
                assert_eq!(reply.stages.len(), stages.len());
            }
        }
    });
}

/// A filter alone is a module as any other, and one that is loaded can be a stage of a
/// recipe or of a pipeline.
#[test]
fn a_filter_alone() {
    let gain = filter(
        0,
        r#"(global $gain (mut f32) (f32.const 1))
           (func (export "uniform_set_gain") (param f32) (global.set $gain (local.get 0)))"#,
        "(v128.store (local.get $at)
            (f32x4.mul (f32x4.splat (global.get $gain)) (v128.load (local.get $at))))",
    );
    let given = Picture::new(1, 1, vec![10, 20, 30, 40]).expect("four");
    let bytes = bmp::write(&given).expect("sound");
    on_each(|engine| {
        let host = standard(engine);
        let module = host.load_named("gain.wasm", &gain).expect("sound");
        assert_eq!(picture(&module.render(&bytes).expect("sound")), given);
        let double = || Stage::module(&module).uniform("gain", "2");
        let reply = host.recipe([double(), double()]).expect("sound");
        let reply = reply.render(&bytes).expect("sound");
        assert_eq!(picture(&reply).into_pixels(), [40, 80, 120, 160]);
        let filters = host.filters([double(), Stage::new(&gain)]).expect("sound");
        let result = filters.apply(&given, ImageOptions::default());
        assert_eq!(result.expect("sound").into_pixels(), [20, 40, 60, 80]);

        let error = module.render(b"GIF89a").expect_err("no BMP");
        assert_eq!(
            error.to_string(),
            "`gain.wasm`: the input of 6 bytes is too short for a BMP, expected at least 54"
        );
        assert_eq!(error.stage(), Some(1));
        // UNI-4, and what is wrong with a uniform, in either.
        for (key, value, code) in [
            ("width_and_height", "1", Code::UnknownUniform),
            ("gain", "x", Code::UniformValue),
        ] {
            let stages = || [double(), Stage::module(&module).uniform(key, value)];
            for error in [host.recipe(stages()).err(), host.filters(stages()).err()] {
                let error = error.expect(key);
                assert_eq!(refused(&error), Some(code), "{error}");
                assert_eq!(
                    (error.stage(), error.module()),
                    (Some(2), Some("gain.wasm"))
                );
            }
        }
    });
}

/// REC-2, REC-6: which stage cannot be piped, whatever else is wrong, last in ORD-1 and
/// before anything is instantiated.
#[test]
fn what_cannot_be_piped_to_a_block() {
    let (bytes, utf8, i32s) = (echo(""), text("bytes", "utf8"), text("bytes", "i32"));
    let (number, to_text) = (scalar("", "(i32.const 1)"), text("utf8", "utf8"));
    let (invert, broken) = (invert(), wat("(module)"));
    let piped = "only utf8/bytes can be piped to another stage";
    let to_filter = "only bytes can be piped to a tile filter";
    type Wanted = Option<(Code, usize, &'static str)>;
    let not_pipeable = |stage, text| Some((Code::NotPipeable, stage, text));
    let rows: Vec<(Vec<&[u8]>, Wanted)> = vec![
        (vec![&utf8, &invert], not_pipeable(1, to_filter)),
        (vec![&i32s, &invert], not_pipeable(1, piped)),
        (vec![&number, &invert], not_pipeable(1, piped)),
        (vec![&invert, &utf8, &invert], not_pipeable(2, to_filter)),
        (
            vec![&bytes, &invert, &invert, &to_text, &invert],
            not_pipeable(4, to_filter),
        ),
        // The first of two.
        (
            vec![&utf8, &invert, &number, &bytes],
            not_pipeable(1, to_filter),
        ),
        (
            vec![&number, &bytes, &utf8, &invert],
            not_pipeable(1, piped),
        ),
        // Text may go to content, and to a block where it has become bytes.
        (vec![&utf8, &bytes, &invert], None),
        (vec![&utf8, &utf8, &bytes, &invert], None),
        (vec![&invert, &number], None),
        (vec![&invert, &i32s], None),
        // What is wrong with one module comes first, wherever it stands.
        (
            vec![&utf8, &invert, &broken],
            Some((
                Code::MissingMemory,
                3,
                "the module does not export `memory`, expected a memory",
            )),
        ),
    ];
    on_each(|engine| {
        for (stages, wanted) in &rows {
            let (host, log) = listening(engine, Limits::standard());
            let error = recipe(&host, stages).err();
            let found = error.as_ref().map(|error| {
                let code = refused(error).expect("a refusal");
                (code, error.stage().expect("a stage"), error.message())
            });
            let wanted = wanted.map(|(code, stage, text)| (code, stage, text.to_owned()));
            assert_eq!(found, wanted);
            assert!(!taken(&log).contains(&"instantiate".to_owned()));
        }
    });
}

/// REC-6: what filters and callers declare of a block's input is not looked at, and behind a
/// block the type is `image/bmp`.
#[test]
fn content_types() {
    // Each of them would be refused of a content module: a lone pointer, out of bounds, not
    // ASCII, another than the current one.
    let declaring = |more: &str| filter(0, more, "");
    let lone = declaring(r#"(func (export "input_content_type_ptr") (result i32) unreachable)"#);
    let far = declaring(
        r#"(func (export "output_content_type_ptr") (result i32) (i32.const -1))
           (func (export "output_content_type_size") (result i32) (i32.const 7))
           (global (export "input_content_type_ptr") i32 (i32.const 8))
           (global (export "input_content_type_size") i32 (i32.const 8))"#,
    );
    let odd = declaring(
        r#"(global (export "output_content_type_ptr") f64 (f64.const 8))
           (func (export "output_content_type_size") (param i32))"#,
    );
    let (text, png) = (typed("output", "text/plain"), typed("output", "image/png"));
    let (wants_bmp, wants_png) = (typed("input", "image/bmp"), typed("input", "image/png"));
    let (_, bytes) = noise(2, 2);
    on_each(|engine| {
        for stages in [
            vec![&lone],
            vec![&far, &odd, &lone],
            vec![&text, &lone],
            vec![&png, &odd],
            vec![&far, &wants_bmp],
            vec![&png, &far, &wants_bmp],
        ] {
            let (host, log) = listening(engine, Limits::standard());
            let stages: Vec<&[u8]> = stages.into_iter().map(Vec::as_slice).collect();
            let recipe = recipe(&host, &stages).expect("sound");
            for given in [None, Some("image/bmp"), Some("text/css; x=1")] {
                let mut input = Input::new(&bytes);
                if let Some(given) = given {
                    input = input.content_type(given);
                }
                let reply = recipe.render(input).expect("sound");
                assert_eq!(reply.content_type.as_deref(), Some("image/bmp"));
            }
            let asked = taken(&log);
            let types = asked.iter().filter(|entry| entry.contains("content_type"));
            assert_eq!(types.count(), 0, "{asked:?}");
        }
        let stages: [&[u8]; 3] = [&png, &far, &wants_png];
        let recipe = recipe(&standard(engine), &stages).expect("sound");
        let error = recipe.render(&bytes).expect_err("another type");
        assert_eq!(
            error.to_string(),
            "stage 3: input content type mismatch: expected image/png, got image/bmp"
        );
    });
}

/// A block's picture is read before any of its filters is instantiated, and what is wrong
/// with it is its first stage's failure.
#[test]
fn what_is_no_picture() {
    let (_, sound) = noise(3, 2);
    let limits = Limits {
        image_side: 3,
        ..Limits::standard()
    };
    let traps = filter(0, "(func $s unreachable) (start $s)", "");
    let (echo, invert) = (echo(""), invert());
    let spoiled = |at: usize, value: u8| {
        let mut bytes = sound.clone();
        bytes[at] = value;
        bytes
    };
    on_each(|engine| {
        let (host, log) = listening(engine, limits.clone());
        for (bytes, code) in [
            (Vec::new(), Code::NotBmp),
            (spoiled(0, b'b'), Code::NotBmp),
            (sound[..sound.len() - 1].to_vec(), Code::NotBmp),
            (spoiled(18, 0), Code::ImageSize),
            (spoiled(18, 4), Code::ImageSize),
            (spoiled(22, 0), Code::ImageSize),
        ] {
            let name = |wasm, name: &str| Stage::new(wasm).named(name);
            let stages = [name(&echo, "e"), name(&invert, "i"), name(&traps, "t")];
            for (first, before) in [(0, 1), (1, 0)] {
                let recipe = host.recipe(stages[first..].to_vec()).expect("sound");
                taken(&log);
                let error = recipe.render(&bytes).expect_err("no picture");
                assert_eq!(refused(&error), Some(code), "{error}");
                assert_eq!(
                    (error.stage(), error.module()),
                    (Some(1 + before), Some("i"))
                );
                assert_eq!(error.tile(), None);
                let log = taken(&log);
                let instances = log.iter().filter(|entry| *entry == "instantiate");
                assert_eq!(instances.count(), before, "{log:?}");
            }
        }
        // A sound picture gets as far as the filters.
        let stages: [&[u8]; 3] = [&echo, &invert, &traps];
        let error = recipe(&host, &stages).expect("sound").render(&sound);
        let error = error.expect_err("a trap");
        assert_eq!(
            (error.stage(), refused(&error)),
            (Some(3), Some(Code::Instantiate))
        );
    });
}

/// Text behind a block is checked as ever: a picture seldom is.
#[test]
fn text_behind_a_block() {
    let (utf8, invert) = (text("utf8", "utf8"), invert());
    let white = bmp::write(&Picture::new(1, 1, vec![255; 4]).expect("four")).expect("sound");
    let black = bmp::write(&Picture::new(1, 1, vec![0; 4]).expect("four")).expect("sound");
    on_each(|engine| {
        let stages: [&[u8]; 2] = [&invert, &utf8];
        let recipe = recipe(&standard(engine), &stages).expect("sound");
        let reply = recipe.render(&white).expect("zeros are text");
        assert_eq!(reply.output, Output::Utf8(black.clone()));
        let error = recipe.render(&black).expect_err("no text");
        assert_eq!(
            (error.stage(), refused(&error)),
            (Some(2), Some(Code::InputNotUtf8))
        );
        assert_eq!(
            error.refusal().and_then(qip_host::Refusal::offset),
            Some(54)
        );
    });
}

/// A failure names its stage in the whole recipe, and the tile where there is one.
#[test]
fn failures_say_where() {
    let (_, bytes) = noise(70, 66);
    let wide = wat(&format!(
        r#"(module (memory (export "memory") 16 16)
            {}
            (func (export "run") (param i32) (result i32) (local.get 0)))"#,
        BUFFERS.replace("1024", "1000000")
    ));
    let traps = filter(
        0,
        "",
        "(if (f32.eq (f32.const 64) (local.get $y)) (then unreachable))",
    );
    let narrow = wat(r#"(module (memory (export "memory") 1)
            (global (export "input_ptr") i32 (i32.const 0))
            (global (export "input_bytes_cap") i32 (i32.const 65535))
            (func (export "tile_rgba_f32_64x64") (param f32 f32)))"#);
    let invert = invert();
    on_each(|engine| {
        let render = |stages: &[&[u8]]| {
            let stages = stages.iter().map(|wasm| Stage::new(wasm).named("f.wasm"));
            let recipe = standard(engine).recipe(stages).expect("sound");
            recipe.render(&bytes).expect_err("a failure")
        };
        let error = render(&[&invert, &wide, &invert, &traps, &wide]);
        assert_eq!(error.kind(), ErrorKind::Trapped(TrapKind::Unreachable));
        assert_eq!((error.stage(), error.tile()), (Some(4), Some((0, 64))));
        assert_eq!(
            error.to_string(),
            "stage 4 (`f.wasm`): the tile at (0, 64): the module trapped: unreachable"
        );
        let error = render(&[&wide, &invert, &narrow]);
        assert_eq!((error.stage(), error.tile()), (Some(3), None));
        assert_eq!(refused(&error), Some(Code::TileTooLarge));
    });
}

/// RUN-6: the fuel is one for all stages, and what each used adds up to what is just enough.
#[test]
fn fuel_is_shared() {
    let (_, bytes) = noise(10, 20);
    let (echo, invert, blur) = (echo(""), invert(), shift(2, 0.0));
    on_each(|engine| {
        if !engine.info().fuel {
            return;
        }
        for stages in [
            vec![&invert],
            vec![&echo, &invert, &invert, &echo],
            vec![&invert, &echo, &blur, &invert],
        ] {
            let render = |fuel: u64| {
                let limits = fuelled(fuel);
                let stages: Vec<&[u8]> = stages.iter().map(|wasm| wasm.as_slice()).collect();
                let recipe = recipe(&metered(engine, limits), &stages).expect("sound");
                let recipe = recipe.threads(threads(2).threads);
                recipe.render(Input::new(&bytes).limits(limits))
            };
            let reply = render(1 << 40).expect("plenty");
            let used = reply
                .stages
                .iter()
                .map(|usage| usage.fuel.expect("counted"));
            let used: Vec<u64> = used.collect();
            assert!(used.iter().all(|used| *used > 0), "{used:?}");
            let all = used.iter().sum::<u64>();
            assert!(render(all).is_ok(), "{used:?}");
            let error = render(all - used.last().expect("a stage") / 2).expect_err("too little");
            assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel));
            assert_eq!(error.stage(), Some(stages.len()));
            let error = render(used[0] / 2).expect_err("too little");
            assert_eq!(error.stage(), Some(1));
        }
    });
}

/// RUN-6: the time is one for all stages, and the host's own work counts.
#[test]
fn time_is_shared() {
    let (_, small) = noise(2, 2);
    let endless = filter(0, "", "(loop $again (br $again))");
    let (echo, invert) = (echo(""), invert());
    let milliseconds = Duration::from_millis;
    on_each(|engine| {
        let stages: [&[u8]; 4] = [&echo, &invert, &endless, &echo];
        let host = metered(engine, within(Duration::MAX));
        // Time enough for the two stages before.
        let error = recipe(&host, &stages)
            .expect("sound")
            .render(Input::new(&small).time(milliseconds(1_000)))
            .expect_err("endless");
        assert_eq!(
            error.to_string(),
            "stage 3: the tile at (0, 0): Wasm module exceeded the execution time limit (1000ms)"
        );
        // A time that is told covers the block.
        let reply = recipe(&host, &stages[1..2])
            .expect("sound")
            .render(Input::new(&small).time(milliseconds(60_000)));
        assert!(reply.expect("in time").time.is_some());

        // To read four megabytes takes longer than a microsecond: no filter is instantiated.
        let (_, large) = noise(2_000, 500);
        let log = Log::default();
        let engine: Arc<dyn Engine> = Arc::new(Listening::new(engine, &log));
        let host = metered(&engine, within(Duration::MAX));
        let recipe = recipe(&host, &[&invert, &invert]).expect("sound");
        taken(&log);
        let input = Input::new(&large).time(Duration::from_micros(1));
        let error = recipe.render(input).expect_err("too late");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
        assert_eq!((error.stage(), error.tile()), (Some(1), None));
        assert_eq!(taken(&log), [""; 0]);
    });
}

/// RUN-4: in a session content modules keep their instances, and filters get fresh ones:
/// each is made ready for one picture.
#[test]
fn sessions() {
    let counts = filter(
        0,
        "(global $calls (mut f32) (f32.const 0))",
        "(global.set $calls (f32.add (global.get $calls) (f32.const 0x1p-12)))
         (f32.store (local.get $at) (global.get $calls))",
    );
    let keeps = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS}
            (global $requests (mut i32) (i32.const 0))
            (func (export "run") (param i32) (result i32)
                (global.set $requests (i32.add (global.get $requests) (i32.const 1)))
                (i32.store8 (i32.const 54) (global.get $requests))
                (local.get 0)))"#
    ));
    let (_, bytes) = noise(2, 1);
    on_each(|engine| {
        let (host, log) = listening(engine, Limits::standard());
        let stages: [&[u8]; 3] = [&counts, &keeps, &counts];
        let recipe = recipe(&host, &stages).expect("sound");
        let once = recipe.render(&bytes).expect("sound");
        let mut session = recipe.session();
        taken(&log);
        for request in 1..=3 {
            let reply = session.render(&bytes).expect("sound");
            let sample = picture(&reply).pixels()[2];
            assert_eq!(sample, request, "the content module counts requests");
            if request == 1 {
                assert_eq!(reply.output, once.output);
            }
            let instances = taken(&log);
            let instances = instances.iter().filter(|entry| *entry == "instantiate");
            assert_eq!(instances.count(), if request == 1 { 3 } else { 2 });
        }
        assert!(
            format!("{session:?}").contains("1 warm of 3"),
            "{session:?}"
        );
    });
}

/// The limits on pictures, before anything of a picture's size is there (IMG-11).
#[test]
fn limits_of_pictures() {
    let invert = invert();
    on_each(|engine| {
        let limits = Limits {
            image_pixels: 6,
            image_side: 5,
            ..Limits::standard()
        };
        let recipe = recipe(&host(engine, limits), &[&invert]).expect("sound");
        for (width, height, fits) in [(2, 3, true), (5, 1, true), (7, 1, false), (6, 1, false)] {
            let reply = recipe.render(&noise(width, height).1);
            let code = reply.as_ref().err().and_then(refused);
            assert_eq!(code, (!fits).then_some(Code::ImageSize), "{width} {height}");
        }
    });
}
