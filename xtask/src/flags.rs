//! The command line of `cargo xtask`.

use std::ffi::OsString;
use std::fmt;

pub(crate) const HELP: &str = "\
The chores of the workspace.

Usage: cargo xtask <TASK>

Tasks:
  build [--check]        build modules-wat/**/*.wat into target/qip/modules and list them in
                         modules-wat/modules.lock; --check fails where that list is stale
  verify [--release]     build, check each module against the contract, run its cases on
                         every engine
  conformance [--release] [ARG…]
                         build, verify, then `qip conformance --corpus conformance ARG…`,
                         with all engines and the model unless ARG has --engine
  coverage [--release] [ARG…]
                         print which case holds a host to which clause, and which kills which
                         mutant; fails on what is missing. `cargo xtask coverage --help` has
                         the rest
  clauses [--check]      write CONTRACT.md and crates/qip-contract/src/clause/list.rs from
                         conformance/clauses.toml, and conformance/CASES.md from the clauses
                         that cases name; --check fails where one of them is stale
  readme                 run what README.md and conformance/README.md tell a reader to run,
                         and compare what comes out
  sample-picture [--check | --size WxH]
                         write the pictures that README.md shows into xtask/pictures: a
                         scene, and what filters make of it; --check fails where one is stale;
                         with a size only the scene is written, to target/qip
  bench [FILTER]         run the benchmarks, those whose name FILTER matches, and `qip
                         conformance` by the clock; ends with one table of what was found
                         and what is aimed at
  fuzz [--release] [--minutes N] [ARG…]
                         search for a difference between the engines, or from what the
                         contract predicts; what is found is made small and written to
                         conformance/regressions. `cargo xtask fuzz --help` has the rest
  fuzz --seeds           write the seeds of the targets in fuzz/ to fuzz/corpus
  package                pack every package as for publishing, and check what was packed
  ci                     what .ci/run does after formatting, lints, documents and tests

Options:
  --release              build what is run with optimisation
  -h, --help             this text

Exit codes: 0 fine; 1 findings; 2 usage; otherwise that of the program that was run: `qip`,
the search of `fuzz` (2: it could not be run), or cargo.
";

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) task: Task,
    pub(crate) profile: Profile,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Build {
        check: bool,
    },
    Verify,
    Conformance {
        args: Vec<OsString>,
    },
    Coverage {
        args: Vec<OsString>,
    },
    Clauses {
        check: bool,
    },
    Bench {
        filter: Option<String>,
    },
    Fuzz {
        seeds: bool,
        args: Vec<OsString>,
    },
    Package,
    Readme,
    SamplePicture {
        size: Option<(u32, u32)>,
        check: bool,
    },
    Ci,
}

/// How `qip` is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Profile {
    #[default]
    Dev,
    Release,
}

/// A command line that is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Flags {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    ///
    /// An unknown task, and an argument that the task does not take.
    pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Flags, UsageError> {
        let mut args: Vec<OsString> = args.collect();
        if args.is_empty() {
            return Err(UsageError("no task is given".to_owned()));
        }
        let name = args.remove(0);
        let name = name.to_string_lossy();
        // These explain their own arguments.
        let passes_on = ["conformance", "coverage", "fuzz"].contains(&&*name);
        let asks_help = !passes_on && (take(&mut args, "--help") || take(&mut args, "-h"));
        if asks_help || ["-h", "--help", "help"].contains(&&*name) {
            return Ok(Flags {
                task: Task::Help,
                profile: Profile::Dev,
            });
        }
        let mut profile = Profile::Dev;
        let task = match &*name {
            "build" => Task::Build {
                check: take(&mut args, "--check"),
            },
            "clauses" => Task::Clauses {
                check: take(&mut args, "--check"),
            },
            "bench" => Task::Bench {
                filter: take_filter(&mut args),
            },
            "sample-picture" => {
                let size = take_size(&mut args)?;
                Task::SamplePicture {
                    size,
                    check: size.is_none() && take(&mut args, "--check"),
                }
            }
            "package" => Task::Package,
            "readme" => Task::Readme,
            "ci" => Task::Ci,
            "verify" | "conformance" | "coverage" | "fuzz" => {
                if take(&mut args, "--release") {
                    profile = Profile::Release;
                }
                match &*name {
                    "verify" => Task::Verify,
                    "coverage" => Task::Coverage {
                        args: std::mem::take(&mut args),
                    },
                    "fuzz" if take(&mut args, "--seeds") => Task::Fuzz {
                        seeds: true,
                        args: Vec::new(),
                    },
                    "fuzz" => Task::Fuzz {
                        seeds: false,
                        args: std::mem::take(&mut args),
                    },
                    _ => Task::Conformance {
                        args: std::mem::take(&mut args),
                    },
                }
            }
            _ => return Err(UsageError(format!("there is no task `{name}`"))),
        };
        match args.first() {
            Some(arg) => Err(UsageError(format!(
                "the task `{name}` does not take `{}`",
                arg.to_string_lossy()
            ))),
            None => Ok(Flags { task, profile }),
        }
    }
}

