//! A task: its modules are looked at, then its requests are answered, stage by stage (REC).

use qip_cases::{Bytes, Outcome, OutputKind, Request, RequestInput};
use qip_contract::Code;
use qip_engine::{Budget, Engine, Instance};

use super::content::{self, Passed, Position};
use super::exports::{self, Content, Plan, Work};
use super::hooks::Job;
use super::mutation::Mutation;
use super::refusal::{at_stage, check_limit, refused};
use super::stage::{Loaded, budget, check_time, spend};
use super::{block, media_type};

/// One outcome for each request. What is wrong with the modules is the outcome of each.
pub(crate) fn answer(job: Job<'_>, engine: &dyn Engine) -> Vec<Outcome> {
    let requests = &job.task.requests;
    let stages = match load(job, engine) {
        Ok(stages) => stages,
        Err(fault) => return vec![fault; requests.len()],
    };
    let mut recipe = Recipe {
        kept: stages.iter().map(|_| None).collect(),
        stages,
        job,
    };
    let answers = requests.iter().map(|request| recipe.answer(request));
    answers.collect()
}

/// Everything that comes before anything is instantiated (ORD-1).
fn load<'a>(job: Job<'a>, engine: &dyn Engine) -> Result<Vec<Loaded<'a>>, Outcome> {
    let stages = &job.task.stages;
    // REC-1.
    if stages.is_empty() {
        return Err(refused(Code::EmptyRecipe, "the recipe has no stage"));
    }
    let (found, allowed) = (stages.len() as u64, job.task.limits.stages);
    check_limit(Code::Limit, "stages", found, allowed)?;

    let mut order: Vec<usize> = (0..stages.len()).collect();
    if stages.len() > 1 && job.errs(Mutation::LastStageFirst) {
        order.reverse();
    }
    let mut plans = Vec::new();
    for index in order {
        let wasm = stages[index].module.binary();
        let plan = match wasm {
            Ok(wasm) => exports::plan(wasm, &stages[index].uniforms, job),
            Err(error) => Err(Outcome::broken(error.to_string())),
        };
        plans.push((index, plan.map_err(|fault| at_stage(fault, index))?));
        if index + 1 < stages.len() && job.errs(Mutation::PipesCheckedFirst) {
            check_pipes(&plans, stages.len(), job)?;
        }
    }
    plans.sort_by_key(|(index, _)| *index);
    check_pipes(&plans, stages.len(), job)?;
    let loaded = stages.iter().zip(plans).map(|(stage, (index, plan))| {
        let loaded = Loaded::new(&stage.module, plan, engine, job.task);
        loaded.map_err(|fault| at_stage(fault, index))
    });
    loaded.collect()
}

/// REC-2, REC-6: what every stage but the last gives can be piped to another stage, or into a
/// block of tile filters. It is the stage before that is refused.
fn check_pipes(plans: &[(usize, Plan)], count: usize, job: Job<'_>) -> Result<(), Outcome> {
    for (at, (index, plan)) in plans.iter().enumerate() {
        let next = plans.get(at + 1);
        let into_block = next.is_some_and(|(_, next)| next.is_filter());
        let (is_piped, message) = match plan.output_kind() {
            Some(OutputKind::Utf8) if into_block => (
                job.errs(Mutation::Utf8PipedToBlock),
                "only bytes can be piped to a tile filter",
            ),
            Some(OutputKind::Utf8 | OutputKind::Bytes) => (true, ""),
            kind if *index + 1 < count => (
                match kind {
                    Some(_) => job.errs(Mutation::I32Piped),
                    None => job.errs(Mutation::ScalarPiped),
                },
                "only utf8/bytes can be piped to another stage",
            ),
            _ => (true, ""),
        };
        if !is_piped {
            return Err(at_stage(refused(Code::NotPipeable, message), *index));
        }
    }
    Ok(())
}

/// Stages in their order.
struct Recipe<'a> {
    stages: Vec<Loaded<'a>>,
    /// For each stage, the instance that requests share (RUN-4).
    kept: Vec<Option<Box<dyn Instance>>>,
    job: Job<'a>,
}

