//! What came of a run, and whether it is green.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use qip_cases::{
    Capabilities, Capability, Case, Corpus, Known, KnownTarget, Level, MAX_WILDCARD_CASES, Subject,
};

use crate::json_lines;
use crate::table::Table;
use crate::verdict::{CaseResult, Verdict};

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    pub(crate) corpus_digest: String,
    pub(crate) corpus_cases: usize,
    pub(crate) selected: usize,
    pub(crate) seed: Option<u64>,
    pub(crate) subjects: Vec<SubjectReport>,
}

/// What came of one subject.
#[derive(Debug)]
pub struct SubjectReport {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) engine: Option<String>,
    pub(crate) capabilities: Capabilities,
    pub(crate) coarse: bool,
    pub(crate) results: Vec<CaseResult>,
    /// Entries of its expectation file that must go or be mended.
    pub(crate) stale: Vec<String>,
}

/// How many cases got which verdict, and how many assertions were judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases with a verdict.
    pub cases: usize,
    /// Assertions of the cases that were judged, by kind.
    pub assertions: BTreeMap<&'static str, usize>,
    /// Unsupported cases by capability that the subject lacks. One that needs several counts
    /// for each of them.
    pub lacks: BTreeMap<Capability, usize>,
    verdicts: BTreeMap<(Level, Verdict), usize>,
}

impl Counts {
    pub(crate) fn of<'a>(results: impl IntoIterator<Item = &'a CaseResult>) -> Counts {
        let mut counts = Counts::default();
        for result in results {
            counts.cases += 1;
            *counts
                .verdicts
                .entry((result.level(), result.verdict))
                .or_default() += 1;
            for capability in &result.lacks {
                *counts.lacks.entry(*capability).or_default() += 1;
            }
            for request in &result.requests {
                for kind in &request.assertions {
                    *counts.assertions.entry(kind).or_default() += 1;
                }
            }
        }
        counts
    }

    /// Cases of both levels with this verdict.
    pub fn verdict(&self, verdict: Verdict) -> usize {
        self.of_level(Level::Must, verdict) + self.of_level(Level::Should, verdict)
    }

    /// Cases that count as of this level, with this verdict.
    pub fn of_level(&self, level: Level, verdict: Verdict) -> usize {
        self.verdicts
            .get(&(level, verdict))
            .copied()
            .unwrap_or_default()
    }

    /// Assertions of all kinds.
    pub fn all_assertions(&self) -> usize {
        self.assertions.values().sum()
    }
}

impl Report {
    pub(crate) fn new(
        corpus: &Corpus,
        selected: usize,
        seed: Option<u64>,
        subjects: Vec<SubjectReport>,
    ) -> Report {
        Report {
            corpus_digest: corpus.digest().to_owned(),
            corpus_cases: corpus.cases().len(),
            selected,
            seed,
            subjects,
        }
    }

    /// What came of each subject, in the order in which they were added.
    pub fn subjects(&self) -> &[SubjectReport] {
        &self.subjects
    }

    /// How many cases were selected.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The seed of the orders, where the run was thorough.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Whether, for every subject, no MUST case fails, nothing is broken, no known
    /// failure is stale, and every selected case was judged or is unsupported, one at
    /// least judged.
    pub fn is_green(&self) -> bool {
        self.reasons().is_empty()
    }

    /// Why the run is red: nothing where it is green.
    pub fn reasons(&self) -> Vec<String> {
        if self.subjects.is_empty() {
            return vec!["no subject was judged".to_owned()];
        }
        let subjects = self.subjects.iter();
        subjects
            .flat_map(|subject| {
                let reasons = subject.reasons(self.selected).into_iter();
                reasons.map(|reason| format!("{}: {reason}", subject.name))
            })
            .collect()
    }

    /// The table for a terminal, with the failures below it. It ends in a line break.
    pub fn table(&self) -> Table<'_> {
        Table(self)
    }

    /// Writes the report as JSON lines: a header, one line for each verdict, and a
    /// footer. A report without a footer is not whole.
    ///
    /// The header has the version of the lines (`schema`), the corpus, and each subject with
    /// its `name`, `version` and `capabilities`, and its `engine` where it names one. An
    /// unsupported verdict has under `lacks` the capabilities that the case needs and the
    /// subject does not have; the footer counts them.
    ///
    /// What was found where it is not what was expected has `bytes`, how many there were of
    /// an output or a picture, and the first 64 KiB of them: an output as `hex`, a picture,
    /// with its `width` and `height`, as `rgba` in base64, four bytes a pixel.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written to.
    pub fn write_json_lines(&self, out: &mut dyn io::Write) -> io::Result<()> {
        json_lines::write(self, out)
    }
}

