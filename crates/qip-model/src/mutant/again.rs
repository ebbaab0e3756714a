//! Mistakes that take the oracle's answers to other tasks: what comes too late or too early, and
//! what one request leaves to the next.

use crate::oracle::binary::{self, Export};
use crate::oracle::exports::{INPUT_TYPE, OUTPUT_TYPE, is_tile_filter};
use crate::oracle::hooks::{Job, NoMistake};
use crate::oracle::media_type::normalized;
use crate::oracle::mutation::Mutation as M;
use crate::oracle::picture::check_size;
use crate::oracle::refusal::{at_stage, refused, stopped};
use crate::oracle::stage::{budget, compile};
use qip_cases::{Bytes, Outcome, OutputKind, RequestInput, Task};
use qip_contract::Code;
use qip_engine::{Engine, Instance, Stop};

use super::order::{is_answer, is_refused_early};

/// The mistakes that are made here.
pub(super) const ALL: &[M] = &[
    M::EmptyRecipeEchoes,
    M::EmptyPictureTaken,
    M::ContentIsNoFault,
    M::StageAfterStage,
    M::PictureBeforeModules,
    M::ShapesBeforeValues,
    M::InstantiatedEarly,
    M::PipesCheckedLate,
    M::OneStageOnly,
    M::StagesReversed,
    M::FirstKindKept,
    M::FailureIsSkipped,
    M::PreparedLate,
    M::FilterInputTypeRead,
    M::FilterOutputTypeRead,
    M::FailureSpoils,
    M::StopIsFinal,
    M::OneRequestOnly,
    M::TypeOutlivesRequest,
];

/// A task, and whom to ask about another.
pub(super) struct Again<'a> {
    pub(super) task: &'a Task,
    pub(super) run: &'a dyn Fn(&Task) -> Vec<Outcome>,
    pub(super) engine: &'a dyn Engine,
}