impl Recipe<'_> {
    fn answer(&mut self, request: &Request) -> Outcome {
        let answer = match &request.input {
            RequestInput::Image(image) => block::filter_image(&self.stages, image, self.job),
            RequestInput::Bytes(bytes) => self.run(bytes, request.content_type.as_deref()),
        };
        answer.unwrap_or_else(|failure| failure)
    }

    /// REC-4: nothing passes from stage to stage but bytes and a content type; REC-5: what
    /// fails ends the recipe.
    fn run(&mut self, input: &Bytes, content_type: Option<&str>) -> Result<Outcome, Outcome> {
        let job = self.job;
        let mut budget = budget(job.task);
        let mut passed = Passed {
            kind: OutputKind::Bytes,
            bytes: input.to_vec(),
            content_type: content_type.and_then(|text| callers_type(text, job)),
        };
        if self.stages.len() > 1 && job.errs(Mutation::LaterStageEarly) {
            for (index, stage) in self.stages.iter().enumerate() {
                let made = stage.instantiate(&budget, job);
                made.map_err(|fault| at_stage(fault, index))?;
            }
        }
        let mut next = 0;
        loop {
            let first = next;
            if first > 0 && budget.fuel.is_some() && job.errs(Mutation::FuelPerStage) {
                budget.fuel = job.task.request_limits.fuel;
            }
            if first > 0 && job.errs(Mutation::InputToAll) {
                passed.bytes = input.to_vec();
            }
            next = self.end_of_block(first).max(first + 1);
            let stages = &self.stages[first..next];
            let outcome = match &stages[0].plan.work {
                Work::Filter(_) => block::filter_bmp(stages, first, passed, &mut budget, job)?,
                Work::Content(_) => {
                    let outcome = self.run_content(first, passed, &mut budget);
                    outcome.map_err(|failure| at_stage(failure, first))?
                }
            };
            let is_last = next == self.stages.len();
            let ends = |bytes: &[u8]| bytes.is_empty() && job.errs(Mutation::EmptyOutputEndsRecipe);
            passed = match outcome {
                Outcome::Output {
                    kind,
                    bytes,
                    content_type,
                } if !is_last && !ends(&bytes) => Passed {
                    kind,
                    bytes,
                    content_type,
                },
                // REC-2: only a mutant pipes it.
                Outcome::Scalar { content_type, .. } if !is_last => Passed {
                    kind: OutputKind::Bytes,
                    bytes: Vec::new(),
                    content_type,
                },
                outcome => return Ok(outcome),
            };
        }
    }

    /// REC-6: a block is a maximal run of tile filters.
    fn end_of_block(&self, first: usize) -> usize {
        let filters = self.stages[first..].iter();
        let length = filters.take_while(|stage| stage.plan.is_filter()).count();
        if length > 1 && self.job.errs(Mutation::FiltersApart) {
            return first + 1;
        }
        first + length
    }

    fn run_content(
        &mut self,
        index: usize,
        passed: Passed,
        budget: &mut Budget,
    ) -> Result<Outcome, Outcome> {
        let job = self.job;
        let stage = &self.stages[index];
        let Work::Content(content) = &stage.plan.work else {
            return Err(Outcome::broken("the model runs what is no content module"));
        };
        let position = Position {
            is_first: index == 0,
            is_last: index + 1 == self.stages.len(),
        };
        check_kind(content, &passed, position, job)?;
        let mut instance = match self.kept[index].take() {
            Some(mut instance) => {
                instance.begin(budget);
                instance
            }
            None => stage.instantiate(budget, job)?,
        };
        let given = content::run(&mut *instance, &stage.plan, content, passed, position, job);
        // RUN-4: after a trap or a stop, an instance is never used again.
        let is_over = match &given {
            Ok(_) => false,
            Err(Outcome::Refused { .. }) => job.errs(Mutation::DroppedAfterRefusal),
            Err(_) => !job.errs(Mutation::ReusedAfterTrap),
        };
        if is_over {
            return given;
        }
        let spent = spend(&mut *instance, budget, job);
        if given.is_ok() {
            spent.and_then(|()| check_time(budget, job))?;
        }
        // RUN-4: nothing is kept that the caller does not ask for.
        self.kept[index] = Some(instance).filter(|_| job.task.options.reuse);
        given
    }
}

/// REC-3: bytes may be text.
fn check_kind(
    content: &Content,
    passed: &Passed,
    position: Position,
    job: Job<'_>,
) -> Result<(), Outcome> {
    let is_bytes = passed.kind == OutputKind::Bytes && !position.is_first;
    if is_bytes && content.input_is_utf8 && job.errs(Mutation::BytesNeverText) {
        return Err(refused(Code::NotPipeable, "bytes are no text"));
    }
    Ok(())
}

/// MIME-2, MIME-4: the current type starts as what the caller says, normalised.
fn callers_type(text: &str, job: Job<'_>) -> Option<String> {
    if job.errs(Mutation::CallerTypeVerbatim) {
        return Some(text.to_owned());
    }
    media_type::normalized(text, job)
}
