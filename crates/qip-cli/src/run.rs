//! `qip run`: carries one request through a module or a recipe.

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::{Args, ValueEnum};
use qip_contract::Utf8;
use qip_host::{Input, Limits, Output, Recipe, Reply};

use crate::exit::{Exit, Failure};
use crate::limits::{self, PictureOptions, RunOptions};
use crate::message::Messages;
use crate::{output_file, stages};

/// Runs a module, or a recipe of several, on one input.
///
/// The input comes from -i or from a pipe. Text is printed with a newline after it,
/// bytes as they are, 32-bit elements as lines of eight hexadecimal digits, and a
/// number as `Ran: N`. Tile filters take a BMP picture and give one, also between other
/// modules.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Run {
    /// The modules in order, each with its uniforms after it: MODULE '?key=value&key2=value2'.
    #[arg(value_name = "MODULE ['?KEY=VALUE&…']", required = true)]
    stages: Vec<OsString>,
    /// The file that the input is read from; `-` is stdin.
    #[arg(short, long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The file that the output is written to, replaced only when all went well; `-` is stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write output that is no text to a terminal.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    options: RunOptions,
    /// The time that one request may take over all stages, in milliseconds.
    #[arg(long, value_name = "N", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..), help_heading = limits::HEADING)]
    timeout_ms: u64,
    /// Whether text is checked where it goes in and comes out.
    #[arg(long, value_name = "WHICH", default_value = "checked", help_heading = limits::HEADING)]
    utf8: Utf8Check,
    #[command(flatten)]
    pictures: PictureOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Utf8Check {
    /// Ill-formed text is refused.
    Checked,
    /// Text passes as it is.
    Unchecked,
}

const AFTER_HELP: &str = "\
Examples:
  printf '  hello  ' | qip run trim.wasm
  qip run -i page.md -o page.html markdown.wasm '?level=2' html-page.wasm
  printf 123456789 | qip run --engine wasmi crc32.wasm
  qip run -i photo.bmp -o out.bmp gaussian-blur.wasm '?radius=4' vignette.wasm

Exit codes:
  0  the request succeeded
  2  the command line cannot be understood
  3  a file cannot be read or written
  4  the request failed: refused, or a module trapped
  5  a limit stopped it";

impl Run {
    pub(crate) fn run(&self, messages: &Messages) -> Result<Exit, Failure> {
        let utf8 = match self.utf8 {
            Utf8Check::Checked => Utf8::Checked,
            Utf8Check::Unchecked => Utf8::Unchecked,
        };
        let limits = self.pictures.limits(self.options.limits());
        let request_limits = self.options.request_limits(self.timeout_ms);
        let host = self.options.host(limits, request_limits, utf8);
        let stages = stages::load(&self.stages, &host, messages)?;
        let begin = Instant::now();
        let recipe = host.recipe(stages.iter().map(stages::LoadedStage::stage))?;
        let threads = self.pictures.threads();
        let recipe = recipe.threads(threads);
        messages.detail(|| format!("loaded in {:.1?}", begin.elapsed()));

        let input = self.read_input(&most_input(&recipe, host.limits()))?;
        messages.detail(|| format!("input of {} bytes", input.len()));
        let reply = recipe.render(Input::new(&input).limits(request_limits))?;
        messages.detail(|| usage(&reply));
        self.write_output(&reply.output)?;
        Ok(Exit::Fine)
    }

    /// Reads the input: from `-i`, else from stdin unless that is a terminal.
    fn read_input(&self, MostInput { bytes: most, what }: &MostInput) -> Result<Vec<u8>, Failure> {
        let most = *most;
        let input = match &self.input {
            Some(path) if path != Path::new("-") => stages::read_file(path, most)?,
            None if io::stdin().is_terminal() => Vec::new(),
            _ => {
                let mut bytes = Vec::new();
                io::stdin()
                    .lock()
                    .take(most.saturating_add(1))
                    .read_to_end(&mut bytes)
                    .context("cannot read stdin")?;
                bytes
            }
        };
        if input.len() as u64 > most {
            return Err(Failure::Refused(format!(
                "Input is too large: more than {most} bytes, {what}"
            )));
        }
        Ok(input)
    }

    fn write_output(&self, output: &Output) -> Result<(), Failure> {
        match &self.output {
            Some(path) if path != Path::new("-") => {
                output_file::replace(path, |file| Ok(print(output, file)?))?;
            }
            _ => {
                let is_forced = self.force || self.output.is_some();
                let mut stdout = io::stdout().lock();
                if !is_forced && stdout.is_terminal() && !is_text(output) {
                    return Err(output_file::no_text_to_a_terminal());
                }
                print(output, &mut stdout).map_err(Failure::of_stdout)?;
            }
        }
        Ok(())
    }
}

/// The most of an input that is read.
struct MostInput {
    bytes: u64,
    what: &'static str,
}

fn most_input(recipe: &Recipe, limits: &Limits) -> MostInput {
    /// For headers, and for what may stand behind the pixels.
    const AROUND_PIXELS: u64 = 1 << 20;
    if recipe.takes_picture() {
        let pixels = limits.image_pixels.saturating_mul(4);
        MostInput {
            bytes: pixels.saturating_add(AROUND_PIXELS),
            what: "the most that a picture may have",
        }
    } else {
        MostInput {
            bytes: limits.memory_bytes,
            what: "the most memory that a module may have",
        }
    }
}

fn usage(reply: &Reply) -> String {
    let memory = reply.stages.iter().map(|usage| usage.memory_bytes).max();
    let time = reply
        .time
        .map_or_else(String::new, |time| format!("rendered in {time:.1?}, "));
    let fuel: Option<u64> = reply.stages.iter().map(|usage| usage.fuel).sum();
    let fuel = fuel
        .filter(|fuel| *fuel > 0)
        .map_or_else(String::new, |fuel| format!(", {fuel} fuel"));
    format!(
        "{time}{} bytes of memory at most{fuel}",
        memory.unwrap_or(0)
    )
}

/// Whether output is text for a terminal. What a module declares as UTF-8 is; bytes are
/// where they look like it.
fn is_text(output: &Output) -> bool {
    match output {
        Output::Bytes(bytes) => std::str::from_utf8(bytes).is_ok_and(|text| {
            text.chars()
                .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
        }),
        Output::Utf8(text) => std::str::from_utf8(text).is_ok(),
        Output::I32(_) | Output::Scalar(_) => true,
    }
}

/// Prints output as OUT-9 and OUT-8 say.
fn print(output: &Output, to: &mut impl Write) -> io::Result<()> {
    match output {
        Output::Utf8(text) => {
            to.write_all(text)?;
            to.write_all(b"\n")?;
        }
        Output::Bytes(bytes) => to.write_all(bytes)?,
        Output::I32(elements) => {
            // Line by line: as text they take nine bytes each.
            let mut to = BufWriter::new(&mut *to);
            for element in elements {
                writeln!(to, "{element:08x}")?;
            }
            to.flush()?;
        }
        Output::Scalar(value) => writeln!(to, "Ran: {value}")?,
    }
    to.flush()
}
