//! What went wrong, case by case, with expected and found side by side.

use std::fmt;

use qip_cases::Level;

use crate::judge::Difference;
use crate::report::SubjectReport;
use crate::verdict::{CaseResult, Verdict};

/// Every case of a subject that fails, breaks or passes against its expectation file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, subject: &SubjectReport) -> fmt::Result {
    let told = subject.results.iter().filter(|result| {
        matches!(
            result.verdict,
            Verdict::Fail | Verdict::Broken | Verdict::Xpass
        )
    });
    for result in told {
        write_result(f, &subject.name, result)?;
    }
    Ok(())
}

/// One case that went wrong, with expected and found side by side.
fn write_result(f: &mut fmt::Formatter<'_>, subject: &str, result: &CaseResult) -> fmt::Result {
    let case = &result.case;
    let level = match result.level() {
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
                    what.to_string()
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
