//! Reads `conformance/clauses.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use qip_contract::{Binds, Code, Level, SeenBy};
use serde::Deserialize;
use toml::Spanned;

use super::{Clause, Contract, Departure, Family, SOURCE};
use crate::text::line_at;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    edition: u32,
    #[serde(default)]
    family: Vec<RawFamily>,
    #[serde(default)]
    clause: Vec<RawClause>,
    #[serde(default)]
    departure: Vec<RawDeparture>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFamily {
    id: Spanned<String>,
    about: Spanned<String>,
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
    place: Spanned<String>,
    others: Spanned<String>,
    ours: Spanned<String>,
}

/// Reads the contract.
///
/// # Errors
///
/// Every finding with file and line; but only one where the text is no TOML of this
/// shape.
pub(super) fn read(source: &str) -> Result<Contract, Vec<String>> {
    let raw: RawList = toml::from_str(source).map_err(|error| {
        let at = error.span().unwrap_or_default();
        vec![finding(source, at, error.message())]
    })?;
    let mut reader = Reader {
        source,
        findings: Vec::new(),
        lines_by_id: BTreeMap::new(),
    };
    let families: Vec<Family> = raw.family.iter().map(|raw| reader.family(raw)).collect();
    let clauses: Vec<Clause> = raw
        .clause
        .iter()
        .filter_map(|raw| reader.clause(raw))
        .collect();
    let departures = raw.departure.iter().map(|raw| reader.departure(raw));
    let departures: Vec<Departure> = departures.collect();
    if reader.findings.is_empty() {
        reader.check_families(&raw);
    }
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
        Ok(Contract {
            edition: raw.edition,
            families,
            clauses,
            departures,
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
    fn family(&mut self, raw: &RawFamily) -> Family {
        Family {
            id: raw.id.get_ref().clone(),
            about: self.text(&raw.about),
        }
    }

    fn departure(&mut self, raw: &RawDeparture) -> Departure {
        Departure {
            place: self.text(&raw.place),
            others: self.text(&raw.others),
            ours: self.text(&raw.ours),
        }
    }

    /// Every clause stands under its family, and every family has clauses.
    fn check_families(&mut self, raw: &RawList) {
        let mut used = BTreeSet::new();
        for clause in &raw.clause {
            let at = clause.id.span().start;
            let before = raw.family.iter().rev();
            let family = before
                .map(|family| &family.id)
                .find(|family| family.span().start < at);
            let id = clause.id.get_ref();
            let Some(family) = family else {
                self.add(
                    &clause.id,
                    &format!("`{id}` stands before any `[[family]]`"),
                );
                continue;
            };
            used.insert(family.span().start);
            if id.split_once('-').map(|(of, _)| of) != Some(family.get_ref()) {
                let message = format!("`{id}` stands under the family `{}`", family.get_ref());
                self.add(&clause.id, &message);
            }
        }
        for RawFamily { id, .. } in &raw.family {
            if !used.contains(&id.span().start) {
                self.add(id, &format!("the family `{}` has no clause", id.get_ref()));
            }
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lines.
    const HEAD: &str = "edition = 1\nfamily = [{ id = \"IN\", about = \"input\" }]\n";

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
            "{HEAD}{}{}",
            clause("IN-1", &all_codes()),
            clause("IN-2", "")
        );
        assert_eq!(findings(&source), [""; 0]);
    }

    #[test]
    fn an_id_that_stands_twice() {
        let source = format!(
            "{HEAD}{}{}",
            clause("IN-1", &all_codes()),
            clause("IN-1", "")
        );
        let found = findings(&source);
        assert_eq!(
            found,
            ["conformance/clauses.toml:11: `IN-1` stands twice, first in line 4"]
        );
    }

    #[test]
    fn something_that_is_no_id() {
        for id in ["X", "x-1", "X-01", "X-0", "-1", "X-1a"] {
            let found = findings(&format!("{HEAD}{}", clause(id, &all_codes())));
            assert!(
                found[0].contains(":4: ") && found[0].contains("no clause ID"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn an_unknown_code_and_one_named_twice() {
        let source = format!("{HEAD}{}", clause("IN-1", "\"too-big\""));
        let wanted = "conformance/clauses.toml:8: found `too-big`, expected a failure code";
        assert_eq!(findings(&source), [wanted]);
        let codes = format!("{}, \"limit\"", all_codes());
        let source = format!("{HEAD}{}", clause("IN-1", &codes));
        let wanted = "conformance/clauses.toml:8: the code `limit` is named twice";
        assert_eq!(findings(&source), [wanted]);
    }

    #[test]
    fn a_code_that_no_clause_names() {
        let source = format!("{HEAD}{}", clause("IN-1", "\"limit\""));
        let found = findings(&source);
        assert_eq!(found.len(), Code::ALL.len() - 1);
        let wanted = "conformance/clauses.toml: no clause names the failure code `not-wasm`";
        assert_eq!(found[0], wanted);
    }

    #[test]
    fn an_unknown_key_and_an_unknown_word() {
        let source = format!("{HEAD}{}bind = 1\n", clause("IN-1", ""));
        let found = findings(&source);
        assert!(
            found[0].starts_with("conformance/clauses.toml:10: unknown field `bind`"),
            "{found:?}"
        );
        let source = format!("{HEAD}{}", clause("IN-1", "").replace("must", "shall"));
        let wanted =
            "conformance/clauses.toml:6: found `shall`, expected `must`, `should` or `may`";
        assert_eq!(findings(&source), [wanted]);
    }

    #[test]
    fn a_text_of_two_paragraphs() {
        let source = format!(
            "{HEAD}{}",
            clause("IN-1", "").replace("It holds", "It\\nholds")
        );
        assert!(findings(&source)[0].contains(":9: a text is one paragraph"));
    }

    #[test]
    fn a_clause_under_another_family_or_none() {
        let wanted = "conformance/clauses.toml:4: `OUT-1` stands under the family `IN`";
        let found = findings(&format!("{HEAD}{}", clause("OUT-1", &all_codes())));
        assert_eq!(found, [wanted]);
        let wanted = "conformance/clauses.toml:3: `IN-1` stands before any `[[family]]`";
        let found = findings(&format!("edition = 1\n{}", clause("IN-1", &all_codes())));
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn a_family_without_a_clause() {
        let (first, last) = (
            "[[family]]\nid = \"A\"\nabout = \"a\"\n",
            "[[family]]\nid = \"Z\"\nabout = \"z\"\n",
        );
        let clause = clause("A-1", &all_codes());
        let of = |family: &str, line: usize| {
            format!("conformance/clauses.toml:{line}: the family `{family}` has no clause")
        };
        let found = findings(&format!("edition = 1\n{first}{clause}{last}"));
        assert_eq!(found, [of("Z", 13)]);
        let found = findings(&format!("edition = 1\n{last}{first}{clause}"));
        assert_eq!(found, [of("Z", 3)]);
    }
}
