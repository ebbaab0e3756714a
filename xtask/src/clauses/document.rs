//! The contract as a document: CONTRACT.md.

use std::fmt::Write as _;

use qip_contract::{Binds, Code, SeenBy};

use super::{CASES, Clause, Contract, SOURCE};
use crate::text::count;

/// How far a line reaches, if its words allow.
const WIDTH: usize = 90;

/// What stands before the clauses, after the title and the edition.
const INTRODUCTION: &str = "\
A qip module is a WebAssembly module that imports nothing. A host writes an input into \
the module's memory, calls one function of it, and reads an output from there; it may pass \
that on to the next module of a recipe. This document says, clause by clause, what each \
side has to keep for that to come out the same everywhere.";

/// The words that every clause uses.
const WORDS: &str = "\
Words: a *module* is a core WebAssembly binary; a *host* loads and drives it; an *engine* \
executes it; a *stage* is one module of a *recipe*; a *tile filter* is a module of the \
image mode. Pointers, sizes, capacities and counts have 32 bits and no sign, and arithmetic \
on them never wraps.";

/// How to read a clause.
const READING: &str = "\
Each clause has an ID that stays as it is for good: a clause that goes leaves a gap. Under \
the ID stands whom it binds and how much it asks; musts, shoulds and mays are judged apart. \
Then come the [failure codes](#failure-codes) with which a host answers where the clause is \
broken. A code binds every host; the wording of a message binds qip's own command line, and others should \
follow it. *Chosen* says how a clause is read where its sources allow more than one reading. \
*Cases* leads to the tests that hold a host to the clause: small modules in WebAssembly text \
beside requests and expected answers.";

/// Where the document leads on to.
const FURTHER: &str = "\
How to judge a host of your own by these cases, in whatever language it is written, is told \
in [conformance/README.md](conformance/README.md).";

/// The document.
pub(super) fn write(contract: &Contract) -> String {
    let ids: Vec<&str> = contract.clauses.iter().map(|clause| &*clause.id).collect();
    let mut text = format!(
        "<!-- Generated from `{SOURCE}` by `cargo xtask clauses`: not to be edited. -->\n\n\
         # The qip contract\n\n\
         Edition {}, in {}.\n\n",
        contract.edition,
        count(contract.clauses.len(), "clause"),
    );
    for paragraph in [INTRODUCTION, WORDS, READING, FURTHER] {
        push_paragraph(&mut text, paragraph);
    }
    push_families(&mut text, contract);
    for family in &contract.families {
        // Writing to a string cannot fail.
        let _ = write!(text, "## {}\n\n", family.heading());
        let clauses = contract.clauses.iter();
        for clause in clauses.filter(|clause| clause.family() == family.id) {
            push_clause(&mut text, clause, &ids);
        }
    }
    push_codes(&mut text, &ids);
    push_departures(&mut text, contract, &ids);
    text
}

/// The table of families.
fn push_families(text: &mut String, contract: &Contract) {
    text.push_str("| family | of | clauses |\n| --- | --- | ---: |\n");
    for family in &contract.families {
        let clauses = contract.clauses.iter();
        let count = clauses.filter(|clause| clause.family() == family.id);
        let _ = writeln!(
            text,
            "| [{}](#{}) | {} | {} |",
            family.id,
            anchor(&family.heading()),
            family.about,
            count.count(),
        );
    }
    text.push('\n');
}

fn push_clause(text: &mut String, clause: &Clause, ids: &[&str]) {
    let _ = write!(text, "### {}\n\n", clause.id);
    let who = match clause.binds {
        Binds::Host => "Hosts",
        Binds::Module => "Modules",
    };
    let mut about = vec![format!("*{who} {}*", clause.level)];
    about.extend(witness(clause.seen_by).map(str::to_owned));
    about.extend(clause.codes.iter().map(|code| format!("`{code}`")));
    if clause.uncovered.is_none() {
        about.push(format!("[cases]({CASES}#{})", anchor(&clause.id)));
    }
    push_paragraph(text, &about.join(" · "));
    push_paragraph(text, &linked(&clause.text, &clause.id, ids));
    if let Some(choice) = &clause.choice {
        push_paragraph(
            text,
            &format!("*Chosen:* {}", linked(choice, &clause.id, ids)),
        );
    }
    if let Some(why) = &clause.uncovered {
        push_paragraph(
            text,
            &format!("*No cases:* {}", linked(why, &clause.id, ids)),
        );
    }
}

fn push_codes(text: &mut String, ids: &[&str]) {
    text.push_str("## Failure codes\n\n| code | meaning |\n| --- | --- |\n");
    for code in Code::ALL {
        let _ = writeln!(text, "| `{code}` | {} |", linked(code.meaning(), "", ids));
    }
    text.push('\n');
}

fn push_departures(text: &mut String, contract: &Contract, ids: &[&str]) {
    text.push_str("## Departures\n\n");
    push_paragraph(
        text,
        "Where this contract reads otherwise, on purpose, than the documents and the host that \
         it was drawn from.",
    );
    text.push_str("| clause | they say or do | here |\n| --- | --- | --- |\n");
    for departure in &contract.departures {
        let cells = [&departure.place, &departure.others, &departure.ours];
        // A bar would end the cell, in backticks, too.
        let cells = cells.map(|cell| linked(cell, "", ids).replace('|', "\\|"));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
}

/// Who can show whether the clause is kept, if not any host by its answers.
fn witness(seen_by: SeenBy) -> Option<&'static str> {
    match seen_by {
        SeenBy::Host => None,
        SeenBy::Lib => Some("seen in process only"),
        SeenBy::Cli => Some("seen on the command line only"),
        SeenBy::Check => Some("seen by a checker only"),
    }
}

