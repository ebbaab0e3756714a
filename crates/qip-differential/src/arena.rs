//! The subjects that a trial is put to, and whether they agree.

use std::sync::Arc;

use qip_cases::{CaseId, Outcome, Subject};
use qip_conformance::{EngineSubject, Watchdog};
use qip_contract::Code;
use qip_host::BuiltIn;

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
pub struct Answers {
    /// The subject's name, or [`PREDICTION`].
    pub who: String,
    /// One outcome a request.
    pub outcomes: Vec<Outcome>,
}

/// What each subject answered to the first request on which they differ, without bytes:
/// what must stay the same while a trial is shrunk, lest one bug turn into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    told: Vec<(String, Option<String>)>,
    is_a_hang: bool,
}

impl Arena {
    /// All engines.
    pub fn of_engines() -> Arena {
        let engines = BuiltIn::ALL.iter();
        Arena::new(
            engines
                .map(|engine| Arc::new(EngineSubject::shared(engine.engine())) as Arc<dyn Subject>),
        )
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
    ///
    /// A subject that says that it lacks what the trial needs is left out.
    pub fn answers(&mut self, trial: &Trial) -> Vec<Answers> {
        let prediction = trial.prediction().map(|outcomes| Answers {
            who: PREDICTION.to_owned(),
            outcomes: outcomes.to_vec(),
        });
        let Arena { subjects, id } = self;
        let answers = subjects.iter_mut().map(|watchdog| {
            let (outcomes, _) = watchdog.ask(id, &trial.task);
            Answers {
                who: watchdog.subject().name().to_owned(),
                outcomes,
            }
        });
        let answers = answers.filter(|answers| !answers.lack_something());
        prediction.into_iter().chain(answers).collect()
    }

    /// How subjects disagree, `None` where they do not.
    pub fn disagreement(all: &[Answers]) -> Option<Disagreement> {
        let (first, rest) = all.split_first()?;
        let requests = all.iter().map(|answers| answers.outcomes.len()).max()?;
        let differs = |request: &usize| {
            let expected = first.at(*request);
            matches!(expected, None | Some(Outcome::Broken { .. }))
                || rest.iter().any(|answers| answers.at(*request) != expected)
        };
        let request = (0..requests).find(differs)?;
        // A plan recurses and runs for ever or not at all: a prediction settles both.
        if first.who != PREDICTION && is_outside_the_promise(all, request) {
            return None;
        }
        let told = all.iter().map(|answers| {
            let outcome = answers.outcomes.get(request);
            let told = outcome.map(|outcome| match outcome {
                // Which success it was may change while a module loses its output.
                Outcome::Output { .. } | Outcome::Scalar { .. } | Outcome::Image(_) => {
                    "success".to_owned()
                }
                // One way of breaking is not another.
                Outcome::Broken { why, .. } => why.clone(),
                failure => class(failure),
            });
            (answers.who.clone(), told)
        });
        let hung = |answers: &Answers| {
            let outcome = answers.outcomes.get(request);
            matches!(outcome, Some(Outcome::Broken { hung: true, .. }))
        };
        Some(Disagreement {
            told: told.collect(),
            is_a_hang: all.iter().any(hung),
        })
    }
}

impl Disagreement {
    /// Whether a subject gave no answer at all. Asking it again and again leaves more
    /// and more threads behind.
    pub(crate) fn is_a_hang(&self) -> bool {
        self.is_a_hang
    }
}

impl Answers {
    fn lack_something(&self) -> bool {
        let mut outcomes = self.outcomes.iter();
        outcomes.any(|outcome| matches!(outcome, Outcome::Unsupported { .. }))
    }

    /// The outcome of a request, without what hosts may word as they like.
    fn at(&self, request: usize) -> Option<Outcome> {
        self.outcomes.get(request).map(Outcome::without_text)
    }

    /// Whether these are the same answers, message texts aside.
    pub(crate) fn agree_with(&self, other: &Answers) -> bool {
        let essence = |answers: &Answers| -> Vec<Outcome> {
            answers.outcomes.iter().map(Outcome::without_text).collect()
        };
        essence(self) == essence(other)
    }
}

/// DET-1 promises neither how deep the stack is nor what fits a time limit, nor that each
/// engine compiles what another one does: the limits that all hosts hold alike are found by
/// code that knows no engine, so a `limit` of one subject alone is its engine's own (LIM-1).
/// A subject that breaks is not excused by that.
fn is_outside_the_promise(all: &[Answers], request: usize) -> bool {
    let outcomes: Option<Vec<&Outcome>> = all
        .iter()
        .map(|answers| answers.outcomes.get(request))
        .collect();
    let Some(outcomes) = outcomes else {
        return false;
    };
    let is_any = |is: fn(&Outcome) -> bool| outcomes.iter().copied().any(is);
    (is_any(Outcome::depends_on_the_machine) || is_any(is_limit))
        && !is_any(|outcome| matches!(outcome, Outcome::Broken { .. }))
}

fn is_limit(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Refused {
            code: Code::Limit,
            ..
        }
    )
}

/// The class of an outcome in words.
pub(crate) fn class(outcome: &Outcome) -> String {
    match (Aim::of(outcome), outcome) {
        (Some(aim), _) => aim.to_string(),
        (None, Outcome::Image(_)) => "image".to_owned(),
        (None, _) => "broken".to_owned(),
    }
}

