//! `qip inspect`: what modules are, and how they fit together.

mod human;
mod json;
mod plan;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::Args;
use qip_check::inspect::{Inspection, function_text, inspect};
use qip_check::{Finding, Options};
use qip_contract::quote;

use crate::exit::{Exit, Failure};
use crate::stages::{self, LoadedStage};

/// Says what a module is, or how several fit together in a recipe.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Inspect {
    /// A module, binary or WebAssembly text; or the stages of a recipe, each with its uniforms
    /// as '?key=value'.
    #[arg(value_name = "MODULE", required = true)]
    modules: Vec<OsString>,
    /// Print a function as WebAssembly text: by its name, an export's name or its index.
    #[arg(long, value_name = "FUNC", conflicts_with = "json")]
    wat: Option<String>,
    /// Print a JSON object a module, one in a line, with every function.
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Nothing is run. What only running a module tells is shown as `?`.

Examples:
  qip inspect trim.wasm
  qip inspect trim.wasm --wat render
  qip inspect gaussian-blur.wasm '?radius=4' vignette.wasm

Exit codes:
  0  the module can be read, and the recipe made
  2  the command line cannot be understood
  3  a file cannot be read
  4  a module is no valid module, or a host refuses the recipe
  5  a limit stopped it";

/// A stage of the command line with what it is.
struct Inspected {
    path: String,
    inspection: Inspection,
}

impl Inspect {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let options = Options::standard();
        let stages = stages::read(&self.modules, options.limits.module_bytes)?;
        let mut text = String::new();
        if let Some(function) = &self.wat {
            for stage in &stages {
                text += &print(stage, function, &options)?;
            }
            return write(&text);
        }
        let inspected: Vec<Inspected> = stages
            .iter()
            .map(|stage| {
                let path = quote(&stage.path().display().to_string());
                let inspection = inspect(stage.bytes(), &options);
                let inspection = inspection.map_err(|finding| refused(stage.path(), &finding))?;
                Ok::<_, Failure>(Inspected { path, inspection })
            })
            .collect::<Result<_, _>>()?;
        match (self.json, &inspected[..]) {
            (true, all) => all.iter().for_each(|it| text += &json::line(it)),
            (false, [one]) => text += &human::screen(one),
            (false, several) => {
                // What refuses the recipe is told in the host's own words.
                plan::refuse(&stages)?;
                text += &plan::screen(several);
            }
        }
        write(&text)
    }
}

fn print(stage: &LoadedStage, function: &str, options: &Options) -> Result<String, Failure> {
    let text = function_text(stage.bytes(), function, options);
    let text = text.map_err(|finding| refused(stage.path(), &finding))?;
    text.ok_or_else(|| {
        let path = stage.path().display();
        let name = quote(function);
        Failure::Usage(
            format!("`{path}` has no function `{name}` with a body"),
            "give a name, the name of an export, or an index".to_owned(),
        )
    })
}

fn refused(path: &Path, finding: &Finding) -> Failure {
    let path = path.display();
    match finding.code {
        qip_check::FindingCode::Failure(qip_contract::Code::Limit) => {
            Failure::Limited(format!("{path}: {}", finding.message))
        }
        _ => Failure::Refused(format!("{path}: {}", finding.message)),
    }
}

fn write(text: &str) -> Result<Exit, Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(Failure::of_stdout)?;
    Ok(Exit::Fine)
}
