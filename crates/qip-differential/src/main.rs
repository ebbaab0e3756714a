//! The search behind `cargo xtask fuzz`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use qip_cases::Subject;
use qip_conformance::EngineSubject;
use qip_differential::target::write_seeds;
use qip_differential::{
    Arena, Bug, Finding, Fixture, Generator, Note, Planted, Search, Tally, TriedFirst, attempt,
    cause_of_death, deadline, shrink,
};
use qip_host::BuiltIn;

/// Sets engines against each other and against the contract.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Search for a module and an input on which wasmtime and wasmi differ, from each
    /// other or from what the contract predicts, and write a fixture
    #[command(after_help = AFTER_HELP)]
    Fuzz(Fuzz),
    /// Write what the targets in fuzz/ start from: <DIR>/<target>, made from the cases
    #[command(hide = true)]
    Seeds { directory: PathBuf },
    /// The search itself, in a process that an engine may take with it
    #[command(hide = true)]
    Worker(Fuzz),
    /// Run one case file on one engine
    #[command(hide = true)]
    Attempt { engine: String, path: PathBuf },
}

#[derive(clap::Args, Clone)]
struct Fuzz {
    /// How long to search; shrinking what is found comes on top
    #[arg(long, default_value = "10", value_name = "N", value_parser = minutes)]
    minutes: f64,
    /// Which trials there are: a seed and a number make the same trial again. Without,
    /// a new seed each time, which is printed
    #[arg(long)]
    seed: Option<u64>,
    /// The number of the first trial
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    from: u64,
    /// Only this generator: made-up modules of which the contract predicts the answer,
    /// pictures through tile filters, random bodies, or the real modules under random
    /// inputs
    #[arg(long, value_name = "NAME", value_parser = Generator::NAMES)]
    generator: Option<String>,
    /// Set wasmtime against an engine with this bug, to see it found
    #[arg(long, value_name = "BUG")]
    plant: Option<Bug>,
    /// Where fixtures are written [default: conformance/regressions, with --plant
    /// target/fuzz/planted]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the real modules are
    #[arg(long, value_name = "DIR", default_value = "modules-wat")]
    modules: PathBuf,
    /// Where to note the trials that are being run, in a directory for each seed, to know
    /// what killed the process
    #[arg(long, value_name = "DIR", default_value = "target/fuzz")]
    notes: PathBuf,
}

const AFTER_HELP: &str = "\
To run one trial again, give its seed, its number and its generator:
  cargo xtask fuzz --seed 7 --from 4380 --generator random --minutes 0.1

Exit codes:
  0  no difference
  1  a difference
  2  the search could not be run";

/// A number of minutes.
fn minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(minutes) if minutes.is_finite() && minutes >= 0.0 => Ok(minutes),
        _ => Err("a number of minutes is expected, such as 10 or 0.5".to_owned()),
    }
}

impl Fuzz {
    /// What a bug on purpose leads to stays out of the corpus.
    fn out(&self) -> &Path {
        let default = match self.plant {
            Some(_) => "target/fuzz/planted",
            None => "conformance/regressions",
        };
        self.out.as_deref().unwrap_or(Path::new(default))
    }
}

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Task::Fuzz(fuzz) => supervise(&fuzz),
        Task::Seeds { directory } => write_seeds(&directory).map(|()| ExitCode::SUCCESS),
        Task::Worker(fuzz) => work(&fuzz),
        Task::Attempt { engine, path } => engine_named(&engine)
            .and_then(|engine| attempt(&engine, &path))
            .map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

