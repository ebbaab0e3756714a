//! Generates the contract crate's list of clauses from `conformance/clauses.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use qip_contract::{Binds, Code, Level, SeenBy};
use serde::Deserialize;
use toml::Spanned;

use crate::text::line_at;
use crate::workspace::{Workspace, write_if_changed};

const SOURCE: &str = "conformance/clauses.toml";
const GENERATED: &str = "crates/qip-contract/src/clause/list.rs";

/// How far a generated line reaches, its quotes and indent left out.
const TEXT_WIDTH: usize = 84;

/// The task: writes or checks the generated file.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<u8> {
    let list = match read(&workspace.read(SOURCE)?) {
        Ok(list) => list,
        Err(findings) => bail!("`{SOURCE}` is at fault\n{}", findings.join("\n")),
    };
    let source = format(workspace, &generate(&list))?;
    if !check {
        write_if_changed(&workspace.path(GENERATED), source.as_bytes())?;
    } else if workspace.read(GENERATED).unwrap_or_default() != source {
        bail!(
            "`{GENERATED}` is stale\n\
             help: run `cargo xtask clauses` and commit `{GENERATED}`"
        );
    }
    Ok(0)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    edition: u32,
    #[serde(default)]
    clause: Vec<RawClause>,
    /// For documents; read here so that its keys are checked.
    #[serde(default, rename = "departure")]
    _departures: Vec<RawDeparture>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClause {
    id: Spanned<String>,
    binds: Spanned<String>,
    level: Spanned<String>,
    seen_by: Spanned<String>,
    #[serde(default)]
    codes: Vec<Spanned<String>>,
    text: Spanned<String>,
    choice: Option<Spanned<String>>,
    uncovered: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeparture {
    #[serde(rename = "where")]
    _where: String,
    #[serde(rename = "others")]
    _others: String,
    #[serde(rename = "ours")]
    _ours: String,
}

struct List {
    edition: u32,
    clauses: Vec<Clause>,
}

struct Clause {
    id: String,
    binds: Binds,
    level: Level,
    seen_by: SeenBy,
    codes: Vec<Code>,
    text: String,
    choice: Option<String>,
    uncovered: Option<String>,
}

/// Reads the list of clauses.
///
/// # Errors
///
/// Every finding with file and line; but only one where the text is no TOML of this
/// shape.
fn read(source: &str) -> Result<List, Vec<String>> {
    let raw: RawList = toml::from_str(source).map_err(|error| {
        let at = error.span().unwrap_or_default();
        vec![finding(source, at, error.message())]
    })?;
    let mut reader = Reader {
        source,
        findings: Vec::new(),
        lines_by_id: BTreeMap::new(),
    };
    let clauses: Vec<Clause> = raw
        .clause
        .iter()
        .filter_map(|raw| reader.clause(raw))
        .collect();
    let mut findings = reader.findings;
    // Codes of clauses that are at fault themselves would be missed here.
    if findings.is_empty() {
        for code in Code::ALL {
            if !clauses.iter().any(|clause| clause.codes.contains(code)) {
                findings.push(format!(
                    "{SOURCE}: no clause names the failure code `{code}`"
                ));
            }
        }
    }
    if findings.is_empty() {
        Ok(List {
            edition: raw.edition,
            clauses,
        })
    } else {
        Err(findings)
    }
}

fn finding(source: &str, at: Range<usize>, message: &str) -> String {
    let message = message.trim().replace('\n', ", ");
    format!("{SOURCE}:{}: {message}", line_at(source, at.start))
}

struct Reader<'a> {
    source: &'a str,
    findings: Vec<String>,
    lines_by_id: BTreeMap<String, usize>,
}

