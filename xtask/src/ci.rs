//! The checks that come after formatting, lints, documents and tests.

use std::time::Instant;

use anyhow::{Result, anyhow, bail};

use crate::flags::Profile;
use crate::guests::Guests;
use crate::workspace::Workspace;
use crate::{
    build, clauses, conformance, coverage, fuzz, guests, package, program, readme, sample_picture,
};

/// The test that is only there in a release build.
const EVERY_FLOAT: &str = "every_float_becomes_a_byte_as_defined";

/// The task: the first step that fails ends it.
pub(crate) fn run(workspace: &Workspace) -> Result<u8> {
    step("cargo xtask clauses --check", || {
        clauses::run(workspace, true)
    })?;
    step("cargo xtask build --check", || build::run(workspace, true))?;
    for features in [
        "",
        "wasmtime",
        "winch",
        "pulley",
        "wasmi",
        "winch,pulley,wasmi",
    ] {
        let mut args = vec!["check", "--quiet", "--locked", "--package", "qip-host"];
        args.push("--no-default-features");
        if !features.is_empty() {
            args.extend(["--features", features]);
        }
        cargo(workspace, &args)?;
    }
    // For hosts that take no more than WebAssembly 1.0.
    cargo(
        workspace,
        &[
            "check",
            "--quiet",
            "--locked",
            "--package",
            "qip-module",
            "--target",
            "wasm32v1-none",
        ],
    )?;
    // All 2^32 floats: minutes without optimisation, and no engine has a part in it.
    cargo(
        workspace,
        &[
            "test",
            "--quiet",
            "--release",
            "--locked",
            "--package",
            "qip-host",
            "--no-default-features",
            "--lib",
            EVERY_FLOAT,
        ],
    )?;
    step("cargo xtask conformance", || {
        conformance::run(workspace, Profile::default(), &[])
    })?;
    step("cargo xtask guests", || {
        guests::run(workspace, Guests::Judge { update: false })
    })?;
    step("cargo xtask coverage --sabotage 50", || {
        let args = ["--sabotage", "50"].map(Into::into);
        coverage::run(workspace, Profile::default(), &args)
    })?;
    step("cargo xtask fuzz --minutes 0.2 --seed 1", || {
        let args = ["--minutes", "0.2", "--seed", "1"].map(Into::into);
        fuzz::run(workspace, Profile::default(), &args)
    })?;
    check_fuzz_targets(workspace)?;
    judge_own_engine(workspace)?;
    step("cargo xtask sample-picture --check", || {
        sample_picture::run(workspace, None, true)
    })?;
    step("cargo xtask readme", || readme::run(workspace))?;
    step("cargo xtask package", || package::run(workspace))?;
    Ok(0)
}

/// The targets of cargo-fuzz, without libFuzzer: that takes a C++ compiler, and only
/// linking needs it.
fn check_fuzz_targets(workspace: &Workspace) -> Result<()> {
    let args = [
        "check",
        "--quiet",
        "--locked",
        "--manifest-path",
        "fuzz/Cargo.toml",
    ];
    step(
        &format!(
            "CUSTOM_LIBFUZZER_PATH=none/libfuzzer.a cargo {}",
            args.join(" ")
        ),
        || {
            let mut command = workspace.cargo();
            program::status(
                command
                    .args(args)
                    .env("CUSTOM_LIBFUZZER_PATH", "none/libfuzzer.a"),
            )
        },
    )
}

/// The example of an engine in a crate that is no part of this workspace. What has been built
/// of the packages that it needs serves it, for it is built in the same profiles.
fn judge_own_engine(workspace: &Workspace) -> Result<()> {
    let target = workspace.target();
    let target = target.to_string_lossy();
    let args = [
        "test",
        "--quiet",
        "--locked",
        "--manifest-path",
        "crates/qip-engine/examples/caching/Cargo.toml",
        "--config",
        "Cargo.toml",
        "--target-dir",
        &target,
    ];
    cargo(workspace, &args)
}

fn cargo(workspace: &Workspace, args: &[&str]) -> Result<()> {
    step(&format!("cargo {}", args.join(" ")), || {
        program::status(workspace.cargo().args(args))
    })
}

/// Runs a step under a header that is the command to repeat it with.
fn step(command: &str, run: impl FnOnce() -> Result<u8>) -> Result<()> {
    println!("==> {command}");
    let started = Instant::now();
    let status = run();
    let seconds = started.elapsed().as_secs_f64();
    let failure = match status {
        Ok(0) => {
            println!("    {seconds:.1} s");
            return Ok(());
        }
        Ok(status) => anyhow!("exit status {status}"),
        Err(error) => error,
    };
    bail!("{failure:#}\nfailed after {seconds:.1} s; to repeat it: {command}")
}

#[cfg(test)]
mod tests {
    use super::EVERY_FLOAT;

    /// Cargo is content where a name matches no test.
    #[test]
    fn the_test_of_every_float_is_there() {
        let source = include_str!("../../crates/qip-host/src/image/pixels.rs");
        assert!(source.contains(&format!("#[test]\n    fn {EVERY_FLOAT}()")));
    }
}
