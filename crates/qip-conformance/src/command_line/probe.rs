//! Finding out what a command line can do.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use qip_cases::{
    Bytes, Capabilities, Capability, Image, Module, Request, RequestInput, Stage, Task,
    TaskOptions, png_file,
};
use qip_contract::{Limits, RequestLimits, quote};

use crate::coarse::{FAILED, LIMITED, SUCCESS};

use super::CommandLine;
use super::execution::{Failure, Finished};

/// How long it may take to answer.
const TIME: Duration = Duration::from_secs(10);

/// What takes no flag, and every command line of this kind has.
const CORE: [Capability; 3] = [
    Capability::Content,
    Capability::Recipes,
    Capability::Uniforms,
];

/// The flags by which the other capabilities are asked for. Of the limits other than the
/// defaults, that is the one of memory.
const FLAGS: [(&str, Capability); 6] = [
    ("--timeout-ms", Capability::TimeLimit),
    ("--fuel", Capability::Fuel),
    ("--max-memory", Capability::Limits),
    ("--fixed-memory", Capability::FixedMemory),
    ("--utf8", Capability::UncheckedUtf8),
    ("--deterministic", Capability::DeterministicFloats),
];

const TAIL_CALL: &str = r#"
  (func $seven (result i32) (i32.const 7))
  (func (export "run") (param i32) (result i32) (return_call $seven))"#;

const EXTENDED_CONST: &str = r#"
  (global $seven i32 (i32.add (i32.const 3) (i32.const 4)))
  (func (export "run") (param i32) (result i32) (global.get $seven))"#;

const EXTERNREF: &str = r#"
  (table $none 1 externref)
  (func (export "run") (param i32) (result i32)
    (i32.add (i32.const 6) (ref.is_null (table.get $none (i32.const 0)))))"#;

const SEVEN: &str = r#"
  (func (export "run") (param i32) (result i32) (i32.const 7))"#;

const GIVES_HTML: &str = r#"
  (data (i32.const 0) "text/html")
  (global (export "output_content_type_ptr") i32 (i32.const 0))
  (global (export "output_content_type_size") i32 (i32.const 9))
  (global (export "output_ptr") i32 (i32.const 16))
  (global (export "output_bytes_cap") i32 (i32.const 0))
  (func (export "run") (param i32) (result i32) (i32.const 0))"#;

const TAKES_HTML: &str = r#"
  (data (i32.const 0) "text/html")
  (global (export "input_content_type_ptr") i32 (i32.const 0))
  (global (export "input_content_type_size") i32 (i32.const 9))
  (func (export "run") (param i32) (result i32) (i32.const 7))"#;

const TAKES_CSS: &str = r#"
  (data (i32.const 0) "text/css")
  (global (export "input_content_type_ptr") i32 (i32.const 0))
  (global (export "input_content_type_size") i32 (i32.const 8))
  (func (export "run") (param i32) (result i32) (i32.const 7))"#;

/// A filter that changes nothing.
const FILTER: &str = r#"(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba32float_64x64") (param f32 f32)))"#;

/// A module that takes no bytes, with more in it.
fn module(more: &str) -> String {
    format!(
        r#"(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 16))
  (global (export "input_bytes_cap") i32 (i32.const 0)){more})"#
    )
}

/// Asks for help, for the version, how it fails, and what else it can do. One that does
/// not answer is asked no more: that is for the cases to show.
///
/// # Errors
///
/// Where it cannot be started, and where it fails a module that is sound.
pub(super) fn probe(command_line: &mut CommandLine) -> io::Result<()> {
    command_line.capabilities.extend(CORE);
    match answers(command_line) {
        Ok(()) | Err(Failure::TooSlow(_) | Failure::TooMuch(..)) => Ok(()),
        Err(Failure::System(error)) => Err(error),
    }
}

fn answers(command_line: &mut CommandLine) -> Result<(), Failure> {
    let help = texts(&command_line.execute(["run", "--help"], TIME)?);
    command_line.capabilities.extend(flags_in(&help));

    let version = command_line.execute(["--version"], TIME)?.stdout;
    if let Some((name, version)) = name_and_version(&String::from_utf8_lossy(&version)) {
        command_line.version = version;
        if let Some(name) = name {
            command_line.name = name;
        }
    }

    let sound = command_line.execute_task(&task(&[SEVEN], ""))?;
    if let Some(status) = sound.status.code().filter(|status| *status != SUCCESS) {
        let message = quote(message(&sound).trim());
        return Err(Failure::System(io::Error::other(format!(
            "it fails a module that is sound, so that its failures would say nothing: \
             expected exit status {SUCCESS}, found {status}: \"{message}\""
        ))));
    }
    let refused = command_line.execute_task(&task(&[SEVEN], "a"))?;
    let refusal = failure(&refused);
    // With one of these, it has something to tell apart.
    command_line.any_failure = refusal.filter(|status| ![FAILED, LIMITED].contains(status));
    if refusal.is_some() && message(&refused).contains("Input is too large") {
        command_line.capabilities.insert(Capability::Texts);
    }
    for (module, capability) in [
        (TAIL_CALL, Capability::TailCall),
        (EXTENDED_CONST, Capability::ExtendedConst),
        (EXTERNREF, Capability::Externref),
    ] {
        if is_seven(&command_line.execute_task(&task(&[module], ""))?) {
            command_line.capabilities.insert(capability);
        }
    }
    let [same, other] = [TAKES_HTML, TAKES_CSS].map(|takes| task(&[GIVES_HTML, takes], ""));
    if writes_pictures(command_line)? {
        command_line.capabilities.insert(Capability::Image);
    }
    if refusal.is_some()
        && is_seven(&command_line.execute_task(&same)?)
        && failure(&command_line.execute_task(&other)?) == refusal
    {
        command_line.capabilities.insert(Capability::ContentTypes);
    }
    Ok(())
}