impl Reader<'_> {
    fn clause(&mut self, raw: &RawClause) -> Option<Clause> {
        let id = self.id(&raw.id);
        let binds = self.word(&raw.binds, "`host` or `module`", Binds::from_text);
        let level = self.word(&raw.level, "`must`, `should` or `may`", Level::from_text);
        let seen_by = self.word(
            &raw.seen_by,
            "`host`, `lib`, `cli` or `check`",
            SeenBy::from_text,
        );
        let mut codes = Vec::new();
        for raw in &raw.codes {
            let code = self.word(raw, "a failure code", Code::from_text)?;
            if codes.contains(&code) {
                self.add(raw, &format!("the code `{code}` is named twice"));
            }
            codes.push(code);
        }
        let text = self.text(&raw.text);
        let choice = raw.choice.as_ref().map(|choice| self.text(choice));
        let uncovered = raw.uncovered.as_ref().map(|reason| self.text(reason));
        Some(Clause {
            id: id?,
            binds: binds?,
            level: level?,
            seen_by: seen_by?,
            codes,
            text,
            choice,
            uncovered,
        })
    }

    fn id(&mut self, raw: &Spanned<String>) -> Option<String> {
        let id = raw.get_ref();
        let is_id = id.split_once('-').is_some_and(|(family, number)| {
            !family.is_empty()
                && family.bytes().all(|byte| byte.is_ascii_uppercase())
                && number
                    .parse::<u32>()
                    .is_ok_and(|parsed| parsed > 0 && parsed.to_string() == number)
        });
        if !is_id {
            self.add(
                raw,
                &format!("`{id}` is no clause ID, expected one like `IN-3`"),
            );
            return None;
        }
        let line = line_at(self.source, raw.span().start);
        if let Some(first) = self.lines_by_id.insert(id.clone(), line) {
            self.add(raw, &format!("`{id}` stands twice, first in line {first}"));
        }
        Some(id.clone())
    }

    fn word<T>(
        &mut self,
        raw: &Spanned<String>,
        wanted: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let word = read(raw.get_ref());
        if word.is_none() {
            self.add(
                raw,
                &format!("found `{}`, expected {wanted}", raw.get_ref()),
            );
        }
        word
    }

    fn text(&mut self, raw: &Spanned<String>) -> String {
        let text = raw.get_ref();
        if text.is_empty() || text.trim() != text || text.contains('\n') || text.contains("  ") {
            self.add(
                raw,
                "a text is one paragraph, its words parted by one space",
            );
        }
        text.clone()
    }

    fn add(&mut self, raw: &Spanned<String>, message: &str) {
        self.findings
            .push(finding(self.source, raw.span(), message));
    }
}

/// The generated file, before formatting.
fn generate(list: &List) -> String {
    let mut source = format!(
        "//! Generated from `{SOURCE}` by `cargo xtask clauses`: not to be edited.\n\n\
         use super::{{Binds, Clause, Level, SeenBy}};\n\
         use crate::Code;\n\n\
         /// The edition of the contract: it grows when what a clause asks changes.\n\
         pub const CONTRACT_EDITION: u32 = {};\n\n\
         /// Every clause, in the order in which the contract is read.\n\
         pub static CLAUSES: &[Clause] = &[\n",
        list.edition
    );
    for clause in &list.clauses {
        let Clause {
            id,
            binds,
            level,
            seen_by,
            codes,
            text,
            choice,
            uncovered,
        } = clause;
        let codes: Vec<String> = codes.iter().map(|code| format!("Code::{code:?}")).collect();
        let [choice, uncovered] = [choice, uncovered].map(|text| match text {
            Some(text) => format!("Some({})", literal(text)),
            None => "None".to_owned(),
        });
        // Writing to a string cannot fail.
        let _ = writeln!(
            source,
            "Clause {{\n id: {id:?},\n binds: Binds::{binds:?},\n level: Level::{level:?},\n \
             seen_by: SeenBy::{seen_by:?},\n codes: &[{}],\n text: {},\n choice: {choice},\n \
             uncovered: {uncovered},\n }},",
            codes.join(", "),
            literal(text),
        );
    }
    source.push_str("];\n");
    source
}

/// A string literal over several lines.
fn literal(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = word.escape_debug().to_string().replace("\\'", "'");
        let last = lines.len() - 1;
        if lines[last].is_empty() && last == 0 {
            lines[last].push_str(&word);
        } else if lines[last].chars().count() + 1 + word.chars().count() <= TEXT_WIDTH {
            let _ = write!(lines[last], " {word}");
        } else {
            lines[last].push(' ');
            lines.push(word);
        }
    }
    format!("\"\\\n            {}\"", lines.join("\\\n            "))
}

