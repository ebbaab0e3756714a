//! The table of a run over several subjects: how many cases of every area each passes.

use std::collections::BTreeSet;
use std::fmt;

use qip_cases::Level;

use crate::report::{Counts, Report, SubjectReport};
use crate::verdict::{CaseResult, Verdict};

use super::rows::{self, Row, number, row};

pub(super) fn write(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(f, "Cases that pass:\n")?;
    rows::write(f, &rows(&report.subjects))?;
    writeln!(f)?;
    for subject in &report.subjects {
        let title = super::title(subject);
        for state in super::state(subject, report) {
            writeln!(f, "{title}: {state}")?;
        }
        for line in super::details(subject) {
            writeln!(f, "  {line}")?;
        }
    }
    writeln!(f)
}

/// The head, one row for each area, the sums, and what became of the cases of each subject.
fn rows(subjects: &[SubjectReport]) -> Vec<Row> {
    let names = subjects
        .iter()
        .map(|subject| format!("{}{}", subject.name, super::mark(subject)));
    let head = ["cases".to_owned()].into_iter().chain(names);
    let mut rows = vec![row("area", head)];

    let areas: Vec<_> = subjects.iter().map(rows::by_area).collect();
    let names: BTreeSet<&str> = areas
        .iter()
        .flat_map(|areas| areas.keys().copied())
        .collect();
    for name in names {
        let results = areas.iter().map(|areas| areas.get(name));
        rows.push(passed(
            name,
            results.map(|results| results.into_iter().flatten().copied()),
        ));
    }
    // The two levels apart, where there are two.
    let of_level = |level| subjects.iter().map(move |one| rows::of_level(one, level));
    if of_level(Level::Should).any(|mut results| results.next().is_some()) {
        rows.push(passed("must", of_level(Level::Must)));
        rows.push(passed("should", of_level(Level::Should)));
    }
    rows.push(passed(
        "all",
        subjects.iter().map(|subject| subject.results.iter()),
    ));

    rows.push(Row::new());
    let counts: Vec<Counts> = subjects.iter().map(SubjectReport::counts).collect();
    let sums = |name, sum: &dyn Fn(&Counts) -> usize| {
        let sums = counts.iter().map(|counts| number(sum(counts)));
        row(name, [String::new()].into_iter().chain(sums))
    };
    for verdict in Verdict::ALL {
        // The row of those that pass is there to say what the numbers above are.
        let is_any = counts.iter().any(|counts| counts.verdict(*verdict) > 0);
        if is_any || *verdict == Verdict::Pass {
            rows.push(sums(verdict.as_str(), &|counts| counts.verdict(*verdict)));
        }
    }
    rows.push(sums("assertions", &Counts::all_assertions));
    rows
}

/// How many cases there are, and how many of them each subject passes.
fn passed<'r, I>(name: &str, subjects: impl Iterator<Item = I>) -> Row
where
    I: Iterator<Item = &'r CaseResult>,
{
    let counts: Vec<Counts> = subjects.map(Counts::of).collect();
    let cases = counts.iter().map(|counts| counts.cases).max();
    let passed = counts.iter().map(|counts| counts.verdict(Verdict::Pass));
    row(name, cases.into_iter().chain(passed).map(number))
}
