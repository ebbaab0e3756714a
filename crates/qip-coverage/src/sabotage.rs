//! Damage to the corpus, one piece at a time, and whether it is noticed.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use fastrand::Rng;
use qip_cases::{
    Bytes, Case, Corpus, Expectation, Expected, ExpectedImage, ExpectedOutcome, Image, Level,
    Outcome, OutputKind, Subject,
};
use qip_conformance::{Verdict, run_case};
use qip_contract::{Code, TrapKind};
use qip_engine::{Engine, Exhausted};
use qip_model::{Model, Mutation};

use crate::gate::{Finding, findings};
use crate::matrix::Matrix;

/// What is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What a case expects is changed: judging must fail.
    Expectation,
    /// All cases that kill a mutant are taken away: the gate must fail.
    Killers,
    /// A case is taken out of `cases.lock`: loading must fail.
    Unlisted,
    /// `cases.lock` lists a case that is not there: loading must fail.
    Vanished,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Expectation => "expectations changed",
            Kind::Killers => "mutants without the cases that kill them",
            Kind::Unlisted => "cases missing from cases.lock",
            Kind::Vanished => "cases only in cases.lock",
        })
    }
}

/// What came of one kind of damage.
#[derive(Clone, Debug)]
pub struct Sabotage {
    /// What was damaged.
    pub kind: Kind,
    /// How often.
    pub tried: usize,
    /// What was damaged and not noticed.
    pub unnoticed: Vec<String>,
}

/// Damages the corpus of a directory `count` times in each way. The directory itself
/// stays as it is.
///
/// # Errors
///
/// Where there is no case to damage, the corpus cannot be copied, or the copy cannot be loaded
/// as it is.
pub fn sabotage(
    directory: &Path,
    corpus: &Corpus,
    matrix: &Matrix,
    engine: &Arc<dyn Engine>,
    count: usize,
    seed: u64,
) -> io::Result<Vec<Sabotage>> {
    if corpus.cases().is_empty() {
        return Err(io::Error::other("it has no case"));
    }
    let mut rng = Rng::with_seed(seed);
    let copy = tempfile::tempdir()?;
    copy_all(directory, copy.path())?;
    // So that what is refused later is refused for the damage.
    Corpus::open(copy.path()).map_err(io::Error::other)?;
    let model: Arc<dyn Subject> = Arc::new(Model::shared(Arc::clone(engine)));
    let mut all = Vec::new();
    for kind in [
        Kind::Expectation,
        Kind::Killers,
        Kind::Unlisted,
        Kind::Vanished,
    ] {
        let mut unnoticed = Vec::new();
        for _ in 0..count {
            let damage = match kind {
                Kind::Expectation => expectation(corpus, &model, &mut rng),
                Kind::Killers => killers(matrix, engine, &mut rng),
                Kind::Unlisted => unlisted(copy.path(), corpus, &mut rng)?,
                Kind::Vanished => vanished(copy.path(), corpus, &mut rng)?,
            };
            if !damage.is_noticed {
                unnoticed.push(damage.what);
            }
        }
        all.push(Sabotage {
            kind,
            tried: count,
            unnoticed,
        });
    }
    Ok(all)
}

struct Damage {
    what: String,
    is_noticed: bool,
}

/// Changes one detail of what a MUST case expects; of several alternatives, of each.
fn expectation(corpus: &Corpus, model: &Arc<dyn Subject>, rng: &mut Rng) -> Damage {
    let must: Vec<&Arc<Case>> = corpus
        .cases()
        .iter()
        .filter(|case| case.level == Level::Must)
        .collect();
    let Some(case) = rng.choice(must) else {
        return Damage {
            what: "the corpus has no case of a must".to_owned(),
            is_noticed: false,
        };
    };
    let outcomes = model.run(&case.id, &case.task);
    let index = rng.usize(..case.expectations.len());
    let expectation = &case.expectations[index];
    let single = expectation.alternatives().len() == 1;
    let mut what = "";
    let changed = expectation.alternatives().iter().map(|expected| {
        let (changed, detail) = change(expected, outcomes.get(index), single, rng);
        what = detail;
        changed
    });
    let changed = Expectation::new(changed.collect());
    let mut expectations = case.expectations.clone();
    let before = expectations[index].describe();
    let after = changed.describe();
    expectations[index] = changed;
    let damaged = Arc::new(Case {
        id: case.id.clone(),
        name: case.name.clone(),
        summary: case.summary.clone(),
        clauses: case.clauses.clone(),
        level: case.level,
        kills_none: case.kills_none.clone(),
        task: Arc::clone(&case.task),
        needs: case.needs.clone(),
        expectations,
        place: case.place.clone(),
    });
    let passed = run_case(model, case, None).verdict == Verdict::Pass;
    Damage {
        is_noticed: passed && run_case(model, &damaged, None).verdict == Verdict::Fail,
        what: format!("{}: the {what} of `{before}` made `{after}`", case.id),
    }
}

