//! The subjects that a trial is put to, and whether they agree.

use std::fmt;
use std::sync::Arc;

use qip_conformance::{CaseId, EngineSubject, Outcome, Subject, Watchdog};
use qip_contract::{Code, TrapKind};
use qip_host::engine::Exhausted;
use qip_host::wasmi::Wasmi;
use qip_host::wasmtime::Wasmtime;

use crate::scenario::aim::Aim;
use crate::trial::Trial;

/// What the prediction is called among the subjects.
pub const PREDICTION: &str = "prediction";

/// Subjects, each behind a watchdog: one that panics or hangs is at fault, and the
/// others go on.
pub struct Arena {
    subjects: Vec<Watchdog>,
    id: CaseId,
}

/// What one subject, or the prediction, answered to the requests of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The subject's name, or [`PREDICTION`].
    pub who: String,
    /// One outcome a request.
    pub outcomes: Vec<Outcome>,
}

/// What each subject answered to the first request on which they differ, without bytes:
/// what must stay the same while a trial is shrunk, lest one bug turn into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference(Vec<(String, Option<String>)>);

impl Arena {
    /// Both engines.
    pub fn of_engines() -> Arena {
        Arena::new([
            Arc::new(EngineSubject::new(Wasmtime::new())) as Arc<dyn Subject>,
            Arc::new(EngineSubject::new(Wasmi::new())),
        ])
    }

    /// These subjects. Where there is no prediction and no majority, the first counts
    /// as right.
    pub fn new(subjects: impl IntoIterator<Item = Arc<dyn Subject>>) -> Arena {
        Arena {
            subjects: subjects.into_iter().map(Watchdog::new).collect(),
            id: CaseId::new("regressions", "trial", "trial").expect("the name has letters"),
        }
    }

    /// Puts a trial to every subject; the prediction comes first, if there is one.
    pub fn answers(&mut self, trial: &Trial) -> Vec<Answer> {
        let prediction = trial.prediction().map(|outcomes| Answer {
            who: PREDICTION.to_owned(),
            outcomes,
        });
        let Arena { subjects, id } = self;
        let answers = subjects.iter_mut().map(|watchdog| {
            let (answer, _) = watchdog.ask(id, &trial.task);
            let requests = trial.task.requests.len();
            let outcomes = answer.unwrap_or_else(|why| vec![Outcome::broken(why); requests]);
            Answer {
                who: watchdog.subject().name().to_owned(),
                outcomes,
            }
        });
        prediction.into_iter().chain(answers).collect()
    }

    /// How these answers differ, `None` where they agree.
    pub fn difference(answers: &[Answer]) -> Option<Difference> {
        let (first, rest) = answers.split_first()?;
        let requests = answers.iter().map(|answer| answer.outcomes.len()).max()?;
        let differs = |request: &usize| {
            let outcome = |answer: &Answer| answer.outcomes.get(*request).map(without_text);
            let expected = outcome(first);
            matches!(expected, None | Some(Outcome::Broken { .. }))
                || rest.iter().any(|answer| outcome(answer) != expected)
        };
        let request = (0..requests).find(differs)?;
        // A plan recurses and runs for ever or not at all: a prediction settles both.
        if first.who != PREDICTION && is_outside_the_promise(answers) {
            return None;
        }
        let told = answers.iter().map(|answer| {
            let outcome = answer.outcomes.get(request);
            let told = outcome.map(|outcome| match outcome {
                // Which success it was may change while a module loses its output.
                Outcome::Output { .. } | Outcome::Scalar { .. } => "success".to_owned(),
                failure => class(failure),
            });
            (answer.who.clone(), told)
        });
        Some(Difference(told.collect()))
    }
}

/// DET-1 promises neither how deep the stack is nor what fits a time limit.
fn is_outside_the_promise(answers: &[Answer]) -> bool {
    let mut outcomes = answers.iter().flat_map(|answer| &answer.outcomes);
    outcomes.any(|outcome| {
        matches!(
            outcome,
            Outcome::Trapped {
                kind: TrapKind::StackOverflow,
                ..
            } | Outcome::Stopped {
                exhausted: Exhausted::Time,
                ..
            }
        )
    })
}

/// The outcome without its message, which every host words as it likes, and without
/// an offset where no clause asks for one.
fn without_text(outcome: &Outcome) -> Outcome {
    let mut outcome = outcome.clone();
    if let Outcome::Refused { code, offset, .. } = &mut outcome
        && !matches!(code, Code::InputNotUtf8 | Code::OutputNotUtf8)
    {
        *offset = None;
    }
    match &mut outcome {
        Outcome::Refused { message, .. }
        | Outcome::Trapped { message, .. }
        | Outcome::Stopped { message, .. } => message.clear(),
        _ => {}
    }
    outcome
}

/// The class of an outcome in words.
pub(crate) fn class(outcome: &Outcome) -> String {
    Aim::of(outcome).map_or_else(|| "broken".to_owned(), |aim| aim.to_string())
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.who)?;
        for outcome in &self.outcomes {
            write!(f, " {outcome};")?;
        }
        Ok(())
    }
}
