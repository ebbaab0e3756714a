//! Runs the conformance corpus, after the modules of this workspace.

use std::ffi::OsString;

use anyhow::Result;

use crate::flags::Profile;
use crate::workspace::Workspace;
use crate::{program, verify};

/// The task: the exit status is that of the first `qip conformance` that fails.
pub(crate) fn run(workspace: &Workspace, profile: Profile, args: &[OsString]) -> Result<u8> {
    let status = verify::run(workspace, profile)?;
    if status != 0 {
        return Ok(status);
    }
    let own = ["conformance", "--corpus", "conformance"].map(OsString::from);
    program::qip(workspace, profile, own.iter().chain(args))
}
