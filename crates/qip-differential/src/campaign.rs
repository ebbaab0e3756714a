//! Trial after trial, until subjects differ.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use qip_cases::{RequestInput, Task};
use qip_contract::Utf8;

use crate::arena::{Answers, Arena, class, told};
use crate::filters;
use crate::large_body;
use crate::random_body;
use crate::real_module::RealModule;
use crate::scenario::aim::Aim;
use crate::scenario::strategy::scenarios;
use crate::trial::Trial;

/// Makes trials: each is known by a seed and a number, so that any can be made again.
pub struct Generator {
    name: &'static str,
    /// Taken in turn.
    strategies: Vec<BoxedStrategy<Trial>>,
}

impl Generator {
    /// The names of all generators.
    pub const NAMES: [&str; 5] = ["planned", "pictures", "random", "large", "real"];

    /// Made-up modules, of which the contract says what must come out. Every class of
    /// outcomes is aimed at in turn.
    pub fn planned() -> Generator {
        let aims = Aim::all().into_iter();
        Generator {
            name: "planned",
            strategies: aims
                .map(|aim| {
                    scenarios(aim)
                        .prop_map(|scenario| Trial::of_scenario(&scenario))
                        .boxed()
                })
                .collect(),
        }
    }

    /// Pictures through tile filters, and BMP through recipes with blocks of them. The
    /// model says what must come out.
    pub fn pictures() -> Generator {
        Generator {
            name: "pictures",
            strategies: vec![filters::pictures(), filters::recipes()],
        }
    }

    /// Modules with random bodies, on which engines must agree.
    pub fn random() -> Generator {
        Generator {
            name: "random",
            strategies: vec![random_body::trials().boxed()],
        }
    }

    /// Modules with bodies as long and as deep as LIM-1 allows, on which engines must agree
    /// unless one has a limit of its own.
    pub fn large() -> Generator {
        Generator {
            name: "large",
            strategies: vec![large_body::trials().boxed()],
        }
    }

    /// Real modules under random inputs, on which engines must agree.
    ///
    /// # Errors
    ///
    /// Where the modules cannot be read.
    pub fn real(directory: &Path) -> Result<Generator> {
        let modules = RealModule::all(directory)?;
        ensure!(
            !modules.is_empty(),
            "there is no module with cases under `{}`",
            directory.display()
        );
        Ok(Generator {
            name: "real",
            strategies: modules.iter().map(RealModule::trials).collect(),
        })
    }

    /// The generator with this name, one of [`Generator::NAMES`]; `modules` is where real
    /// ones are.
    ///
    /// # Errors
    ///
    /// Where there is none, or real modules cannot be read.
    pub fn named(name: &str, modules: &Path) -> Result<Generator> {
        match name {
            "planned" => Ok(Generator::planned()),
            "pictures" => Ok(Generator::pictures()),
            "random" => Ok(Generator::random()),
            "large" => Ok(Generator::large()),
            "real" => Generator::real(modules),
            _ => bail!("there is no generator `{name}`"),
        }
    }

    /// The trial with this seed and number.
    ///
    /// # Panics
    ///
    /// Where a strategy gives up, which none does that filters nothing.
    pub fn trial(&self, seed: u64, number: u64) -> Trial {
        let (_, tree) = self.tree(seed, number);
        tree.current()
    }

