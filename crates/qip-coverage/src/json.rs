//! The whole matrix as one JSON object.

use std::io;

use qip_cases::Corpus;
use qip_contract::{CLAUSES, CONTRACT_EDITION};
use qip_model::Mutation;
use serde::Serialize;

use crate::gate::Finding;
use crate::matrix::{Counts, Matrix};
use crate::table::mutants_of;

/// The version of the object. Whatever takes something away raises it.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Object<'m> {
    schema: u32,
    contract_edition: u32,
    corpus_sha256: &'m str,
    counts: Counts,
    findings: Vec<String>,
    clauses: Vec<ClauseObject<'m>>,
    mutants: Vec<MutantObject<'m>>,
    cases: Vec<CaseObject<'m>>,
}

#[derive(Serialize)]
struct ClauseObject<'m> {
    id: &'m str,
    binds: &'m str,
    level: &'m str,
    seen_by: &'m str,
    uncovered: Option<&'m str>,
    cases: Vec<&'m str>,
    mutants: Vec<&'m str>,
}

#[derive(Serialize)]
struct MutantObject<'m> {
    name: &'m str,
    clauses: &'m [&'m str],
    meaning: &'m str,
    killed_by: Vec<&'m str>,
}

#[derive(Serialize)]
struct CaseObject<'m> {
    id: &'m str,
    clauses: &'m [String],
    kills_none: Option<&'m str>,
    kills: Vec<&'m str>,
}

/// Writes the matrix.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn write_json(
    corpus: &Corpus,
    matrix: &Matrix,
    findings: &[Finding],
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let clauses = CLAUSES.iter().map(|clause| ClauseObject {
        id: clause.id,
        binds: clause.binds.as_str(),
        level: clause.level.as_str(),
        seen_by: clause.seen_by.as_str(),
        uncovered: clause.uncovered,
        cases: matrix
            .cases_of(clause)
            .map(|row| row.case.id.as_str())
            .collect(),
        mutants: mutants_of(clause.id)
            .into_iter()
            .map(Mutation::as_str)
            .collect(),
    });
    let mutants = Mutation::ALL.iter().map(|mutation| MutantObject {
        name: mutation.as_str(),
        clauses: mutation.clauses(),
        meaning: mutation.meaning(),
        killed_by: matrix
            .killers(*mutation)
            .map(|row| row.case.id.as_str())
            .collect(),
    });
    let cases = matrix.rows().iter().map(|row| CaseObject {
        id: row.case.id.as_str(),
        clauses: &row.case.clauses,
        kills_none: row.case.kills_none.as_deref(),
        kills: row.kills.iter().map(|mutation| mutation.as_str()).collect(),
    });
    let object = Object {
        schema: SCHEMA,
        contract_edition: CONTRACT_EDITION,
        corpus_sha256: corpus.digest(),
        counts: matrix.counts(),
        findings: findings.iter().map(Finding::to_string).collect(),
        clauses: clauses.collect(),
        mutants: mutants.collect(),
        cases: cases.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &object)?;
    out.write_all(b"\n")
}
