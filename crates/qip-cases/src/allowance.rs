//! What a case file allows of its module: findings of `qip check` that are not to be told.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::file_check::FileCheck;
use crate::load_error::{LoadErrorKind, LoadErrors};

/// A finding that is known and meant, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The code of the finding, such as `buffers-overlap`. Whether there is such a code is
    /// for the checker to say.
    pub code: String,
    /// Why it is allowed.
    pub reason: String,
    /// The line of the file that says so, from 1.
    pub line: usize,
}

/// The table `[check]` of a case file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCheck {
    allow: Vec<Spanned<RawAllowance>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAllowance {
    code: Spanned<String>,
    reason: Spanned<String>,
}

/// Reads what a case file allows, and nothing else of it: `path` is what errors show.
///
/// # Errors
///
/// Where the file is no TOML, or its table `[check]` is not as the format says.
pub fn allowances(path: &str, text: &str) -> Result<Vec<Allowance>, LoadErrors> {
    /// The rest is read where the cases are.
    #[derive(Deserialize)]
    struct File {
        check: Option<RawCheck>,
    }
    let mut file = FileCheck::new(text, path, None);
    let raw: Option<File> = file.parse();
    let check = raw.and_then(|raw| raw.check);
    let allowances = check.map_or_else(Vec::new, |check| of(&mut file, &check));
    LoadErrors::check(file.into_errors())?;
    Ok(allowances)
}

/// Checks the table.
pub(crate) fn of(file: &mut FileCheck<'_>, check: &RawCheck) -> Vec<Allowance> {
    let mut allowances: Vec<Allowance> = Vec::new();
    for raw in &check.allow {
        let RawAllowance { code, reason } = raw.get_ref();
        let mut refuse = |span: Range<usize>, message: &str| {
            let _: Option<()> = file.refuse(LoadErrorKind::Value, &span, message);
        };
        if reason.get_ref().trim().is_empty() {
            let message = "the reason is empty, expected why the finding is allowed";
            refuse(reason.span(), message);
        }
        let is_known = allowances.iter().any(|it| it.code == *code.get_ref());
        if is_known {
            refuse(code.span(), "the code is allowed twice");
        }
        allowances.push(Allowance {
            code: code.get_ref().clone(),
            reason: reason.get_ref().clone(),
            line: file.place(&code.span()).line(),
        });
    }
    allowances
}
