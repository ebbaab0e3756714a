//! The gate behind `cargo xtask coverage`.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use qip_cases::Corpus;
use qip_coverage::{
    Finding, Matrix, describe_mutant, findings, markdown, sabotage, summary, table, with_costs,
    with_counts, write_json,
};
use qip_host::BuiltIn;
use qip_model::Mutation;

/// Holds the corpus to the clauses and to the mutants: prints which case holds a host to
/// which clause and kills which mutant, and fails on what is missing.
#[derive(Parser)]
#[command(name = "cargo xtask coverage", bin_name = "cargo xtask coverage", after_help = AFTER_HELP)]
struct Args {
    /// The corpus
    #[arg(long, value_name = "DIR", default_value = "conformance")]
    corpus: PathBuf,
    /// The file with the counts: it is an error where they are stale
    #[arg(long, value_name = "FILE", default_value = "README.md")]
    readme: PathBuf,
    /// The guide for host authors, which counts the cases of each capability: as --readme
    #[arg(long, value_name = "FILE", default_value = "conformance/README.md")]
    guide: PathBuf,
    /// Write the counts instead of looking whether they are stale
    #[arg(long)]
    update: bool,
    /// Print one mutant, with every case that kills it, and nothing else
    #[arg(long, value_name = "NAME", value_parser = parse_mutant)]
    mutant: Option<Mutation>,
    /// Write the whole matrix as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write clauses and mutants as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Damage the corpus so often in each of four ways, and fail on what is not noticed
    #[arg(long, value_name = "N")]
    sabotage: Option<NonZeroUsize>,
    /// What is damaged: the same seed does the same again
    #[arg(long, value_name = "S", default_value_t = 1, requires = "sabotage")]
    seed: u64,
}

const AFTER_HELP: &str = "\
Exit codes: 0 nothing is missing, 1 something is, or it could not be found out, 2 usage";

fn parse_mutant(name: &str) -> Result<Mutation, String> {
    Mutation::from_text(name)
        .ok_or_else(|| "no mutant has this name; without --mutant all are listed".to_owned())
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing is missing.
fn run(args: &Args) -> Result<bool> {
    let corpus = Corpus::open(&args.corpus)?;
    corpus.assemble()?;
    let engines = [BuiltIn::Wasmi, BuiltIn::Wasmtime].map(BuiltIn::engine);
    let begin = Instant::now();
    let matrix = Matrix::measure(&corpus, &engines);
    let seconds = begin.elapsed().as_secs_f64();
    let mut out = io::stdout().lock();
    if let Some(mutation) = args.mutant {
        write!(out, "{}", describe_mutant(&matrix, mutation))?;
        return Ok(true);
    }
    let findings = findings(&matrix);
    writeln!(out, "{}", table(&matrix))?;
    writeln!(out, "{}", summary(&matrix))?;
    writeln!(out, "{} runs of mutants in {seconds:.1} s", matrix.runs())?;
    write_files(args, &corpus, &matrix, &findings)?;
    let mut is_green = findings.is_empty();
    if let Some(count) = args.sabotage {
        let all = sabotage(
            &args.corpus,
            &corpus,
            &matrix,
            &engines[0],
            count.get(),
            args.seed,
        )
        .with_context(|| format!("cannot damage a copy of `{}`", args.corpus.display()))?;
        writeln!(out, "\nsabotage with seed {}", args.seed)?;
        for kind in all {
            let noticed = kind.tried - kind.unnoticed.len();
            writeln!(out, "  {}: {noticed} of {} noticed", kind.kind, kind.tried)?;
            for what in &kind.unnoticed {
                is_green = false;
                writeln!(out, "    not noticed: {what}")?;
            }
        }
    }
    for finding in &findings {
        writeln!(out, "missing: {finding}")?;
    }
    check_counts(&args.readme, args.update, |text| {
        with_counts(text, &matrix.counts())
    })?;
    check_counts(&args.guide, args.update, |text| with_costs(text, &corpus))?;
    writeln!(out, "{}", if is_green { "green" } else { "red" })?;
    Ok(is_green)
}

fn write_files(args: &Args, corpus: &Corpus, matrix: &Matrix, findings: &[Finding]) -> Result<()> {
    let cannot_write = |path: &Path| format!("cannot write `{}`", path.display());
    if let Some(path) = &args.json {
        let write = || {
            let mut file = BufWriter::new(File::create(path)?);
            write_json(corpus, matrix, findings, &mut file)?;
            file.flush()
        };
        write().with_context(|| cannot_write(path))?;
    }
    if let Some(path) = &args.markdown {
        fs::write(path, markdown(matrix, findings)).with_context(|| cannot_write(path))?;
    }
    Ok(())
}

/// Holds the counts in a document against those that were found, or writes them.
fn check_counts<E: Error + Send + Sync + 'static>(
    document: &Path,
    update: bool,
    with_counts: impl FnOnce(&str) -> Result<String, E>,
) -> Result<()> {
    let path = document.display();
    let text = fs::read_to_string(document).with_context(|| format!("cannot read `{path}`"))?;
    let wanted = with_counts(&text).with_context(|| format!("`{path}`"))?;
    if wanted == text {
        return Ok(());
    }
    if !update {
        bail!(
            "the counts in `{path}` are stale\n\
             help: run `cargo xtask coverage --update` and commit `{path}`"
        );
    }
    fs::write(document, wanted).with_context(|| format!("cannot write `{path}`"))
}
