//! Exit codes, and the failures that lead to them.

use std::fmt;
use std::io;
use std::process::ExitCode;

use qip_host::{Code, ErrorKind};

/// The exit codes, the same for every subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Fine = 0,
    /// Findings, failed tests, a red conformance run.
    Findings = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// The job could not be done: a file cannot be read or written.
    CannotDo = 3,
    /// The request failed: refused or trapped.
    Failed = 4,
    /// A limit stopped it.
    Limited = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a subcommand did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line cannot be understood; the second line says what to do.
    Usage(String, String),
    /// The job could not be done.
    CannotDo(anyhow::Error),
    /// The host said no.
    Host(qip_host::Error),
    /// As an error of the host, for what only the command line can know.
    Refused(String),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Usage(..) => Exit::Usage,
            Failure::CannotDo(_) if self.is_closed_pipe() => Exit::Fine,
            Failure::CannotDo(_) => Exit::CannotDo,
            Failure::Refused(_) => Exit::Failed,
            Failure::Host(error) => match error.kind() {
                ErrorKind::Refused(Code::Limit) | ErrorKind::Stopped(_) => Exit::Limited,
                ErrorKind::Refused(_) | ErrorKind::Trapped(_) => Exit::Failed,
                _ => Exit::CannotDo,
            },
        }
    }

    /// Whether whoever read our output has gone: nothing to complain about.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        match self {
            Failure::CannotDo(error) => error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe),
            _ => false,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::CannotDo(error)
    }
}

impl From<qip_host::Error> for Failure {
    fn from(error: qip_host::Error) -> Failure {
        Failure::Host(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(message, _) | Failure::Refused(message) => f.write_str(message),
            Failure::CannotDo(error) => write!(f, "{error:#}"),
            Failure::Host(error) => write!(f, "{error}"),
        }
    }
}
