//! What the libFuzzer targets in `fuzz/` do, and the seeds that they start from.
//!
//! Each takes any bytes, and panics where something is wrong. A test runs each over all
//! seeds, so that they stay sound where no fuzzer is installed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use anyhow::{Context as _, Result};
use qip_cases::{Bytes, Corpus, KnownFailures, Module, Request, Stage, Subject, Task, TaskOptions};
use qip_conformance::EngineSubject;
use qip_contract::{Limits, RequestLimits, Rules, Signature};
use qip_engine::Engine;
use qip_host::wasmi::Wasmi;
use qip_host::{BuiltIn, Host, Input, Options};
use qip_model::Model;

use crate::arena::{Arena, told};
use crate::trial::Trial;
use crate::{codec, picture, random_body};

/// A target: its name, and what it does with bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// The name, which is that of its file in `fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Panics where something is wrong.
    pub run: fn(&[u8]),
    seeds: Seeds,
}

/// What a target starts from.
#[derive(Clone, Copy)]
enum Seeds {
    /// One for each request of the corpus.
    OfRequests(Seed),
    /// Seeds that the corpus has nothing to do with.
    Own(fn() -> Vec<Vec<u8>>),
}

/// The seed that a request makes, if it makes any: of the text of its case file, its
/// module, its input.
type Seed = fn(&str, &[u8], &[u8]) -> Option<Vec<u8>>;

/// Every target.
pub const TARGETS: [Target; 9] = [
    Target {
        name: "signature",
        run: signature,
        seeds: Seeds::OfRequests(|_, wasm, _| Some(wasm.to_vec())),
    },
    Target {
        name: "check",
        run: check,
        seeds: Seeds::OfRequests(|_, wasm, _| Some(wasm.to_vec())),
    },
    Target {
        name: "run",
        run,
        seeds: Seeds::OfRequests(|_, wasm, input| joined(wasm, input)),
    },
    Target {
        name: "case_file",
        run: case_file,
        seeds: Seeds::OfRequests(|text, _, _| Some(text.as_bytes().to_vec())),
    },
    Target {
        name: "differential",
        run: differential,
        seeds: Seeds::OfRequests(|_, wasm, input| joined(wasm, input)),
    },
    Target {
        name: "random_body",
        run: random,
        // The bytes of a module say nothing to a generator of modules; those of an
        // input are as random as any.
        seeds: Seeds::OfRequests(|_, _, input| Some(input.to_vec())),
    },
    Target {
        name: "bmp",
        run: bmp,
        seeds: Seeds::Own(picture::bmp_seeds),
    },
    Target {
        name: "codec",
        run: codec,
        seeds: Seeds::Own(codec::seeds),
    },
    Target {
        name: "pipeline",
        run: pipeline,
        seeds: Seeds::Own(picture::pipeline_seeds),
    },
];

/// Limits that a fuzzer can bear. Growth beyond is refused, the same on every engine.
fn limits() -> Limits {
    Limits {
        module_bytes: 1 << 20,
        // What all engines take: the model is one of the subjects, and it predicts no limit
        // that only an engine has.
        function_bytes: 1 << 16,
        locals: 10_000,
        memory_bytes: 4 << 20,
        table_entries: 10_000,
        ..Limits::standard()
    }
}

/// What a fuzzer can wait for.
const REQUEST_LIMITS: RequestLimits = RequestLimits {
    time: Some(Duration::from_millis(200)),
    fuel: None,
};

/// A host that can hold requests to [`REQUEST_LIMITS`].
fn host(engine: impl Engine + 'static) -> Host {
    let options = Options {
        metering: REQUEST_LIMITS.into(),
        ..Options::default()
    };
    Host::with_options(Arc::new(engine), limits(), options)
}

/// Reading a signature, and listing what is wrong with a module.
pub fn signature(wasm: &[u8]) {
    if let Ok(signature) = Signature::read(wasm, &Limits::standard()) {
        for refusal in signature.refusals(&Rules::default()) {
            assert!(!refusal.to_string().is_empty());
        }
    }
}

/// Checking and inspecting a module, binary or text: what a host refuses is found first, a
/// warning says what would make it wrong, and sections add up to the module.
pub fn check(bytes: &[u8]) {
    let options = qip_check::Options::standard();
    let report = qip_check::check(bytes, &options);
    for finding in &report.findings {
        let is_warning = finding.level == qip_check::Level::Warning;
        assert_eq!(finding.unless.is_some(), is_warning, "{finding:?}");
    }
    let refused = match Signature::read(bytes, &options.limits) {
        Ok(signature) => signature.refusals(&options.rules).into_iter().next(),
        // Text is assembled, and then held to the rest.
        Err(_) if qip_contract::text::is_text(bytes) => None,
        Err(refusal) => Some(refusal),
    };
    if let Some(refusal) = refused {
        let first = report.findings.first().map(|finding| finding.code);
        assert_eq!(first, Some(refusal.code().into()), "{refusal}");
    }
    if let Ok(inspection) = qip_check::inspect::inspect(bytes, &options) {
        let bytes: usize = inspection
            .sections
            .iter()
            .map(|section| section.bytes)
            .sum();
        assert_eq!(bytes, inspection.bytes);
    }
}

