//! Programs that tasks run.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use anyhow::{Context as _, Result, ensure};

use crate::flags::Profile;
use crate::workspace::Workspace;

/// Builds `qip` and runs it in the root, with its output as it comes.
///
/// # Errors
///
/// A `qip` that cannot be started. One that fails is no error: its exit status is
/// the answer.
pub(crate) fn qip(
    workspace: &Workspace,
    profile: Profile,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<u8> {
    run(workspace, profile, "qip", args)
}

/// Builds a program of the workspace and runs it in the root, with its output as it comes.
/// It is picked by its own name and not by its package: so dependencies get the features
/// of the whole workspace, as for its tests, and the engines are not built once more.
///
/// # Errors
///
/// As [`qip`].
pub(crate) fn run(
    workspace: &Workspace,
    profile: Profile,
    name: &str,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<u8> {
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--locked", "--bin", name]);
    if profile.release {
        command.arg("--release");
    }
    command.arg("--").args(args);
    status(&mut command)
}

/// Builds `qip`, and answers with where it is: for tasks that run it many times.
///
/// # Errors
///
/// Also where it does not build.
pub(crate) fn built_qip(workspace: &Workspace) -> Result<PathBuf> {
    let args = ["build", "--quiet", "--locked", "--bin", "qip"];
    let status = status(workspace.cargo().args(args))?;
    ensure!(status == 0, "`qip` does not build: exit status {status}");
    let name = format!("qip{}", std::env::consts::EXE_SUFFIX);
    let path = workspace.target().join("debug").join(name);
    Ok(std::path::absolute(path)?)
}

/// Runs a program to its end.
///
/// # Errors
///
/// A program that cannot be started.
pub(crate) fn status(command: &mut Command) -> Result<u8> {
    let status = command
        .status()
        .with_context(|| format!("cannot run `{}`", command.get_program().to_string_lossy()))?;
    Ok(exit_status(status))
}

/// The exit status as a shell gives it: 128 and the signal for a program that one ended.
fn exit_status(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(1);
    }
    match status.code() {
        Some(code) => u8::try_from(code).unwrap_or(1),
        None => 1,
    }
}
