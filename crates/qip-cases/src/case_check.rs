//! Checking one case file: from what it says to the cases that it means.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use qip_contract::{CLAUSES, Clause, Code, Floats, Limits, Numeric, RequestLimits, Utf8};
use toml::Spanned;

use crate::allowance;
use crate::bytes::Bytes;
use crate::capability::{Capabilities, Capability};
use crate::case::{Case, CaseId, Level};
use crate::case_file::{
    RawCase, RawExpect, RawFile, RawLimits, RawModule, RawOptions, RawStage, RawTime, RawUniforms,
};
use crate::expectation::{Expectation, ExpectedOutcome};
use crate::file_check::FileCheck;
use crate::input_check::RawInput;
use crate::load_error::{LoadErrorKind, Place};
use crate::suggest::no_such;
use crate::task::{DEFAULT_TIME, Request, RequestInput, Stage, Task, TaskOptions};

/// What a case file holds.
#[derive(Default)]
pub(crate) struct CheckedFile {
    /// Its cases, where nothing is wrong with them.
    pub(crate) cases: Vec<Case>,
    /// All its IDs, also those of cases that are wrong.
    pub(crate) ids: Vec<(CaseId, Place)>,
}

/// The area and the stem that make the IDs of a file's cases.
#[derive(Clone, Copy)]
pub(crate) struct FileName<'a> {
    pub(crate) area: &'a str,
    pub(crate) stem: &'a str,
}

/// Checks a case file.
pub(crate) fn check(file: &mut FileCheck<'_>, name: FileName<'_>) -> CheckedFile {
    let mut checked = CheckedFile::default();
    let Some(raw) = file.parse::<RawFile>() else {
        return checked;
    };
    let summary = raw.summary.get_ref();
    if summary.trim().is_empty() || summary.contains('\n') {
        file.refuse::<()>(
            LoadErrorKind::Value,
            &raw.summary.span(),
            "the summary is one line of text",
        );
    }
    if raw.case.is_empty() {
        file.refuse::<()>(
            LoadErrorKind::NoCase,
            &raw.summary.span(),
            "the file has no case",
        );
    }
    if let Some(check) = &raw.check {
        // What is allowed is for the checker; here it only has to be well-formed.
        allowance::of(file, check);
    }
    let defaults = raw.defaults.unwrap_or_default();
    check_defaults(file, &defaults);
    let mut seen: BTreeMap<CaseId, Place> = BTreeMap::new();
    for case in &raw.case {
        let Some((id, place)) = case_id(file, name, case) else {
            continue;
        };
        if let Some(first) = seen.get(&id) {
            let message = format!(
                "the name makes `{id}`, as the one in line {} does",
                first.line()
            );
            file.refuse::<()>(LoadErrorKind::Name, &name_span(case), message);
            continue;
        }
        seen.insert(id.clone(), place.clone());
        checked.ids.push((id.clone(), place.clone()));
        let mut check = CaseCheck {
            file,
            raw: case.get_ref(),
            span: name_span(case),
            defaults: &defaults,
            file_module: raw.module.as_ref(),
            stem: name.stem,
        };
        checked.cases.extend(check.case(id, place, summary));
    }
    checked
}

fn check_defaults(file: &mut FileCheck<'_>, defaults: &RawCase) {
    let misplaced = [
        ("name", defaults.name.as_ref().map(Spanned::span)),
        ("expect", defaults.expect.as_ref().map(Spanned::span)),
        ("requests", defaults.requests.as_ref().map(Spanned::span)),
    ];
    for (key, span) in misplaced {
        if let Some(span) = span {
            let message = format!("`{key}` is a case's own and has no default");
            file.refuse::<()>(LoadErrorKind::Conflict, &span, message);
        }
    }
    check_conflicts(file, defaults);
}

