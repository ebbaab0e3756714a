//! Findings as one line each, as compilers and editors write and read them.

use std::io::{self, Write};

use qip_check::Place;

use super::Outcome;

pub(super) fn write(outcome: &Outcome, to: &mut impl Write) -> io::Result<()> {
    for (checked, finding) in outcome.findings() {
        let path = checked.map_or_else(|| "qip check".to_owned(), super::Checked::shown);
        let place = match &finding.place {
            Some(Place::Text { line, column, .. }) => format!("{path}:{line}:{column}"),
            Some(Place::Source { file, line, column }) => match column {
                Some(column) => format!("{path}: {file}:{line}:{column}"),
                None => format!("{path}: {file}:{line}"),
            },
            Some(Place::Printed { offset, .. } | Place::Binary { offset, .. }) => {
                format!("{path}: {offset:#x}")
            }
            _ => path,
        };
        let (level, code, message) = (finding.level, finding.code, &finding.message);
        writeln!(to, "{place}: {level}[{code}]: {message}")?;
    }
    Ok(())
}
