//! `qip conformance`: judges engines and command lines against the contract.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use qip_conformance::{
    Case, CommandLine, Corpus, EngineSubject, Exported, KnownFailures, LoadErrors, Model, Report,
    Run, Subject,
};

use crate::exit::{Exit, Failure};
use crate::limits::EngineName;
use crate::message::Messages;

/// Judges engines and command lines against the conformance corpus.
///
/// Prints a table, and what failed with expected and found side by side. The corpus is
/// the one that this command was built with, unless told otherwise.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Conformance {
    /// An engine to judge; may be given several times. Without any and without --cli,
    /// all are judged.
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<EngineName>,
    /// Judge the model as well: a plain host written straight from the clauses, apart
    /// from qip's own. It executes on the first engine.
    #[arg(long)]
    model: bool,
    /// A command line to judge: a command that takes `run -i FILE MODULE ['?k=v'] …` as
    /// qip does. It is judged by what it prints, its exit status and its message alone.
    /// It is split into words and quotes as by a shell, but no shell runs. May be given
    /// several times.
    #[arg(long = "cli", value_name = "CMD")]
    command_lines: Vec<String>,
    /// Judge only the cases whose ID contains this text; may be given several times.
    #[arg(long = "filter", value_name = "TEXT")]
    filters: Vec<String>,
    /// A corpus in a directory: `cases/`, `regressions/`, `cases.lock`, `expectations/`.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Cases in a directory of areas, without a lock: those of real modules, say.
    #[arg(long, value_name = "DIR", conflicts_with = "corpus")]
    cases: Option<PathBuf>,
    /// Write a report as well: `jsonl=PATH`.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = parse_report)]
    reports: Vec<ReportFile>,
    /// Print the IDs of the selected cases and judge nothing.
    #[arg(long)]
    list: bool,
    /// Write the selected cases for a harness of your own and judge nothing: `cases.json`,
    /// the modules, and a README, into a directory that is empty or holds an earlier
    /// export, which is replaced.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["list", "reports"])]
    export: Option<PathBuf>,
    /// Bring `cases.lock` of a corpus up to date and judge nothing.
    #[arg(long, requires = "corpus", conflicts_with = "export")]
    update_lock: bool,
}

const AFTER_HELP: &str = "\
Examples:
  qip conformance
  qip conformance --engine wasmi --filter out/
  qip conformance --cli ./my-qip --engine wasmtime
  qip conformance --report jsonl=verdicts.jsonl
  qip conformance --export corpus --filter in/

Exit codes:
  0  green: every selected case was judged or is unsupported, and no MUST case failed
  1  red
  2  the command line cannot be understood
  3  the corpus cannot be loaded, a program cannot be started, or a file cannot be written";

/// A report to write beside the table. JSON lines are the only format so far.
#[derive(Clone, Debug)]
struct ReportFile(PathBuf);

fn parse_report(text: &str) -> Result<ReportFile, String> {
    match text.split_once('=') {
        Some(("jsonl", path)) if !path.is_empty() => Ok(ReportFile(path.into())),
        _ => Err("expected `jsonl=PATH`".to_owned()),
    }
}

impl Conformance {
    pub(crate) fn run(&self, messages: &Messages) -> Result<Exit, Failure> {
        if self.update_lock
            && let Some(directory) = &self.corpus
        {
            return update_lock(directory);
        }
        let corpus = self.load()?;
        let mut run = Run::new(&corpus).known(self.known()?);
        for filter in &self.filters {
            run = run.filter(filter);
        }
        if self.list {
            let ids: String = run
                .selected()
                .iter()
                .map(|case| format!("{}\n", case.id))
                .collect();
            print(&ids)?;
            return Ok(Exit::Fine);
        }
        if let Some(directory) = &self.export {
            return export(&corpus, &run.selected(), directory);
        }
        let report = run.subjects(self.subjects()?).execute(&mut progress());
        // Whoever reads the table may have read enough and gone: that is told after
        // the reports are written.
        let printed = print(&report.table().to_string());
        for ReportFile(path) in &self.reports {
            write_json_lines(&report, path)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
            messages.detail(|| format!("wrote `{}`", path.display()));
        }
        // The verdict stands even where nobody stayed to read it.
        match printed {
            Ok(()) | Err(Failure::ReaderGone) => {}
            Err(failure) => return Err(failure),
        }
        Ok(if report.is_green() {
            Exit::Fine
        } else {
            Exit::Findings
        })
    }

