//! A report as JSON lines: what every other form of it is made from.

use std::collections::BTreeMap;
use std::io::{self, Write};

use qip_cases::Outcome;
use qip_cases::bytes::to_hex;
use qip_contract::CONTRACT_EDITION;
use serde::Serialize;

use crate::base64::Base64;
use crate::report::{Report, SubjectReport};
use crate::verdict::{CaseResult, JudgedRequest, Verdict};

/// The version of the lines below. Whatever takes something away raises it.
const SCHEMA: u32 = 2;

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'r> {
    Header(Header<'r>),
    Verdict(VerdictLine<'r>),
    Footer(Footer<'r>),
}

#[derive(Serialize)]
struct Header<'r> {
    schema: u32,
    contract_edition: u32,
    corpus: CorpusLine<'r>,
    tool: Tool,
    platform: String,
    subjects: Vec<SubjectLine<'r>>,
    /// How a thorough run was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    thorough: Option<Thorough>,
}

#[derive(Serialize)]
struct Thorough {
    /// What the orders were made of.
    seed: u64,
}

#[derive(Serialize)]
struct CorpusLine<'r> {
    sha256: &'r str,
    cases: usize,
    selected: usize,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct SubjectLine<'r> {
    name: &'r str,
    version: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    engine: Option<&'r str>,
    /// Whether it was judged only by what it prints, its exit status and its message.
    coarse: bool,
    capabilities: Vec<&'static str>,
}

#[derive(Serialize)]
struct VerdictLine<'r> {
    case: &'r str,
    subject: &'r str,
    verdict: &'static str,
    level: &'static str,
    clauses: &'r [String],
    time_us: u128,
    /// The capabilities for want of which the case is unsupported.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'r str>,
    /// What was answered to each request, where the verdict is no pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requests: Vec<RequestLine<'r>>,
}

#[derive(Serialize)]
struct RequestLine<'r> {
    expected: String,
    found: OutcomeLine<'r>,
    differences: Vec<DifferenceLine<'r>>,
}

#[derive(Serialize)]
struct DifferenceLine<'r> {
    what: &'static str,
    expected: &'r str,
    found: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeLine<'r> {
    Output {
        kind: &'static str,
        bytes: usize,
        hex: String,
        content_type: &'r str,
    },
    Scalar {
        value: i32,
        content_type: &'r str,
    },
    Image {
        width: u32,
        height: u32,
        bytes: usize,
        rgba: Base64<&'r [u8]>,
    },
    Refused {
        code: &'static str,
        message: &'r str,
        stage: Option<usize>,
        offset: Option<u64>,
    },
    Trapped {
        kind: &'static str,
        message: &'r str,
        stage: Option<usize>,
    },
    Stopped {
        limit: &'static str,
        message: &'r str,
        stage: Option<usize>,
    },
    Printed {
        status: i32,
        bytes: usize,
        hex: String,
        message: &'r str,
    },
    Unsupported {
        capability: &'static str,
    },
    Broken {
        why: &'r str,
    },
}

#[derive(Serialize)]
struct Footer<'r> {
    green: bool,
    reasons: Vec<String>,
    subjects: Vec<CountsLine<'r>>,
}

#[derive(Serialize)]
struct CountsLine<'r> {
    name: &'r str,
    cases: usize,
    verdicts: BTreeMap<&'static str, usize>,
    assertions: BTreeMap<&'static str, usize>,
    lacks: BTreeMap<&'static str, usize>,
    stale: &'r [String],
}

/// Writes a report.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_line(out, &Line::Header(header(report)))?;
    for subject in &report.subjects {
        for result in &subject.results {
            write_line(out, &Line::Verdict(verdict(subject, result)))?;
        }
    }
    write_line(out, &Line::Footer(footer(report)))
}

