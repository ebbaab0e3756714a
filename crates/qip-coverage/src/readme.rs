//! The counts in the README and in the guide for host authors, which are generated.

use std::fmt;

use qip_cases::{Capabilities, Capability, Corpus};

use crate::matrix::Counts;

const BEGIN: &str = "<!-- counts: written by `cargo xtask coverage --update` -->\n";
const END: &str = "<!-- end of counts -->\n";

/// A text has no place for the counts, or more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl fmt::Display for NoPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected one place for the counts, between `{}` and `{}`",
            BEGIN.trim_end(),
            END.trim_end()
        )
    }
}

impl std::error::Error for NoPlace {}

/// The text with these counts in their place.
///
/// # Errors
///
/// [`NoPlace`] where there is no such place, or several.
pub fn with_counts(text: &str, counts: &Counts) -> Result<String, NoPlace> {
    let (before, rest) = text.split_once(BEGIN).ok_or(NoPlace)?;
    let (_, after) = rest.split_once(END).ok_or(NoPlace)?;
    if after.contains(BEGIN) {
        return Err(NoPlace);
    }
    Ok(format!("{before}{BEGIN}{}{END}{after}", block(counts)))
}

fn block(counts: &Counts) -> String {
    let Counts {
        clauses,
        covered,
        exempt,
        cases,
        kills_none,
        mutants,
        killed,
        // Where a mutant never returns, whether the clock kills it depends on the machine.
        kills: _,
    } = counts;
    format!(
        "| | |\n| --- | ---: |\n\
         | clauses | {clauses} |\n\
         | of which have cases | {covered} |\n\
         | of which say why they have none | {exempt} |\n\
         | cases | {cases} |\n\
         | of which say why they kill no mutant of their clauses | {kills_none} |\n\
         | mutants: hosts with one mistake | {mutants} |\n\
         | of which are killed | {killed} |\n"
    )
}

/// The table of capabilities lacks the row of one, or has it out of turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRow(Capability);

impl fmt::Display for NoRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a row for each capability, in their order: there is none for `{}`",
            self.0
        )
    }
}

impl std::error::Error for NoRow {}

/// The text with the second cell of each capability's row being how many cases more are judged
/// of a host that claims it, beside those in the rows above.
///
/// # Errors
///
/// [`NoRow`] where a capability has no row, or one that stands above that of another.
pub fn with_costs(text: &str, corpus: &Corpus) -> Result<String, NoRow> {
    let mut claimed = Capabilities::new();
    let mut judged = 0;
    let (mut written, mut rest) = (String::new(), text);
    for capability in Capability::ALL {
        claimed.insert(*capability);
        let cases = corpus.cases().iter();
        let now = cases.filter(|case| case.needs.is_subset(&claimed)).count();
        let head = format!("\n| `{capability}` | ");
        let (before, after) = rest.split_once(&head).ok_or(NoRow(*capability))?;
        let (_, after) = after.split_once(" |").ok_or(NoRow(*capability))?;
        written += &format!("{before}{head}{} |", now - judged);
        (judged, rest) = (now, after);
    }
    Ok(written + rest)
}