    fn tree(&self, seed: u64, number: u64) -> (TestRunner, Box<dyn ValueTree<Value = Trial>>) {
        let config = Config {
            failure_persistence: None,
            max_shrink_iters: 4_000,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(config, rng(seed, number));
        let strategy = &self.strategies[number as usize % self.strategies.len()];
        let tree = strategy.new_tree(&mut runner);
        (runner, tree.expect("no strategy filters"))
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// How often each class of outcomes came up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Trials.
    pub trials: u64,
    /// The outcomes of first requests, by class.
    pub classes: BTreeMap<String, u64>,
    /// Successes that show something which is not their class.
    pub features: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Adds what another counted.
    pub fn add(&mut self, other: Tally) {
        self.trials += other.trials;
        for (class, count) in other.classes {
            *self.classes.entry(class).or_default() += count;
        }
        for (feature, count) in other.features {
            *self.features.entry(feature).or_default() += count;
        }
    }

    /// Counts the answers to one trial: those of the prediction or, without one, of the
    /// first subject.
    fn count(&mut self, task: &Task, answers: &[Answers]) {
        self.trials += 1;
        let outcome = answers.first().and_then(|answer| answer.outcomes.first());
        let Some(outcome) = outcome else {
            return;
        };
        *self.classes.entry(class(outcome)).or_default() += 1;
        let Some(content_type) = outcome.content_type() else {
            return;
        };
        let features = [
            ("with a content type", !content_type.is_empty()),
            ("of unchecked text", task.options.utf8 == Utf8::Unchecked),
            ("of several stages", task.stages.len() > 1),
        ];
        for (feature, _) in features.into_iter().filter(|(_, shows)| *shows) {
            *self.features.entry(feature).or_default() += 1;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} trials", self.trials)?;
        for (class, count) in &self.classes {
            writeln!(f, "  {count:>7}  {class}")?;
        }
        for (feature, count) in &self.features {
            writeln!(f, "  {count:>7}  success {feature}")?;
        }
        Ok(())
    }
}

/// A trial on which subjects differ. One of plans is as small as proptest could make it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The generator's name.
    pub generator: &'static str,
    /// The seed.
    pub seed: u64,
    /// The number of the trial.
    pub number: u64,
    /// The trial.
    pub trial: Trial,
    /// What was answered.
    pub answers: Vec<Answers>,
    /// Whether the difference came again when the trial was run again.
    pub repeats: bool,
}

/// Runs the trials `numbers` of a generator, and stops at the deadline or at the first
/// on which subjects differ.
pub fn run(
    generator: &Generator,
    arena: &mut Arena,
    seed: u64,
    numbers: impl IntoIterator<Item = u64>,
    deadline: Option<Instant>,
    tally: &mut Tally,
) -> Option<Box<Finding>> {
    for number in numbers {
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return None;
        }
        let finding = one(generator, arena, seed, number, tally);
        if finding.is_some() {
            return finding;
        }
    }
    None
}

/// A time limit that a healthy trial may run out of on a busy machine, and one that it does
/// not.
const HURRY: Duration = Duration::from_secs(1);
const LEISURE: Duration = Duration::from_secs(5);

/// How often a difference is looked for again.
const REPEATS: usize = 4;

/// Runs one trial, and shrinks it where subjects differ.
fn one(
    generator: &Generator,
    arena: &mut Arena,
    seed: u64,
    number: u64,
    tally: &mut Tally,
) -> Option<Box<Finding>> {
    let (mut runner, tree) = generator.tree(seed, number);
    let first = tree.current();
    let answers = arena.answers(&first);
    tally.count(&first.task, &answers);

    let wanted = Arena::disagreement(&answers)?;
    let found = |trial, answers, repeats| {
        Some(Box::new(Finding {
            generator: generator.name,
            seed,
            number,
            trial,
            answers,
            repeats,
        }))
    };
    if wanted.is_a_hang() {
        return found(first, answers, true);
    }
    let again = |arena: &mut Arena, trial: &Trial| {
        Arena::disagreement(&arena.answers(trial)).as_ref() == Some(&wanted)
    };
    // On a busy machine a healthy stage may run out of a short time limit, too: what
    // counts then is what comes again with more time.
    if first.task.time() < HURRY && !again(arena, &first.with_time(LEISURE)) {
        return None;
    }
    let times = (0..REPEATS).filter(|_| again(arena, &first)).count();
    if times == 0 {
        return found(first, answers, false);
    }
    let arena = RefCell::new(arena);
    let differs = |trial: Trial| {
        if again(&mut arena.borrow_mut(), &trial) {
            Err(TestCaseError::fail("subjects differ"))
        } else {
            Ok(())
        }
    };
    let trial = match runner.run_one(tree, differs) {
        Err(TestError::Fail(_, smallest)) => smallest,
        _ => first,
    };
    let answers = arena.into_inner().answers(&trial);
    found(trial, answers, true)
}

fn rng(seed: u64, number: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            generator,
            seed,
            number,
            trial,
            answers,
            repeats,
        } = self;
        writeln!(
            f,
            "{generator}, seed {seed}, trial {number}: subjects differ"
        )?;
        if !repeats {
            writeln!(f, "  once, and not again")?;
        }
        for line in told(answers) {
            writeln!(f, "  {line}")?;
        }
        for stage in &trial.task.stages {
            let wasm = stage.module.binary().unwrap_or_default();
            match wasmprinter::print_bytes(wasm) {
                Ok(text) => writeln!(f, "{text}")?,
                Err(_) => writeln!(f, "  bytes {wasm:x?}")?,
            }
            writeln!(f, "  uniforms {:?}", stage.uniforms)?;
        }
        for request in &trial.task.requests {
            match &request.input {
                RequestInput::Bytes(bytes) => write!(f, "  input {:x?}", bytes.to_vec())?,
                RequestInput::Image(image) => write!(f, "  {image} {:x?}", image.pixels)?,
            }
            writeln!(f, ", {:?}", request.content_type)?;
        }
        write!(f, "  {:?}\n  {:?}", trial.task.options, trial.task.limits)
    }
}
