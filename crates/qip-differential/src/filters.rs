//! Pictures through filters, and BMP through recipes with blocks of them: what the model
//! makes of it is what must come out.
//!
//! A few modules are enough, as uniforms say what they do: which neighbour of a pixel is
//! looked at, what is made of it, how wide the halo is, at which tile there is a trap.

mod bmp;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use anyhow::{Context as _, Result};
use bmp::Bmp;
use proptest::prelude::*;
use qip_cases::{Bytes, Image, Module, Request, RequestInput, Stage, Task, TaskOptions};
use qip_contract::{Floats, Limits, RequestLimits};

use crate::trial::Trial;

/// A time limit that only says that there is one.
const TIME: Duration = Duration::from_secs(60);

/// The modules of stages.
struct Modules {
    moves: Arc<Module>,
    turns: Arc<Module>,
    echo: Arc<Module>,
}

impl Modules {
    fn assemble() -> Result<Modules> {
        let module = |name: &str, text| -> Result<Arc<Module>> {
            let wasm = wat::parse_str(text).with_context(|| format!("`{name}`"))?;
            Ok(Arc::new(Module::from_bytes(name, wasm)))
        };
        Ok(Modules {
            moves: module("moves.wat", include_str!("filters/moves.wat"))?,
            turns: module("turns.wat", include_str!("filters/turns.wat"))?,
            echo: module("echo.wat", include_str!("filters/echo.wat"))?,
        })
    }
}

static MODULES: LazyLock<Modules> =
    LazyLock::new(|| Modules::assemble().expect("modules that tests assemble"));

/// Pictures through pipelines.
pub(crate) fn pictures() -> BoxedStrategy<Trial> {
    let stages = prop::collection::vec(filter(), 1..4);
    (stages, picture(), side_limit(), floats())
        .prop_map(|(stages, image, side, floats)| trial(stages, image, side, floats))
        .boxed()
}

/// BMP through recipes.
pub(crate) fn recipes() -> BoxedStrategy<Trial> {
    let stage = prop_oneof![4 => filter(), 1 => Just(stage(&MODULES.echo))];
    let stages = prop::collection::vec(stage, 1..5);
    let bmp = (picture(), bmp::strategy()).prop_map(|(image, bmp): (Image, Bmp)| bmp.write(&image));
    (stages, bmp, side_limit(), floats())
        .prop_map(|(stages, bytes, side, floats)| {
            trial(stages, Bytes::literal(bytes), side, floats)
        })
        .boxed()
}

fn trial(
    stages: Vec<Stage>,
    input: impl Into<RequestInput>,
    image_side: u64,
    floats: Floats,
) -> Trial {
    Trial::of_filters(Task {
        stages,
        options: TaskOptions {
            floats,
            ..TaskOptions::default()
        },
        limits: Limits {
            image_side,
            ..Limits::standard()
        },
        request_limits: RequestLimits {
            time: Some(TIME),
            fuel: None,
        },
        requests: vec![Request {
            input: input.into(),
            content_type: None,
        }],
    })
}

/// Now and then some pictures are too large.
fn side_limit() -> impl Strategy<Value = u64> {
    prop_oneof![19 => Just(1_000), 1 => 1..140_u64]
}

/// NaN is 0 in the end, whatever its bits were.
fn floats() -> impl Strategy<Value = Floats> {
    prop::sample::select(vec![Floats::Any, Floats::Deterministic])
}

fn stage(module: &Arc<Module>) -> Stage {
    Stage {
        module: Arc::clone(module),
        uniforms: Vec::new(),
    }
}

/// A picture whose sides are around the edges of tiles.
fn picture() -> impl Strategy<Value = Image> {
    let side =
        || prop_oneof![20 => 1..=5_u32, 20 => 62..=66_u32, 10 => 127..=130_u32, 1 => Just(0)];
    let bytes = prop::collection::vec(any::<u8>(), 1..40);
    (side(), side(), bytes).prop_map(|(width, height, bytes)| {
        let all = width as usize * height as usize * 4;
        // Over again, and never the same from row to row.
        let pixels = bytes.iter().cycle().zip(0..all);
        let pixels = pixels.map(|(byte, at)| byte.wrapping_add((at / 97) as u8));
        Image {
            width,
            height,
            pixels: pixels.collect(),
        }
    })
}

fn filter() -> BoxedStrategy<Stage> {
    let moves = uniforms().prop_map(|uniforms| Stage {
        module: Arc::clone(&MODULES.moves),
        uniforms,
    });
    prop_oneof![5 => moves, 1 => Just(stage(&MODULES.turns))].boxed()
}

/// What one filter does. What is at its default is not set, so that shrinking shows what
/// matters.
fn uniforms() -> impl Strategy<Value = Vec<(String, String)>> {
    let halo = prop_oneof![6 => Just(0), 6 => 1..=4, 1 => 5..=64, 1 => 65..=70, 1 => -3..=-1];
    let offset = || prop_oneof![2 => Just(0), 3 => -4..=4];
    let of = |all: &'static [&'static str]| prop::sample::select(all);
    let numbers = (
        of(&["1", "1", "1", "-1", "0.5", "1000", "0.001", "0"]),
        of(&["0", "0", "0", "1", "0.25", "-0.5", "3e38"]),
        of(&["0", "0", "0.00390625"]),
        of(&["0", "0", "0.001953125"]),
    );
    let trap = prop::option::weighted(0.25, (0..2, 0..2));
    let buffer = prop_oneof![
        12 => Just(None),
        1 => (0..200_000).prop_map(|cap| Some(("cap", cap))),
        1 => (0..1_100_000).prop_map(|ptr| Some(("ptr", ptr))),
        1 => (2_400_000..2_700_000).prop_map(|ptr| Some(("ptr", ptr))),
    ];
    (halo, offset(), offset(), numbers, trap, buffer).prop_map(
        |(halo, dx, dy, (gain, bias, place, size), trap, buffer): (i32, i32, i32, _, _, _)| {
            let mut all = Vec::new();
            let mut set = |key: &str, value: String, default: &str| {
                if value != default {
                    all.push((key.to_owned(), value));
                }
            };
            set("halo", halo.to_string(), "0");
            set("dx", dx.to_string(), "0");
            set("dy", dy.to_string(), "0");
            set("gain", str::to_owned(gain), "1");
            set("bias", str::to_owned(bias), "0");
            set("place", str::to_owned(place), "0");
            set("size", str::to_owned(size), "0");
            if let Some((column, row)) = trap {
                for (key, tile) in [("trap_x", column), ("trap_y", row)] {
                    let place: i32 = 64 * tile - halo.max(0);
                    set(key, place.to_string(), "");
                }
            }
            if let Some((key, number)) = buffer {
                set(key, i32::to_string(&number), "");
            }
            all
        },
    )
}

#[cfg(test)]
mod tests {
    use super::Modules;

    #[test]
    fn modules_assemble() {
        if let Err(error) = Modules::assemble() {
            panic!("{error:#}");
        }
    }
}
