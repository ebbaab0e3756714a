//! The matrix for a terminal.

use std::fmt::Write as _;

use qip_contract::CLAUSES;
use qip_model::Mutation;

use crate::matrix::Matrix;

/// Clauses with their cases and mutants, and mutants with the cases that kill them. It
/// ends in a line break.
pub fn table(matrix: &Matrix) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  {:<8} {:<6} {:<6} {:<5} {:>5} {:>7} {:>6} {:>6}",
        "clause", "binds", "level", "seen", "cases", "mutants", "killed", "kills"
    );
    for clause in CLAUSES {
        let mutants = mutants_of(clause.id);
        let killed = mutants
            .iter()
            .filter(|mutation| matrix.own_killers(**mutation).next().is_some());
        let kills = matrix.cases_of(clause).flat_map(|row| &row.kills);
        let kills = kills.filter(|mutation| mutation.clauses().contains(&clause.id));
        let _ = write!(
            text,
            "  {:<8} {:<6} {:<6} {:<5} {:>5} {:>7} {:>6} {:>6}",
            clause.id,
            clause.binds,
            clause.level,
            clause.seen_by,
            dash(matrix.cases_of(clause).count()),
            dash(mutants.len()),
            dash(killed.count()),
            dash(kills.count()),
        );
        if clause.uncovered.is_some() {
            text.push_str("  says why it has no case");
        }
        text.push('\n');
    }
    let widest = Mutation::ALL.iter().map(|mutation| mutation.as_str().len());
    let widest = widest.max().unwrap_or_default();
    let _ = writeln!(
        text,
        "\n  {:<widest$} {:<8} {:>5}  the first case that kills it",
        "mutant", "clause", "cases"
    );
    for mutation in Mutation::ALL {
        let first = first_killer(matrix, *mutation).unwrap_or_else(|| "-".to_owned());
        let _ = writeln!(
            text,
            "  {:<widest$} {:<8} {:>5}  {first}",
            mutation.as_str(),
            mutation.clauses().first().copied().unwrap_or_default(),
            dash(kills(matrix, *mutation)),
        );
    }
    text
}

/// A mutant with its clauses, what it does, and every case that kills it.
pub fn describe_mutant(matrix: &Matrix, mutation: Mutation) -> String {
    let mut text = format!(
        "{mutation} ({})\n{}\n\n",
        mutation.clauses().join(", "),
        mutation.meaning()
    );
    for row in matrix.killers(mutation) {
        let _ = writeln!(text, "  {} ({})", row.case.id, row.case.clauses.join(", "));
    }
    let _ = writeln!(
        text,
        "\n{} of {} cases",
        kills(matrix, mutation),
        matrix.rows().len()
    );
    text
}

/// All counts in one line.
pub fn summary(matrix: &Matrix) -> String {
    let counts = matrix.counts();
    format!(
        "{} clauses, of which {} have cases and {} say why not; {} cases, of which {} say why \
         they kill no mutant of their clauses; {} mutants, of which {} are killed, by {} kills",
        counts.clauses,
        counts.covered,
        counts.exempt,
        counts.cases,
        counts.kills_none,
        counts.mutants,
        counts.killed,
        counts.kills,
    )
}

/// The mutants that break a clause.
pub(crate) fn mutants_of(clause: &str) -> Vec<Mutation> {
    let mutants = Mutation::ALL.iter().copied();
    mutants
        .filter(|mutation| mutation.clauses().contains(&clause))
        .collect()
}

/// How many cases kill a mutant.
pub(crate) fn kills(matrix: &Matrix, mutation: Mutation) -> usize {
    matrix.killers(mutation).count()
}

/// The first case that kills a mutant, one of its clauses before any other.
pub(crate) fn first_killer(matrix: &Matrix, mutation: Mutation) -> Option<String> {
    let own = matrix.own_killers(mutation).next();
    let row = own.or_else(|| matrix.killers(mutation).next())?;
    Some(row.case.id.to_string())
}

/// So that what is there stands out.
fn dash(number: usize) -> String {
    match number {
        0 => "-".to_owned(),
        number => number.to_string(),
    }
}
