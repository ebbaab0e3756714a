//! One module on one screen.

use std::fmt::Write as _;

use qip_check::Feature;
use qip_check::inspect::{Content, ContentType, Inspection, Memory, Size};
use qip_contract::{InputKind, Kind, OutputForm, Value};

use super::Inspected;

/// Functions that are shown, the largest.
const SHOWN_FUNCTIONS: usize = 8;

/// Columns of the map of memory.
const MAP_COLUMNS: u64 = 64;

/// Parts of memory that are listed.
const SHOWN_REGIONS: usize = 12;

pub(super) fn screen(Inspected { path, inspection }: &Inspected) -> String {
    let mut text = format!("{path}, {} bytes\n\n", inspection.bytes);
    let mut row = |label: &str, value: &str| {
        // Cannot fail: a string takes all.
        let _ = writeln!(text, "  {label:<10}{value}");
    };
    let kind = match inspection.kind {
        Kind::Content => "content module",
        Kind::Tile => "tile filter",
    };
    row(
        "kind",
        &format!("{kind}, entry point `{}`", inspection.entry),
    );
    row("in", &input(inspection));
    row("out", &output(inspection));
    for (index, uniform) in uniforms(inspection).iter().enumerate() {
        row(if index == 0 { "uniforms" } else { "" }, uniform);
    }
    if !inspection.imports.is_empty() {
        row(
            "imports",
            &format!(
                "{}, which every host refuses",
                inspection.imports.join(", ")
            ),
        );
    }
    let features: Vec<&str> = inspection
        .features
        .iter()
        .map(|it| Feature::as_str(*it))
        .collect();
    row(
        "features",
        &if features.is_empty() {
            "none".to_owned()
        } else {
            features.join(", ")
        },
    );
    let has = |has, what: &str| format!("{}{what}", if has { "" } else { "no " });
    let names = has(inspection.has_names, "names of functions");
    let lines = has(inspection.has_lines, "lines of source (DWARF)");
    row("debugging", &format!("{names}, {lines}"));
    if let Some(memory) = &inspection.memory {
        text.push('\n');
        text.push_str(&map(memory));
    }
    text.push('\n');
    text.push_str(&sizes(inspection));
    text
}

/// A number, or a mark where only running the module tells it.
pub(super) fn number(number: Option<u32>) -> String {
    number.map_or_else(|| "?".to_owned(), |number| number.to_string())
}

pub(super) fn input(inspection: &Inspection) -> String {
    let Some(input) = &inspection.input else {
        return "nothing: no input capacity".to_owned();
    };
    let what = match (inspection.kind, input.kind) {
        (Kind::Tile, _) => "tile",
        (Kind::Content, InputKind::Utf8) => "UTF-8",
        (Kind::Content, InputKind::Bytes) => "bytes",
    };
    let halo = match (inspection.kind, inspection.halo) {
        (Kind::Content, _) | (_, Some(0)) => String::new(),
        (_, None) => ", with a halo of ? pixels".to_owned(),
        (_, Some(halo)) => format!(", with a halo of {halo} pixels"),
    };
    let (capacity, pointer) = (number(input.capacity), number(input.pointer));
    let declared = content_type(input.content_type.as_ref());
    format!("{what}, at most {capacity} bytes at {pointer}{declared}{halo}")
}

pub(super) fn output(inspection: &Inspection) -> String {
    let output = &inspection.output;
    let what = match (inspection.kind, output.form) {
        (Kind::Tile, _) => return "the tile, where it was".to_owned(),
        (_, OutputForm::Scalar) => "a number".to_owned(),
        (_, form) => {
            let (what, unit) = match form {
                OutputForm::Utf8 => ("UTF-8", "bytes"),
                OutputForm::I32 => ("32-bit elements", "elements"),
                _ => ("bytes", "bytes"),
            };
            let (capacity, pointer) = (number(output.capacity), number(output.pointer));
            format!("{what}, at most {capacity} {unit} at {pointer}")
        }
    };
    format!("{what}{}", content_type(output.content_type.as_ref()))
}