/// The source as rustfmt leaves it.
fn format(workspace: &Workspace, source: &str) -> Result<String> {
    let about = "cannot run `rustfmt`, which rust-toolchain.toml asks for";
    let mut child = std::process::Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
        .current_dir(workspace.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context(about)?;
    let mut stdin = child.stdin.take().context(about)?;
    stdin.write_all(source.as_bytes()).context(about)?;
    drop(stdin);
    let output = child.wait_with_output().context(about)?;
    if !output.status.success() {
        bail!("`rustfmt` does not take the generated text");
    }
    String::from_utf8(output.stdout).context("`rustfmt` gave no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str, codes: &str) -> String {
        format!(
            "[[clause]]\nid = \"{id}\"\nbinds = \"host\"\nlevel = \"must\"\n\
             seen_by = \"host\"\ncodes = [{codes}]\ntext = \"It holds.\"\n"
        )
    }

    fn all_codes() -> String {
        let codes: Vec<String> = Code::ALL.iter().map(|code| format!("\"{code}\"")).collect();
        codes.join(", ")
    }

    fn findings(source: &str) -> Vec<String> {
        read(source).err().unwrap_or_default()
    }

    #[test]
    fn a_sound_list_has_no_findings() {
        let source = format!(
            "edition = 1\n{}{}",
            clause("IN-1", &all_codes()),
            clause("IN-2", "")
        );
        assert_eq!(findings(&source), [""; 0]);
    }

    #[test]
    fn an_id_that_stands_twice() {
        let source = format!(
            "edition = 1\n{}{}",
            clause("IN-1", &all_codes()),
            clause("IN-1", "")
        );
        let found = findings(&source);
        assert_eq!(
            found,
            ["conformance/clauses.toml:10: `IN-1` stands twice, first in line 3"]
        );
    }

    #[test]
    fn something_that_is_no_id() {
        for id in ["X", "x-1", "X-01", "X-0", "-1", "X-1a"] {
            let found = findings(&format!("edition = 1\n{}", clause(id, &all_codes())));
            assert!(
                found[0].contains(":3: ") && found[0].contains("no clause ID"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn an_unknown_code_and_one_named_twice() {
        let source = format!("edition = 1\n{}", clause("IN-1", "\"too-big\""));
        let wanted = "conformance/clauses.toml:7: found `too-big`, expected a failure code";
        assert_eq!(findings(&source), [wanted]);
        let codes = format!("{}, \"limit\"", all_codes());
        let source = format!("edition = 1\n{}", clause("IN-1", &codes));
        let wanted = "conformance/clauses.toml:7: the code `limit` is named twice";
        assert_eq!(findings(&source), [wanted]);
    }

    #[test]
    fn a_code_that_no_clause_names() {
        let source = format!("edition = 1\n{}", clause("IN-1", "\"limit\""));
        let found = findings(&source);
        assert_eq!(found.len(), Code::ALL.len() - 1);
        let wanted = "conformance/clauses.toml: no clause names the failure code `not-wasm`";
        assert_eq!(found[0], wanted);
    }

    #[test]
    fn an_unknown_key_and_an_unknown_word() {
        let source = format!("edition = 1\n{}bind = 1\n", clause("IN-1", ""));
        let found = findings(&source);
        assert!(
            found[0].starts_with("conformance/clauses.toml:9: unknown field `bind`"),
            "{found:?}"
        );
        let source = format!(
            "edition = 1\n{}",
            clause("IN-1", "").replace("must", "shall")
        );
        let wanted =
            "conformance/clauses.toml:5: found `shall`, expected `must`, `should` or `may`";
        assert_eq!(findings(&source), [wanted]);
    }

    #[test]
    fn a_text_of_two_paragraphs() {
        let source = format!(
            "edition = 1\n{}",
            clause("IN-1", "").replace("It holds", "It\\nholds")
        );
        assert!(findings(&source)[0].contains(":8: a text is one paragraph"));
    }

    #[test]
    fn a_literal_keeps_its_text() {
        let text = literal(&"a `b` \"c\" \\d isn't ".repeat(20));
        assert!(
            text.lines()
                .all(|line| line.chars().count() <= TEXT_WIDTH + 16),
            "{text}"
        );
        assert!(text.contains(r#"a `b` \"c\" \\d isn't"#), "{text}");
    }
}
