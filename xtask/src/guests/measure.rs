//! How large the modules are and what they cost, in wasmtime's fuel: that repeats exactly.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use qip_module::templates::Language;

use super::{DIRECTORY, EXAMPLES, project};
use crate::workspace::Workspace;

/// How many times the fuel and the size of the module in WebAssembly text one in another
/// language may have.
const MOST_FUEL: f64 = 1.5;
const MOST_BYTES: f64 = 3.0;

/// What one module costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    bytes: u64,
    fuel: u64,
}

/// The figures of one example: of WebAssembly text first, then by language.
type Row = Vec<Figure>;

/// Measures all examples on an input each.
pub(super) fn figures(
    workspace: &Workspace,
    qip: &Path,
    languages: &[Language],
) -> Result<Vec<Row>> {
    let directory = workspace.target().join("qip").join(DIRECTORY);
    let mut rows = Vec::new();
    for example in EXAMPLES {
        let (area, name) = (example.area(), example.name);
        let (input, uniforms) = input(name);
        let path = directory.join(format!("{name}.input"));
        fs::write(&path, input)?;
        let file = format!("{name}.wasm");
        let text = workspace.modules().join(area).join(&file);
        let others = languages
            .iter()
            .map(|language| project::directory(workspace, *language, example).join(&file));
        let modules = std::iter::once(text).chain(others);
        let row: Result<Row> = modules
            .map(|module| figure(qip, &path, &module, uniforms))
            .collect();
        rows.push(row?);
    }
    Ok(rows)
}

/// What each module is measured on, and its uniforms: enough work that what is done once for a
/// request hardly counts.
fn input(name: &str) -> (Vec<u8>, &'static str) {
    let bytes = || (0..=255).cycle();
    match name {
        "trim" => {
            let text = "A sentence of plain text, and another. ".repeat(200);
            (format!("  \t{text}\n  ").into_bytes(), "")
        }
        "base64-encode" => (bytes().take(8192).collect(), ""),
        "luhn" => ("7992739871".repeat(400).into_bytes(), ""),
        "calibrate" => (
            bytes().take(4096).collect(),
            "?zero=4.5&gain=0.25&offset=100&every=2",
        ),
        _ => (bmp(128), ""),
    }
}

/// A BMP (REC-7) with so many pixels a side, and a gradient in it.
fn bmp(side: u32) -> Vec<u8> {
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let pixels = pixels.flat_map(|(x, y)| [7 * x + 13 * y, 5 * x, 3 * y, 255 - x].map(|v| v as u8));
    let mut bmp = b"BM".to_vec();
    // Sizes of files are not read; the pixels begin at 54, behind a header of 40 bytes.
    for field in [0, 0, 54, 40, side, side, 1 | 32 << 16, 0, 0, 0, 0, 0, 0] {
        bmp.extend(u32::to_le_bytes(field));
    }
    bmp.extend(pixels);
    bmp
}

/// Runs a module once.
fn figure(qip: &Path, input: &Path, module: &Path, uniforms: &str) -> Result<Figure> {
    let mut command = Command::new(qip);
    command.args(["run", "--verbose", "--fuel", "1000000000000", "-i"]);
    command
        .arg(input)
        .arg("-o")
        .arg(input.with_extension("output"));
    command.arg(module);
    if !uniforms.is_empty() {
        command.arg(uniforms);
    }
    let output = command.stdout(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "`{}` cannot be measured\n{said}",
        module.display()
    );
    let fuel = said
        .lines()
        .find_map(|line| line.strip_suffix(" fuel")?.rsplit(' ').next()?.parse().ok());
    Ok(Figure {
        bytes: fs::metadata(module)?.len(),
        fuel: fuel.context("`qip run --verbose` does not say what fuel was used")?,
    })
}