/// Whether it gives back a picture of one pixel through a filter that changes nothing.
fn writes_pictures(command_line: &mut CommandLine) -> Result<bool, Failure> {
    let help = command_line.execute(["image", "--help"], TIME)?;
    if help.status.code() == Some(SUCCESS) {
        let help = texts(&help);
        command_line.of_pictures = flags_in(&help);
        command_line.has_threads = names(&help, "--threads");
    }
    let image = Image {
        width: 1,
        height: 1,
        pixels: vec![16, 32, 48, 64],
    };
    let task = task_of([FILTER.to_owned()], image.clone().into());
    let finished = command_line.execute_task(&task)?;
    let picture = finished.picture.as_deref().map(png_file::read);
    Ok(finished.status.code() == Some(SUCCESS) && picture == Some(Ok(image)))
}

fn task(modules: &[&str], input: &str) -> Task {
    let input = Bytes::literal(input.as_bytes());
    task_of(modules.iter().map(|more| module(more)), input.into())
}

fn task_of(modules: impl IntoIterator<Item = String>, input: RequestInput) -> Task {
    let stage = |text: String| Stage {
        module: Arc::new(Module::from_text("probe", text)),
        uniforms: Vec::new(),
    };
    Task {
        stages: modules.into_iter().map(stage).collect(),
        options: TaskOptions::default(),
        limits: Limits::standard(),
        request_limits: RequestLimits {
            time: Some(TIME),
            fuel: None,
        },
        requests: vec![Request {
            input,
            content_type: None,
        }],
    }
}

fn is_seven(finished: &Finished) -> bool {
    finished.status.code() == Some(SUCCESS) && finished.stdout == b"Ran: 7\n"
}

/// The status of a failure that comes with a message.
fn failure(finished: &Finished) -> Option<i32> {
    let status = finished.status.code();
    status.filter(|status| *status != SUCCESS && !message(finished).trim().is_empty())
}

fn message(finished: &Finished) -> Cow<'_, str> {
    String::from_utf8_lossy(&finished.stderr)
}

/// What stands on stdout and stderr.
fn texts(finished: &Finished) -> String {
    let texts = [&finished.stdout, &finished.stderr];
    texts.map(|text| String::from_utf8_lossy(text)).join("\n")
}

/// The capabilities whose flags a help names.
fn flags_in(help: &str) -> Capabilities {
    let flags = FLAGS.iter().filter(|(flag, _)| names(help, flag));
    flags.map(|(_, capability)| *capability).collect()
}

/// Whether a help names this flag, and not only a longer one.
fn names(help: &str, flag: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    help.match_indices(flag)
        .any(|(at, _)| !help[at + flag.len()..].starts_with(is_part))
}

/// What the first line of `--version` says: `NAME VERSION`, or the version alone. A name
/// that could be no file's is none.
fn name_and_version(text: &str) -> Option<(Option<String>, String)> {
    let line = text.lines().next()?.trim();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match line.split_once(' ') {
        Some((name, version)) if name.chars().all(is_part) => {
            Some((Some(name.to_owned()), quote(version.trim()).to_string()))
        }
        _ if line.is_empty() => None,
        _ => Some((None, quote(line).to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_are_sound_text() {
        for more in [
            TAIL_CALL,
            EXTENDED_CONST,
            SEVEN,
            GIVES_HTML,
            TAKES_HTML,
            TAKES_CSS,
        ] {
            let task = task(&[more], "");
            assert_eq!(task.stages[0].module.binary().err(), None, "{more}");
        }
        let filter = task_of([FILTER.to_owned()], Bytes::literal([]).into());
        assert!(filter.has_sound_tile_filter());
    }

    #[test]
    fn a_flag_is_a_whole_word() {
        for help in [
            "--fuel",
            "  --fuel <N>",
            "[--fuel=N]",
            "a --fuel, b",
            "--fuel-x --fuel",
        ] {
            assert!(names(help, "--fuel"), "{help}");
        }
        for help in ["", "fuel", "--fuels", "--fuel-price N", "--fue l"] {
            assert!(!names(help, "--fuel"), "{help}");
        }
    }

    #[test]
    fn a_version_may_go_with_a_name() {
        let named = |text| {
            let (name, version) = name_and_version(text)?;
            Some(format!("{} {version}", name.as_deref().unwrap_or("-")))
        };
        assert_eq!(named("qip 0.1.0\nmore\n").as_deref(), Some("qip 0.1.0"));
        assert_eq!(
            named("my-qip  2 (beta)").as_deref(),
            Some("my-qip 2 (beta)")
        );
        assert_eq!(named("0.1.0\n").as_deref(), Some("- 0.1.0"));
        assert_eq!(named("a/b 1").as_deref(), Some("- a/b 1"));
        assert_eq!(named("\nqip 1"), None);
        assert_eq!(named(""), None);
    }
}
