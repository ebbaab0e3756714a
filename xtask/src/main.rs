//! The chores of the workspace: `cargo xtask --help` lists them.
//!
//! It stays light, so that it is built in seconds: whatever needs an engine is done
//! by running `qip` or the search for differences.

mod bench;
mod build;
mod ci;
mod clauses;
mod conformance;
mod coverage;
mod flags;
mod fuzz;
mod package;
mod program;
mod readme;
mod sample_picture;
mod text;
mod verify;
mod workspace;

use std::process::ExitCode;

use crate::flags::{Flags, Task};
use crate::workspace::Workspace;

fn main() -> ExitCode {
    let flags = match Flags::parse(std::env::args_os().skip(1)) {
        Ok(flags) => flags,
        Err(error) => {
            eprintln!("error: {error}\nhelp: `cargo xtask --help` lists the tasks");
            return ExitCode::from(2);
        }
    };
    match run(&flags) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The exit status of the task: 0, or that of the program that it ran.
fn run(flags: &Flags) -> anyhow::Result<u8> {
    let workspace = Workspace::find();
    match &flags.task {
        Task::Help => {
            print!("{}", flags::HELP);
            Ok(0)
        }
        Task::Build { check } => build::run(&workspace, *check),
        Task::Verify => verify::run(&workspace, flags.profile),
        Task::Conformance { args } => conformance::run(&workspace, flags.profile, args),
        Task::Coverage { args } => coverage::run(&workspace, flags.profile, args),
        Task::Clauses { check } => clauses::run(&workspace, *check),
        Task::Bench { filter } => bench::run(&workspace, filter.as_deref()),
        Task::Fuzz { seeds, args } => fuzz::run(&workspace, flags.profile, *seeds, args),
        Task::Package => package::run(&workspace),
        Task::Readme => readme::run(&workspace),
        Task::SamplePicture { size, check } => sample_picture::run(&workspace, *size, *check),
        Task::Ci => ci::run(&workspace),
    }
}
