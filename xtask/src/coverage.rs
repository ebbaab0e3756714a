//! Holds the corpus to the clauses and the mutants, which a program of its own does: it
//! needs the engines.

use std::ffi::OsString;

use anyhow::Result;

use crate::flags::Profile;
use crate::program;
use crate::workspace::Workspace;

/// The task: the exit status is that of the gate, 1 where something is missing.
pub(crate) fn run(workspace: &Workspace, profile: Profile, args: &[OsString]) -> Result<u8> {
    program::run(workspace, profile, "qip-coverage", args)
}
