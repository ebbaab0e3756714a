//! `qip explain`: what a code or a clause means, and what to write instead.

use std::fmt::Write as _;
use std::io::Write;

use clap::{Args, ValueEnum};
use qip_cases::suggest::no_such;
use qip_check::explain::{Example, Page, Topic};
use qip_contract::{CONTRACT_EDITION, Clause};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};

/// Says what a code or a clause means, with an example and what to write instead.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Explain {
    /// A failure code, a kind of trap, a finding of `qip check`, or the ID of a clause.
    #[arg(value_name = "CODE|CLAUSE", required_unless_present = "all")]
    name: Option<String>,
    /// Explain everything: in one line each, or in full with `--format json`.
    #[arg(long, conflicts_with = "name")]
    all: bool,
    /// How to tell it.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// A JSON object a line.
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  qip explain capacity-is-address
  qip explain IN-3
  qip explain --all --format json

Exit codes:
  0  it was explained
  2  there is no such code and no such clause";

impl Explain {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let mut text = String::new();
        match &self.name {
            Some(name) => self.explain(&find(name)?, &mut text),
            None if self.format == Format::Json => {
                for topic in Topic::all() {
                    self.explain(&topic, &mut text);
                }
            }
            None => list(&mut text),
        }
        let mut stdout = std::io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(Failure::of_stdout)?;
        Ok(Exit::Fine)
    }

    fn explain(&self, topic: &Topic, to: &mut String) {
        match self.format {
            Format::Human => human(topic, to),
            Format::Json => {
                to.push_str(&json(topic).to_string());
                to.push('\n');
            }
        }
    }
}

fn find(name: &str) -> Result<Topic, Failure> {
    Topic::find(name).ok_or_else(|| {
        let all = Topic::all();
        let why = no_such("code or clause", name, all.iter().map(Topic::name));
        let help = "`qip explain --all` lists them";
        Failure::Usage(why, help.to_owned())
    })
}

/// What kind of thing it is, in a few words.
fn kind(topic: &Topic) -> String {
    match topic {
        Topic::Failure(_) => "failure code: a host answers it".to_owned(),
        Topic::Trap(_) => "kind of trap: the module gave up, or broke a rule".to_owned(),
        Topic::Lint(lint) => format!("{} of `qip check`", lint.level()),
        Topic::Clause(clause) => {
            let binds = match clause.binds {
                qip_contract::Binds::Host => "hosts",
                _ => "modules",
            };
            format!("clause: {binds} {}", clause.level)
        }
        _ => String::new(),
    }
}

/// One line for each, under headings.
fn list(to: &mut String) {
    let mut heading = "";
    for topic in Topic::all() {
        let wanted = match topic {
            Topic::Failure(_) => "Failure codes",
            Topic::Trap(_) => "Kinds of traps",
            Topic::Lint(_) => "Findings of `qip check` alone",
            _ => "Clauses",
        };
        if heading != wanted {
            let blank = if heading.is_empty() { "" } else { "\n" };
            append(to, format_args!("{blank}{wanted}:\n"));
            heading = wanted;
        }
        let meaning = topic.meaning();
        let first = meaning.split_inclusive(". ").next().unwrap_or(meaning);
        append(
            to,
            format_args!("  {:<26} {}\n", topic.name(), first.trim_end()),
        );
    }
}

fn human(topic: &Topic, to: &mut String) {
    append(to, format_args!("{}\n{}\n\n", topic.name(), kind(topic)));
    append(to, format_args!("{}", wrapped(topic.meaning())));
    match topic {
        Topic::Clause(clause) => of_clause(topic, clause, to),
        _ => {
            let clauses = topic.clauses().join(", ");
            if !clauses.is_empty() {
                append(to, format_args!("\nClauses: {clauses}\n"));
            }
        }
    }
    if let Some(page) = topic.page() {
        append(to, format_args!("\n{}\n", page.why));
        examples(&page.wrong, "Wrong", to);
        append(to, format_args!("\nInstead:\n\n{}\n", page.instead));
        examples(&page.mended, "Mended", to);
    }
}

fn of_clause(topic: &Topic, clause: &Clause, to: &mut String) {
    if let Some(choice) = clause.choice {
        append(
            to,
            format_args!("\nChosen: {}\n", wrapped(choice).trim_end()),
        );
    }
    let findings: Vec<&str> = topic.findings().iter().map(|it| it.as_str()).collect();
    if !findings.is_empty() {
        append(to, format_args!("\nCodes: {}\n", findings.join(", ")));
    }
    append(
        to,
        format_args!(
            "\nCases: conformance/CASES.md#{}\n",
            clause.id.to_lowercase()
        ),
    );
}

/// Modules, indented, and how to see what they do.
fn examples(examples: &[Example], what: &str, to: &mut String) {
    for (index, example) in examples.iter().enumerate() {
        let number = match examples.len() {
            1 => String::new(),
            _ => format!(", stage {}", index + 1),
        };
        append(to, format_args!("\n{what}{number}:\n\n"));
        for line in example.module.lines() {
            append(to, format_args!("    {line}\n"));
        }
    }
    if let Some(example) = examples
        .first()
        .filter(|example| !example.request.is_empty())
    {
        append(to, format_args!("\n  asked with {}\n", example.request));
    }
}

/// Text of the list of clauses, in lines of 90 characters at most.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 90;
    let mut wrapped = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let chars = word.chars().count();
        if length > 0 && length + 1 + chars > WIDTH {
            wrapped.push('\n');
            length = 0;
        } else if length > 0 {
            wrapped.push(' ');
            length += 1;
        }
        wrapped.push_str(word);
        length += chars;
    }
    wrapped.push('\n');
    wrapped
}

fn json(topic: &Topic) -> Value {
    const VERSION: u32 = 1;
    let kind = match topic {
        Topic::Failure(_) => "failure",
        Topic::Trap(_) => "trap",
        Topic::Lint(_) => "lint",
        _ => "clause",
    };
    let level = match topic {
        Topic::Lint(lint) => Some(lint.level().as_str()),
        Topic::Failure(_) => Some("error"),
        Topic::Clause(clause) => Some(clause.level.as_str()),
        _ => None,
    };
    let mut object = json!({
        "version": VERSION,
        "edition": CONTRACT_EDITION,
        "kind": kind,
        "name": topic.name(),
        "level": level,
        "meaning": topic.meaning(),
        "clauses": topic.clauses(),
        "codes": topic.findings().iter().map(|it| it.as_str()).collect::<Vec<_>>(),
    });
    if let Topic::Clause(clause) = topic {
        object["binds"] = json!(clause.binds.as_str());
        object["chosen"] = json!(clause.choice);
    }
    if let Some(page) = topic.page() {
        object["why"] = json!(page.why);
        object["instead"] = json!(page.instead);
        let Page { wrong, mended, .. } = page;
        for (key, examples) in [("wrong", wrong), ("mended", mended)] {
            let examples = examples
                .iter()
                .map(|example| json!({ "module": example.module, "request": example.request }));
            object[key] = examples.collect();
        }
    }
    object
}

fn append(to: &mut String, text: std::fmt::Arguments<'_>) {
    // Cannot fail: a string takes all.
    let _ = to.write_fmt(text);
}