/// Runs a worker; where that dies, finds out which engine killed it on what.
fn supervise(fuzz: &Fuzz) -> Result<ExitCode> {
    let seed = fuzz.seed.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        now.map_or(0, |now| now.as_nanos() as u64)
    });
    println!("seed {seed}");
    let program = std::env::current_exe().context("this program cannot find itself")?;
    let mut worker = Command::new(&program);
    worker
        .args(["worker", "--seed", &seed.to_string()])
        .args(["--minutes", &fuzz.minutes.to_string()])
        .args(["--from", &fuzz.from.to_string()])
        .arg("--out")
        .arg(fuzz.out())
        .arg("--modules")
        .arg(&fuzz.modules)
        .arg("--notes")
        .arg(&fuzz.notes);
    if let Some(generator) = &fuzz.generator {
        worker.args(["--generator", generator]);
    }
    if let Some(plant) = fuzz.plant {
        worker.args(["--plant", &plant.name()]);
    }
    let status = worker.status().context("the worker cannot be started")?;
    let Some(cause) = cause_of_death(status) else {
        return Ok(ExitCode::from(status.code().unwrap_or(1) as u8));
    };
    println!("{cause}: which engine, and on what?");
    let search = search(fuzz, seed);
    for note in search.last_notes()? {
        let mut arena = Arena::new(tried_first(fuzz.plant, &program));
        let finding = again(&search, &note, &mut arena)?;
        if let Some(finding) = finding {
            return tell(finding, &mut arena, fuzz.out());
        }
    }
    bail!(
        "none of the trials that were being run kills it again; they are in `{}`",
        search.notes.display()
    )
}

fn again(search: &Search, note: &Note, arena: &mut Arena) -> Result<Option<Box<Finding>>> {
    let generator = Generator::named(note.generator, &search.modules)?;
    let mut tally = Tally::default();
    let number = [note.number];
    Ok(qip_differential::run(
        &generator,
        arena,
        search.seed,
        number,
        None,
        &mut tally,
    ))
}

fn work(fuzz: &Fuzz) -> Result<ExitCode> {
    let seed = fuzz.seed.context("a worker is given its seed")?;
    let began = Instant::now();
    let search = search(fuzz, seed);
    let arena = || Arena::new(subjects(fuzz.plant));
    let (finding, tallies) = search.run(arena)?;
    for (generator, tally) in search.generators.iter().zip(tallies) {
        print!("{generator}: {tally}");
    }
    println!("{:.0} s", began.elapsed().as_secs_f64());
    match finding {
        Some(finding) => tell(finding, &mut arena(), fuzz.out()),
        None => {
            println!("no difference");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Shrinks a finding and writes its fixture.
fn tell(mut finding: Box<Finding>, arena: &mut Arena, out: &Path) -> Result<ExitCode> {
    println!(
        "subjects differ on {}, trial {}; shrinking",
        finding.generator, finding.number
    );
    shrink(&mut finding, arena);
    println!("{finding}");
    match Fixture::of(&finding, out) {
        Some(fixture) => {
            let path = fixture
                .write(out)
                .context("the fixture cannot be written")?;
            println!("written: {}", path.display());
        }
        None => println!("every subject is at fault, so there is nothing to expect"),
    }
    Ok(ExitCode::FAILURE)
}

fn search(fuzz: &Fuzz, seed: u64) -> Search {
    let names = Generator::NAMES.into_iter();
    let wanted = fuzz.generator.as_deref();
    Search {
        generators: names
            .filter(|name| wanted.is_none_or(|wanted| wanted == *name))
            .collect(),
        modules: fuzz.modules.clone(),
        seed,
        from: fuzz.from,
        deadline: deadline(fuzz.minutes),
        notes: fuzz.notes.join(seed.to_string()),
    }
}

fn engine_named(name: &str) -> Result<EngineSubject> {
    let plant = Bug::of_engine(name);
    let found = engines(plant)
        .into_iter()
        .find(|engine| engine.name() == name);
    found.with_context(|| format!("there is no engine `{name}`"))
}

/// The engines that are searched, with a planted bug in the place of the engine that it is a
/// bug of.
fn engines(plant: Option<Bug>) -> Vec<EngineSubject> {
    let engines = BuiltIn::ALL.iter();
    let engines = engines.map(|engine| match plant {
        Some(bug) if *engine == BuiltIn::Wasmi => EngineSubject::new(Planted::new(bug)),
        _ => EngineSubject::shared(engine.engine()),
    });
    engines.collect()
}

fn subjects(plant: Option<Bug>) -> Vec<Arc<dyn Subject>> {
    let subjects = engines(plant).into_iter();
    subjects
        .map(|engine| Arc::new(engine) as Arc<dyn Subject>)
        .collect()
}

fn tried_first(plant: Option<Bug>, program: &Path) -> Vec<Arc<dyn Subject>> {
    let subjects = engines(plant).into_iter();
    subjects
        .map(|engine| Arc::new(TriedFirst::new(engine, program)) as Arc<dyn Subject>)
        .collect()
}
