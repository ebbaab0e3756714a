//! The command `qip`: one file a subcommand, no logic of its own.

mod bar;
mod build;
mod check;
mod compiler;
mod conformance;
mod exit;
mod explain;
mod image;
mod inspect;
mod limits;
mod message;
mod new;
mod output_file;
mod run;
mod stages;
mod usage;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ColorChoice, Parser, Subcommand};

use crate::exit::{Exit, Failure};
use crate::message::Messages;

/// Runs qip modules, helps to write and check them, and judges hosts and engines against the
/// contract.
#[derive(Parser)]
#[command(name = "qip", version, disable_help_subcommand = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to colour messages.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = LAST)]
    color: ColorChoice,
    /// Say more, on stderr: digests, engine, phases with their times.
    #[arg(short, long, global = true, display_order = LAST)]
    verbose: bool,
    /// Say less: an error's one line and nothing else.
    #[arg(short, long, global = true, display_order = LAST)]
    quiet: bool,
}

/// Where options stand in help that every subcommand has.
const LAST: usize = 900;

const AFTER_HELP: &str = "\
Examples:
  printf '  hello  ' | qip run trim.wasm
  qip new my-module --lang rust

Each subcommand's --help ends with its exit codes.";

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Image(image::Image),
    New(new::New),
    Build(build::Build),
    Check(check::Check),
    Inspect(inspect::Inspect),
    Explain(explain::Explain),
    Conformance(conformance::Conformance),
}

/// Says what there is instead of a command to run: help, a version, or an error.
fn without_command(error: &clap::Error) -> Exit {
    let is_help =
        !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if is_help {
        // A closed pipe is all that can go wrong here.
        let _ = error.print();
    } else {
        // What colours were asked for could not be read either.
        Messages::new(ColorChoice::Auto, false, false).failure(&usage::failure(error));
    }
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Fine
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return without_command(&error).into(),
    };
    let messages = Messages::new(cli.color, cli.verbose, cli.quiet);
    let result = match cli.command {
        // Said here: clap does not see it where one stands before the subcommand and
        // the other after it.
        _ if cli.verbose && cli.quiet => Err(Failure::Usage(
            "`--verbose` and `--quiet` are both given, expected one of them".to_owned(),
            "leave one of them out".to_owned(),
        )),
        Command::Run(command) => command.run(&messages),
        Command::Image(command) => command.run(&messages),
        Command::New(command) => command.run(),
        Command::Build(command) => command.run(&messages),
        Command::Check(command) => command.run(&messages),
        Command::Inspect(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Conformance(command) => command.run(&messages),
    };
    match result {
        Ok(exit) => exit,
        Err(error) => {
            if !matches!(error, Failure::ReaderGone) {
                messages.failure(&error);
            }
            error.exit()
        }
    }
    .into()
}
