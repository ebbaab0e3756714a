//! The verdict on one case: what was answered, what was expected, what was known.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qip_cases::{Capabilities, Case, Known, KnownTarget, Level, Outcome, Subject};

use crate::judge::{self, Aspect, Detail, Difference, judge};

/// The verdict on one case and subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Every request was answered as expected.
    Pass,
    /// One was not.
    Fail,
    /// The subject lacks a capability that the case needs.
    Unsupported,
    /// It failed in the way that an expectation file pins.
    Xfail,
    /// It passed although an expectation file says that it fails: the entry must go.
    Xpass,
    /// The subject crashed, hung or answered what is no answer.
    Broken,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: &'static [Verdict] = &[
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Unsupported,
        Verdict::Xfail,
        Verdict::Xpass,
        Verdict::Broken,
    ];

    /// The stable text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Unsupported => "unsupported",
            Verdict::Xfail => "xfail",
            Verdict::Xpass => "xpass",
            Verdict::Broken => "broken",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What came of one case and subject.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub case: Arc<Case>,
    /// The verdict.
    pub verdict: Verdict,
    /// Every request with what was answered; empty where there was no answer.
    pub requests: Vec<JudgedRequest>,
    /// The capabilities for want of which the case is unsupported; empty where it is not, and
    /// where the subject cannot be told all of the task.
    pub lacks: Capabilities,
    /// What is to be said beyond the differences: which capability is missing, what
    /// broke, or the reason of a known failure.
    pub why: Option<String>,
    /// The entry of the expectation file that explains the verdict, by position.
    pub known: Option<usize>,
    /// How long the subject took, in a thorough run both times. One that answers one case after another is also
    /// charged for the wait, where it is asked from several threads.
    pub time: Duration,
}

/// An answer to one request, judged.
#[derive(Clone, Debug)]
pub struct JudgedRequest {
    /// What was answered: of output, of a picture and of texts, the first 64 KiB.
    pub outcome: Outcome,
    /// How many bytes of output there were.
    pub output_bytes: usize,
    /// How it differs from what was expected; empty for a match.
    pub differences: Vec<Difference>,
    /// The kinds of assertion that it was judged by. Of a coarse subject, those are fewer
    /// than the case makes.
    pub assertions: Vec<&'static str>,
}

impl CaseResult {
    /// What it counts as: the level of its case. But a case that was answered differently
    /// the second time breaks DET-2 with whatever else it is about, and that is a must.
    pub fn level(&self) -> Level {
        let mut differences = self.requests.iter().flat_map(|one| &one.differences);
        if differences.any(|one| one.what == Aspect::SecondTime) {
            Level::Must
        } else {
            self.case.level
        }
    }

    /// Whether it makes a run red by itself. Failures where the contract says
    /// should are told, and leave it green.
    pub fn is_red(&self) -> bool {
        match self.verdict {
            Verdict::Pass | Verdict::Unsupported | Verdict::Xfail => false,
            Verdict::Fail => self.level() == Level::Must,
            Verdict::Xpass | Verdict::Broken => true,
        }
    }
}

/// The verdict on a case that needs a capability that the subject lacks, or that it cannot
/// be told, and so is not put to it.
pub(crate) fn without_capability(case: &Arc<Case>, subject: &dyn Subject) -> Option<CaseResult> {
    let lacks: Capabilities = case
        .needs
        .difference(subject.capabilities())
        .copied()
        .collect();
    let why = if lacks.is_empty() {
        format!("cannot be told {}", subject.cannot_be_told(&case.task)?)
    } else {
        let lacks: Vec<&str> = lacks.iter().map(|one| one.as_str()).collect();
        format!("needs {}", lacks.join(", "))
    };
    Some(unsupported(case, lacks, why))
}

