//! Runs the search for differences, which is a program of its own: it needs the engines.

use std::ffi::OsString;

use anyhow::Result;

use crate::flags::Profile;
use crate::program;
use crate::workspace::Workspace;

/// Where cargo-fuzz looks for what a target starts from.
const SEEDS: &str = "fuzz/corpus";

/// The search: the exit status is its own, 1 where it found something.
pub(crate) fn run(workspace: &Workspace, profile: Profile, args: &[OsString]) -> Result<u8> {
    let own = OsString::from("fuzz");
    let args = [&own].into_iter().chain(args);
    program::run(workspace, profile, "qip-differential", args)
}

/// Writes what targets start from.
pub(crate) fn write_seeds(workspace: &Workspace) -> Result<u8> {
    let args = ["seeds", SEEDS];
    program::run(workspace, Profile::default(), "qip-differential", args)
}
