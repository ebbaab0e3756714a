//! A program with all that it starts: on Unix a process group of its own, elsewhere the
//! program alone.

use std::io;
use std::process::{Child, Command};

/// A running program. When it is dropped, it is ended with its group.
#[derive(Debug)]
pub(crate) struct Program {
    /// The program itself.
    pub(crate) child: Child,
    #[cfg(unix)]
    keeper: Option<Child>,
    is_ended: bool,
}

impl Program {
    /// Starts a program in a process group that it shares with what it starts, and with a
    /// keeper. Where there is no keeper it stays in the group of this process, so that
    /// what ends the one (Ctrl-C, say) ends the other.
    pub(crate) fn start(command: &mut Command) -> io::Result<Program> {
        #[cfg(unix)]
        let keeper = keeper::start();
        #[cfg(unix)]
        if let Some(group) = keeper
            .as_ref()
            .and_then(|keeper| keeper.id().try_into().ok())
        {
            std::os::unix::process::CommandExt::process_group(command, group);
        }
        match command.spawn() {
            Ok(child) => Ok(Program {
                child,
                #[cfg(unix)]
                keeper,
                is_ended: false,
            }),
            Err(error) => {
                #[cfg(unix)]
                keeper.into_iter().for_each(keeper::end);
                Err(error)
            }
        }
    }

    /// Ends the program and its group at once, and waits for the program.
    pub(crate) fn end(&mut self) {
        if self.is_ended {
            return;
        }
        self.is_ended = true;
        #[cfg(unix)]
        let keeper = self.keeper.take().inspect(keeper::end_group);
        // Where it has ended already, these do nothing; where it cannot be ended, there is
        // nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
        #[cfg(unix)]
        keeper.into_iter().for_each(keeper::end);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// The leader of a program's group, which outlives it: a shell that waits for the end of
/// its stdin, and this process holds the other end.
///
/// So the number of the group is nobody else's until the group was ended, whenever the
/// program itself has ended. And where this process is ended, by whatever means, the
/// keeper notices and ends the group: a group of its own gets no Ctrl-C of a terminal.
#[cfg(unix)]
mod keeper {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command, Stdio};

    use rustix::process::{Pid, Signal, kill_process_group};

    /// Starts one; nothing, where there is no shell.
    pub(super) fn start() -> Option<Child> {
        Command::new("/bin/sh")
            .args(["-c", "read -r _; kill -s KILL 0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .ok()
    }

    /// Ends the group of a keeper that has not been waited for. The keeper is not asked to
    /// do so: a program may have stopped it.
    pub(super) fn end_group(keeper: &Child) {
        // Where the group has ended already, there is nothing to do.
        let _ = kill_process_group(Pid::from_child(keeper), Signal::KILL);
    }

    /// Ends a keeper whose group has ended.
    pub(super) fn end(mut keeper: Child) {
        let _ = keeper.kill();
        let _ = keeper.wait();
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};
    use std::{fs, io::Read as _};

    use super::Program;

    /// A shell that starts these lines, of which the first that is printed is a number of
    /// a process.
    fn start(lines: &str) -> (Program, String) {
        let mut command = Command::new("sh");
        command.args(["-c", lines]).stdout(Stdio::piped());
        let mut program = Program::start(&mut command).unwrap();
        let mut pid = Vec::new();
        let mut stdout = program.child.stdout.take().unwrap();
        let mut byte = [0];
        while stdout.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
            pid.push(byte[0]);
        }
        (program, String::from_utf8(pid).unwrap())
    }

    #[track_caller]
    fn assert_ended(pid: &str) {
        let begin = Instant::now();
        // The state follows the name. A zombie waits for whoever has adopted it.
        while let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) {
            if stat.rsplit_once(") ").unwrap().1.starts_with('Z') {
                break;
            }
            // By itself it ends when it has slept.
            assert!(begin.elapsed() < Duration::from_secs(60), "left: {stat}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn what_a_program_started_is_ended_after_it_has_been_waited_for() {
        let (mut program, pid) = start("sleep 317 >/dev/null & echo $!");
        assert!(program.child.wait().unwrap().success());
        drop(program);
        assert_ended(&pid);
    }

    #[test]
    fn a_program_that_ends_or_stops_its_own_group_leaves_nothing() {
        for signal in ["TERM", "STOP", "KILL"] {
            let (program, pid) = start(&format!(
                "trap '' TERM; sleep 317 >/dev/null & echo $!; kill -s {signal} 0; wait"
            ));
            thread::sleep(Duration::from_millis(50));
            drop(program);
            assert_ended(&pid);
        }
    }

    /// As when this process ends, and its end of the pipe with it.
    #[test]
    fn a_keeper_that_is_left_alone_ends_its_group() {
        let (mut program, pid) = start("sleep 317 >/dev/null & echo $!; wait");
        drop(program.keeper.as_mut().unwrap().stdin.take());
        assert_ended(&pid);
        assert_ended(&program.child.id().to_string());
    }
}
