//! Findings for programs: one JSON object a line. A new key may come, one that is there stays
//! as it is within a version.

use std::io::{self, Write};

use qip_check::{Finding, Level, Place};
use qip_contract::CONTRACT_EDITION;
use serde_json::{Map, Value, json};

use super::{Checked, Outcome};

const VERSION: u32 = 1;

pub(super) fn write(outcome: &Outcome, to: &mut impl Write) -> io::Result<()> {
    for (checked, finding) in outcome.findings() {
        writeln!(to, "{}", line(checked, finding))?;
    }
    let count = |level| outcome.count(level);
    let summary = json!({
        "version": VERSION,
        "type": "summary",
        "edition": CONTRACT_EDITION,
        "modules": outcome.checked.len(),
        "errors": count(Level::Error),
        "warnings": count(Level::Warning),
        "notes": count(Level::Note),
    });
    writeln!(to, "{summary}")
}

fn line(checked: Option<&Checked>, finding: &Finding) -> Value {
    let mut object = json!({
        "version": VERSION,
        "type": "finding",
        "module": checked.map(Checked::path),
        "code": finding.code.as_str(),
        "clause": finding.clause,
        "level": finding.level.as_str(),
        "subject": finding.subject,
        "message": finding.message,
        "found": finding.found,
        "wanted": finding.wanted,
        "help": finding.help,
        "unless": finding.unless,
        "place": finding.place.as_ref().and_then(place),
    });
    if let Some(object) = object.as_object_mut() {
        remove_nulls(object);
    }
    object
}

fn place(place: &Place) -> Option<Value> {
    let mut place = match place {
        Place::Text { span, line, column } => json!({
            "kind": "text", "line": line, "column": column, "start": span.start, "end": span.end,
        }),
        Place::Source { file, line, column } => json!({
            "kind": "source", "file": file, "line": line, "column": column,
        }),
        Place::Printed {
            what,
            text,
            span,
            offset,
        } => json!({
            "kind": "printed",
            "offset": offset,
            "what": what,
            "text": text,
            "start": span.start,
            "end": span.end,
        }),
        Place::Binary {
            what,
            section,
            offset,
        } => json!({ "kind": "binary", "offset": offset, "section": section, "what": what }),
        _ => return None,
    };
    if let Some(object) = place.as_object_mut() {
        remove_nulls(object);
    }
    Some(place)
}

/// What is not known is left out.
fn remove_nulls(object: &mut Map<String, Value>) {
    object.retain(|_, value| !value.is_null());
}
