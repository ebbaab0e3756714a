//! Known failures: expected ones, ones that pass, ones that are stale.

use qip_cases::{Image, KnownFailures, Outcome};
use qip_conformance::{Report, Verdict};
use qip_host::Code;

use crate::fake::{ANY_MODULE, Fake, cases, corpus, refused, run_knowing, scalar};

const TAIL: &str = "reason = \"it is so\"\nlink = \"https://example.org/1\"\n";

/// An entry with this target, pinned to the scalar 2.
fn entry(target: &str) -> String {
    format!("[[known]]\n{target}\noutcome = {{ scalar = 2 }}\n{TAIL}")
}

fn verdicts(report: &Report) -> Vec<Verdict> {
    report.subjects()[0]
        .results()
        .iter()
        .map(|result| result.verdict)
        .collect()
}

fn reasons(report: &Report) -> String {
    report.reasons().join("\n")
}

#[test]
fn a_failure_in_the_pinned_way_is_green() {
    let one = corpus(&cases(&["one"]));
    let report = run_knowing(
        &one,
        Fake::always(scalar(2)),
        &entry("case = \"area/file#one\""),
    );
    assert_eq!(verdicts(&report), [Verdict::Xfail]);
    assert_eq!(reasons(&report), "");
    let why = report.subjects()[0].results()[0].why.as_deref();
    assert_eq!(why, Some("fake.toml:2: it is so (https://example.org/1)"));
}

#[test]
fn a_picture_can_be_pinned() {
    let picture = "{ width = 1, height = 1, fill = \"01020304\" }";
    let text = cases(&["one"]).replace(
        "expect = { scalar = 1 }",
        &format!("image = {picture}\nexpect = {{ image = {picture} }}"),
    );
    let known = format!(
        "[[known]]\ncase = \"area/file#one\"\noutcome = {{ image = {} }}\n{TAIL}",
        "{ width = 1, height = 1, fill = \"09090909\", max_difference = 1 }"
    );
    let verdict = |sample: u8| {
        let image = Image::new(1, 1, vec![sample; 4]).unwrap();
        let subject = Fake::always(Outcome::Image(image));
        verdicts(&run_knowing(&corpus(&text), subject, &known))
    };
    assert_eq!(verdict(8), [Verdict::Xfail]);
    assert_eq!(verdict(7), [Verdict::Fail]);
}

#[test]
fn a_failure_in_another_way_fails() {
    let one = corpus(&cases(&["one"]));
    let known = entry("case = \"area/file#one\"");
    let report = run_knowing(&one, Fake::always(refused(Code::Limit)), &known);
    assert_eq!(verdicts(&report), [Verdict::Fail]);
    assert_eq!(reasons(&report), "fake: 1 case fails");
    let why = report.subjects()[0].results()[0].why.as_deref();
    assert_eq!(
        why,
        Some("failed in another way than the expectation file pins")
    );
}

#[test]
fn a_case_that_passes_against_its_entry_is_red() {
    let one = corpus(&cases(&["one"]));
    let report = run_knowing(&one, Fake::always(scalar(1)), &entry("case = \"area/*\""));
    assert_eq!(verdicts(&report), [Verdict::Xpass]);
    assert_eq!(
        reasons(&report),
        "fake: 1 case passes against the expectation file"
    );
}

#[test]
fn broken_is_not_excused() {
    let one = corpus(&cases(&["one"]));
    let known = entry("case = \"area/file#one\"");
    let report = run_knowing(&one, Fake::new(|_| Vec::new()), &known);
    assert_eq!(verdicts(&report), [Verdict::Broken]);
    assert_eq!(reasons(&report), "fake: 1 case is broken");
}

#[test]
fn an_entry_that_matches_nothing_is_red() {
    let one = corpus(&cases(&["one"]));
    let report = run_knowing(
        &one,
        Fake::always(scalar(1)),
        &entry("case = \"area/file#two\""),
    );
    assert_eq!(verdicts(&report), [Verdict::Pass]);
    assert_eq!(
        reasons(&report),
        "fake: fake.toml:2: the entry matches no case"
    );
}

