//! What the gate finds, on corpora of one case.

use std::sync::Arc;

use qip_cases::{Capability, Corpus};
use qip_coverage::{Counts, Finding, Matrix, NoPlace, findings, with_costs, with_counts};
use qip_engine::Engine;
use qip_host::wasmi::Wasmi;
use qip_model::Mutation;

/// Gives back its input of up to three bytes.
const MODULE: &str = r#"module = { wat = '''
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 3))
  (global (export "output_ptr") i32 (i32.const 0))
  (global (export "output_bytes_cap") i32 (i32.const 3))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
''' }
"#;

const FULL: &str = r#"clauses = ["IN-3"]
input = "abc"
expect = { bytes = "abc" }"#;

fn matrix(case: &str) -> Matrix {
    let text = format!("summary = \"an echo\"\n{MODULE}\n[[case]]\nname = \"a case\"\n{case}\n");
    let corpus = Corpus::parse("in", "echo", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let engine: Arc<dyn Engine> = Arc::new(Wasmi::new());
    Matrix::measure(&corpus, &[engine])
}

/// The findings that are about the case, not about all that a corpus of one case lacks.
fn about_the_case(matrix: &Matrix) -> Vec<Finding> {
    let mut found = findings(matrix);
    found.retain(|finding| {
        matches!(
            finding,
            Finding::Idle(_) | Finding::NeedlessExcuse(..) | Finding::ModelFails(..)
        )
    });
    found
}

#[test]
fn a_case_kills_what_it_is_there_for() {
    let matrix = matrix(FULL);
    let row = &matrix.rows()[0];
    assert!(
        row.own_kills()
            .any(|own| own == Mutation::CapacityExclusive)
    );
    assert!(!row.kills.contains(&Mutation::CapacitySigned));
    assert_eq!(about_the_case(&matrix), []);
    let found = findings(&matrix);
    assert!(!found.contains(&Finding::NoCase("IN-3")));
    assert!(!found.contains(&Finding::Survivor(Mutation::CapacityExclusive)));
    assert!(found.contains(&Finding::NoCase("IN-4")));
    assert!(found.contains(&Finding::Survivor(Mutation::CapacitySigned)));
}

#[test]
fn without_the_cases_that_kill_it_a_mutant_survives() {
    let matrix = matrix(FULL).without(|row| row.kills.contains(&Mutation::CapacityExclusive));
    assert!(findings(&matrix).contains(&Finding::Survivor(Mutation::CapacityExclusive)));
    assert_eq!(matrix.counts().cases, 0);
}

#[test]
fn a_case_of_a_clause_that_it_does_not_show() {
    let found = findings(&matrix(&FULL.replace("IN-3", "UNI-4")));
    assert!(found.contains(&Finding::Idle("in/echo#a-case".to_owned())));
    assert!(found.contains(&Finding::NotHeldTo("UNI-4")));
}

#[test]
fn a_case_that_says_why_it_kills_none() {
    let idle = FULL.replace("IN-3", "UNI-4") + "\nkills_none = \"it is a control\"";
    assert_eq!(about_the_case(&matrix(&idle)), []);
    let found = about_the_case(&matrix(&format!(
        "{FULL}\nkills_none = \"it is a control\""
    )));
    let [Finding::NeedlessExcuse(id, _)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(id, "in/echo#a-case");
}

#[test]
fn a_case_of_what_should_be_may_kill_none() {
    let case = FULL.replace("IN-3", "UNI-4") + "\nlevel = \"should\"";
    assert_eq!(about_the_case(&matrix(&case)), []);
}

#[test]
fn a_case_that_the_model_fails() {
    let case = FULL.replace("bytes = \"abc\"", "bytes = \"abd\"");
    let found = about_the_case(&matrix(&case));
    let [Finding::ModelFails(id, why)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(id, "in/echo#a-case");
    assert!(why.starts_with("outcome: expected bytes"), "{why}");
}

#[test]
fn a_clause_that_says_why_it_has_no_case_and_has_one() {
    let found = findings(&matrix(&FULL.replace("IN-3", "UNI-5")));
    assert!(found.contains(&Finding::NeedlessExemption("UNI-5")));
    assert!(!findings(&matrix(FULL)).contains(&Finding::NoCase("UNI-5")));
}

#[test]
fn findings_say_what_to_do() {
    let id = || "in/echo#a-case".to_owned();
    let all = [
        Finding::NoCase("IN-4"),
        Finding::NeedlessExemption("UNI-5"),
        Finding::NoMutant("IN-4"),
        Finding::NotHeldTo("IN-4"),
        Finding::Survivor(Mutation::CapacitySigned),
        Finding::Idle(id()),
        Finding::NeedlessExcuse(id(), Mutation::CapacitySigned),
        Finding::ModelFails(id(), "it differs".to_owned()),
    ];
    let all: Vec<String> = all.iter().map(Finding::to_string).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn every_mutation_breaks_clauses_that_there_are() {
    for mutation in Mutation::ALL {
        for clause in mutation.clauses() {
            assert!(
                qip_contract::Clause::find(clause).is_some(),
                "{mutation}: {clause}"
            );
        }
        assert_eq!(Mutation::from_text(mutation.as_str()), Some(*mutation));
    }
}

#[test]
fn counts_stand_in_one_place() {
    let text = "before\n<!-- counts: written by `cargo xtask coverage --update` -->\nold\n\
                <!-- end of counts -->\nafter\n";
    let counts = Counts {
        cases: 7,
        ..Counts::default()
    };
    let written = with_counts(text, &counts).unwrap();
    assert!(written.starts_with("before\n<!-- counts"), "{written}");
    assert!(written.contains("| cases | 7 |\n"), "{written}");
    assert!(
        written.ends_with("<!-- end of counts -->\nafter\n"),
        "{written}"
    );
    assert!(!written.contains("old"), "{written}");
    assert_eq!(with_counts(&written, &counts).as_ref(), Ok(&written));
    assert_eq!(with_counts("none", &counts), Err(NoPlace));
    assert_eq!(with_counts(&text.repeat(2), &counts), Err(NoPlace));
}

/// A case that needs two capabilities counts with the later one.
#[test]
fn each_case_counts_with_the_last_capability_that_it_needs() {
    let case = |name: &str, more: &str| {
        format!(
            "[[case]]\nname = \"{name}\"\nclauses = [\"IN-3\"]\n{more}\nexpect = {{ bytes = \"\" }}\n"
        )
    };
    let cases = [
        case("one", ""),
        case("two", ""),
        case("three", "limits = { fuel = 9 }"),
        case("four", "limits = { fuel = 9, types = 9 }"),
    ];
    let text = format!("summary = \"an echo\"\n{MODULE}\n{}", cases.concat());
    let corpus = Corpus::parse("in", "echo", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let row = |capability: &Capability, count: &str| {
        format!(
            "| `{capability}` | {count} | {} | work |\n",
            capability.meaning()
        )
    };
    let rows: Vec<String> = Capability::ALL.iter().map(|one| row(one, "?")).collect();
    let guide = format!("before\n{}after\n", rows.concat());
    let written = with_costs(&guide, &corpus).unwrap();
    let expected: Vec<String> = Capability::ALL
        .iter()
        .map(|one| match one {
            Capability::Content => row(one, "2"),
            Capability::Fuel | Capability::Limits => row(one, "1"),
            _ => row(one, "0"),
        })
        .collect();
    assert_eq!(written, format!("before\n{}after\n", expected.concat()));
    assert_eq!(with_costs(&written, &corpus).as_ref(), Ok(&written));

    let without = guide.replace("| `fuel` |", "| `gas` |");
    let error = with_costs(&without, &corpus).unwrap_err().to_string();
    assert_eq!(
        error,
        "expected a row for each capability, in their order: there is none for `fuel`"
    );
    // Another order has other counts.
    let (one, two) = (row(&Capability::Fuel, "?"), row(&Capability::Limits, "?"));
    let swapped = guide.replace(&format!("{one}{two}"), &format!("{two}{one}"));
    assert!(with_costs(&swapped, &corpus).is_err());
}
