//! A report for a terminal: one table, whether each subject is green, and the failures.

mod alone;
mod failures;
mod rows;
mod together;

use std::collections::BTreeMap;
use std::fmt;

use crate::report::{Counts, Report, SubjectReport};
use crate::verdict::Verdict;

/// A report as text.
#[derive(Clone, Copy, Debug)]
pub struct Table<'r>(pub(crate) &'r Report);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { subjects, .. } = self.0;
        match &subjects[..] {
            [] => writeln!(f, "red: no subject was judged")?,
            [alone] => alone::write(f, alone, self.0)?,
            _ => together::write(f, self.0)?,
        }
        if subjects.iter().any(|subject| subject.coarse) {
            writeln!(f, "{COARSE}\n")?;
        }
        for subject in subjects {
            failures::write(f, subject)?;
        }
        Ok(())
    }
}

/// What the mark on a coarse subject means.
const COARSE: &str = "* coarse: judged by what it prints, its exit status and its message alone";

fn mark(subject: &SubjectReport) -> &'static str {
    if subject.coarse { " *" } else { "" }
}

/// Whether a subject is green, in one line, or why it is red, in one line for each reason.
/// The seed of a thorough run is told in either case.
fn state(subject: &SubjectReport, report: &Report) -> Vec<String> {
    let selected = report.selected;
    let twice = report.seed.map(twice);
    let reasons = subject.reasons(selected);
    if !reasons.is_empty() {
        let reasons = reasons.iter().map(|reason| format!("red: {reason}"));
        let judged = twice.map(|twice| format!("judged {twice}"));
        return reasons.chain(judged).collect();
    }
    let twice = twice.map_or_else(String::new, |twice| format!(", {twice}"));
    let counts = subject.counts();
    let unsupported = counts.verdict(Verdict::Unsupported);
    let judged = counts.cases - unsupported;
    let lacking = match unsupported {
        0 => String::new(),
        count => format!(", {count} unsupported"),
    };
    vec![format!(
        "green: {judged} of {selected} cases judged{twice}{lacking}"
    )]
}

/// How a thorough run judges each case.
fn twice(seed: u64) -> String {
    format!("twice each, in shuffled order (seed {seed})")
}

/// What a subject is called, with its version, and its engine where it names one.
fn title(subject: &SubjectReport) -> String {
    let on = subject.engine.iter().map(|engine| format!(" on {engine}"));
    let on: String = on.collect();
    format!("{} {}{on}", subject.name, subject.version)
}

/// How many assertions of each kind were judged, and for want of what cases were not judged,
/// in one line each.
fn details(subject: &SubjectReport) -> Vec<String> {
    let counts = subject.counts();
    let assertions = counts.assertions.iter();
    let assertions = assertions.map(|(kind, count)| format!("{count} {kind}"));
    [
        ("assertions", assertions.collect()),
        ("unsupported", wants(subject, &counts)),
    ]
    .into_iter()
    .filter(|(_, parts): &(_, Vec<String>)| !parts.is_empty())
    .map(|(what, parts)| format!("{what}: {}", parts.join(", ")))
    .collect()
}

/// What cases are unsupported for want of, and how many.
fn wants(subject: &SubjectReport, counts: &Counts) -> Vec<String> {
    let mut wants: Vec<String> = counts
        .lacks
        .iter()
        .map(|(capability, count)| match count {
            1 => format!("1 needs {capability}"),
            _ => format!("{count} need {capability}"),
        })
        .collect();
    // A case that no capability would help, which only says in words why.
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for result in &subject.results {
        if result.verdict == Verdict::Unsupported && result.lacks.is_empty() {
            *others
                .entry(result.why.as_deref().unwrap_or_default())
                .or_default() += 1;
        }
    }
    wants.extend(others.iter().map(|(why, count)| format!("{count} {why}")));
    let sum = counts.lacks.values().chain(others.values()).sum::<usize>();
    if sum > counts.verdict(Verdict::Unsupported) {
        wants.push("some need several".to_owned());
    }
    wants
}