#[test]
fn a_wildcard_stands_for_twenty_cases_at_most() {
    let names: Vec<String> = (0..21).map(|number| format!("case {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let all = corpus(&cases(&names));
    let report = run_knowing(&all, Fake::always(scalar(2)), &entry("case = \"*#case-*\""));
    assert_eq!(
        reasons(&report),
        "fake: fake.toml:2: the entry matches 21 cases, expected at most 20"
    );
    // 1, 10 to 19.
    let one_file = Fake::new(|id| {
        let is_covered = id.slug().starts_with("case-1");
        vec![scalar(if is_covered { 2 } else { 1 })]
    });
    let report = run_knowing(&all, one_file, &entry("case = \"area/*#case-1*\""));
    assert_eq!(reasons(&report), "");
    assert_eq!(report.subjects()[0].counts().verdict(Verdict::Xfail), 11);
}

#[test]
fn an_entry_for_a_clause_covers_the_cases_that_fail_and_no_others() {
    let all = corpus(&cases(&["one", "two"]));
    let half = || Fake::new(|id| vec![scalar(if id.slug() == "one" { 1 } else { 2 })]);
    let report = run_knowing(&all, half(), &entry("clause = \"IN-3\""));
    assert_eq!(verdicts(&report), [Verdict::Pass, Verdict::Xfail]);
    assert_eq!(reasons(&report), "");

    let report = run_knowing(&all, Fake::always(scalar(1)), &entry("clause = \"IN-3\""));
    assert_eq!(verdicts(&report), [Verdict::Pass, Verdict::Pass]);
    assert_eq!(
        reasons(&report),
        "fake: fake.toml:2: no case that it matches fails as it says"
    );

    let report = run_knowing(&all, Fake::always(scalar(1)), &entry("clause = \"IN-4\""));
    assert_eq!(
        reasons(&report),
        "fake: fake.toml:2: the entry matches no case"
    );
}

#[test]
fn an_entry_whose_case_is_unsupported_is_stale() {
    let text =
        cases(&["one", "two"]).replace("name = \"one\"", "name = \"one\"\nlimits = { fuel = 9 }");
    let subject = Fake::always(scalar(1)).without(qip_cases::Capability::Fuel);
    let report = run_knowing(&corpus(&text), subject, &entry("case = \"area/file#one\""));
    assert_eq!(verdicts(&report), [Verdict::Unsupported, Verdict::Pass]);
    assert_eq!(
        reasons(&report),
        "fake: fake.toml:2: no case that it matches fails as it says"
    );
}

#[test]
fn a_part_of_the_corpus_says_nothing_about_the_entries_of_the_rest() {
    let all = corpus(&cases(&["one", "two"]));
    let known = KnownFailures::parse("fake.toml", &entry("case = \"area/file#two\"")).unwrap();
    let report = qip_conformance::Run::new(&all)
        .subject(Fake::always(scalar(1)))
        .filter("#one")
        .known([known])
        .execute(&mut |_, _| {});
    assert_eq!(reasons(&report), "");
}

#[test]
fn entries_are_those_of_the_subject_only() {
    let one = corpus(&cases(&["one"]));
    let known = KnownFailures::parse("other.toml", &entry("case = \"area/file#one\"")).unwrap();
    assert_eq!(known.subject(), "other");
    let run = |known: KnownFailures| {
        qip_conformance::Run::new(&one)
            .subject(Fake::always(scalar(2)))
            .known([known])
            .execute(&mut |_, _| {})
    };
    assert_eq!(verdicts(&run(known.clone())), [Verdict::Fail]);
    assert_eq!(verdicts(&run(known.for_subject("fake"))), [Verdict::Xfail]);
}

#[test]
fn wildcards_match_as_they_read() {
    let pattern = |pattern: &str| {
        let text = format!("[[known]]\ncase = \"{pattern}\"\noutcome = {{ scalar = 2 }}\n{TAIL}");
        let known = KnownFailures::parse("fake.toml", &text).unwrap();
        let corpus = corpus(&format!("{}{}", cases(&["a b a"]), ""));
        known.entries()[0].covers(&corpus.cases()[0])
    };
    // The ID is area/file#a-b-a.
    for matching in [
        "area/file#a-b-a",
        "*",
        "area/*",
        "*a-b-a",
        "*#a*a",
        "area/f*e#*b*",
    ] {
        assert!(pattern(matching), "{matching}");
    }
    for other in [
        "",
        "area/file#a-b",
        "area/file#a-b-a*a",
        "*#b",
        "area/**c*",
        "file*",
    ] {
        assert!(!pattern(other), "{other}");
    }
}

#[test]
fn expectation_files_that_are_refused() {
    let told = |text: &str| match KnownFailures::parse("fake.toml", text) {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(errors) => errors.to_string(),
    };
    let good = entry("case = \"a/b#c\"");
    let files = [
        ("neither case nor clause", entry("")),
        ("both", entry("case = \"a/b#c\"\nclause = \"IN-3\"")),
        ("an unknown clause", entry("clause = \"IM-3\"")),
        ("an unknown key", entry("cases = \"a/b#c\"")),
        ("no reason", good.replace("reason", "# reason")),
        ("an empty reason", good.replace("it is so", " ")),
        ("an empty link", good.replace("https://example.org/1", "")),
        ("no outcome", good.replace("{ scalar = 2 }", "{}")),
        (
            "an outcome that cannot be",
            good.replace("scalar = 2", "trap = \"oops\""),
        ),
        (
            "a file beside it",
            good.replace("scalar = 2", "utf8 = { file = \"a\" }"),
        ),
        ("cases", ANY_MODULE.to_owned()),
    ];
    let told: Vec<String> = files
        .iter()
        .map(|(what, text)| format!("{what}\n  {}\n", told(text)))
        .collect();
    insta::assert_snapshot!(told.concat());
}