/// Keys that one table cannot have together.
fn check_conflicts(file: &mut FileCheck<'_>, raw: &RawCase) {
    if let Some(stages) = &raw.stages {
        let others = [
            ("module", raw.module.is_some()),
            ("uniforms", raw.uniforms.is_some()),
        ];
        for (key, given) in others {
            if given {
                let message = format!("`stages` with `{key}`: each stage carries its own");
                file.refuse::<()>(LoadErrorKind::Conflict, &stages.span(), message);
            }
        }
    }
    RawInput::of_case(raw).check(file);
    if let Some(requests) = &raw.requests {
        let others = [
            ("input", raw.input.is_some()),
            ("image", raw.image.is_some()),
            ("content_type", raw.content_type.is_some()),
            ("expect", raw.expect.is_some()),
        ];
        for (key, given) in others {
            if given {
                let message = format!("`requests` with `{key}`: each request carries its own");
                file.refuse::<()>(LoadErrorKind::Conflict, &requests.span(), message);
            }
        }
    }
}

/// What an error about the whole case points to.
fn name_span(case: &Spanned<RawCase>) -> Range<usize> {
    case.get_ref()
        .name
        .as_ref()
        .map_or(case.span(), Spanned::span)
}

fn case_id(
    file: &mut FileCheck<'_>,
    name: FileName<'_>,
    case: &Spanned<RawCase>,
) -> Option<(CaseId, Place)> {
    let span = name_span(case);
    let Some(given) = &case.get_ref().name else {
        return file.refuse(LoadErrorKind::Name, &span, "the case has no `name`");
    };
    match CaseId::new(name.area, name.stem, given.get_ref()) {
        Some(id) => Some((id, file.place(&span))),
        None => file.refuse(
            LoadErrorKind::Name,
            &span,
            "the name has no ASCII letter and no digit to make an ID of",
        ),
    }
}

/// One case while it is checked.
struct CaseCheck<'c, 'a> {
    file: &'c mut FileCheck<'a>,
    raw: &'c RawCase,
    span: Range<usize>,
    defaults: &'c RawCase,
    file_module: Option<&'c Spanned<RawModule>>,
    stem: &'c str,
}

impl CaseCheck<'_, '_> {
    /// The case, or `None` where something is wrong with it. Every part is looked
    /// at before that is decided, so that all errors are found.
    fn case(&mut self, id: CaseId, place: Place, summary: &str) -> Option<Case> {
        check_conflicts(self.file, self.raw);
        let clauses = self.clauses();
        let stages = self.stages();
        let requests = self.requests();
        let options = self.options();
        let level = self.level();
        let kills_none = self.kills_none();
        let needs = self.needs();
        let limits = self.raw.limits.as_ref().or(self.defaults.limits.as_ref());
        let (requests, expectations): (Vec<_>, Vec<_>) = requests?.into_iter().unzip();
        let task = Task {
            stages: stages?,
            options: options?,
            limits: limits.map_or_else(Limits::standard, sizes),
            request_limits: limits.map_or(DEFAULT_REQUEST_LIMITS, request_limits),
            requests,
        };
        self.check_reuse(&task)?;
        self.check_stages(&task, &expectations)?;
        let mut needs = needs?;
        needs.extend(derived_needs(&task, &expectations, limits));
        Some(Case {
            id,
            name: self.raw.name.as_ref()?.get_ref().clone(),
            summary: summary.to_owned(),
            clauses: clauses?,
            level: level?,
            kills_none: kills_none?,
            task: Arc::new(task),
            needs,
            expectations,
            place,
        })
    }

    /// The outer `None` is an error, the inner one a case that kills a mutant.
    fn kills_none(&mut self) -> Option<Option<String>> {
        let own = self.raw.kills_none.as_ref();
        let Some(reason) = own.or(self.defaults.kills_none.as_ref()) else {
            return Some(None);
        };
        if reason.get_ref().trim().is_empty() {
            return self.file.refuse(
                LoadErrorKind::Value,
                &reason.span(),
                "`kills_none` says why no mutant can fail the case",
            );
        }
        Some(Some(reason.get_ref().clone()))
    }

