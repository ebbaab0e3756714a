//! `qip conformance`: judges engines, hosts and command lines against the contract.
//! `--lint` only talks to a host.

mod lint;

use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};
use qip_cases::{Case, Corpus, KnownFailures, LoadErrors, Subject};
use qip_conformance::{
    CommandLine, EngineSubject, Exported, HostProgram, HostSettings, Report, Run, StartError,
    StartErrorKind,
};
use qip_model::Model;

use crate::bar::Bar;
use crate::exit::{Exit, Failure};
use crate::limits::EngineName;
use crate::message::Messages;

/// Judges engines, hosts and command lines against the conformance corpus.
///
/// Prints a table, and what failed with expected and found side by side. The corpus is
/// the one that this command was built with, unless told otherwise.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Conformance {
    /// An engine to judge; may be given several times. Without any, and without --host and
    /// --cli, all are judged.
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<EngineName>,
    /// Judge all engines, beside hosts and command lines too.
    #[arg(long, conflicts_with = "engines")]
    all_engines: bool,
    /// Judge the model as well: a plain host written straight from the clauses, apart
    /// from qip's own. It executes on the first engine.
    #[arg(long)]
    model: bool,
    /// A host program to judge: a command that speaks the host protocol on stdin and
    /// stdout. It is split into words and quotes as by a shell, but no shell runs. May be
    /// given several times.
    #[arg(long = "host", value_name = "CMD")]
    hosts: Vec<String>,
    /// Only talk to the host program: ask it a handful of tasks, which have every shape of
    /// message, and say whether its answers are answers at all. Nothing is judged.
    #[arg(long, requires = "hosts", conflicts_with_all = [
        "engines", "model", "command_lines", "filters", "corpus", "cases", "expectations", "reports", "thorough", "list", "export", "update_lock",
    ])]
    lint: bool,
    /// A command line to judge: a command that takes `run -i FILE MODULE ['?k=v'] …` as
    /// qip does. It is judged by what it prints, its exit status and its message alone:
    /// a failure must end with 4, or 5 for a limit, and a message on stderr. Of one that
    /// ends otherwise when it is asked for a refusal, that one status is taken for every
    /// failure. One that also takes `image -i IN.png -o OUT.png MODULE …` is judged by
    /// the pictures that it writes. It is split into words and quotes as by a shell, but no shell runs. May be given
    /// several times.
    #[arg(long = "cli", value_name = "CMD")]
    command_lines: Vec<String>,
    /// Judge only the cases whose ID contains this text; may be given several times.
    #[arg(long = "filter", value_name = "TEXT")]
    filters: Vec<String>,
    /// A corpus in a directory: `cases/`, `regressions/`, `cases.lock`, `expectations/`.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Cases without a lock, such as those of real modules: a directory of areas, or one case
    /// file beside its module.
    #[arg(long, value_name = "PATH", conflicts_with = "corpus")]
    cases: Option<PathBuf>,
    /// Known failures of a subject that is judged, in a file that is called as the subject
    /// calls itself: `NAME.toml`. May be given several times.
    #[arg(long, value_name = "FILE")]
    expectations: Vec<PathBuf>,
    /// Write a report as well: `jsonl=PATH`.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = parse_report)]
    reports: Vec<ReportFile>,
    /// Judge each case twice on each subject, in two shuffled orders: one that is answered
    /// differently the second time fails. Takes twice as long and more.
    #[arg(long, conflicts_with_all = ["list", "export", "update_lock"])]
    thorough: bool,
    /// The seed of the two orders, to repeat a thorough run; without, another each time.
    /// The table names it.
    #[arg(long, value_name = "N", requires = "thorough")]
    seed: Option<u64>,
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
  qip conformance --thorough --seed 7
  qip conformance --host 'python3 host.py' --lint
  qip conformance --host 'python3 host.py' --expectations my-host.toml
  qip conformance --export corpus --filter in/