/// The anchor that a heading has where Markdown is rendered.
pub(super) fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' => Some(c),
        _ if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

/// The text with links from the IDs of clauses, but from `own`, and not in backticks.
fn linked(text: &str, own: &str, ids: &[&str]) -> String {
    let link = |part: &str| {
        let mut linked = String::new();
        for word in part.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            let id = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if id != own && ids.contains(&id) {
                let rest = &word[id.len()..];
                let _ = write!(linked, "[{id}](#{}){rest}", anchor(id));
            } else {
                linked.push_str(word);
            }
        }
        linked
    };
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(index, part)| match index % 2 {
        0 => link(part),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// Adds a paragraph, its lines filled, and the empty line after it.
pub(super) fn push_paragraph(text: &mut String, paragraph: &str) {
    let mut length = 0;
    for word in paragraph.split(' ') {
        let word_length = word.chars().count();
        if length == 0 {
            length = word_length;
        } else if length + 1 + word_length <= WIDTH {
            text.push(' ');
            length += 1 + word_length;
        } else {
            text.push('\n');
            length = word_length;
        }
        text.push_str(word);
    }
    text.push_str("\n\n");
}

#[cfg(test)]
mod tests {
    use qip_contract::Level;

    use super::super::{Departure, Family};
    use super::*;

    fn clause(id: &str, text: &str) -> Clause {
        Clause {
            id: id.to_owned(),
            binds: Binds::Host,
            level: Level::Must,
            seen_by: SeenBy::Host,
            codes: Vec::new(),
            text: text.to_owned(),
            choice: None,
            uncovered: None,
        }
    }

    fn contract(clauses: Vec<Clause>) -> Contract {
        Contract {
            edition: 7,
            families: vec![Family {
                id: "IN".to_owned(),
                about: "the input".to_owned(),
            }],
            clauses,
            departures: vec![Departure {
                place: "IN-2, runner".to_owned(),
                others: "takes `a|b`".to_owned(),
                ours: "none".to_owned(),
            }],
        }
    }

    /// What comes after the introduction, without the list of codes.
    fn written(contract: &Contract) -> String {
        let text = write(contract);
        let (clauses, rest) = text.split_once("## Failure codes").unwrap();
        let clauses = &clauses[clauses.find("| family").unwrap()..];
        let departures = &rest[rest.find("## Departures").unwrap()..];
        format!("{clauses}{departures}")
    }

    #[test]
    fn every_code_is_listed() {
        let text = write(&contract(Vec::new()));
        for code in Code::ALL {
            assert!(text.contains(&format!("\n| `{code}` | ")), "{code}");
        }
    }

    #[test]
    fn a_clause_with_everything() {
        let first = Clause {
            binds: Binds::Module,
            level: Level::May,
            seen_by: SeenBy::Cli,
            codes: vec![Code::Limit, Code::InputTooLarge],
            choice: Some("As in IN-2.".to_owned()),
            uncovered: None,
            ..clause("IN-1", "As IN-1 and IN-2 say (IN-2), but not `IN-2`.")
        };
        let second = Clause {
            uncovered: Some("No host could break it but by IN-1.".to_owned()),
            ..clause("IN-2", "It holds.")
        };
        assert_eq!(
            written(&contract(vec![first, second])),
            "\
| family | of | clauses |
| --- | --- | ---: |
| [IN](#in-the-input) | the input | 2 |

## IN: the input

### IN-1

*Modules may* · seen on the command line only · `limit` · `input-too-large` ·
[cases](conformance/CASES.md#in-1)

As IN-1 and [IN-2](#in-2) say ([IN-2](#in-2)), but not `IN-2`.

*Chosen:* As in [IN-2](#in-2).

### IN-2

*Hosts must*

It holds.

*No cases:* No host could break it but by [IN-1](#in-1).

## Departures

Where this contract reads otherwise, on purpose, than the documents and the host that it
was drawn from.

| clause | they say or do | here |
| --- | --- | --- |
| [IN-2](#in-2), runner | takes `a\\|b` | none |
"
        );
    }

    #[test]
    fn only_whole_ids_are_linked() {
        let ids = ["OUT-1", "IN-1"];
        let cases = [
            ("OUT-1.", "[OUT-1](#out-1)."),
            ("IN-1 to OUT-1,", "[IN-1](#in-1) to [OUT-1](#out-1),"),
            ("OUT-10 in-1 XIN-1", "OUT-10 in-1 XIN-1"),
            ("`IN-1` (IN-1)", "`IN-1` ([IN-1](#in-1))"),
        ];
        for (text, expected) in cases {
            assert_eq!(linked(text, "", &ids), expected);
        }
    }

    #[test]
    fn lines_are_filled_and_words_stay_whole() {
        let mut text = String::new();
        push_paragraph(&mut text, &format!("{} end", "word ".repeat(30).trim_end()));
        assert!(text.ends_with(" end\n\n"), "{text}");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert_eq!(text.split_whitespace().count(), 31);
        let long = "x".repeat(2 * WIDTH);
        text.clear();
        push_paragraph(&mut text, &format!("a {long} b"));
        assert_eq!(text, format!("a\n{long}\nb\n\n"));
    }
}