    fn clauses(&mut self) -> Option<Vec<String>> {
        let given = self.raw.clauses.as_ref().or(self.defaults.clauses.as_ref());
        let Some(given) = given.filter(|given| !given.get_ref().is_empty()) else {
            return self.file.refuse(
                LoadErrorKind::Clause,
                &self.span,
                "the case names no clause",
            );
        };
        let mut ids: Vec<String> = Vec::new();
        let mut all_known = true;
        for clause in given.get_ref() {
            let id = clause.get_ref();
            let problem = if Clause::find(id).is_none() {
                no_such("clause", id, CLAUSES.iter().map(|clause| clause.id))
            } else if ids.contains(id) {
                format!("the clause `{id}` is named twice")
            } else {
                ids.push(id.clone());
                continue;
            };
            self.file
                .refuse::<()>(LoadErrorKind::Clause, &clause.span(), problem);
            all_known = false;
        }
        all_known.then_some(ids)
    }

    /// The stages: the case's own, else its own module, else the defaults'.
    fn stages(&mut self) -> Option<Vec<Stage>> {
        let stages = match (&self.raw.stages, &self.raw.module) {
            (Some(stages), _) => Some(stages),
            (None, Some(_)) => None,
            (None, None) => self.defaults.stages.as_ref(),
        };
        if let Some(stages) = stages {
            let stages = stages.get_ref().iter();
            let stages: Vec<Option<Stage>> = stages.map(|stage| self.stage(stage)).collect();
            return stages.into_iter().collect();
        }
        let module = self.raw.module.as_ref();
        let uniforms = self
            .raw
            .uniforms
            .as_ref()
            .or(self.defaults.uniforms.as_ref());
        Some(vec![Stage {
            module: self.module(module)?,
            uniforms: self.uniforms(uniforms)?,
        }])
    }

    fn stage(&mut self, raw: &RawStage) -> Option<Stage> {
        Some(Stage {
            module: self.module(raw.module.as_ref())?,
            uniforms: self.uniforms(raw.uniforms.as_ref())?,
        })
    }

    fn uniforms(&mut self, raw: Option<&Spanned<RawUniforms>>) -> Option<Vec<(String, String)>> {
        let given = raw.into_iter().flat_map(|raw| &raw.get_ref().0);
        let checked = given.map(|(key, value)| Some((key.clone(), self.file.text(value)?)));
        let checked: Vec<Option<(String, String)>> = checked.collect();
        checked.into_iter().collect()
    }

    /// The module given, else that of the defaults, else that of the file, else the
    /// one with the file's stem.
    fn module(&mut self, own: Option<&Spanned<RawModule>>) -> Option<Arc<crate::Module>> {
        let given = own.or(self.defaults.module.as_ref()).or(self.file_module);
        match given {
            Some(module) => self.file.module(module),
            None => self.file.module_of_stem(self.stem, &self.span),
        }
    }

    fn requests(&mut self) -> Option<Vec<(Request, Expectation)>> {
        let raw = self.raw;
        let Some(requests) = &raw.requests else {
            let span = self.span.clone();
            let alone = self.request(RawInput::of_case(raw), raw.expect.as_ref(), &span)?;
            return Some(vec![alone]);
        };
        if requests.get_ref().is_empty() {
            return self.file.refuse(
                LoadErrorKind::Expectation,
                &requests.span(),
                "`requests` without a request",
            );
        }
        let checked = requests.get_ref().iter().map(|request| {
            let (raw, span) = (request.get_ref(), request.span());
            RawInput::of_request(raw).check(self.file);
            self.request(RawInput::of_request(raw), raw.expect.as_ref(), &span)
        });
        let checked: Vec<Option<(Request, Expectation)>> = checked.collect();
        let checked = checked.into_iter().collect::<Option<Vec<_>>>()?;
        let mut inputs = checked.iter().map(|(request, _)| &request.input);
        let is_picture = |input: &RequestInput| input.image().is_some();
        if inputs.clone().any(is_picture) && !inputs.all(is_picture) {
            return self.file.refuse(
                LoadErrorKind::Conflict,
                &requests.span(),
                "pictures and bytes among `requests`: all of them are pictures, or none",
            );
        }
        Some(checked)
    }

