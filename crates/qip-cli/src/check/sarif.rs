//! Findings as one SARIF 2.1.0 log, for tools that collect the findings of many others.

use std::fmt::Write as _;
use std::io::{self, Write};

use qip_check::{Finding, FindingCode, Lint, Place};
use qip_contract::{CONTRACT_EDITION, Code};
use serde_json::{Value, json};

use super::{Checked, Outcome};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(outcome: &Outcome, to: &mut impl Write) -> io::Result<()> {
    let rules: Vec<FindingCode> = codes().collect();
    let results: Vec<Value> = outcome
        .findings()
        .map(|(checked, finding)| result(&rules, checked, finding))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "qip check",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(*code)).collect::<Vec<Value>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "properties": { "edition": CONTRACT_EDITION },
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *to, &log)?;
    writeln!(to)
}

fn codes() -> impl Iterator<Item = FindingCode> {
    let failures = Code::ALL.iter().map(|code| FindingCode::Failure(*code));
    failures.chain(Lint::ALL.iter().map(|lint| FindingCode::Lint(*lint)))
}

fn rule(code: FindingCode) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.meaning() },
        "help": { "text": format!("`qip explain {code}`") },
        "defaultConfiguration": { "level": code.level().as_str() },
    })
}

fn result(rules: &[FindingCode], checked: Option<&Checked>, finding: &Finding) -> Value {
    let mut text = finding.message.clone();
    for (label, more) in [("help", &finding.help), ("unless", &finding.unless)] {
        if let Some(more) = more {
            // Cannot fail: a string takes all.
            let _ = write!(text, "\n{label}: {more}");
        }
    }
    let mut result = json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": rules.iter().position(|code| *code == finding.code),
        "level": finding.level.as_str(),
        "message": { "text": text },
    });
    if let Some(clause) = finding.clause {
        result["properties"] = json!({ "clause": clause });
    }
    if let Some(checked) = checked {
        let module = uri(&checked.path());
        let module = json!({ "uri": module });
        let physical = match &finding.place {
            Some(Place::Text { line, column, .. }) => json!({
                "artifactLocation": module,
                "region": { "startLine": line, "startColumn": column },
            }),
            Some(Place::Source { file, line, column }) => {
                let mut region = json!({ "startLine": line });
                if let Some(column) = column {
                    region["startColumn"] = json!(column);
                }
                result["relatedLocations"] =
                    json!([{ "physicalLocation": { "artifactLocation": module } }]);
                json!({ "artifactLocation": { "uri": uri(file) }, "region": region })
            }
            Some(Place::Printed { offset, .. } | Place::Binary { offset, .. }) => json!({
                "artifactLocation": module,
                "region": { "byteOffset": offset, "byteLength": 0 },
            }),
            _ => json!({ "artifactLocation": module }),
        };
        result["locations"] = json!([{ "physicalLocation": physical }]);
    }
    result
}

/// A path as a reference of RFC 3986, relative where the path is.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