/// Another expectation, and what of it is another. Of several alternatives it is always
/// the outcome: one that has no further detail would stay as it is.
fn change(
    expected: &Expected,
    found: Option<&Outcome>,
    single: bool,
    rng: &mut Rng,
) -> (Expected, &'static str) {
    let message = found.and_then(Outcome::message).unwrap_or_default();
    let details = [
        ("content type", expected.content_type.is_some()),
        ("stage", expected.stage.is_some()),
        ("offset", expected.offset.is_some()),
        ("message", expected.message.is_some()),
        (
            "text of the module",
            expected.module_text.is_some() && message.chars().count() > 128,
        ),
    ];
    let details = details
        .into_iter()
        .filter(|(_, is_there)| *is_there && single);
    let details: Vec<&str> = details
        .map(|(detail, _)| detail)
        .chain(["outcome"])
        .collect();
    let detail = rng.choice(details).unwrap_or("outcome");
    let mut changed = expected.clone();
    match detail {
        "content type" => {
            changed.content_type = expected.content_type.as_ref().map(|text| match &**text {
                "" => "text/other".to_owned(),
                _ => String::new(),
            });
        }
        "stage" => changed.stage = expected.stage.map(|stage| stage + 1),
        "offset" => changed.offset = expected.offset.map(|offset| offset + 1),
        "message" => changed.message = Some("what no message says".to_owned()),
        // Of what stands there, more is shown than LIM-5 allows.
        "text of the module" => changed.module_text = Some(message.to_owned()),
        _ => changed.outcome = other_outcome(&expected.outcome, found, rng),
    }
    (changed, detail)
}

fn other_outcome(
    outcome: &ExpectedOutcome,
    found: Option<&Outcome>,
    rng: &mut Rng,
) -> ExpectedOutcome {
    match outcome {
        ExpectedOutcome::Output(kind, bytes) if rng.bool() => {
            let kinds = [OutputKind::Utf8, OutputKind::Bytes, OutputKind::I32];
            let kind = other(&kinds, *kind, rng);
            ExpectedOutcome::Output(kind, bytes.clone())
        }
        ExpectedOutcome::Output(kind, bytes) => {
            let mut bytes = bytes.to_vec();
            match bytes.len() {
                0 => bytes.push(rng.u8(..)),
                length if rng.bool() => bytes.truncate(rng.usize(..length)),
                length => bytes[rng.usize(..length)] ^= 1 << rng.u8(..8),
            }
            ExpectedOutcome::Output(*kind, Bytes::literal(bytes))
        }
        ExpectedOutcome::Scalar(value) => ExpectedOutcome::Scalar(value ^ (1 << rng.u8(..32))),
        ExpectedOutcome::Image(expected) => ExpectedOutcome::Image(other_image(
            expected,
            match found {
                Some(Outcome::Image(found)) => found,
                _ => &expected.image,
            },
            rng,
        )),
        ExpectedOutcome::Refused(code) => ExpectedOutcome::Refused(other(Code::ALL, *code, rng)),
        ExpectedOutcome::Trapped(kind) => {
            ExpectedOutcome::Trapped(other(TrapKind::ALL, *kind, rng))
        }
        ExpectedOutcome::Stopped(limit) => {
            let limits = [Exhausted::Time, Exhausted::Fuel];
            ExpectedOutcome::Stopped(other(&limits, *limit, rng))
        }
    }
}

/// The same picture but for as few pixels as a case still has to notice. What may differ stays
/// as it is, so that it is shown not to hide the damage. Each of the pixels has a sample that
/// is 128 or more from the one that was found: a case that lets samples differ by so much may
/// well be told of.
fn other_image(expected: &ExpectedImage, found: &Image, rng: &mut Rng) -> ExpectedImage {
    const PIXEL: usize = 4;
    let mut image = Image::clone(&expected.image);
    // Of a picture with a greatest difference, one pixel beyond it is too many.
    let tolerated = match expected.max_pixels {
        Some(most) if expected.max_difference == 0 => usize::try_from(most).unwrap_or(usize::MAX),
        _ => 0,
    };
    let all = image.pixels.len() / PIXEL;
    let count = tolerated.saturating_add(1).min(all);
    for pixel in rng.choose_multiple(0..all, count) {
        let sample = pixel * PIXEL + rng.usize(..PIXEL);
        let found = found.pixels.get(sample).copied().unwrap_or_default();
        image.pixels[sample] = if found < 128 { 255 } else { 0 };
    }
    ExpectedImage {
        image: Arc::new(image),
        ..expected.clone()
    }
}