/// Takes every occurrence of a flag out of the arguments.
fn take(args: &mut Vec<OsString>, flag: &str) -> bool {
    let before = args.len();
    args.retain(|arg| arg != flag);
    args.len() < before
}

/// Takes `--size WxH`.
fn take_size(args: &mut Vec<OsString>) -> Result<Option<(u32, u32)>, UsageError> {
    let Some(at) = args.iter().position(|arg| arg == "--size") else {
        return Ok(None);
    };
    args.remove(at);
    let size = (at < args.len()).then(|| args.remove(at));
    let size = size.unwrap_or_default().to_string_lossy().into_owned();
    let sides = size.split_once('x').and_then(|(width, height)| {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=65_535).contains(side));
        Some((side(width)?, side(height)?))
    });
    match sides {
        Some(sides) => Ok(Some(sides)),
        None => Err(UsageError(format!(
            "`{size}` is no size, expected one such as `--size 4096x4096`"
        ))),
    }
}

/// Takes the first argument, unless it is a flag or no text.
fn take_filter(args: &mut Vec<OsString>) -> Option<String> {
    let first = args.first()?.to_str()?;
    if first.starts_with('-') {
        return None;
    }
    let filter = first.to_owned();
    args.remove(0);
    Some(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Flags, String> {
        Flags::parse(line.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_of_conformance_are_passed_on() {
        let flags = parse("conformance --engine wasmi --release --filter in/ --help").unwrap();
        let args = ["--engine", "wasmi", "--filter", "in/", "--help"]
            .map(OsString::from)
            .to_vec();
        assert_eq!(
            flags,
            Flags {
                task: Task::Conformance { args },
                profile: Profile::Release
            }
        );
    }

    #[test]
    fn arguments_of_coverage_are_passed_on() {
        let args = ["--sabotage", "3", "--help"].map(OsString::from).to_vec();
        assert_eq!(
            parse("coverage --sabotage --release 3 --help").unwrap(),
            Flags {
                task: Task::Coverage { args },
                profile: Profile::Release
            }
        );
    }

    #[test]
    fn arguments_of_fuzz_are_passed_on() {
        let args = ["--minutes", "3"].map(OsString::from).to_vec();
        assert_eq!(
            parse("fuzz --minutes 3").unwrap().task,
            Task::Fuzz { seeds: false, args }
        );
        let seeds = Task::Fuzz {
            seeds: true,
            args: Vec::new(),
        };
        assert_eq!(parse("fuzz --seeds").unwrap().task, seeds);
        assert_eq!(
            parse("fuzz --seeds --minutes 3").unwrap_err(),
            "the task `fuzz` does not take `--minutes`"
        );
    }

    #[test]
    fn flags_of_tasks() {
        assert_eq!(
            parse("build --check").unwrap().task,
            Task::Build { check: true }
        );
        assert_eq!(
            parse("clauses").unwrap().task,
            Task::Clauses { check: false }
        );
        assert_eq!(parse("verify --release").unwrap().profile, Profile::Release);
        assert_eq!(parse("bench").unwrap().task, Task::Bench { filter: None });
        assert_eq!(
            parse("bench warm").unwrap().task,
            Task::Bench {
                filter: Some("warm".to_owned())
            }
        );
        for (line, size, check) in [
            ("sample-picture", None, false),
            ("sample-picture --check", None, true),
            ("sample-picture --size 64x48", Some((64, 48)), false),
        ] {
            let task = Task::SamplePicture { size, check };
            assert_eq!(parse(line).unwrap().task, task);
        }
        assert_eq!(parse("build --help").unwrap().task, Task::Help);
        assert_eq!(parse("--help").unwrap().task, Task::Help);
    }

    #[test]
    fn usage_errors() {
        assert_eq!(parse("").unwrap_err(), "no task is given");
        assert_eq!(parse("bulid").unwrap_err(), "there is no task `bulid`");
        assert_eq!(
            parse("ci --fast").unwrap_err(),
            "the task `ci` does not take `--fast`"
        );
        assert_eq!(
            parse("bench --fast").unwrap_err(),
            "the task `bench` does not take `--fast`"
        );
        assert_eq!(
            parse("bench warm fresh").unwrap_err(),
            "the task `bench` does not take `fresh`"
        );
        for size in ["", "64", "0x1", "1x65536", "x", "axb", "1x2x3"] {
            let error = parse(&format!("sample-picture --size {size}")).unwrap_err();
            assert!(
                error.starts_with(&format!("`{size}` is no size")),
                "{error}"
            );
        }
        assert_eq!(
            parse("sample-picture --check --size 1x1").unwrap_err(),
            "the task `sample-picture` does not take `--check`"
        );
        assert_eq!(
            parse("build --release").unwrap_err(),
            "the task `build` does not take `--release`"
        );
    }
}
