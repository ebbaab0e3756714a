//! Runs the search for differences, which is a program of its own: it needs the engines.

use std::ffi::OsString;

use anyhow::Result;

use crate::flags::Profile;
use crate::program;
use crate::workspace::Workspace;

/// Where cargo-fuzz looks for what a target starts from.
const SEEDS: &str = "fuzz/corpus";

/// The task: the exit status is that of the search, 1 where it found something.
pub(crate) fn run(
    workspace: &Workspace,
    profile: Profile,
    seeds: bool,
    args: &[OsString],
) -> Result<u8> {
    let own = if seeds {
        ["seeds", SEEDS].map(OsString::from).to_vec()
    } else {
        vec![OsString::from("fuzz")]
    };
    program::run(
        workspace,
        profile,
        "qip-differential",
        own.iter().chain(args),
    )
}