fn write_line(out: &mut dyn Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn header(report: &Report) -> Header<'_> {
    let subjects = report.subjects.iter().map(|subject| SubjectLine {
        name: &subject.name,
        version: &subject.version,
        engine: subject.engine.as_deref(),
        coarse: subject.coarse,
        capabilities: subject
            .capabilities
            .iter()
            .map(|one| one.as_str())
            .collect(),
    });
    Header {
        schema: SCHEMA,
        contract_edition: CONTRACT_EDITION,
        corpus: CorpusLine {
            sha256: &report.corpus_digest,
            cases: report.corpus_cases,
            selected: report.selected,
        },
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        platform: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        subjects: subjects.collect(),
        thorough: report.seed.map(|seed| Thorough { seed }),
    }
}

fn verdict<'r>(subject: &'r SubjectReport, result: &'r CaseResult) -> VerdictLine<'r> {
    let told = if result.verdict == Verdict::Pass {
        &[][..]
    } else {
        &result.requests[..]
    };
    let requests = result.case.expectations.iter().zip(told);
    VerdictLine {
        case: result.case.id.as_str(),
        subject: &subject.name,
        verdict: result.verdict.as_str(),
        level: result.level().as_str(),
        clauses: &result.case.clauses,
        time_us: result.time.as_micros(),
        lacks: result.lacks.iter().map(|one| one.as_str()).collect(),
        why: result.why.as_deref(),
        requests: requests
            .map(|(expectation, judged)| request_line(expectation.describe(), judged))
            .collect(),
    }
}

fn request_line(expected: String, judged: &JudgedRequest) -> RequestLine<'_> {
    let differences = judged.differences.iter().map(|difference| DifferenceLine {
        what: difference.what.as_str(),
        expected: &difference.expected,
        found: &difference.found,
    });
    RequestLine {
        expected,
        found: found(judged),
        differences: differences.collect(),
    }
}

fn found(judged: &JudgedRequest) -> OutcomeLine<'_> {
    let outcome = &judged.outcome;
    let content_type = outcome.content_type().unwrap_or_default();
    match outcome {
        Outcome::Output { kind, bytes, .. } => OutcomeLine::Output {
            kind: kind.as_str(),
            bytes: judged.output_bytes,
            hex: to_hex(bytes),
            content_type,
        },
        Outcome::Scalar { value, .. } => OutcomeLine::Scalar {
            value: *value,
            content_type,
        },
        Outcome::Image(image) => OutcomeLine::Image {
            width: image.width,
            height: image.height,
            bytes: judged.output_bytes,
            rgba: Base64(&image.pixels),
        },
        Outcome::Refused {
            code,
            message,
            stage,
            offset,
        } => OutcomeLine::Refused {
            code: code.as_str(),
            message,
            stage: *stage,
            offset: *offset,
        },
        Outcome::Trapped {
            kind,
            stage,
            message,
        } => OutcomeLine::Trapped {
            kind: kind.as_str(),
            message,
            stage: *stage,
        },
        Outcome::Stopped {
            exhausted,
            stage,
            message,
        } => OutcomeLine::Stopped {
            limit: exhausted.as_str(),
            message,
            stage: *stage,
        },
        Outcome::Printed {
            status,
            stdout,
            message,
            any_failure: _,
        } => OutcomeLine::Printed {
            status: *status,
            bytes: judged.output_bytes,
            hex: to_hex(stdout),
            message,
        },
        Outcome::Unsupported { capability } => OutcomeLine::Unsupported {
            capability: capability.as_str(),
        },
        Outcome::Broken { why, .. } => OutcomeLine::Broken { why },
    }
}

fn footer(report: &Report) -> Footer<'_> {
    let subjects = report.subjects.iter().map(|subject| {
        let counts = subject.counts();
        let verdicts = Verdict::ALL.iter();
        let lacks = counts.lacks.iter();
        CountsLine {
            name: &subject.name,
            cases: counts.cases,
            verdicts: verdicts
                .map(|one| (one.as_str(), counts.verdict(*one)))
                .collect(),
            assertions: counts.assertions,
            lacks: lacks.map(|(one, count)| (one.as_str(), *count)).collect(),
            stale: &subject.stale,
        }
    });
    Footer {
        green: report.is_green(),
        reasons: report.reasons(),
        subjects: subjects.collect(),
    }
}
