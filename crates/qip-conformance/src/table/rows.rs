//! Rows of numbers in columns.

use std::collections::BTreeMap;
use std::fmt;

use qip_cases::Level;

use crate::report::SubjectReport;
use crate::verdict::CaseResult;

/// A row: its name, and what stands in each column.
pub(super) type Row = Vec<String>;

pub(super) fn row(name: &str, cells: impl IntoIterator<Item = String>) -> Row {
    [name.to_owned()].into_iter().chain(cells).collect()
}

/// A number in a column. None is a dash, so that what is there stands out.
pub(super) fn number(number: usize) -> String {
    match number {
        0 => "-".to_owned(),
        number => number.to_string(),
    }
}

/// The results of one subject, by area.
pub(super) fn by_area(subject: &SubjectReport) -> BTreeMap<&str, Vec<&CaseResult>> {
    let mut areas: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for result in &subject.results {
        areas.entry(result.case.id.area()).or_default().push(result);
    }
    areas
}

pub(super) fn of_level(
    subject: &SubjectReport,
    level: Level,
) -> impl Iterator<Item = &CaseResult> + Clone {
    let results = subject.results.iter();
    results.filter(move |result| result.level() == level)
}

/// Writes rows, numbers to the right. A row of nothing is an empty line.
pub(super) fn write(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    for row in rows {
        if let Some(name) = row.first() {
            write!(f, "  {name:<width$}", width = widths[0])?;
        }
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            write!(f, "  {cell:>width$}")?;
        }
        writeln!(f)?;
    }
    Ok(())
}
