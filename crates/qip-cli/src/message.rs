//! What is said on stderr: errors with their notes, and progress in words.

use std::fmt;
use std::io::Write;

use anstream::stderr;
use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use qip_contract::quote;
use qip_engine::{Frame, SourcePlace};

use crate::exit::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default();

/// The most frames of a backtrace that are shown.
const SHOWN_FRAMES: usize = 16;

/// Where messages go, and how many.
pub(crate) struct Messages {
    verbose: bool,
    quiet: bool,
}

impl Messages {
    pub(crate) fn new(color: ColorChoice, verbose: bool, quiet: bool) -> Messages {
        match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        Messages { verbose, quiet }
    }

    /// Says what went wrong, and unless told to be quiet, where and what to do.
    pub(crate) fn failure(&self, failure: &Failure) {
        line(ERROR, "error", failure);
        if self.quiet {
            return;
        }
        match failure {
            Failure::Usage(_, help) | Failure::Lacks(_, help) => line(NOTE, "help", help),
            Failure::Host(error) => {
                if let Some(trap) = error.trap() {
                    backtrace(&trap.backtrace);
                }
                if let Some(help) = error.refusal().and_then(|refusal| refusal.help_text()) {
                    line(NOTE, "help", &help);
                }
            }
            Failure::CannotDo(_)
            | Failure::ReaderGone
            | Failure::Refused(_)
            | Failure::Limited(_) => {}
        }
    }

    /// Whether only errors are to be told.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Says what is wrong with something that was looked at, and what to do.
    pub(crate) fn finding(&self, what: &str, help: Option<&str>) {
        line(ERROR, "error", &what);
        if let Some(help) = help.filter(|_| !self.quiet) {
            line(NOTE, "help", &help);
        }
    }

    /// Says a line that is no error, unless told to be quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            // Where stderr itself is gone there is nobody left to tell.
            let _ = writeln!(stderr(), "{text}");
        }
    }

    /// Says what is being done, where that was asked for.
    pub(crate) fn detail(&self, text: impl FnOnce() -> String) {
        if self.verbose {
            line(NOTE, "qip", &text());
        }
    }
}

fn line(style: Style, label: &str, text: &dyn fmt::Display) {
    // Where stderr itself is gone there is nobody left to tell.
    let _ = writeln!(stderr(), "{style}{label}:{style:#} {text}");
}

/// Shows the frames of a trap, innermost first.
fn backtrace(frames: &[Frame]) {
    for frame in frames.iter().take(SHOWN_FRAMES) {
        let name = match &frame.name {
            Some(name) => format!("`{}`", quote(name)),
            None => format!("function {}", frame.index),
        };
        let place = match (frame.source, frame.offset) {
            (Some(SourcePlace { line, column }), _) => format!(", line {line}, column {column}"),
            (None, Some(offset)) => format!(", offset {offset:#x}"),
            (None, None) => String::new(),
        };
        let _ = writeln!(stderr(), "  in {name}{place}");
    }
    if let Some(more) = frames
        .len()
        .checked_sub(SHOWN_FRAMES)
        .filter(|more| *more > 0)
    {
        let _ = writeln!(stderr(), "  … and {more} more");
    }
}
