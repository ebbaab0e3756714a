//! A case as a line of `cases.json`: what is asked, under the keys of the host protocol,
//! and what is expected.

use qip_cases::{Bytes, Case, Expected, ExpectedOutcome, Image, RequestInput};
use serde::Serialize;

use crate::base64::Base64;
use crate::wire::{LimitsOfCase, Options, Uniforms};

use super::files::Files;
use super::{ExportError, Kind};

/// The most bytes that stand in the line itself. More are a file.
const MAX_INLINE: u64 = 4096;

#[derive(Serialize)]
pub(super) struct CaseLine<'c> {
    id: &'c str,
    summary: &'c str,
    name: &'c str,
    level: &'static str,
    clauses: &'c [String],
    needs: Vec<&'static str>,
    stages: Vec<StageLine<'c>>,
    options: Options,
    limits: LimitsOfCase,
    requests: Vec<RequestLine<'c>>,
}

#[derive(Serialize)]
struct StageLine<'c> {
    module: String,
    #[serde(skip_serializing_if = "Uniforms::is_empty")]
    uniforms: Uniforms<'c>,
}

#[derive(Serialize)]
struct RequestLine<'c> {
    #[serde(flatten)]
    input: Input,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'c str>,
    expect: Vec<ExpectedLine<'c>>,
}

/// Bytes in the line, or the file that they are in, or a picture.
#[derive(Serialize)]
enum Input {
    #[serde(rename = "input")]
    Inline(Base64),
    #[serde(rename = "input_file")]
    File(String),
    #[serde(rename = "image")]
    Image(ImageLine),
}

/// A picture, with its pixels in the line or in a file.
#[derive(Serialize)]
struct ImageLine {
    width: u32,
    height: u32,
    #[serde(flatten)]
    rgba: Rgba,
}

#[derive(Serialize)]
enum Rgba {
    #[serde(rename = "rgba")]
    Inline(Base64),
    #[serde(rename = "rgba_file")]
    File(String),
}

#[derive(Serialize)]
enum Output {
    #[serde(rename = "bytes")]
    Inline(Base64),
    #[serde(rename = "bytes_file")]
    File(String),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ExpectedLine<'c> {
    Output {
        kind: &'static str,
        #[serde(flatten)]
        bytes: Output,
        #[serde(skip_serializing_if = "Option::is_none")]
        content_type: Option<&'c str>,
    },
    Scalar {
        value: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        content_type: Option<&'c str>,
    },
    Image {
        #[serde(flatten)]
        image: ImageLine,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_difference: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_pixels: Option<u64>,
    },
    Refused {
        code: &'static str,
        #[serde(flatten)]
        failure: Failure<'c>,
    },
    Trapped {
        kind: &'static str,
        #[serde(flatten)]
        failure: Failure<'c>,
    },
    Stopped {
        by: &'static str,
        #[serde(flatten)]
        failure: Failure<'c>,
    },
}

#[derive(Serialize)]
struct Failure<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module_text: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
}

