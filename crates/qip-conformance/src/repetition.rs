//! The verdict on a case that was put to a subject twice: the same request, the same
//! outcome (DET-2), whatever was asked in between (REC-4).

use std::sync::Arc;

use qip_cases::bytes::first_difference;
use qip_cases::{Case, Expectation, ExpectedOutcome, Known, Outcome, PixelDifference, Subject};
use qip_contract::TrapKind;
use qip_engine::Exhausted;

use crate::coarse::Printed;
use crate::judge::{self, Aspect, Detail, Difference};
use crate::verdict::{CaseResult, JudgedRequest, Verdict, of_answer, trim};

/// The verdict on what a subject answered to a case the first and the second time. Each
/// answer is judged by itself as well. What is known of a subject excuses neither a
/// difference nor the worse of two verdicts.
pub(crate) fn of_two_answers(
    case: &Arc<Case>,
    subject: &dyn Subject,
    first: Vec<Outcome>,
    second: Vec<Outcome>,
    known: &[Known],
) -> CaseResult {
    let detail = Detail::of(subject.capabilities());
    let changes: Vec<Option<Difference>> = case
        .expectations
        .iter()
        .zip(first.iter().zip(&second))
        .map(|(expectation, (first, second))| change(expectation, first, second, detail))
        .collect();
    let changed = changes.iter().any(Option::is_some);
    // A result has no outcomes where the subject said that it lacks a capability.
    let outcomes = changed.then(|| first.clone());
    let first = of_answer(case, subject, first, known);
    let second = of_answer(case, subject, second, known);
    match (first.verdict, second.verdict) {
        (Verdict::Broken, Verdict::Broken) => first,
        (Verdict::Broken, _) => alone("first", first),
        (_, Verdict::Broken) => alone("second", second),
        (one, other) => match outcomes {
            Some(outcomes) => differing(first, outcomes, changes),
            None if badness(one) > badness(other) => alone("first", first),
            None if badness(one) < badness(other) => alone("second", second),
            None => first,
        },
    }
}

/// How the second outcome of a request differs from the first, where it must not.
fn change(
    expectation: &Expectation,
    first: &Outcome,
    second: &Outcome,
    detail: Detail,
) -> Option<Difference> {
    let is_free = |outcome| is_outside_the_promise(expectation, outcome);
    if is_same(first, second, detail) || is_free(first) || is_free(second) {
        return None;
    }
    if let (Outcome::Image(one), Outcome::Image(other)) = (first, second)
        && let Some(pixels) = PixelDifference::of(one, other, 0)
    {
        return Some(Difference {
            what: Aspect::SecondTime,
            expected: format!("{one}: {}", pixels.of_left()),
            found: format!("{other}: {}", pixels.of_right()),
        });
    }
    let focus = match (first, second) {
        (Outcome::Output { bytes, .. }, Outcome::Output { bytes: other, .. })
        | (Outcome::Printed { stdout: bytes, .. }, Outcome::Printed { stdout: other, .. }) => {
            first_difference(bytes, other)
        }
        _ => 0,
    };
    Some(Difference {
        what: Aspect::SecondTime,
        expected: first.describe(focus),
        found: second.describe(focus),
    })
}

/// Whether two outcomes are the same, but for messages.
fn is_same(first: &Outcome, second: &Outcome, detail: Detail) -> bool {
    match (first.without_text(), second.without_text()) {
        (
            Outcome::Trapped { kind, stage, .. },
            Outcome::Trapped {
                kind: other,
                stage: other_stage,
                ..
            },
        ) => judge::is_trap(kind, other, detail) && stage == other_stage,
        (first, second) => first == second,
    }
}

/// DET-1 promises neither how deep the stack is nor what fits a time limit. What fuel buys
/// is the same within an engine (RUN-6). A command that ran into either prints what others
/// print too: it is taken at its word where the case allows for it.
fn is_outside_the_promise(expectation: &Expectation, outcome: &Outcome) -> bool {
    match Printed::of(outcome) {
        Some(printed) => {
            let mut allowed = expectation.alternatives().iter();
            allowed.any(|expected| {
                matches!(
                    expected.outcome,
                    ExpectedOutcome::Stopped(Exhausted::Time)
                        | ExpectedOutcome::Trapped(TrapKind::StackOverflow)
                ) && printed.is(&expected.outcome)
            })
        }
        None => outcome.depends_on_the_machine(),
    }
}

/// A case whose outcomes differ, with the first ones and how the second ones differ.
fn differing(
    first: CaseResult,
    outcomes: Vec<Outcome>,
    changes: Vec<Option<Difference>>,
) -> CaseResult {
    let mut requests = first.requests;
    if requests.is_empty() {
        let unjudged = outcomes.into_iter().map(|mut outcome| {
            let output_bytes = outcome.output_bytes();
            trim(&mut outcome);
            JudgedRequest {
                outcome,
                output_bytes,
                differences: Vec::new(),
                assertions: Vec::new(),
            }
        });
        requests = unjudged.collect();
    }
    for (request, change) in requests.iter_mut().zip(changes) {
        request.differences.extend(change);
    }
    CaseResult {
        verdict: Verdict::Fail,
        requests,
        why: Some("answered differently the second time (DET-2, REC-4)".to_owned()),
        known: None,
        ..first
    }
}

/// A result that one of the two answers has, and the other has not.
fn alone(time: &str, result: CaseResult) -> CaseResult {
    let why = match result.why {
        Some(why) => format!("the {time} time alone: {why}"),
        None => format!("the {time} time alone"),
    };
    CaseResult {
        why: Some(why),
        ..result
    }
}

/// Which of two verdicts on answers of one meaning is told: their messages may differ, and
/// so may whether the time was up.
fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Unsupported => 0,
        Verdict::Xfail => 1,
        Verdict::Xpass => 2,
        Verdict::Fail => 3,
        Verdict::Broken => 4,
    }
}
