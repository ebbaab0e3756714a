//! A directory of its own that the command is run in, and what it answers.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// After this long the command hangs. No machine takes that long over anything here.
const PATIENCE: Duration = Duration::from_secs(300);

/// A temporary directory. The command is run in it and gets relative paths, so that
/// nothing that it prints depends on where the directory is.
pub(crate) struct Directory(TempDir);

/// What came of running the command.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The exit code; no code, by a signal, fails the test.
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Directory {
    pub(crate) fn new() -> Directory {
        Directory(tempfile::tempdir().unwrap())
    }

    /// A directory with one module, `module.wasm`.
    pub(crate) fn with(wat: &str) -> Directory {
        let directory = Directory::new();
        directory.module("module.wasm", wat);
        directory
    }

    /// Writes a module, assembled from text.
    #[track_caller]
    pub(crate) fn module(&self, name: &str, wat: &str) {
        let wasm = wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}\n{wat}"));
        self.file(name, wasm);
    }

    /// Writes a file, and the directories on the way.
    #[track_caller]
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    pub(crate) fn read_text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names in the directory, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Runs `qip` with nothing on stdin: it is the null device.
    #[track_caller]
    pub(crate) fn qip(&self, args: &[&str]) -> Answer {
        answer(self.command(args).stdin(Stdio::null()), Vec::new())
    }

    /// Runs `qip` with `input` piped into it.
    #[track_caller]
    pub(crate) fn pipe(&self, args: &[&str], input: impl Into<Vec<u8>>) -> Answer {
        answer(self.command(args).stdin(Stdio::piped()), input.into())
    }

    /// `qip` with arguments, in this directory and a plain environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qip"));
        command.args(args).current_dir(self.0.path());
        // What decides on colours and on the width of help.
        for name in [
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "COLUMNS",
            "FORCE_COLOR",
            "NO_COLOR",
        ] {
            command.env_remove(name);
        }
        command
    }
}

impl Answer {
    /// What went to stdout, which is text.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.stdout).unwrap()
    }

    /// The first line on stderr.
    pub(crate) fn first_line(&self) -> &str {
        self.stderr.lines().next().unwrap_or_default()
    }

    /// Whether the request succeeded without a word.
    #[track_caller]
    pub(crate) fn assert_prints(&self, expected: impl AsRef<[u8]>) {
        assert_eq!(
            (
                self.code,
                self.stdout.escape_ascii().to_string(),
                &*self.stderr
            ),
            (0, expected.as_ref().escape_ascii().to_string(), "")
        );
    }

    /// Whether it failed with this exit code, nothing on stdout, and a message that
    /// holds these texts in its first line.
    #[track_caller]
    pub(crate) fn assert_fails(&self, code: i32, texts: &[&str]) {
        let Answer { stdout, stderr, .. } = self;
        assert_eq!(self.code, code, "{stderr}");
        assert!(stdout.is_empty(), "{}", stdout.escape_ascii());
        let line = self.first_line();
        assert!(line.starts_with("error: "), "{stderr}");
        for text in texts {
            assert!(line.contains(text), "{text:?} is not in {line:?}");
        }
    }
}

#[track_caller]
fn answer(command: &mut Command, input: Vec<u8>) -> Answer {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // In a thread, or a command that prints before it has read all would wait for
        // us as we wait for it. One that does not read is no failure.
        thread::spawn(move || stdin.write_all(&input));
    }
    let stdout = reader(child.stdout.take().unwrap());
    let stderr = reader(child.stderr.take().unwrap());
    let code = wait(&mut child);
    Answer {
        code,
        stdout: stdout.join().unwrap(),
        stderr: String::from_utf8(stderr.join().unwrap()).unwrap(),
    }
}

/// Waits for the exit code of a command.
#[track_caller]
pub(crate) fn wait(child: &mut Child) -> i32 {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            let Some(code) = status.code() else {
                panic!("ended by a signal: {status}");
            };
            return code;
        }
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it hangs");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn reader(mut from: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        bytes
    })
}