impl<'c> CaseLine<'c> {
    /// Writes the files that the case needs.
    pub(super) fn new(case: &'c Case, files: &mut Files) -> Result<CaseLine<'c>, ExportError> {
        let task = &case.task;
        let stages = task.stages.iter().enumerate().map(|(index, stage)| {
            let binary = stage.module.binary();
            let binary = binary.map_err(|error| ExportError(Kind::Module(error.clone())))?;
            let name = module_name(case, index);
            Ok(StageLine {
                module: files.module(case.id.area(), &name, binary)?,
                uniforms: Uniforms(&stage.uniforms),
            })
        });
        let stages = stages.collect::<Result<_, ExportError>>()?;
        let requests = task.requests.iter().zip(&case.expectations).enumerate();
        let requests = requests.map(|(index, (request, expectation))| {
            let number = match task.requests.len() {
                1 => String::new(),
                _ => format!(".{}", index + 1),
            };
            let input = format!("{}{number}.input", case_name(case));
            let input = match &request.input {
                RequestInput::Bytes(bytes) => match inline_or_file(bytes, &input, case, files)? {
                    Ok(bytes) => Input::Inline(bytes),
                    Err(file) => Input::File(file),
                },
                RequestInput::Image(image) => Input::Image(picture(image, &input, case, files)?),
            };
            let output = format!("{}{number}.expected", case_name(case));
            let alternatives = expectation.alternatives().iter();
            let expect = alternatives.map(|one| expected(one, &output, case, files));
            Ok(RequestLine {
                input,
                content_type: request.content_type.as_deref(),
                expect: expect.collect::<Result<_, ExportError>>()?,
            })
        });
        Ok(CaseLine {
            id: case.id.as_str(),
            summary: &case.summary,
            name: &case.name,
            level: case.level.as_str(),
            clauses: &case.clauses,
            needs: case.needs.iter().map(|need| need.as_str()).collect(),
            stages,
            options: Options::new(&task.options),
            limits: LimitsOfCase::new(task),
            requests: requests.collect::<Result<_, ExportError>>()?,
        })
    }
}

fn expected<'c>(
    expected: &'c Expected,
    name: &str,
    case: &Case,
    files: &mut Files,
) -> Result<ExpectedLine<'c>, ExportError> {
    let content_type = expected.content_type.as_deref();
    let failure = || Failure {
        message: expected.message.as_deref(),
        module_text: expected.module_text.as_deref(),
        stage: expected.stage,
        offset: expected.offset,
    };
    Ok(match &expected.outcome {
        ExpectedOutcome::Output(kind, bytes) => ExpectedLine::Output {
            kind: kind.as_str(),
            bytes: match inline_or_file(bytes, name, case, files)? {
                Ok(bytes) => Output::Inline(bytes),
                Err(file) => Output::File(file),
            },
            content_type,
        },
        ExpectedOutcome::Scalar(value) => ExpectedLine::Scalar {
            value: *value,
            content_type,
        },
        ExpectedOutcome::Image(expected) => ExpectedLine::Image {
            image: picture(&expected.image, name, case, files)?,
            max_difference: (expected.max_difference > 0).then_some(expected.max_difference),
            max_pixels: expected.max_pixels,
        },
        ExpectedOutcome::Refused(code) => ExpectedLine::Refused {
            code: code.as_str(),
            failure: failure(),
        },
        ExpectedOutcome::Trapped(kind) => ExpectedLine::Trapped {
            kind: kind.as_str(),
            failure: failure(),
        },
        ExpectedOutcome::Stopped(exhausted) => ExpectedLine::Stopped {
            by: exhausted.as_str(),
            failure: failure(),
        },
    })
}

/// Short bytes, or the path of the file that holds them.
fn inline_or_file(
    bytes: &Bytes,
    name: &str,
    case: &Case,
    files: &mut Files,
) -> Result<Result<Base64, String>, ExportError> {
    if bytes.len() <= MAX_INLINE {
        return Ok(Ok(Base64(bytes.to_vec())));
    }
    files.data(case.id.area(), name, &bytes.to_vec()).map(Err)
}

/// A picture, with the path of the file that holds its pixels where they are many.
fn picture(
    image: &Image,
    name: &str,
    case: &Case,
    files: &mut Files,
) -> Result<ImageLine, ExportError> {
    let rgba = if image.pixels.len() as u64 <= MAX_INLINE {
        Rgba::Inline(Base64(image.pixels.clone()))
    } else {
        Rgba::File(files.data(case.id.area(), name, &image.pixels)?)
    };
    Ok(ImageLine {
        width: image.width,
        height: image.height,
        rgba,
    })
}

/// A module's own name, or that of the case that it stands in.
fn module_name(case: &Case, stage: usize) -> String {
    let stages = &case.task.stages;
    let name = stages[stage].module.name();
    match name.rsplit_once('.') {
        Some((stem, _)) => stem.to_owned(),
        None if stages.len() == 1 => case_name(case),
        None => format!("{}.stage-{}", case_name(case), stage + 1),
    }
}

fn case_name(case: &Case) -> String {
    format!("{}.{}", case.id.stem(), case.id.slug())
}
