//! Command lines that cannot be understood, told as every other failure is.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use qip_contract::quote;

use crate::exit::Failure;

/// What is wrong with a command line, and what to do.
pub(crate) fn failure(error: &clap::Error) -> Failure {
    let texts = |kind| texts(error, kind);
    let list = |kind| all(&texts(kind), ", ");
    let first = |kind| texts(kind).into_iter().next().unwrap_or_default();
    let argument = quoted(&first(ContextKind::InvalidArg));
    let expected = match list(ContextKind::ValidValue) {
        values if values.is_empty() => String::new(),
        values => format!(", expected one of {values}"),
    };
    let what = match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with("`-") => {
            format!("there is no option {argument}")
        }
        ErrorKind::UnknownArgument => format!("{argument} is one argument too many"),
        ErrorKind::InvalidSubcommand => {
            let name = quoted(&first(ContextKind::InvalidSubcommand));
            format!("there is no subcommand {name}")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = first(ContextKind::InvalidValue);
            let why = error.source().map(|why| format!(": {why}"));
            let why = why.unwrap_or(expected);
            if value.is_empty() {
                format!("{argument} has no value{why}")
            } else {
                format!("{} is no value of {argument}{why}", quoted(&value))
            }
        }
        ErrorKind::TooManyValues => {
            let value = quoted(&first(ContextKind::InvalidValue));
            format!("{value} is one value too many for {argument}")
        }
        ErrorKind::MissingRequiredArgument => {
            format!("missing {}", all(&texts(ContextKind::InvalidArg), " and "))
        }
        ErrorKind::ArgumentConflict => match list(ContextKind::PriorArg) {
            prior if prior.is_empty() => format!("{argument} cannot be used here"),
            prior if prior == argument => format!("{argument} is given twice"),
            prior => format!("{argument} cannot be used with {prior}"),
        },
        // Rarer ones, in one line of the parser's own words.
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            line.strip_prefix("error: ").unwrap_or(line).to_owned()
        }
    };
    let suggestions = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let help = match suggestions.into_iter().map(first).find(|it| !it.is_empty()) {
        Some(meant) => format!("did you mean {}?", quoted(&meant)),
        None => "`--help` says what there is".to_owned(),
    };
    Failure::Usage(what, help)
}

/// The texts of one kind that an error carries.
fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", quote(text))
}

fn all(texts: &[String], between: &str) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    texts.join(between)
}
