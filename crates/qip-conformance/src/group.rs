//! A program with all that it starts: on Unix a process group of its own, elsewhere the
//! program alone.

use std::process::{Child, Command};

/// Gives the program to be a process group of its own, which what it starts belongs to.
pub(crate) fn give(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends the program and its group at once, and waits for the program.
pub(crate) fn end(child: &mut Child) {
    #[cfg(unix)]
    kill_group(child.id());
    // Where it has ended already, these do nothing; where it cannot be ended, there is
    // nothing left to do.
    let _ = child.kill();
    let _ = child.wait();
}

/// The standard library ends no groups and the system's call is unsafe, so a shell does
/// it. Every shell has `kill` built in; where there is no shell, only the program itself
/// is ended.
#[cfg(unix)]
fn kill_group(group: u32) {
    use std::process::Stdio;

    let _ = Command::new("/bin/sh")
        .args(["-c", "kill -9 -\"$1\"", "kill", &group.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}
