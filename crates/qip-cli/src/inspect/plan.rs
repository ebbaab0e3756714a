//! Several modules: how they fit together as a recipe.

use std::fmt::Write as _;

use qip_check::inspect::{ContentType, Inspection};
use qip_contract::{InputKind, Kind, Limits, OutputForm, normalize_media_type};
use qip_host::{BuiltIn, Host};

use super::{Inspected, human};
use crate::exit::Failure;
use crate::stages::LoadedStage;

/// Refuses what a host refuses before it has an input.
pub(super) fn refuse(stages: &[LoadedStage]) -> Result<(), Failure> {
    // An interpreter is ready sooner than a compiler, and refuses the same.
    let host = Host::with_options(
        BuiltIn::Wasmi.engine(),
        Limits::standard(),
        qip_host::Options::default(),
    );
    host.recipe(stages.iter().map(LoadedStage::stage))?;
    Ok(())
}

pub(super) fn screen(stages: &[Inspected]) -> String {
    let mut text = format!("a recipe of {} stages\n", stages.len());
    for (index, stage) in stages.iter().enumerate() {
        let it = &stage.inspection;
        if let Some(before) = index.checked_sub(1) {
            for remark in joint(stages, before) {
                // Cannot fail: a string takes all.
                let _ = writeln!(text, "       {remark}");
            }
        }
        let _ = writeln!(text, "\n  {:>3}  {}", index + 1, stage.path);
        let _ = writeln!(text, "       in   {}", human::input(it));
        let _ = writeln!(text, "       out  {}", human::output(it));
    }
    let _ = writeln!(text, "\n  memory  {}", memory(stages));
    text
}

/// What is to be said between a stage and the next.
fn joint(stages: &[Inspected], before: usize) -> Vec<String> {
    let (from, to) = (&stages[before].inspection, &stages[before + 1].inspection);
    let mut remarks = Vec::new();
    match (from.kind, to.kind) {
        (Kind::Tile, Kind::Tile) => return vec!["↓    tiles, as floats".to_owned()],
        (Kind::Tile, Kind::Content) => remarks.push("↓    a picture, as BMP".to_owned()),
        (Kind::Content, Kind::Tile) => {
            remarks.push("↓    bytes, which have to be a BMP".to_owned());
        }
        (Kind::Content, Kind::Content) => {
            let input = to.input.as_ref().map(|input| input.kind);
            remarks.push(match (from.output.form, input) {
                (OutputForm::Bytes, Some(InputKind::Utf8)) => {
                    "↓    bytes, which have to be UTF-8".to_owned()
                }
                (OutputForm::Utf8, Some(InputKind::Utf8)) => "↓    UTF-8".to_owned(),
                _ => "↓    bytes".to_owned(),
            });
            remarks.extend(capacities(from, to));
        }
    }
    remarks.extend(types(stages, before));
    remarks
}

fn capacities(from: &Inspection, to: &Inspection) -> Option<String> {
    let most = from.output.capacity?;
    let takes = to.input.as_ref()?.capacity?;
    (most > takes)
        .then(|| format!("     may not fit: up to {most} bytes come, at most {takes} are taken"))
}

/// The type that is current after a stage, against what the next one declares to take.
fn types(stages: &[Inspected], before: usize) -> Option<String> {
    let known = |declared: &Option<ContentType>| match declared {
        Some(ContentType::Known(text)) => Some(normalize_media_type(text)),
        Some(ContentType::Unknown) => Some(None),
        None => None,
    };
    // A stage that declares none leaves the type as it is (MIME-4).
    let mut earlier = stages[..=before].iter().rev();
    let current = earlier.find_map(|stage| known(&stage.inspection.output.content_type))??;
    let input = stages[before + 1].inspection.input.as_ref()?;
    let wanted = known(&input.content_type)??;
    Some(if current == wanted {
        format!("     type `{current}`, as is wanted")
    } else {
        format!(
            "     refused: type `{current}` comes, `{wanted}` is wanted (content-type-mismatch)"
        )
    })
}

/// Stages are instantiated one after the other, and all are kept where instances are reused.
fn memory(stages: &[Inspected]) -> String {
    let memories = || {
        stages
            .iter()
            .filter_map(|stage| stage.inspection.memory.as_ref())
    };
    let bytes: u64 = memories().map(|memory| memory.bytes).sum();
    let may_grow = memories().filter(|memory| memory.grows).count();
    match may_grow {
        0 => format!("{bytes} bytes over all stages, and none grows"),
        _ => format!("{bytes} bytes over all stages at the start; {may_grow} may grow"),
    }
}
