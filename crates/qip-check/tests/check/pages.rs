//! The examples of the pages: what is wrong is found, what is mended is clean. Those that
//! need a request are run by the tests of `qip-cli`.

use qip_check::explain::{Example, Page, Topic};
use qip_check::{FindingCode, Level, Options, Report, check};

/// The topics whose examples the bytes alone give away.
fn seen_in_bytes() -> impl Iterator<Item = (FindingCode, Page)> {
    Topic::all().into_iter().filter_map(|topic| {
        let code = match topic {
            Topic::Failure(code) => FindingCode::Failure(code),
            Topic::Lint(lint) => FindingCode::Lint(lint),
            _ => return None,
        };
        let page = topic.page().unwrap();
        let is_seen = |example: &Example| {
            ["input", "hex", "bmp"]
                .iter()
                .all(|key| example.value(key).is_none())
        };
        (page.wrong.len() == 1 && is_seen(&page.wrong[0])).then_some((code, page))
    })
}

fn report(example: &Example) -> Report {
    let mut options = Options::standard();
    options.rules.fixed_memory = example.request.contains("fixed-memory");
    check(example.module.as_bytes(), &options)
}

fn codes(report: &Report) -> Vec<FindingCode> {
    report.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn what_is_wrong_is_found() {
    let mut seen = 0;
    for (code, page) in seen_in_bytes() {
        let report = report(&page.wrong[0]);
        assert!(codes(&report).contains(&code), "{code}: {report:?}");
        for finding in &report.findings {
            // What is a warning for may be wrong, and only that.
            let is_warning = finding.level == Level::Warning;
            assert_eq!(finding.unless.is_some(), is_warning, "{code}: {finding:?}");
        }
        seen += 1;
    }
    // All lints but the one that has no module, and what ORD-1 refuses.
    assert!(seen >= 27, "{seen}");
}

#[test]
fn what_is_mended_is_clean() {
    for topic in Topic::all() {
        let Some(page) = topic.page() else { continue };
        for mended in &page.mended {
            let report = report(mended);
            assert_eq!(codes(&report), [], "{}: {report:?}", topic.name());
        }
    }
}

/// What each message says and where it points, in the words of the pages' examples.
#[test]
fn messages_name_the_place() {
    let mut text = String::new();
    for (code, page) in seen_in_bytes() {
        let module = &page.wrong[0].module;
        text += &format!("# {code}\n");
        for finding in report(&page.wrong[0]).findings {
            text += &format!(
                "{}[{}] {}: {}\n",
                finding.level,
                finding.code,
                finding.clause.unwrap_or_default(),
                finding.message
            );
            let place = match finding.place {
                Some(qip_check::Place::Text { span, line, column }) => {
                    format!("{line}:{column} `{}`", &module[span])
                }
                place => format!("{place:?}"),
            };
            text += &format!("  at {place}\n");
            for (label, more) in [
                ("found", finding.found),
                ("wanted", finding.wanted),
                ("help", finding.help),
                ("unless", finding.unless),
            ] {
                if let Some(more) = more {
                    text += &format!("  {label}: {more}\n");
                }
            }
        }
        text += "\n";
    }
    insta::assert_snapshot!("messages", text);
}