fn other<T: Copy + PartialEq>(all: &[T], one: T, rng: &mut Rng) -> T {
    let others = all.iter().copied().filter(|other| *other != one);
    rng.choice(others.collect::<Vec<T>>()).unwrap_or(one)
}

/// Takes away all cases that kill a mutant, and puts the others to it again.
fn killers(matrix: &Matrix, engine: &Arc<dyn Engine>, rng: &mut Rng) -> Damage {
    let mutation = Mutation::ALL[rng.usize(..Mutation::ALL.len())];
    // Of all further cases it is known that the mutant answers them as the model does.
    let rest = matrix
        .rows()
        .iter()
        .filter(|row| row.possible.contains(&mutation) && !row.kills.contains(&mutation));
    let rest: Vec<Arc<Case>> = rest.map(|row| Arc::clone(&row.case)).collect();
    let left = Matrix::measure_some(&rest, std::slice::from_ref(engine), &[mutation]);
    Damage {
        is_noticed: findings(&left).contains(&Finding::Survivor(mutation)),
        what: format!("all cases that kill `{mutation}` taken away"),
    }
}

fn unlisted(copy: &Path, corpus: &Corpus, rng: &mut Rng) -> io::Result<Damage> {
    let case = &corpus.cases()[rng.usize(..corpus.cases().len())];
    let line = format!("{}\n", case.id);
    let damaged = corpus.lock().replacen(&line, "", 1);
    let what = format!("`{}` taken out of cases.lock", case.id);
    with_lock(copy, &damaged, case.id.as_str(), what)
}

fn vanished(copy: &Path, corpus: &Corpus, rng: &mut Rng) -> io::Result<Damage> {
    let case = &corpus.cases()[rng.usize(..corpus.cases().len())];
    let id = format!("{}-too", case.id);
    let damaged = format!("{}{id}\n", corpus.lock());
    with_lock(copy, &damaged, &id, format!("`{id}` put into cases.lock"))
}

/// Whether a corpus with this lock is refused, for the case that was damaged.
fn with_lock(copy: &Path, lock: &str, id: &str, what: String) -> io::Result<Damage> {
    fs::write(copy.join("cases.lock"), lock)?;
    let refused = Corpus::open(copy).err().map(|errors| errors.to_string());
    Ok(Damage {
        is_noticed: refused.is_some_and(|errors| errors.contains(&format!("`{id}`"))),
        what,
    })
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_all(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use qip_cases::Capabilities;
    use qip_conformance::{Detail, judge};

    use super::*;

    /// A case that lets something differ notices the damage by what it lets differ.
    #[test]
    fn a_damaged_picture_keeps_what_may_differ() {
        let found = Image::new(5, 3, (0..60).map(|byte| byte * 4).collect()).unwrap();
        let image = Arc::new(found.clone());
        for (max_difference, max_pixels) in [(0, None), (2, None), (0, Some(4)), (2, Some(4))] {
            let expected = ExpectedImage {
                image: Arc::clone(&image),
                max_difference,
                max_pixels,
            };
            for seed in 0..50 {
                let damaged = other_image(&expected, &found, &mut Rng::with_seed(seed));
                assert_eq!(
                    (damaged.max_difference, damaged.max_pixels),
                    (max_difference, max_pixels)
                );
                let judged = |expected: ExpectedImage| {
                    let expected = Expected::new(ExpectedOutcome::Image(expected));
                    let outcome = Outcome::Image(found.clone());
                    judge(
                        &Expectation::new(vec![expected]),
                        &outcome,
                        Detail::of(&Capabilities::new()),
                    )
                };
                assert_eq!(judged(expected.clone()).len(), 0);
                assert_eq!(judged(damaged.clone()).len(), 1);
                // One pixel less would not do.
                let (before, _) = found.pixels.as_chunks::<4>();
                let (after, _) = damaged.image.pixels.as_chunks::<4>();
                let changed = before.iter().zip(after).filter(|(one, other)| one != other);
                let least = if (max_difference, max_pixels) == (0, Some(4)) {
                    5
                } else {
                    1
                };
                assert_eq!(changed.count(), least);
            }
        }
    }
}
