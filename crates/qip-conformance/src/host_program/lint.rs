//! A first step for whoever writes a host program: is the conversation sound?

use std::fmt;
use std::sync::Arc;
use std::vec;

use qip_cases::{Capabilities, Case, Corpus, Outcome, Subject as _};

use super::HostProgram;
use super::fault::Fault;
use super::process::Ending;

/// What is asked: cases, of which only the tasks and the capabilities matter.
const CASES: &str = include_str!("lint.toml");

/// What was asked of a host program, and what came back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What it was, in words.
    pub asked: String,
    /// What came back.
    pub reply: LintReply,
}

/// What came back.
#[derive(Clone, Debug)]
pub enum LintReply {
    /// An answer, whether right or wrong: an outcome for each request.
    Answered(Vec<Outcome>),
    /// Something else.
    Fault(Fault),
    /// Nothing, for nothing was asked: it does not claim these.
    NotAsked(Capabilities),
    /// Nothing, for nothing is asked any more: it has been started again ten times.
    GivenUp,
    /// It ended when its stdin did.
    Left,
}

/// A conversation with a host program, one exchange after another; the last is the end.
pub struct Lint {
    host: HostProgram,
    cases: vec::IntoIter<Arc<Case>>,
    has_ended: bool,
}

impl Lint {
    pub(super) fn new(host: HostProgram) -> Lint {
        let corpus = Corpus::parse("lint", "host", CASES)
            .unwrap_or_else(|errors| unreachable!("a part of this program: {errors}"));
        Lint {
            host,
            cases: corpus.cases().to_vec().into_iter(),
            has_ended: false,
        }
    }

    /// The program, to ask who it is.
    pub fn host(&self) -> &HostProgram {
        &self.host
    }

    fn reply(&self, case: &Case) -> LintReply {
        let lacking = case.needs.difference(self.host.capabilities());
        let lacking: Capabilities = lacking.copied().collect();
        if !lacking.is_empty() {
            return LintReply::NotAsked(lacking);
        }
        if self.host.has_given_up() {
            return LintReply::GivenUp;
        }
        let outcomes = match self.host.ask(&case.id, &case.task) {
            Ok(outcomes) => outcomes,
            Err(fault) => return LintReply::Fault(fault),
        };
        // Of the answers that say nothing of the module, each is a fault.
        for outcome in &outcomes {
            let what = match outcome {
                Outcome::Unsupported { capability } => {
                    case.cannot_lack(self.host.capabilities(), *capability)
                }
                Outcome::Broken { why, .. } => {
                    Some(format!("says of itself that it is broken: {why}"))
                }
                _ => None,
            };
            if let Some(what) = what {
                return LintReply::Fault(Fault::new(what));
            }
        }
        LintReply::Answered(outcomes)
    }

    fn end(&self) -> LintReply {
        if self.host.has_given_up() {
            return LintReply::GivenUp;
        }
        match self.host.leave() {
            Ok(Ending::Left) => LintReply::Left,
            Ok(Ending::Killed) => {
                let time = self.host.settings.time_to_leave.as_millis();
                let fault = Fault::new("the program goes on when its stdin has ended");
                LintReply::Fault(fault.expected(format!("its end within {time} ms")))
            }
            Err(fault) => LintReply::Fault(fault),
        }
    }
}

impl Iterator for Lint {
    type Item = Exchange;

    fn next(&mut self) -> Option<Exchange> {
        if let Some(case) = self.cases.next() {
            return Some(Exchange {
                asked: case.name.clone(),
                reply: self.reply(&case),
            });
        }
        let is_over = std::mem::replace(&mut self.has_ended, true);
        (!is_over).then(|| Exchange {
            asked: "the end of stdin".to_owned(),
            reply: self.end(),
        })
    }
}

/// One line, and for a fault some more below it, without the end of the last one.
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = &self.asked;
        match &self.reply {
            LintReply::Answered(outcomes) => {
                let outcomes: Vec<String> = outcomes.iter().map(Outcome::to_string).collect();
                write!(f, "ok     {asked}: {}", outcomes.join(" | "))
            }
            LintReply::Left => write!(f, "ok     {asked}: it ends"),
            LintReply::NotAsked(lacking) => {
                let lacking: Vec<&str> = lacking.iter().map(|one| one.as_str()).collect();
                write!(
                    f,
                    "-      {asked}: not asked without {}",
                    lacking.join(", ")
                )
            }
            LintReply::GivenUp => write!(f, "-      {asked}: not asked after ten restarts"),
            LintReply::Fault(fault) => {
                write!(f, "fault  {asked}: {}", fault.what())?;
                let expected = fault.what_was_expected().map(|text| ("expected", text));
                let line = fault.offending_line().map(|text| ("line", text));
                let stderr = fault.last_of_stderr().iter();
                let stderr = stderr.map(|text| ("stderr", &**text));
                for (label, text) in expected.into_iter().chain(line).chain(stderr) {
                    write!(f, "\n         {label}: {text}")?;
                }
                Ok(())
            }
        }
    }
}