pub(super) fn content_type(declared: Option<&ContentType>) -> String {
    match declared {
        None => String::new(),
        Some(ContentType::Known(text)) => format!(", type `{text}`"),
        Some(ContentType::Unknown) => ", type ?".to_owned(),
    }
}

fn uniforms(inspection: &Inspection) -> Vec<String> {
    let uniforms = inspection.uniforms.iter();
    uniforms
        .map(|uniform| {
            let ty = uniform
                .ty
                .map_or_else(|| "?".to_owned(), |ty| ty.to_string());
            let default = uniform.default.map_or_else(|| "?".to_owned(), value);
            format!("{}: {ty} = {default}", uniform.key)
        })
        .collect()
}

pub(super) fn value(value: Value) -> String {
    match value {
        Value::I32(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::F32(bits) => f32::from_bits(bits).to_string(),
        Value::F64(bits) => f64::from_bits(bits).to_string(),
    }
}

/// The memory to scale, and what lies where.
fn map(memory: &Memory) -> String {
    let most = match (memory.grows, memory.most) {
        (false, _) => "never grows".to_owned(),
        (true, None) => "grows without a maximum".to_owned(),
        (true, Some(most)) => format!("grows up to {most}"),
    };
    let mut text = format!("  memory    {} bytes, {most}\n", memory.bytes);
    if memory.bytes == 0 {
        return text;
    }
    let letter = |what| match what {
        Content::Stack => 's',
        Content::Data => 'd',
        Content::Input => 'I',
        Content::Output => 'O',
    };
    let mut map = vec!['.'; MAP_COLUMNS as usize];
    for region in &memory.regions {
        // What is there at all is seen, however small it is.
        let column = |address: u64| {
            let address = u128::from(address.min(memory.bytes));
            (address * u128::from(MAP_COLUMNS) / u128::from(memory.bytes)) as usize
        };
        let first = column(region.range.start).min(map.len() - 1);
        let after = column(region.range.end).max(first + 1);
        for cell in &mut map[first..after] {
            // Two things in one place: in a cell of several bytes, or over each other.
            *cell = if *cell == '.' {
                letter(region.what)
            } else {
                '#'
            };
        }
    }
    let map: String = map.into_iter().collect();
    let _ = writeln!(text, "            {map}");
    if map.contains('#') {
        let _ = writeln!(text, "            # more than one of these");
    }
    for region in memory.regions.iter().take(SHOWN_REGIONS) {
        let (start, end) = (region.range.start, region.range.end);
        let _ = writeln!(
            text,
            "            {} {:<7} {start:#010x} {end:#010x} {:>11} bytes",
            letter(region.what),
            region.what.as_str(),
            end - start
        );
    }
    let more = memory.regions.len().saturating_sub(SHOWN_REGIONS);
    if more > 0 {
        let _ = writeln!(text, "            and {more} more");
    }
    text
}

fn sizes(inspection: &Inspection) -> String {
    let mut text = String::new();
    let mut row = |label: &str, bytes: usize, what: &str| {
        let _ = writeln!(text, "  {label:<10}{bytes:>9}  {what}");
    };
    for (index, section) in inspection.sections.iter().enumerate() {
        row(
            if index == 0 { "sections" } else { "" },
            section.bytes,
            &section.what,
        );
    }
    row("", inspection.bytes, "in all");
    let mut functions: Vec<&Size> = inspection.functions.iter().collect();
    functions.sort_by_key(|function| std::cmp::Reverse(function.bytes));
    let (shown, others) = functions.split_at(functions.len().min(SHOWN_FUNCTIONS));
    let label = |index| if index == 0 { "functions" } else { "" };
    for (index, function) in shown.iter().enumerate() {
        row(label(index), function.bytes, &function.what);
    }
    if !others.is_empty() {
        let bytes = others.iter().map(|function| function.bytes).sum();
        row("", bytes, &format!("in {} more", others.len()));
    }
    if !functions.is_empty() {
        let bytes = functions.iter().map(|function| function.bytes).sum();
        row("", bytes, "in all");
    }
    text
}