/// The verdict on what a subject answered. `known` is what is known about it.
pub(crate) fn of_answer(
    case: &Arc<Case>,
    subject: &dyn Subject,
    outcomes: Vec<Outcome>,
    known: &[Known],
) -> CaseResult {
    if let Some(unusable) = unusable(case, subject, &outcomes) {
        return unusable;
    }
    let detail = Detail::of(subject.capabilities());
    let requests = case.expectations.iter().zip(outcomes);
    let mut requests: Vec<JudgedRequest> = requests
        .map(|(expectation, outcome)| JudgedRequest {
            output_bytes: outcome.output_bytes(),
            differences: judge(expectation, &outcome, detail),
            assertions: judge::judged(expectation, &outcome, detail),
            outcome,
        })
        .collect();
    let failed = requests
        .iter()
        .any(|request| !request.differences.is_empty());
    let covering = || {
        known
            .iter()
            .enumerate()
            .filter(|(_, known)| known.covers(case))
    };
    let entry = if failed {
        covering().find(|(_, known)| explains(known, &requests, detail))
    } else {
        // Of a clause some cases may pass; a case that is named must not.
        covering().find(|(_, known)| matches!(known.target, KnownTarget::Case(_)))
    };
    let verdict = match (failed, entry.is_some()) {
        (false, false) => Verdict::Pass,
        (false, true) => Verdict::Xpass,
        (true, false) => Verdict::Fail,
        (true, true) => Verdict::Xfail,
    };
    let why = match entry {
        Some((_, known)) => Some(format!(
            "{}: {} ({})",
            known.place, known.reason, known.link
        )),
        None if failed && covering().next().is_some() => {
            Some("failed in another way than the expectation file pins".to_owned())
        }
        None => None,
    };
    for request in &mut requests {
        trim(&mut request.outcome);
    }
    CaseResult {
        requests,
        why,
        known: entry.map(|(index, _)| index),
        ..result(case, verdict)
    }
}

/// What cannot be judged at all: broken answers, too few of them, and capabilities
/// that the subject says it lacks. It is believed only where the case needs them: else a
/// subject would be green that answers nothing.
fn unusable(case: &Arc<Case>, subject: &dyn Subject, outcomes: &[Outcome]) -> Option<CaseResult> {
    let broken = |why: String| Some(result(case, Verdict::Broken).because(why));
    for outcome in outcomes {
        if let Outcome::Broken { why, .. } = outcome {
            return broken(why.clone());
        }
        if matches!(outcome, Outcome::Printed { .. }) && !subject.is_coarse() {
            return broken(
                "answers what it printed, and does not say that it is coarse".to_owned(),
            );
        }
    }
    if outcomes.len() != case.task.requests.len() {
        return broken(format!(
            "gave {} answers to {} requests",
            outcomes.len(),
            case.task.requests.len()
        ));
    }
    for outcome in outcomes {
        if let Outcome::Unsupported { capability } = outcome {
            if let Some(why) = case.cannot_lack(subject.capabilities(), *capability) {
                return broken(why);
            }
            let why = format!("says that it needs {capability}");
            return Some(unsupported(case, [*capability].into(), why));
        }
    }
    None
}

fn unsupported(case: &Arc<Case>, lacks: Capabilities, why: String) -> CaseResult {
    let result = CaseResult {
        lacks,
        ..result(case, Verdict::Unsupported)
    };
    result.because(why)
}

fn result(case: &Arc<Case>, verdict: Verdict) -> CaseResult {
    CaseResult {
        case: Arc::clone(case),
        verdict,
        requests: Vec::new(),
        lacks: Capabilities::new(),
        why: None,
        known: None,
        time: Duration::ZERO,
    }
}

impl CaseResult {
    fn because(mut self, mut why: String) -> CaseResult {
        trim_text(&mut why);
        self.why = Some(why);
        self
    }
}

/// Whether a known failure explains every request that went wrong: it did so in the pinned way.
fn explains(known: &Known, requests: &[JudgedRequest], detail: Detail) -> bool {
    requests
        .iter()
        .filter(|request| !request.differences.is_empty())
        .all(|request| judge(&known.outcome, &request.outcome, detail).is_empty())
}

/// What a report needs of it once it is judged: of output, of pixels and of texts, the
/// first [`MAX_KEPT`] bytes. So a run keeps no more than that of any answer.
pub(crate) fn trim(outcome: &mut Outcome) {
    match outcome {
        Outcome::Output {
            bytes,
            content_type,
            ..
        } => {
            trim_bytes(bytes);
            content_type.iter_mut().for_each(trim_text);
        }
        Outcome::Scalar { content_type, .. } => content_type.iter_mut().for_each(trim_text),
        Outcome::Image(image) => trim_bytes(&mut image.pixels),
        Outcome::Printed {
            stdout, message, ..
        } => {
            trim_bytes(stdout);
            trim_text(message);
        }
        Outcome::Refused { message, .. }
        | Outcome::Trapped { message, .. }
        | Outcome::Stopped { message, .. } => trim_text(message),
        Outcome::Broken { why, .. } => trim_text(why),
        Outcome::Unsupported { .. } => {}
    }
}

/// How much is kept of an output and of a text once it is judged, in bytes.
const MAX_KEPT: usize = 64 << 10;

fn trim_bytes(bytes: &mut Vec<u8>) {
    bytes.truncate(MAX_KEPT);
    bytes.shrink_to_fit();
}

fn trim_text(text: &mut String) {
    text.truncate(text.floor_char_boundary(MAX_KEPT));
    text.shrink_to_fit();
}
