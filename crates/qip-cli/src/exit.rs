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
    /// Something is not there that the job needs; the second line says how to get it.
    Lacks(String, String),
    /// Whoever read stdout has gone: there is nothing to complain about.
    ReaderGone,
    /// The host said no.
    Host(qip_host::Error),
    /// As an error of the host, for what only the command line can know.
    Refused(String),
    /// As [`Failure::Refused`], where a limit was exceeded.
    Limited(String),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Usage(..) => Exit::Usage,
            Failure::ReaderGone => Exit::Fine,
            Failure::CannotDo(_) | Failure::Lacks(..) => Exit::CannotDo,
            Failure::Refused(_) => Exit::Failed,
            Failure::Limited(_) => Exit::Limited,
            Failure::Host(error) => match error.kind() {
                ErrorKind::Refused(Code::Limit) | ErrorKind::Stopped(_) => Exit::Limited,
                ErrorKind::Refused(_) | ErrorKind::Trapped(_) => Exit::Failed,
                _ => Exit::CannotDo,
            },
        }
    }

    /// Why stdout could not be written.
    pub(crate) fn of_stdout(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ReaderGone,
            _ => Failure::CannotDo(anyhow::Error::new(error).context("cannot write stdout")),
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
            Failure::Usage(message, _)
            | Failure::Lacks(message, _)
            | Failure::Refused(message)
            | Failure::Limited(message) => f.write_str(message),
            Failure::CannotDo(error) => write!(f, "{error:#}"),
            Failure::ReaderGone => f.write_str("whoever read stdout has gone"),
            Failure::Host(error) => write!(f, "{error}"),
        }
    }
}