impl Again<'_> {
    /// What the mistake makes of the oracle's answers.
    pub(super) fn spoiled(&self, mut outcomes: Vec<Outcome>, mutation: M) -> Vec<Outcome> {
        let is_refused = outcomes.iter().any(is_refused_early);
        if !is_refused && self.ends(&mut outcomes, mutation) {
            return outcomes;
        }
        if mutation == M::TypeOutlivesRequest {
            return self.with_types_of_requests_before(outcomes);
        }
        let outcomes = outcomes.into_iter().enumerate();
        let wrong = outcomes.map(|(at, right)| self.one(at, &right, mutation).unwrap_or(right));
        wrong.collect()
    }

    /// After some answer there are no more.
    fn ends(&self, outcomes: &mut [Outcome], mutation: M) -> bool {
        let is_last: fn(&Outcome) -> bool = match mutation {
            M::OneRequestOnly => |_| true,
            M::FailureSpoils => |outcome| !is_answer(outcome),
            M::StopIsFinal => |outcome| matches!(outcome, Outcome::Stopped { .. }),
            _ => return false,
        };
        let last = outcomes.iter().position(is_last).unwrap_or(outcomes.len());
        for outcome in outcomes.iter_mut().skip(last + 1) {
            *outcome = refused(Code::Instantiate, "no further request");
        }
        true
    }

    fn with_types_of_requests_before(&self, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
        let mut task = self.task.clone();
        for at in 1..task.requests.len() {
            let before = outcomes[at - 1].content_type().map(str::to_owned);
            if task.requests[at].content_type.is_none()
                && before.as_ref().is_some_and(|it| !it.is_empty())
            {
                task.requests[at].content_type = before;
                outcomes = (self.run)(&task);
            }
        }
        outcomes
    }

    /// What comes in place of one answer, if anything else does.
    fn one(&self, at: usize, right: &Outcome, mutation: M) -> Option<Outcome> {
        let task = self.task;
        let request = &task.requests[at];
        let (stage, code) = match right {
            Outcome::Refused { stage, code, .. } => (stage.unwrap_or(0), Some(*code)),
            other => (other.stage().unwrap_or(0), None),
        };
        let is_early = is_refused_early(right);
        match mutation {
            M::EmptyRecipeEchoes => task.stages.is_empty().then(|| self.echo(at)),
            M::EmptyPictureTaken if code == Some(Code::ImageSize) => {
                let image = request.input.image()?;
                (image.width == 0 || image.height == 0).then(|| self.echo(at))
            }
            M::ContentIsNoFault if task.is_of_pictures() && code == Some(Code::MissingExport) => {
                let mut filters = task.clone();
                filters.stages.retain(|stage| {
                    let wasm = stage.module.binary().unwrap_or_default();
                    is_tile_filter(&binary::skim(wasm, self.job()))
                });
                match filters.stages.is_empty() {
                    true => Some(self.echo(at)),
                    false => Some((self.run)(&filters).swap_remove(at)),
                }
            }
            M::StageAfterStage if is_early && stage > 1 => self.failure_of_first(stage - 1, at),
            M::PictureBeforeModules if is_early => match &request.input {
                RequestInput::Image(it) => check_size(it.width, it.height, &task.limits).err(),
                RequestInput::Bytes(_) => None,
            },
            M::ShapesBeforeValues
                if matches!(code, Some(Code::UniformValue | Code::UnknownUniform)) =>
            {
                let mut without = task.clone();
                without.stages[stage - 1].uniforms.clear();
                let other = (self.run)(&without).swap_remove(at);
                let is_shape = matches!(
                    other,
                    Outcome::Refused {
                        code: Code::UniformShape,
                        ..
                    }
                );
                (is_shape && other.stage() == Some(stage)).then_some(other)
            }
            M::InstantiatedEarly if is_early && stage > 0 => {
                let mut stages = 0..stage;
                stages.find_map(|at| match self.instance(at, &[]) {
                    Some(Err(Stop::Trap(_))) => {
                        let fault = refused(Code::Instantiate, "a trap while instantiating");
                        Some(at_stage(fault, at))
                    }
                    _ => None,
                })
            }
            M::PipesCheckedLate if code == Some(Code::NotPipeable) => {
                self.failure_of_first(stage, at)
            }
            M::StagesReversed if !is_early && task.stages.len() > 1 => {
                let mut reversed = task.clone();
                reversed.stages.reverse();
                Some((self.run)(&reversed).swap_remove(at))
            }
            M::OneStageOnly if !is_early && task.stages.len() > 1 => Some(self.of_first(1, at)),
            M::FirstKindKept if task.stages.len() > 1 => match (right, self.of_first(1, at)) {
                (
                    Outcome::Output {
                        bytes,
                        content_type,
                        ..
                    },
                    Outcome::Output { kind, .. },
                ) => Some(Outcome::Output {
                    kind,
                    bytes: bytes.clone(),
                    content_type: content_type.clone(),
                }),
                _ => None,
            },
            M::FailureIsSkipped if stage > 0 && stage < task.stages.len() => match right {
                Outcome::Trapped { .. } if !self.is_filter(stage - 1) => {
                    let mut without = task.clone();
                    without.stages.remove(stage - 1);
                    Some((self.run)(&without).swap_remove(at))
                }
                _ => None,
            },
            M::PreparedLate if !is_early && stage > 1 => {
                let are_filters = [stage - 2, stage - 1].iter().all(|at| self.is_filter(*at));
                are_filters.then(|| self.failure_of_first(stage - 1, at))?
            }
            M::FilterInputTypeRead if !is_early => {
                let current = request.content_type.as_deref();
                let current = current.and_then(|text| normalized(text, self.job()))?;
                match self.declared(0, INPUT_TYPE)? {
                    Ok(Some(declared)) if declared != current => Some(at_stage(
                        refused(Code::ContentTypeMismatch, "a filter declares another type"),
                        0,
                    )),
                    Err(failure) => Some(failure),
                    _ => None,
                }
            }
            M::FilterOutputTypeRead => {
                let Outcome::Output { kind, bytes, .. } = right else {
                    return None;
                };
                let last = task.stages.len() - 1;
                match self.declared(last, OUTPUT_TYPE)? {
                    Ok(declared @ Some(_)) => Some(Outcome::Output {
                        kind: *kind,
                        bytes: bytes.clone(),
                        content_type: declared,
                    }),
                    Err(failure) => Some(failure),
                    Ok(None) => None,
                }
            }
            _ => None,
        }
    }

    fn job(&self) -> Job<'_> {
        Job {
            task: self.task,
            hooks: &NoMistake,
        }
    }

    /// The input as it is.
    fn echo(&self, at: usize) -> Outcome {
        let request = &self.task.requests[at];
        match &request.input {
            RequestInput::Image(image) => Outcome::Image((**image).clone()),
            RequestInput::Bytes(bytes) => Outcome::Output {
                kind: OutputKind::Bytes,
                bytes: Bytes::to_vec(bytes),
                content_type: request.content_type.clone(),
            },
        }
    }

    /// The answer of the first stages alone.
    fn of_first(&self, stages: usize, at: usize) -> Outcome {
        let mut task = self.task.clone();
        task.stages.truncate(stages);
        (self.run)(&task).swap_remove(at)
    }

    fn failure_of_first(&self, stages: usize, at: usize) -> Option<Outcome> {
        Some(self.of_first(stages, at)).filter(|outcome| !is_answer(outcome))
    }

    fn is_filter(&self, at: usize) -> bool {
        let wasm = self.task.stages[at].module.binary().unwrap_or_default();
        is_tile_filter(&binary::skim(wasm, self.job()))
    }

    /// An instance of a stage that nobody else has, if there can be one.
    fn instance(&self, at: usize, exports: &[String]) -> Option<Result<Box<dyn Instance>, Stop>> {
        let wasm = self.task.stages[at].module.binary().ok()?;
        let code = compile(wasm, exports, self.engine, self.task).ok()?;
        Some(code.instantiate(&self.task.limits, &budget(self.task)))
    }

    /// The content type that a filter declares, or how its getters fail.
    fn declared(&self, at: usize, pair: [&str; 2]) -> Option<Result<Option<String>, Outcome>> {
        use qip_engine::ExportId;

        let wasm = self.task.stages.get(at)?.module.binary().ok()?;
        let binary = binary::skim(wasm, self.job());
        if !is_tile_filter(&binary) {
            return None;
        }
        let names = pair.map(str::to_owned);
        let mut instance = self.instance(at, &names)?.ok()?;
        let mut place = [0; 2];
        for (index, name) in names.iter().enumerate() {
            let value = match binary.exports.get(name)? {
                Export::Global(_) => instance.global(ExportId(index)).map(Some),
                _ => instance.call(ExportId(index), &[]),
            };
            let fails = |stop| at_stage(stopped(stop, name, self.job()), at);
            match value.map_err(fails) {
                Ok(value) => place[index] = crate::oracle::number::unsigned(value?)? as usize,
                Err(failure) => return Some(Err(failure)),
            }
        }
        let [start, length] = place;
        let text = instance.memory().get(start..start + length)?;
        Some(Ok(normalized(&String::from_utf8_lossy(text), self.job())))
    }
}