impl SubjectReport {
    pub(crate) fn new(
        subject: &dyn Subject,
        name: String,
        known: &[Known],
        results: Vec<CaseResult>,
        corpus: &Corpus,
        selected: &[Arc<Case>],
    ) -> SubjectReport {
        let stale = known.iter().enumerate().filter_map(|(index, known)| {
            let problem = stale(index, known, &results, corpus, selected)?;
            Some(format!("{}: {problem}", known.place))
        });
        SubjectReport {
            stale: stale.collect(),
            name,
            version: subject.version().to_owned(),
            engine: subject.engine().map(str::to_owned),
            capabilities: subject.capabilities().clone(),
            coarse: subject.is_coarse(),
            results,
        }
    }

    /// The name, with a number where several subjects of the run share it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The engine that it runs modules on, with its version, where it says so.
    pub fn engine(&self) -> Option<&str> {
        self.engine.as_deref()
    }

    /// Whether it was judged only by what it prints, its exit status and its message.
    pub fn is_coarse(&self) -> bool {
        self.coarse
    }

    /// Every verdict, in the order of the corpus.
    pub fn results(&self) -> &[CaseResult] {
        &self.results
    }

    /// Entries of its expectation file that must go or be mended, with their places.
    pub fn stale(&self) -> &[String] {
        &self.stale
    }

    /// How many cases got which verdict.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.results)
    }

    /// Why it is red where `selected` cases were to be judged: nothing for green.
    pub(crate) fn reasons(&self, selected: usize) -> Vec<String> {
        let counts = self.counts();
        let unsupported = counts.verdict(Verdict::Unsupported);
        let mut reasons = Vec::new();
        if counts.cases == unsupported {
            reasons.push("no case was judged".to_owned());
        }
        if counts.cases < selected {
            reasons.push(format!("{} of {selected} cases were judged", counts.cases));
        }
        let red = [
            (
                counts.of_level(Level::Must, Verdict::Fail),
                "case fails",
                "cases fail",
            ),
            (
                counts.verdict(Verdict::Broken),
                "case is broken",
                "cases are broken",
            ),
            (
                counts.verdict(Verdict::Xpass),
                "case passes against the expectation file",
                "cases pass against the expectation file",
            ),
        ];
        for (count, one, several) in red {
            match count {
                0 => {}
                1 => reasons.push(format!("1 {one}")),
                _ => reasons.push(format!("{count} {several}")),
            }
        }
        reasons.extend(self.stale.iter().cloned());
        reasons
    }
}

/// What is wrong with an entry, after the run.
fn stale(
    index: usize,
    known: &Known,
    results: &[CaseResult],
    corpus: &Corpus,
    selected: &[Arc<Case>],
) -> Option<String> {
    let covered: Vec<&Arc<Case>> = corpus
        .cases()
        .iter()
        .filter(|case| known.covers(case))
        .collect();
    if covered.is_empty() {
        return Some("the entry matches no case".to_owned());
    }
    if known.is_wildcard() && covered.len() > MAX_WILDCARD_CASES {
        let count = covered.len();
        return Some(format!(
            "the entry matches {count} cases, expected at most {MAX_WILDCARD_CASES}"
        ));
    }
    // Of a run of some cases only, nothing can be said about the others.
    let all_selected = covered
        .iter()
        .all(|case| selected.iter().any(|one| one.id == case.id));
    let in_effect = results.iter().any(|result| match known.target {
        _ if result.known == Some(index) => true,
        // These are red by themselves, and say more than this would.
        KnownTarget::Case(_) => {
            known.covers(&result.case)
                && matches!(
                    result.verdict,
                    Verdict::Fail | Verdict::Broken | Verdict::Xfail
                )
        }
        KnownTarget::Clause(_) => false,
    });
    (all_selected && !in_effect).then(|| "no case that it matches fails as it says".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Counts, SubjectReport};
    use crate::verdict::{CaseResult, Verdict};
    use qip_cases::{Capabilities, Corpus};

    /// A run never loses a case, so this cannot be seen from outside.
    #[test]
    fn a_subject_that_was_judged_on_fewer_cases_is_red() {
        let corpus = Corpus::embedded_file("in", "capacity-is-inclusive").unwrap();
        let results: Vec<CaseResult> = corpus
            .cases()
            .iter()
            .map(|case| CaseResult {
                case: case.clone(),
                verdict: Verdict::Pass,
                requests: Vec::new(),
                lacks: Capabilities::new(),
                why: None,
                known: None,
                time: std::time::Duration::ZERO,
            })
            .collect();
        let all = results.len();
        let mut subject = SubjectReport {
            name: "some".to_owned(),
            version: "1".to_owned(),
            engine: None,
            capabilities: Capabilities::new(),
            coarse: false,
            results,
            stale: Vec::new(),
        };
        assert_eq!(subject.reasons(all), [""; 0]);
        subject.results.pop();
        let expected = format!("{} of {all} cases were judged", all - 1);
        assert_eq!(subject.reasons(all), [expected]);
        assert_eq!(Counts::of(&subject.results).cases, all - 1);
    }
}
