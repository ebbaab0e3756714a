//! Findings as annotations of GitHub Actions, which shows ten of a step and drops the others
//! without a word: so errors come first, and the last says how many more there are.

use std::io::{self, Write};

use qip_check::{Finding, Level, Place};

use super::{Checked, Outcome};

const MOST: usize = 10;

pub(super) fn write(outcome: &Outcome, to: &mut impl Write) -> io::Result<()> {
    let mut findings: Vec<(Option<&Checked>, &Finding)> = outcome.findings().collect();
    findings.sort_by_key(|(_, finding)| finding.level);
    let shown = match findings.len() {
        all if all <= MOST => all,
        _ => MOST - 1,
    };
    for (checked, finding) in &findings[..shown] {
        annotate(*checked, finding, to)?;
    }
    let others = &findings[shown..];
    if let Some((_, gravest)) = others.first() {
        let count = |level| others.iter().filter(|(_, it)| it.level == level).count();
        let message = format!(
            "{} more findings are not shown: {} errors, {} warnings, {} notes; `qip check` shows them all",
            others.len(),
            count(Level::Error),
            count(Level::Warning),
            count(Level::Note)
        );
        let level = command(gravest.level);
        writeln!(to, "::{level} title=qip check::{}", message_text(&message))?;
    }
    Ok(())
}

fn annotate(checked: Option<&Checked>, finding: &Finding, to: &mut impl Write) -> io::Result<()> {
    let level = command(finding.level);
    let title = property(finding.code.as_str());
    let mut message = finding.message.clone();
    let path = checked.map(Checked::path);
    let file = match (&finding.place, path) {
        (Some(Place::Source { file, line, column }), Some(path)) => {
            message = format!("{path}: {message}");
            let column = column.map_or_else(String::new, |column| format!(",col={column}"));
            format!("file={},line={line}{column},", property(file))
        }
        (Some(Place::Text { line, column, .. }), Some(path)) => {
            format!("file={},line={line},col={column},", property(&path))
        }
        (_, Some(path)) => format!("file={},", property(&path)),
        (_, None) => String::new(),
    };
    if let Some(help) = &finding.help {
        message = format!("{message}\nhelp: {help}");
    }
    writeln!(
        to,
        "::{level} {file}title={title}::{}",
        message_text(&message)
    )
}

fn command(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

/// A message as the runner reads it: a line break would end the command.
fn message_text(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A value between commas and colons.
fn property(text: &str) -> String {
    message_text(text).replace(':', "%3A").replace(',', "%2C")
}
