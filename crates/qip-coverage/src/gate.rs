//! What a corpus lacks. Without a finding, it is covered.

use std::fmt;

use qip_contract::{CLAUSES, Clause, Level};
use qip_model::Mutation;

use crate::matrix::{Matrix, Row, is_must};

/// Something that is missing, or is said and is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A clause that must be kept has no case, and does not say why.
    NoCase(&'static str),
    /// A clause says why it has no case, and has one.
    NeedlessExemption(&'static str),
    /// A clause that must be kept has cases and no mutant.
    NoMutant(&'static str),
    /// No case that names a clause kills a mutant that breaks it.
    NotHeldTo(&'static str),
    /// No MUST case that names a clause of the mutant kills it.
    Survivor(Mutation),
    /// A mutant gives no answer to a case: its mistake is not made.
    NoAnswer(Mutation, String),
    /// A case kills no mutant that breaks a clause which it names, and does not say why.
    Idle(String),
    /// A case says why it kills none, and kills one.
    NeedlessExcuse(String, Mutation),
    /// The model itself fails a case.
    ModelFails(String, String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::NoCase(clause) => write!(
                f,
                "{clause} has no case: write one, or say in `clauses.toml` under `uncovered` \
                 why there is none"
            ),
            Finding::NeedlessExemption(clause) => write!(
                f,
                "{clause} has cases, and `clauses.toml` says why it has none: take `uncovered` out"
            ),
            Finding::NoMutant(clause) => write!(
                f,
                "{clause} has cases and no mutant: add a mutation that breaks it"
            ),
            Finding::NotHeldTo(clause) => write!(
                f,
                "no case that names {clause} kills a mutant that breaks it"
            ),
            Finding::Survivor(mutation) => write!(
                f,
                "the mutant `{mutation}` ({}) survives: {}",
                mutation.clauses().join(", "),
                mutation.meaning()
            ),
            Finding::NoAnswer(mutation, case) => write!(
                f,
                "the mutant `{mutation}` gives no answer to `{case}`: let it go on with its mistake"
            ),
            Finding::Idle(case) => write!(
                f,
                "`{case}` kills no mutant that breaks a clause which it names: add the mistake \
                 that it is there for, or say under `kills_none` why there is none"
            ),
            Finding::NeedlessExcuse(case, mutation) => write!(
                f,
                "`{case}` says why it kills no mutant, and kills `{mutation}`: take `kills_none` \
                 out"
            ),
            Finding::ModelFails(case, why) => write!(f, "the model fails `{case}`: {why}"),
        }
    }
}

/// Everything that the corpus lacks.
pub fn findings(matrix: &Matrix) -> Vec<Finding> {
    let clauses = CLAUSES
        .iter()
        .filter_map(|clause| of_clause(matrix, clause));
    let survivors = Mutation::ALL
        .iter()
        .filter(|mutation| !matrix.own_killers(**mutation).any(is_must))
        .map(|mutation| Finding::Survivor(*mutation));
    let cases = matrix.rows().iter().filter_map(of_case);
    let silent = matrix.rows().iter().flat_map(|row| {
        let mutants = row.broken.iter();
        mutants.map(|mutation| Finding::NoAnswer(*mutation, row.case.id.to_string()))
    });
    clauses
        .chain(survivors)
        .chain(cases)
        .chain(silent)
        .collect()
}

fn of_clause(matrix: &Matrix, clause: &'static Clause) -> Option<Finding> {
    if clause.level != Level::Must {
        return None;
    }
    let has_case = matrix.cases_of(clause).next().is_some();
    match (has_case, clause.uncovered) {
        (false, None) => return Some(Finding::NoCase(clause.id)),
        (true, Some(_)) => return Some(Finding::NeedlessExemption(clause.id)),
        (false, Some(_)) => return None,
        (true, None) => {}
    }
    // What each of its cases says why it cannot be shown by a mutant needs none.
    let excused = |row: &Row| row.case.kills_none.is_some();
    if matrix.cases_of(clause).all(excused) {
        return None;
    }
    let mut mutants = Mutation::ALL
        .iter()
        .filter(|mutation| mutation.clauses().contains(&clause.id))
        .peekable();
    if mutants.peek().is_none() {
        return Some(Finding::NoMutant(clause.id));
    }
    let is_held_to = mutants.any(|mutation| {
        let mut cases = matrix.own_killers(*mutation).filter(|row| is_must(row));
        cases.any(|row| row.case.clauses.iter().any(|named| named == clause.id))
    });
    (!is_held_to).then_some(Finding::NotHeldTo(clause.id))
}

fn of_case(row: &Row) -> Option<Finding> {
    let id = || row.case.id.to_string();
    if let Some(why) = &row.failure {
        return Some(Finding::ModelFails(id(), why.clone()));
    }
    match (row.own_kills().next(), &row.case.kills_none) {
        (None, None) if is_must(row) => Some(Finding::Idle(id())),
        (Some(mutation), Some(_)) => Some(Finding::NeedlessExcuse(id(), mutation)),
        _ => None,
    }
}