/// Every subject's answers in a line each, long outputs around the first byte in which
/// they differ.
pub(crate) fn told(all: &[Answers]) -> Vec<String> {
    let requests = all.iter().map(|answers| answers.outcomes.len()).max();
    let focuses: Vec<usize> = (0..requests.unwrap_or_default())
        .map(|request| focus(all, request))
        .collect();
    let lines = all.iter().map(|answers| {
        let outcomes = answers.outcomes.iter().zip(&focuses);
        let outcomes: Vec<String> = outcomes
            .map(|(outcome, focus)| outcome.describe(*focus))
            .collect();
        format!("{}: {}", answers.who, outcomes.join("; "))
    });
    lines.collect()
}

fn focus(all: &[Answers], request: usize) -> usize {
    let outputs = all
        .iter()
        .filter_map(|answers| match answers.outcomes.get(request) {
            Some(Outcome::Output { bytes, .. }) => Some(bytes),
            _ => None,
        });
    let outputs: Vec<&Vec<u8>> = outputs.collect();
    let shortest = outputs
        .iter()
        .map(|bytes| bytes.len())
        .min()
        .unwrap_or_default();
    let differs = |at: &usize| outputs.iter().any(|bytes| bytes[*at] != outputs[0][*at]);
    (0..shortest).find(differs).unwrap_or(shortest)
}

#[cfg(test)]
mod tests {
    use qip_cases::{Outcome, OutputKind};
    use qip_contract::{Code, TrapKind};
    use qip_engine::Exhausted;

    use super::{Answers, Arena, PREDICTION, told};

    fn answers(who: &str, outcomes: &[Outcome]) -> Answers {
        Answers {
            who: who.to_owned(),
            outcomes: outcomes.to_vec(),
        }
    }

    fn scalar(value: i32) -> Outcome {
        Outcome::Scalar {
            value,
            content_type: None,
        }
    }

    fn trapped(kind: TrapKind, message: &str) -> Outcome {
        Outcome::Trapped {
            kind,
            stage: Some(1),
            message: message.to_owned(),
        }
    }

    fn refused(code: Code, offset: Option<u64>) -> Outcome {
        Outcome::Refused {
            code,
            message: String::new(),
            stage: Some(1),
            offset,
        }
    }

    fn timeout() -> Outcome {
        Outcome::Stopped {
            exhausted: Exhausted::Time,
            stage: Some(1),
            message: String::new(),
        }
    }

    #[track_caller]
    fn disagree(left: &[Outcome], right: &[Outcome]) -> bool {
        let all = [answers("a", left), answers("b", right)];
        Arena::disagreement(&all).is_some()
    }

    #[test]
    fn what_hosts_may_word_as_they_like_is_no_difference() {
        let unreachable = |text| trapped(TrapKind::Unreachable, text);
        assert!(!disagree(&[unreachable("one")], &[unreachable("another")]));
        let invalid = |offset| refused(Code::InvalidModule, offset);
        assert!(!disagree(&[invalid(Some(3))], &[invalid(None)]));
        let ill_formed = |offset| refused(Code::InputNotUtf8, offset);
        assert!(disagree(&[ill_formed(Some(3))], &[ill_formed(Some(4))]));
    }

    #[test]
    fn a_stack_that_is_full_excuses_its_own_request_alone() {
        let full = || trapped(TrapKind::StackOverflow, "");
        assert!(!disagree(&[full()], &[scalar(1)]));
        assert!(!disagree(&[timeout()], &[scalar(1)]));
        assert!(disagree(&[scalar(1), full()], &[scalar(2), full()]));
        assert!(disagree(&[full()], &[Outcome::broken("ended by signal 6")]));
        assert!(disagree(&[full()], &[]));
        // A prediction says who runs out.
        let all = [answers(PREDICTION, &[full()]), answers("b", &[scalar(1)])];
        assert!(Arena::disagreement(&all).is_some());
    }

    #[test]
    fn a_limit_of_one_engine_is_no_difference() {
        let limit = || refused(Code::Limit, None);
        assert!(!disagree(&[limit()], &[scalar(1)]));
        assert!(disagree(
            &[limit()],
            &[Outcome::broken("no registers left")]
        ));
        // A prediction says what is over a limit.
        let all = [answers(PREDICTION, &[scalar(1)]), answers("b", &[limit()])];
        assert!(Arena::disagreement(&all).is_some());
    }

    #[test]
    fn one_way_of_breaking_is_not_another() {
        let with = |broken| {
            let all = [answers("a", &[scalar(1)]), answers("b", &[broken])];
            Arena::disagreement(&all).unwrap()
        };
        let of = |why| with(Outcome::broken(why));
        assert_eq!(of("panicked: at the disco"), of("panicked: at the disco"));
        assert_ne!(of("panicked: at the disco"), of("ended by signal 6"));
        assert!(with(Outcome::hung("whatever it is called")).is_a_hang());
        assert!(!of("no answer within 12000 ms").is_a_hang());
        assert!(disagree(&[Outcome::broken("x")], &[Outcome::broken("x")]));
    }

    #[test]
    fn long_outputs_are_told_where_they_differ() {
        let output = |at: usize| {
            let mut bytes = vec![0; 1_000];
            bytes[at] = 0xab;
            Outcome::Output {
                kind: OutputKind::Bytes,
                bytes,
                content_type: None,
            }
        };
        let lines = told(&[answers("a", &[output(500)]), answers("b", &[output(999)])]);
        assert!(lines[0].contains("ab"), "{lines:?}");
        assert!(!lines[1].contains("ab"), "{lines:?}");
    }
}
