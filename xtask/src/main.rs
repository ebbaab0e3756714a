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
mod guests;
mod package;
mod program;
mod readme;
mod sample_picture;
mod text;
mod verify;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

use crate::flags::{Flags, Task};
use crate::guests::Guests;
use crate::workspace::Workspace;

fn main() -> ExitCode {
    match run(Flags::parse().task) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The exit status of the task: 0, or that of the program that it ran.
fn run(task: Task) -> anyhow::Result<u8> {
    let workspace = Workspace::find();
    match task {
        Task::Build { guests: true, .. } => guests::run(&workspace, Guests::Build),
        Task::Build { check, .. } => build::run(&workspace, check.check),
        Task::Guests { update } => guests::run(&workspace, Guests::Judge { update }),
        Task::Verify { profile } => verify::run(&workspace, profile),
        Task::Conformance(given) => conformance::run(&workspace, given.profile, &given.args),
        Task::Coverage(given) => coverage::run(&workspace, given.profile, &given.args),
        Task::Clauses { check } => clauses::run(&workspace, check.check),
        Task::Bench { filter } => bench::run(&workspace, filter.as_deref()),
        Task::Fuzz { seeds: true, .. } => fuzz::write_seeds(&workspace),
        Task::Fuzz { search, .. } => fuzz::run(&workspace, search.profile, &search.args),
        Task::Package => package::run(&workspace),
        Task::Readme => readme::run(&workspace),
        Task::SamplePicture { check, size } => sample_picture::run(&workspace, size, check.check),
        Task::Ci => ci::run(&workspace),
    }
}
