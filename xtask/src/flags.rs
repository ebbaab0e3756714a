//! The command line of `cargo xtask`.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand};

/// The chores of the workspace.
///
/// Exit codes: 0 fine; 1 findings; 2 usage; otherwise that of the program that was run: `qip`,
/// the search of `fuzz` (2: it could not be run), or cargo.
#[derive(Debug, Parser, PartialEq)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 90)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, PartialEq, Subcommand)]
pub(crate) enum Task {
    /// Build modules-wat/**/*.wat into target/qip/modules and list them in
    /// modules-wat/modules.lock
    Build {
        #[command(flatten)]
        check: Check,
        /// Build the example modules of crates/qip-module instead, in each language that there
        /// is a compiler for, into target/qip/guests
        #[arg(long, conflicts_with = "check")]
        guests: bool,
    },
    /// Build the example modules of crates/qip-module, run the cases of modules-wat on them, and
    /// print how large they are and what fuel they use; fails where that is too much
    Guests {
        /// Write the table of README.md
        #[arg(long)]
        update: bool,
    },
    /// Build, check each module against the contract, run its cases on every engine
    Verify {
        #[command(flatten)]
        profile: Profile,
    },
    /// Build, verify, then `qip conformance --corpus conformance ARG…`, with all engines and
    /// the model unless ARG has --engine
    #[command(disable_help_flag = true)]
    Conformance(PassedOn),
    /// Print which case holds a host to which clause, and which kills which mutant; fails on
    /// what is missing. `cargo xtask coverage --help` has the rest
    #[command(disable_help_flag = true)]
    Coverage(PassedOn),
    /// Write CONTRACT.md and crates/qip-contract/src/clause/list.rs from
    /// conformance/clauses.toml, and conformance/CASES.md from the clauses that cases name
    Clauses {
        #[command(flatten)]
        check: Check,
    },
    /// Run what README.md and conformance/README.md tell a reader to run, and compare what
    /// comes out
    Readme,
    /// Write the pictures that README.md shows into xtask/pictures: a scene, and what filters
    /// make of it
    SamplePicture {
        #[command(flatten)]
        check: Check,
        /// Write only the scene, of this size, to target/qip
        #[arg(long, value_name = "WxH", value_parser = size, conflicts_with = "check")]
        size: Option<(u32, u32)>,
    },
    /// Run the benchmarks, and `qip conformance` by the clock; ends with one table of what was
    /// found and what is aimed at
    Bench {
        /// Only those whose name this matches
        filter: Option<String>,
    },
    /// Search for a difference between the engines, or from what the contract predicts; what
    /// is found is made small and written to conformance/regressions. `cargo xtask fuzz
    /// --help` has the rest
    #[command(disable_help_flag = true)]
    Fuzz {
        /// Write the seeds of the targets in fuzz/ to fuzz/corpus, and do nothing else
        #[arg(long, exclusive = true)]
        seeds: bool,
        #[command(flatten)]
        search: PassedOn,
    },
    /// Pack every package as for publishing, and check what was packed
    Package,
    /// Do what .ci/run does after formatting, lints, documents and tests
    Ci,
}

#[derive(Args, Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Check {
    /// Write nothing, and fail where something is stale
    #[arg(long)]
    pub(crate) check: bool,
}

/// How `qip` is built.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Profile {
    /// Build what is run with optimisation
    #[arg(long)]
    pub(crate) release: bool,
}

/// For a program that explains its own arguments.
#[derive(Args, Debug, PartialEq)]
pub(crate) struct PassedOn {
    #[command(flatten)]
    pub(crate) profile: Profile,
    /// Arguments of the program
    #[arg(
        value_name = "ARG",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) args: Vec<OsString>,
}

/// Reads `WxH`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once('x').and_then(|(width, height)| {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=65_535).contains(side));
        Some((side(width)?, side(height)?))
    });
    sides.ok_or_else(|| "expected a size such as 4096x4096".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    fn parse(line: &str) -> Result<Task, String> {
        let words = ["cargo xtask"].into_iter().chain(line.split_whitespace());
        let flags = Flags::try_parse_from(words).map_err(|error| error.to_string())?;
        Ok(flags.task)
    }

    #[test]
    fn clap_finds_nothing_wrong() {
        Flags::command().debug_assert();
    }

    #[test]
    fn what_a_program_explains_itself_is_passed_on() {
        let passed_on = |release, args: &[&str]| PassedOn {
            profile: Profile { release },
            args: args.iter().map(OsString::from).collect(),
        };
        assert_eq!(
            parse("conformance --release --engine wasmi --filter in/ --help"),
            Ok(Task::Conformance(passed_on(
                true,
                &["--engine", "wasmi", "--filter", "in/", "--help"]
            )))
        );
        assert_eq!(
            parse("coverage --help"),
            Ok(Task::Coverage(passed_on(false, &["--help"])))
        );
        assert_eq!(
            parse("fuzz --minutes 3"),
            Ok(Task::Fuzz {
                seeds: false,
                search: passed_on(false, &["--minutes", "3"])
            })
        );
        assert_eq!(
            parse("fuzz --seeds"),
            Ok(Task::Fuzz {
                seeds: true,
                search: passed_on(false, &[])
            })
        );
    }

    #[test]
    fn a_picture_has_sides() {
        assert_eq!(
            parse("sample-picture --size 64x48"),
            Ok(Task::SamplePicture {
                check: Check { check: false },
                size: Some((64, 48))
            })
        );
        for size in ["64", "0x1", "1x65536", "x", "axb", "1x2x3"] {
            let error = parse(&format!("sample-picture --size {size}")).unwrap_err();
            assert!(error.contains("expected a size such as"), "{error}");
        }
    }

    #[test]
    fn what_a_task_does_not_take_is_refused() {
        for line in [
            "",
            "bulid",
            "ci --fast",
            "bench --fast",
            "bench warm fresh",
            "sample-picture --check --size 1x1",
            "build --release",
            "build --guests --check",
            "fuzz --seeds --minutes 3",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