/// Loading a module, and one request.
pub fn run(bytes: &[u8]) {
    let (wasm, input) = split(bytes);
    static HOST: LazyLock<Host> = LazyLock::new(|| host(Wasmi::new()));
    let input = Input::new(input).limits(REQUEST_LIMITS);
    match HOST.load(wasm).and_then(|module| module.render(input)) {
        Ok(reply) => {
            let most = limits().memory_bytes;
            assert!(reply.stages.iter().all(|usage| usage.memory_bytes <= most));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Reading a case file, and a file of known failures.
pub fn case_file(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    if let Err(errors) = Corpus::parse("area", "stem", text) {
        assert!(!errors.to_string().is_empty());
    }
    if let Err(errors) = KnownFailures::parse("known.toml", text) {
        assert!(!errors.to_string().is_empty());
    }
}

/// Both engines and the model on a module of any bytes.
pub fn differential(bytes: &[u8]) {
    let (wasm, input) = split(bytes);
    let trial = Trial::new(Task {
        stages: vec![Stage {
            module: Arc::new(Module::from_bytes("fuzzed", wasm)),
            uniforms: Vec::new(),
        }],
        options: TaskOptions {
            floats: qip_contract::Floats::Deterministic,
            ..TaskOptions::default()
        },
        limits: limits(),
        request_limits: REQUEST_LIMITS,
        requests: vec![Request {
            input: Bytes::literal(input).into(),
            content_type: None,
        }],
    });
    agree(&trial);
}

/// Both engines and the model on a module that wasm-smith makes of these bytes.
pub fn random(bytes: &[u8]) {
    agree(&random_body::of_bytes(bytes));
}

/// Reading and writing BMP (REC-7).
pub fn bmp(bytes: &[u8]) {
    picture::read_bmp(bytes);
}

/// Reading a picture's file of any format, and writing it in each.
pub fn codec(bytes: &[u8]) {
    codec::read_and_write(bytes);
}

/// A pipeline of tile filters that these bytes say, on every engine and with one thread and
/// several, against the plain reading.
pub fn pipeline(bytes: &[u8]) {
    picture::run_pipeline(bytes);
}

fn agree(trial: &Trial) {
    thread_local! {
        static ARENA: RefCell<Arena> = RefCell::new({
            let model = Arc::new(Model::new(Wasmi::new())) as Arc<dyn Subject>;
            let engines = BuiltIn::ALL.iter();
            let engines = engines.map(|engine| {
                Arc::new(EngineSubject::shared(engine.engine())) as Arc<dyn Subject>
            });
            Arena::new([model].into_iter().chain(engines))
        });
    }
    let answers = ARENA.with_borrow_mut(|arena| arena.answers(trial));
    if Arena::disagreement(&answers).is_some() {
        panic!("subjects differ:\n{}", told(&answers).join("\n"));
    }
}

/// A module and an input in one: the input's length in two bytes, the input, the module.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some((len, rest)) = bytes.split_first_chunk::<2>() else {
        return (bytes, &[]);
    };
    let len = usize::from(u16::from_le_bytes(*len)).min(rest.len());
    let (input, wasm) = rest.split_at(len);
    (wasm, input)
}

/// The inverse of [`split`], `None` for an input that is too long.
fn joined(wasm: &[u8], input: &[u8]) -> Option<Vec<u8>> {
    let len = u16::try_from(input.len()).ok()?;
    Some([&len.to_le_bytes(), input, wasm].concat())
}

/// Writes seeds for every target into `<directory>/<target>`: one for each distinct
/// module and input of the corpus, or a target's own.
///
/// # Errors
///
/// Where the corpus cannot be loaded or files cannot be written.
pub fn write_seeds(directory: &Path) -> Result<()> {
    for target in TARGETS {
        let directory = directory.join(target.name);
        fs::create_dir_all(&directory)
            .with_context(|| format!("cannot make `{}`", directory.display()))?;
        for (name, seed) in seeds(target)? {
            fs::write(directory.join(name), seed)?;
        }
    }
    Ok(())
}

/// The seeds of a target, each with a name.
///
/// # Errors
///
/// Where the corpus cannot be loaded.
pub fn seeds(target: Target) -> Result<Vec<(String, Vec<u8>)>> {
    let seed = match target.seeds {
        Seeds::OfRequests(seed) => seed,
        Seeds::Own(seeds) => {
            let numbered = seeds().into_iter().enumerate();
            return Ok(numbered
                .map(|(at, seed)| (format!("{at:03}"), seed))
                .collect());
        }
    };
    let mut seeds: Vec<(String, Vec<u8>)> = Vec::new();
    let mut known = BTreeSet::new();
    for case in Corpus::embedded()?.cases() {
        let id = case.id.as_str();
        let file = format!("{}/{}.toml", case.id.area(), case.id.stem());
        let text = qip_corpus::CASES.iter().find(|(path, _)| *path == file);
        let text = text.and_then(|(_, text)| std::str::from_utf8(text).ok());
        for stage in &case.task.stages {
            let Ok(wasm) = stage.module.binary() else {
                continue;
            };
            for (number, request) in case.task.requests.iter().enumerate() {
                // What is larger says no more, and slows a fuzzer down.
                // A picture is no input of these targets, but its filter is a module.
                let input = request.input.bytes().cloned();
                let input = input.unwrap_or_else(|| Bytes::literal([]));
                if input.len() > 4_096 || wasm.len() > 1 << 16 {
                    continue;
                }
                let input = input.to_vec();
                let seed = seed(text.unwrap_or_default(), wasm, &input);
                if let Some(seed) = seed.filter(|seed| known.insert(seed.clone())) {
                    let name = id.replace(['/', '#'], "_");
                    seeds.push((format!("{name}_{number}"), seed));
                }
            }
        }
    }
    Ok(seeds)
}
