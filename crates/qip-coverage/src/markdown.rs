//! The matrix as Markdown.

use std::fmt::Write as _;

use qip_contract::CLAUSES;
use qip_model::Mutation;

use crate::gate::Finding;
use crate::matrix::Matrix;
use crate::table::{first_killer, kills, mutants_of, summary};

/// A page with the counts, what is missing, clauses by cases and mutants by cases.
pub fn markdown(matrix: &Matrix, findings: &[Finding]) -> String {
    let mut text = format!("# Coverage\n\n{}.\n\n", summary(matrix));
    if findings.is_empty() {
        text.push_str("Nothing is missing.\n");
    }
    for finding in findings {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- {finding}");
    }
    text.push_str(
        "\n## Clauses\n\n| clause | binds | level | cases | mutants |\n\
         | --- | --- | --- | ---: | --- |\n",
    );
    for clause in CLAUSES {
        let mutants = mutants_of(clause.id);
        let mutants: Vec<String> = mutants.iter().map(|one| format!("`{one}`")).collect();
        let cases = match (matrix.cases_of(clause).count(), clause.uncovered) {
            (0, Some(why)) => format!("none: {why}"),
            (count, _) => count.to_string(),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {cases} | {} |",
            clause.id,
            clause.binds,
            clause.level,
            mutants.join(" ")
        );
    }
    text.push_str(
        "\n## Mutants\n\n| mutant | clauses | what it does | cases | the first |\n\
         | --- | --- | --- | ---: | --- |\n",
    );
    for mutation in Mutation::ALL {
        let first = first_killer(matrix, *mutation);
        let first = first.map_or_else(|| "none".to_owned(), |first| format!("`{first}`"));
        let _ = writeln!(
            text,
            "| `{mutation}` | {} | {} | {} | {first} |",
            mutation.clauses().join(", "),
            mutation.meaning(),
            kills(matrix, *mutation),
        );
    }
    text
}
