//! The counts in the README, which are generated.

use std::fmt;

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
