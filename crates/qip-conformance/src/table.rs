//! A report for a terminal: a table for each subject, and the failures side by side.

use std::collections::BTreeMap;
use std::fmt;

use crate::case::Level;
use crate::judge::Difference;
use crate::report::{Counts, Report, SubjectReport};
use crate::verdict::{CaseResult, Verdict};

/// A report as text.
#[derive(Clone, Copy, Debug)]
pub struct Table<'r>(pub(crate) &'r Report);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        for subject in &report.subjects {
            write_subject(f, subject, report.selected)?;
        }
        if report.subjects.iter().any(|subject| subject.coarse) {
            writeln!(f, "{COARSE}\n")?;
        }
        for subject in &report.subjects {
            let told = subject.results.iter().filter(|result| {
                matches!(
                    result.verdict,
                    Verdict::Fail | Verdict::Broken | Verdict::Xpass
                )
            });
            for result in told {
                write_result(f, &subject.name, result)?;
            }
        }
        if report.subjects.is_empty() {
            writeln!(f, "red: no subject was judged")?;
        }
        Ok(())
    }
}

/// What the mark on a coarse subject means.
const COARSE: &str = "* coarse: judged by what it prints, its exit status and its message alone";

fn mark(subject: &SubjectReport) -> &'static str {
    if subject.coarse { " *" } else { "" }
}

fn write_subject(
    f: &mut fmt::Formatter<'_>,
    subject: &SubjectReport,
    selected: usize,
) -> fmt::Result {
    let mark = mark(subject);
    writeln!(f, "{} {}{mark}\n", subject.name, subject.version)?;
    write_rows(f, &rows(subject))?;
    let counts = subject.counts();
    let kinds: Vec<String> = counts
        .assertions
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    if !kinds.is_empty() {
        writeln!(f, "\n  assertions: {}", kinds.join(", "))?;
    }
    let reasons = subject.reasons(selected);
    if reasons.is_empty() {
        let unsupported = counts.verdict(Verdict::Unsupported);
        let judged = counts.cases - unsupported;
        let lacking = match unsupported {
            0 => String::new(),
            count => format!(", {count} unsupported"),
        };
        writeln!(f, "  green: {judged} of {selected} cases judged{lacking}\n")
    } else {
        for reason in reasons {
            writeln!(f, "  red: {reason}")?;
        }
        writeln!(f)
    }
}

/// The head, one row for each area, and the sums.
fn rows(subject: &SubjectReport) -> Vec<Vec<String>> {
    let mut areas: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for result in &subject.results {
        areas.entry(result.case.id.area()).or_default().push(result);
    }
    let head = ["area", "cases", "assertions"].into_iter();
    let head = head.chain(Verdict::ALL.iter().map(|verdict| verdict.as_str()));
    let mut rows = vec![head.map(str::to_owned).collect()];
    for (area, results) in areas {
        rows.push(row(area, &Counts::of(results)));
    }
    // The two levels apart, where there are two.
    let of_level = |level: Level| {
        Counts::of(
            subject
                .results
                .iter()
                .filter(move |result| result.case.level == level),
        )
    };
    let should = of_level(Level::Should);
    if should.cases > 0 {
        rows.push(row("must", &of_level(Level::Must)));
        rows.push(row("should", &should));
    }
    rows.push(row("all", &subject.counts()));
    rows
}

fn row(name: &str, counts: &Counts) -> Vec<String> {
    let numbers = [counts.cases, counts.all_assertions()].into_iter();
    let numbers = numbers.chain(Verdict::ALL.iter().map(|verdict| counts.verdict(*verdict)));
    let numbers = numbers.map(|number| match number {
        // So that what is there stands out.
        0 => "-".to_owned(),
        number => number.to_string(),
    });
    [name.to_owned()].into_iter().chain(numbers).collect()
}

fn write_rows(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    for row in rows {
        write!(f, "  {:<width$}", row[0], width = widths[0])?;
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            write!(f, "  {cell:>width$}")?;
        }
        writeln!(f)?;
    }
    Ok(())
}

/// One case that went wrong, with expected and found side by side.
fn write_result(f: &mut fmt::Formatter<'_>, subject: &str, result: &CaseResult) -> fmt::Result {
    let case = &result.case;
    let level = match case.level {
        Level::Must => "",
        Level::Should => ", should",
    };
    writeln!(
        f,
        "{} {} on {subject} ({}{level})\n  {}: {}",
        result.verdict,
        case.id,
        case.clauses.join(", "),
        case.place,
        case.name,
    )?;
    if let Some(why) = &result.why {
        writeln!(f, "  {}", one_line(why))?;
    }
    write_differences(f, &numbered(result))?;
    writeln!(f)
}

/// Text of a subject's own in one line that a terminal does not act on. It is not
/// cut: it says what broke.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_debug());
        } else {
            line.push(character);
        }
    }
    line
}

/// The differences of all requests; with several, each says which.
fn numbered(result: &CaseResult) -> Vec<(String, &Difference)> {
    let several = result.requests.len() > 1;
    let requests = result.requests.iter().enumerate();
    requests
        .flat_map(|(index, request)| {
            request.differences.iter().map(move |difference| {
                let what = difference.what;
                let label = if several {
                    format!("request {}, {what}", index + 1)
                } else {
                    what.to_owned()
                };
                (label, difference)
            })
        })
        .collect()
}

/// The widest that the column of what was expected is made.
const MAX_EXPECTED: usize = 60;

fn write_differences(
    f: &mut fmt::Formatter<'_>,
    differences: &[(String, &Difference)],
) -> fmt::Result {
    if differences.is_empty() {
        return Ok(());
    }
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
    let labels = width(&mut differences.iter().map(|(label, _)| label.chars().count()));
    let expected = width(
        &mut differences
            .iter()
            .map(|(_, one)| one.expected.chars().count()),
    );
    let expected = expected.clamp("expected".len(), MAX_EXPECTED);
    writeln!(f, "  {:<labels$}  {:<expected$}  found", "", "expected")?;
    for (label, difference) in differences {
        let Difference {
            expected: wanted,
            found,
            ..
        } = difference;
        writeln!(f, "  {label:<labels$}  {wanted:<expected$}  {found}")?;
    }
    Ok(())
}
