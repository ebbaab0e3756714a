//! The table of a run over one subject: every verdict of every area.

use std::fmt;

use qip_cases::Level;

use crate::report::{Counts, Report, SubjectReport};
use crate::verdict::Verdict;

use super::rows::{self, Row, number, row};

pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    subject: &SubjectReport,
    report: &Report,
) -> fmt::Result {
    let mark = super::mark(subject);
    writeln!(f, "{}{mark}\n", super::title(subject))?;
    rows::write(f, &rows(subject))?;
    let details = super::details(subject);
    if !details.is_empty() {
        writeln!(f)?;
    }
    for line in details.iter().chain(&super::state(subject, report)) {
        writeln!(f, "  {line}")?;
    }
    writeln!(f)
}

/// The head, one row for each area, and the sums.
fn rows(subject: &SubjectReport) -> Vec<Row> {
    let head = ["cases", "assertions"].into_iter();
    let head = head.chain(Verdict::ALL.iter().map(|verdict| verdict.as_str()));
    let mut rows = vec![row("area", head.map(str::to_owned))];
    for (area, results) in rows::by_area(subject) {
        rows.push(counts(area, &Counts::of(results)));
    }
    // The two levels apart, where there are two.
    let should = Counts::of(rows::of_level(subject, Level::Should));
    if should.cases > 0 {
        let must = Counts::of(rows::of_level(subject, Level::Must));
        rows.push(counts("must", &must));
        rows.push(counts("should", &should));
    }
    rows.push(counts("all", &subject.counts()));
    rows
}

fn counts(name: &str, counts: &Counts) -> Row {
    let numbers = [counts.cases, counts.all_assertions()].into_iter();
    let numbers = numbers.chain(Verdict::ALL.iter().map(|verdict| counts.verdict(*verdict)));
    row(name, numbers.map(number))
}