    fn request(
        &mut self,
        own: RawInput<'_>,
        expect: Option<&Spanned<RawExpect>>,
        span: &Range<usize>,
    ) -> Option<(Request, Expectation)> {
        let given = own.or(RawInput::of_case(self.defaults));
        let input = match (given.image, given.input) {
            (Some(image), _) => self.file.image(image).map(RequestInput::Image),
            (None, Some(input)) => self.file.bytes(input).map(RequestInput::Bytes),
            (None, None) => Some(Bytes::literal([]).into()),
        };
        let expect = match expect {
            Some(expect) => self.file.expectation(expect),
            None => self
                .file
                .refuse(LoadErrorKind::Expectation, span, "no `expect`"),
        };
        given.check_type_of(own, self.file)?;
        let (input, expect) = (input?, expect?);
        self.file.check_comes_out(&input, &expect, span)?;
        let request = Request {
            input,
            content_type: given.content_type.map(|text| text.get_ref().clone()),
        };
        Some((request, expect))
    }

    fn options(&mut self) -> Option<TaskOptions> {
        let given = self.raw.options.as_ref().or(self.defaults.options.as_ref());
        let Some(RawOptions {
            utf8,
            numeric,
            floats,
            reuse,
            fixed_memory,
        }) = given
        else {
            return Some(TaskOptions::default());
        };
        let utf8 = self.option(
            "`utf8`",
            utf8.as_ref(),
            |utf8| match utf8 {
                Utf8::Checked => "checked",
                Utf8::Unchecked => "unchecked",
            },
            &[Utf8::Checked, Utf8::Unchecked],
        );
        let numeric = self.option(
            "`numeric`",
            numeric.as_ref(),
            |numeric| match numeric {
                Numeric::Strict => "strict",
                Numeric::Lenient => "lenient",
            },
            &[Numeric::Strict, Numeric::Lenient],
        );
        let floats = self.option(
            "`floats`",
            floats.as_ref(),
            |floats| match floats {
                Floats::Any => "any",
                Floats::Deterministic => "deterministic",
            },
            &[Floats::Any, Floats::Deterministic],
        );
        Some(TaskOptions {
            utf8: utf8?,
            numeric: numeric?,
            floats: floats?,
            reuse: reuse.as_ref().is_some_and(|reuse| *reuse.get_ref()),
            fixed_memory: fixed_memory.unwrap_or_default(),
        })
    }

    fn option<T: Copy + Default>(
        &mut self,
        key: &str,
        given: Option<&Spanned<String>>,
        text_of: fn(T) -> &'static str,
        all: &[T],
    ) -> Option<T> {
        match given {
            None => Some(T::default()),
            Some(given) => self
                .file
                .look_up(&format!("choice of {key}"), given, all, text_of),
        }
    }

    fn level(&mut self) -> Option<Level> {
        match self.raw.level.as_ref().or(self.defaults.level.as_ref()) {
            None => Some(Level::default()),
            Some(given) => {
                self.file
                    .look_up("level", given, &[Level::Must, Level::Should], Level::as_str)
            }
        }
    }

    fn needs(&mut self) -> Option<Capabilities> {
        let all: Vec<Capability> = Capability::ALL
            .iter()
            .copied()
            .filter(|one| one.is_of_module())
            .collect();
        let given = self.raw.needs.as_ref().or(self.defaults.needs.as_ref());
        let needs: Vec<Option<Capability>> = given
            .into_iter()
            .flatten()
            .map(|need| {
                self.file
                    .look_up("capability of a module", need, &all, Capability::as_str)
            })
            .collect();
        needs.into_iter().collect()
    }

