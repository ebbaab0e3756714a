//! Runs the conformance corpus, after the modules of this workspace.

use std::ffi::OsString;

use anyhow::Result;

use crate::flags::Profile;
use crate::workspace::Workspace;
use crate::{clauses, program, verify};

/// The task: the exit status is that of the first `qip conformance` that fails.
pub(crate) fn run(workspace: &Workspace, profile: Profile, args: &[OsString]) -> Result<u8> {
    if has(args, "--lint") {
        // A conversation with a host, for which nothing has to be built or loaded.
        let own = ["conformance"].map(OsString::from);
        return program::qip(workspace, profile, own.iter().chain(args));
    }
    let status = verify::run(workspace, profile)?;
    if status != 0 {
        return Ok(status);
    }
    // CASES.md says which cases hold a host to a clause.
    if has(args, "--update-lock") {
        clauses::run(workspace, false)?;
    }
    let own = ["conformance", "--corpus", "conformance"];
    let own = own.iter().chain(all_of_our_own(args)).map(OsString::from);
    program::qip(workspace, profile, own.chain(args.iter().cloned()))
}

/// Whether an option is among the arguments, alone or with its value behind a `=`.
fn has(args: &[OsString], option: &str) -> bool {
    args.iter().any(|arg| {
        let arg = arg.to_string_lossy();
        arg.strip_prefix(option)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

/// The engines and the model, where no engine is chosen: whatever else is judged, they
/// stand beside it in the table.
fn all_of_our_own(args: &[OsString]) -> &'static [&'static str] {
    let judges = !["--help", "-h", "--list", "--update-lock"]
        .into_iter()
        .any(|option| has(args, option));
    match (judges && !has(args, "--engine"), has(args, "--model")) {
        (false, _) => &[],
        (true, true) => &["--all-engines"],
        (true, false) => &["--all-engines", "--model"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(line: &str) -> String {
        let args: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        all_of_our_own(&args).join(" ")
    }

    #[test]
    fn all_are_judged_unless_an_engine_is_chosen() {
        let all = "--all-engines --model";
        assert_eq!(added(""), all);
        assert_eq!(added("--host host --filter in/"), all);
        assert_eq!(added("--host host --model"), "--all-engines");
        assert_eq!(added("--engine wasmi"), "");
        assert_eq!(added("--host host --engine=wasmi"), "");
    }

    #[test]
    fn what_judges_nothing_is_passed_on_as_it_is() {
        for args in ["--help", "-h", "--list", "--update-lock"] {
            assert_eq!(added(args), "", "{args}");
        }
    }
}
