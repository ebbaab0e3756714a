//! Every case on every engine, each a test of its own:
//! `<engine>::<area>/<stem>#<slug>`.
//!
//! The cases are those of the embedded corpus, and those of the real modules in
//! `modules-wat/` where that directory is there: it is not in the packaged crate.
//! With `--exact` only the file of that case is loaded, so that a runner which
//! starts a process for each test stays quick.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use qip_cases::{Case, Corpus, KnownFailures, LoadErrors, Subject};
use qip_conformance::{CaseResult, EngineSubject, run_case};
use qip_host::BuiltIn;

fn main() -> ExitCode {
    let args = Arguments::from_args();
    match trials(&args) {
        Ok(trials) => libtest_mimic::run(&args, trials).exit_code(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The tests that these arguments can select.
fn trials(args: &Arguments) -> Result<Vec<Trial>, String> {
    let cases = match exact_file(args) {
        Some((area, stem)) => file_cases(area, stem),
        None => all_cases(),
    };
    let cases = cases.map_err(|errors| errors.to_string())?;
    let known = KnownFailures::embedded().map_err(|errors| errors.to_string())?;
    let subjects = BuiltIn::ALL
        .iter()
        .map(|engine| Arc::new(EngineSubject::shared(engine.engine())) as Arc<dyn Subject>);
    let mut trials = Vec::new();
    for subject in subjects {
        let known = known.iter().find(|known| known.subject() == subject.name());
        let known = known.map(|known| Arc::new(known.clone()));
        for case in &cases {
            trials.push(trial(&subject, case, known.clone()));
        }
    }
    Ok(trials)
}

fn trial(subject: &Arc<dyn Subject>, case: &Arc<Case>, known: Option<Arc<KnownFailures>>) -> Trial {
    let name = format!("{}::{}", subject.name(), case.id);
    let (subject, case) = (Arc::clone(subject), Arc::clone(case));
    Trial::test(name, move || {
        let result = run_case(&subject, &case, known.as_deref());
        if result.is_red() {
            Err(Failed::from(told(&result)))
        } else {
            Ok(())
        }
    })
}

fn told(result: &CaseResult) -> String {
    let mut lines = vec![format!(
        "{} ({}): {}",
        result.verdict,
        result.case.clauses.join(", "),
        result.case.place
    )];
    lines.extend(result.why.clone());
    for (index, request) in result.requests.iter().enumerate() {
        let differences = request.differences.iter();
        lines.extend(differences.map(|difference| format!("request {}: {difference}", index + 1)));
    }
    lines.join("\n")
}

/// The area and stem in `--exact <engine>::<area>/<stem>#<slug>`.
fn exact_file(args: &Arguments) -> Option<(&str, &str)> {
    let name = args.filter.as_deref().filter(|_| args.exact)?;
    let (_, id) = name.split_once("::")?;
    let (file, _) = id.split_once('#')?;
    file.rsplit_once('/')
}

fn file_cases(area: &str, stem: &str) -> Result<Vec<Arc<Case>>, LoadErrors> {
    let file = format!("{area}/{stem}.toml");
    let embedded = qip_corpus::CASES.iter().any(|(path, _)| *path == file);
    let corpus = match modules_wat().filter(|_| !embedded) {
        Some(directory) => Corpus::open_file(directory.join(file))?,
        None => Corpus::embedded_file(area, stem)?,
    };
    Ok(corpus.cases().to_vec())
}

fn all_cases() -> Result<Vec<Arc<Case>>, LoadErrors> {
    let mut cases = Corpus::embedded()?.cases().to_vec();
    match modules_wat() {
        Some(directory) => cases.extend_from_slice(Corpus::open_unlocked(directory)?.cases()),
        None => eprintln!("skipped: the cases of modules-wat/, which is not there"),
    }
    Ok(cases)
}

/// The real modules of the repository.
fn modules_wat() -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../modules-wat");
    directory.is_dir().then_some(directory)
}