    fn check_reuse(&mut self, task: &Task) -> Option<()> {
        let problem = if !task.options.reuse {
            return Some(());
        } else if task.is_of_pictures() {
            "`reuse` with pictures: each is filtered by instances of its own"
        } else if task.requests.len() == 1 {
            "`reuse` with a single request: nothing is used again"
        } else {
            return Some(());
        };
        self.file
            .refuse(LoadErrorKind::Conflict, &self.span, problem)
    }

    /// A stage that is not there cannot fail.
    fn check_stages(&mut self, task: &Task, expectations: &[Expectation]) -> Option<()> {
        let expected = expectations.iter().flat_map(Expectation::alternatives);
        let beyond = expected
            .filter_map(|expected| expected.stage)
            .find(|stage| *stage > task.stages.len());
        match beyond {
            None => Some(()),
            Some(stage) => self.file.refuse(
                LoadErrorKind::Value,
                &self.span,
                format!(
                    "stage {stage} is expected to fail, but there are {}",
                    task.stages.len()
                ),
            ),
        }
    }
}

const DEFAULT_REQUEST_LIMITS: RequestLimits = RequestLimits {
    time: Some(DEFAULT_TIME),
    fuel: None,
};

fn request_limits(raw: &RawLimits) -> RequestLimits {
    RequestLimits {
        time: match raw.time_ms {
            None => DEFAULT_REQUEST_LIMITS.time,
            Some(RawTime::Milliseconds(time)) => Some(Duration::from_millis(time)),
            Some(RawTime::None) => None,
        },
        fuel: raw.fuel,
    }
}

fn sizes(raw: &RawLimits) -> Limits {
    let mut limits = Limits::standard();
    for (size, limit) in &raw.sizes {
        *limits.size_mut(*size) = *limit;
    }
    limits
}

/// What follows from the other keys of a case.
fn derived_needs(
    task: &Task,
    expectations: &[Expectation],
    limits: Option<&RawLimits>,
) -> Capabilities {
    let expected = || expectations.iter().flat_map(Expectation::alternatives);
    let refuses = |codes: &[Code]| {
        expected().any(|expected| match &expected.outcome {
            ExpectedOutcome::Refused(code) => codes.contains(code),
            _ => false,
        })
    };
    let uniforms = task.stages.iter().any(|stage| !stage.uniforms.is_empty())
        || refuses(&[Code::UnknownUniform, Code::UniformShape, Code::UniformValue]);
    let content_types = task
        .requests
        .iter()
        .any(|request| request.content_type.is_some())
        || expected().any(|expected| expected.content_type.is_some())
        || refuses(&[Code::ContentType, Code::ContentTypeMismatch]);
    let image = task.is_of_pictures()
        || limits.is_some_and(|limits| limits.sizes.iter().any(|(size, _)| size.is_of_picture()))
        || refuses(&[
            Code::TileTooLarge,
            Code::TileOutOfBounds,
            Code::ImageSize,
            Code::NotBmp,
        ]);
    let needs = [
        (Capability::Content, !task.is_of_pictures()),
        (Capability::Image, image),
        (Capability::Recipes, task.stages.len() != 1),
        (Capability::Uniforms, uniforms),
        (Capability::ContentTypes, content_types),
        (Capability::Requests, task.requests.len() > 1),
        (Capability::Reuse, task.options.reuse),
        (
            Capability::TimeLimit,
            limits.is_some_and(|limits| matches!(limits.time_ms, Some(RawTime::Milliseconds(_)))),
        ),
        (Capability::Fuel, task.request_limits.fuel.is_some()),
        (Capability::Limits, task.limits.departing().next().is_some()),
        (Capability::FixedMemory, task.options.fixed_memory),
        (
            Capability::LenientNumbers,
            task.options.numeric == Numeric::Lenient,
        ),
        (
            Capability::UncheckedUtf8,
            task.options.utf8 == Utf8::Unchecked,
        ),
        (
            Capability::DeterministicFloats,
            task.options.floats == Floats::Deterministic,
        ),
    ];
    let needs = needs.into_iter();
    needs
        .filter_map(|(capability, needed)| needed.then_some(capability))
        .collect()
}