    fn load(&self) -> Result<Corpus, Failure> {
        let loaded = match (&self.corpus, &self.cases) {
            (Some(directory), _) => Corpus::open(directory),
            (None, Some(directory)) => Corpus::open_unlocked(directory),
            (None, None) => Corpus::embedded(),
        };
        let corpus = loaded.map_err(not_loaded)?;
        corpus.assemble().map_err(not_loaded)?;
        Ok(corpus)
    }

    /// Known failures: those that go with the corpus.
    fn known(&self) -> Result<Vec<KnownFailures>, Failure> {
        match (&self.corpus, &self.cases) {
            (Some(directory), _) => {
                let directory = directory.join("expectations");
                let files = expectation_files(&directory)
                    .with_context(|| format!("cannot read `{}`", directory.display()))?;
                let known = files.iter().map(KnownFailures::open);
                known.collect::<Result<_, _>>().map_err(not_loaded)
            }
            (None, Some(_)) => Ok(Vec::new()),
            (None, None) => KnownFailures::embedded().map_err(not_loaded),
        }
    }

    fn subjects(&self) -> Result<Vec<Arc<dyn Subject>>, Failure> {
        let all = EngineName::value_variants();
        let engines = match &self.engines[..] {
            [] if self.command_lines.is_empty() => all,
            engines => engines,
        };
        let mut subjects: Vec<Arc<dyn Subject>> = Vec::new();
        for engine in engines {
            subjects.push(Arc::new(EngineSubject::shared(engine.make())));
        }
        let first = engines.iter().chain(all).next().filter(|_| self.model);
        subjects
            .extend(first.map(|engine| Arc::new(Model::shared(engine.make())) as Arc<dyn Subject>));
        for command in &self.command_lines {
            let subject = CommandLine::open(command);
            subjects.push(Arc::new(
                subject.map_err(|error| not_opened(command, error))?,
            ));
        }
        Ok(subjects)
    }
}

/// The expectation files of a directory, by name.
fn expectation_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    match directory.read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
        Ok(entries) => {
            for entry in entries {
                let path = entry?.path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "toml")
                {
                    files.push(path);
                }
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Why a command line cannot be judged at all.
fn not_opened(command: &str, error: io::Error) -> Failure {
    let what = format!("cannot run `{command}`");
    match error.kind() {
        io::ErrorKind::InvalidInput => Failure::Usage(
            format!("{what}: {error}"),
            "write it as for a shell, such as `--cli 'node my-qip.mjs'`".to_owned(),
        ),
        _ => Failure::CannotDo(anyhow::Error::new(error).context(what)),
    }
}

fn not_loaded(errors: LoadErrors) -> Failure {
    Failure::CannotDo(anyhow::Error::new(errors))
}

fn export(corpus: &Corpus, cases: &[Arc<Case>], directory: &Path) -> Result<Exit, Failure> {
    if cases.is_empty() {
        return Err(Failure::Usage(
            "no case is selected".to_owned(),
            "`--list` without `--filter` prints all there are".to_owned(),
        ));
    }
    let Exported { cases, modules } =
        qip_conformance::export(corpus, cases, directory).map_err(anyhow::Error::new)?;
    print(&format!(
        "{} and {} in `{}`\n",
        count(cases, "case"),
        count(modules, "module"),
        directory.display()
    ))?;
    Ok(Exit::Fine)
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

fn update_lock(directory: &Path) -> Result<Exit, Failure> {
    let corpus = Corpus::open_to_lock(directory).map_err(not_loaded)?;
    let path = directory.join("cases.lock");
    std::fs::write(&path, corpus.lock())
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    print(&format!(
        "{} cases in `{}`\n",
        corpus.cases().len(),
        path.display()
    ))?;
    Ok(Exit::Fine)
}

fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(Failure::of_stdout)
}

fn write_json_lines(report: &Report, path: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    report.write_json_lines(&mut file)?;
    file.flush()
}

/// A bar on a terminal's stderr, for a run that takes over a second.
fn progress() -> impl FnMut(usize, usize) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}") {
        bar.set_style(style);
    }
    move |done, total| {
        bar.set_length(total as u64);
        if bar.elapsed() > Duration::from_secs(1) {
            bar.set_position(done as u64);
        }
        if done == total {
            bar.finish_and_clear();
        }
    }
}