/// The table, in Markdown.
pub(super) fn table(languages: &[Language], rows: &[Row]) -> String {
    let mut table = "| module | | WAT |".to_owned();
    for language in languages {
        // Writing to a string cannot fail.
        let _ = write!(table, " {} |", language.title());
    }
    table.push_str("\n| --- | --- | ---: |");
    table.push_str(&" ---: |".repeat(languages.len()));
    table.push('\n');
    for (example, row) in EXAMPLES.iter().zip(rows) {
        let _ = write!(table, "| `{}` | bytes |", example.name);
        for figure in row {
            let _ = write!(table, " {} |", figure.bytes);
        }
        table.push_str("\n| | fuel |");
        for figure in row {
            let _ = write!(table, " {} |", figure.fuel);
        }
        table.push('\n');
    }
    table
}

/// Whether the goals are for this language: what AssemblyScript costs is only told.
fn has_goals(language: Language) -> bool {
    language != Language::AssemblyScript
}

/// The goals that are missed, each in a line.
pub(super) fn missed(languages: &[Language], rows: &[Row]) -> Vec<String> {
    let mut missed = Vec::new();
    for (example, row) in EXAMPLES.iter().zip(rows) {
        let Some((text, others)) = row.split_first() else {
            continue;
        };
        for (language, figure) in languages.iter().zip(others) {
            let goals = [
                ("fuel", figure.fuel, text.fuel, MOST_FUEL),
                ("bytes", figure.bytes, text.bytes, MOST_BYTES),
            ];
            for (what, found, floor, most) in goals {
                let ratio = found as f64 / floor as f64;
                if has_goals(*language) && ratio > most {
                    missed.push(format!(
                        "{} in {}: {found} {what}, {ratio:.2} times that of WebAssembly text, \
                         expected at most {most}",
                        example.name,
                        language.title()
                    ));
                }
            }
        }
    }
    missed
}

/// What stands around the table in the README.
const BEGIN: &str = "<!-- guests: written by `cargo xtask guests --update` -->\n";
const END: &str = "<!-- end of guests -->\n";

/// The README with this table in its place.
pub(super) fn put_into(readme: &str, table: &str) -> Result<String> {
    let place = readme
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = place.with_context(|| {
        format!(
            "README.md has no place for the table, expected `{}`",
            BEGIN.trim_end()
        )
    })?;
    Ok([before, BEGIN, table, END, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(figures: &[(u64, u64)]) -> Row {
        let figure = |(bytes, fuel): &(u64, u64)| Figure {
            bytes: *bytes,
            fuel: *fuel,
        };
        figures.iter().map(figure).collect()
    }

    #[test]
    fn goals_are_met_or_missed() {
        let languages = [Language::Rust, Language::AssemblyScript];
        // AssemblyScript has no goals.
        let met = row(&[(100, 1000), (300, 1500), (900, 9000)]);
        assert!(missed(&languages, &[met]).is_empty());
        let found = missed(&languages, &[row(&[(100, 1000), (301, 1501), (1, 1)])]);
        assert_eq!(
            found,
            [
                "trim in Rust: 1501 fuel, 1.50 times that of WebAssembly text, expected at most 1.5",
                "trim in Rust: 301 bytes, 3.01 times that of WebAssembly text, expected at most 3",
            ]
        );
    }

    #[test]
    fn the_table_takes_its_place() {
        let table = table(&[Language::Rust], &[row(&[(465, 8035), (454, 8023)])]);
        assert_eq!(
            table,
            "| module | | WAT | Rust |\n| --- | --- | ---: | ---: |\n\
             | `trim` | bytes | 465 | 454 |\n| | fuel | 8035 | 8023 |\n"
        );
        let readme = format!("before\n{BEGIN}old\n{END}after\n");
        let expected = format!("before\n{BEGIN}{table}{END}after\n");
        assert_eq!(put_into(&readme, &table).unwrap(), expected);
        assert!(put_into("no place", &table).is_err());
    }

    #[test]
    fn a_picture_has_its_pixels_where_it_says() {
        let bmp = bmp(2);
        assert_eq!(bmp.len(), 54 + 16);
        assert_eq!(bmp[10], 54);
        assert_eq!(bmp[54..58], [0, 0, 0, 255]);
    }
}