Exit codes:
  0  green: every selected case was judged or is unsupported, and no MUST case failed
  1  red; with --lint, a fault
  2  the command line cannot be understood
  3  the corpus cannot be loaded, a program cannot be judged, or a file cannot be written";

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
        if self.lint {
            return lint::run(&self.hosts, messages);
        }
        if self.update_lock
            && let Some(directory) = &self.corpus
        {
            return update_lock(directory);
        }
        let corpus = self.load()?;
        let given = open_all(&self.expectations)?;
        let mut run = Run::new(&corpus).known(self.known_beside()?);
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
        if self.thorough {
            let seed = self.seed.unwrap_or_else(new_seed);
            // Also where an engine takes this process with it.
            messages.detail(|| format!("thorough, with the seed {seed}"));
            run = run.thorough(seed);
        }
        let bar = Bar::new();
        let subjects = self.subjects(messages, &bar)?;
        self.check_named(&given, &subjects)?;
        let report = run
            .known(given)
            .subjects(subjects)
            .execute(&mut |done, total| bar.show(done as u64, total as u64));
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
            (None, Some(file)) if file.is_file() => Corpus::open_file(file),
            (None, Some(directory)) => Corpus::open_unlocked(directory),
            (None, None) => Corpus::embedded(),
        };
        let corpus = loaded.map_err(not_loaded)?;
        corpus.assemble().map_err(not_loaded)?;
        Ok(corpus)
    }

    /// The known failures that go with the corpus, of whatever subjects.
    fn known_beside(&self) -> Result<Vec<KnownFailures>, Failure> {
        match (&self.corpus, &self.cases) {
            (Some(directory), _) => {
                let directory = directory.join("expectations");
                let files = expectation_files(&directory)
                    .with_context(|| format!("cannot read `{}`", directory.display()))?;
                open_all(&files)
            }
            (None, Some(_)) => Ok(Vec::new()),
            (None, None) => KnownFailures::embedded().map_err(not_loaded),
        }
    }

    /// Checks that each of the expectation files that were given is about a subject of this
    /// run: of one that is not, no entry would ever be found stale.
    fn check_named(
        &self,
        given: &[KnownFailures],
        subjects: &[Arc<dyn Subject>],
    ) -> Result<(), Failure> {
        let mut names: Vec<&str> = subjects.iter().map(|subject| subject.name()).collect();
        names.sort_unstable();
        names.dedup();
        let mut files = self.expectations.iter().zip(given);
        let Some((path, known)) = files.find(|(_, known)| !names.contains(&known.subject())) else {
            return Ok(());
        };
        let files: Vec<String> = names.iter().map(|name| format!("`{name}.toml`")).collect();
        Err(Failure::Usage(
            format!(
                "`{}` is about `{}`, which is not judged, expected one of `{}`",
                path.display(),
                known.subject(),
                names.join("`, `")
            ),
            format!(
                "call the file as the subject calls itself: {}",
                files.join(" or ")
            ),
        ))
    }

    fn subjects(&self, messages: &Messages, bar: &Bar) -> Result<Vec<Arc<dyn Subject>>, Failure> {
        let all = EngineName::value_variants();
        let engines = match &self.engines[..] {
            [] if self.all_engines || (self.hosts.is_empty() && self.command_lines.is_empty()) => {
                all
            }
            engines => engines,
        };
        let mut subjects: Vec<Arc<dyn Subject>> = Vec::new();
        for engine in engines {
            subjects.push(Arc::new(EngineSubject::shared(engine.0.engine())));
        }
        if let Some(engine) = engines.iter().chain(all).next().filter(|_| self.model) {
            subjects.push(Arc::new(Model::shared(engine.0.engine())));
        }
        for command in &self.hosts {
            let host = HostProgram::start_with(command, settings(messages, bar));
            subjects.push(Arc::new(host.map_err(not_started)?));
        }
        for command in &self.command_lines {
            let subject = CommandLine::open(command);
            subjects.push(Arc::new(
                subject.map_err(|error| not_opened(command, error))?,
            ));
        }
        Ok(subjects)
    }
}

/// A seed that is another each time, and short enough to be typed.
fn new_seed() -> u64 {
    RandomState::new().build_hasher().finish() >> 32
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

fn open_all(files: &[PathBuf]) -> Result<Vec<KnownFailures>, Failure> {
    let known = files.iter().map(KnownFailures::open);
    known.collect::<Result<_, _>>().map_err(not_loaded)
}

/// What a host program writes to stderr is shown unless told to be quiet.
fn settings(messages: &Messages, bar: &Bar) -> HostSettings {
    let mut settings = HostSettings::default();
    if !messages.is_quiet() {
        let bar = bar.clone();
        settings.log = Arc::new(move |line| bar.say(line));
    }
    settings
}

fn not_started(error: StartError) -> Failure {
    match error.kind() {
        StartErrorKind::Command => Failure::Usage(
            error.to_string(),
            "write it as for a shell, such as `--host 'python3 host.py'`".to_owned(),
        ),
        _ => Failure::CannotDo(anyhow::Error::new(error)),
    }
}

/// Why a command line cannot be judged at all.
fn not_opened(command: &str, error: io::Error) -> Failure {
    let what = format!("cannot judge `{command}`");
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
