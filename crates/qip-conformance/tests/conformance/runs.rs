//! Runs over subjects that misbehave: each gets its verdict, and each verdict that
//! should makes the run red.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qip_cases::{Capability, Corpus, Outcome, OutputKind, Subject};
use qip_conformance::{
    EngineSubject, Report, Run, SubjectReport, Verdict, Watchdog, assert_conforms, run_case,
};
use qip_engine::{Compile, CompileError, Engine, EngineError, EngineInfo};
use qip_host::Code;

use crate::fake::{Fake, cases, corpus, output, printed, refused, run, scalar};

/// The only verdict of the only subject, with what is said about it.
fn only(report: &Report) -> (Verdict, String) {
    let [subject] = report.subjects() else {
        panic!("one subject")
    };
    let [result] = subject.results() else {
        panic!("one result")
    };
    (result.verdict, result.why.clone().unwrap_or_default())
}

fn reasons(report: &Report) -> String {
    assert_eq!(report.is_green(), report.reasons().is_empty());
    report.reasons().join("\n")
}

#[test]
fn what_is_expected_passes_and_is_green() {
    let report = run(&corpus(&cases(&["one", "two"])), Fake::always(scalar(1)));
    assert_eq!(report.reasons(), [""; 0]);
    let counts = report.subjects()[0].counts();
    assert_eq!(
        (
            counts.cases,
            counts.verdict(Verdict::Pass),
            counts.all_assertions()
        ),
        (2, 2, 2)
    );
}

#[test]
fn a_must_case_that_fails_is_red() {
    let report = run(&corpus(&cases(&["one", "two"])), Fake::always(scalar(2)));
    assert_eq!(reasons(&report), "fake: 2 cases fail");
    let report = run(
        &corpus(&cases(&["one"])),
        Fake::always(refused(Code::Limit)),
    );
    assert_eq!(only(&report), (Verdict::Fail, String::new()));
    assert_eq!(reasons(&report), "fake: 1 case fails");
}

#[test]
fn a_should_case_that_fails_is_told_and_green() {
    let text = cases(&["one"]).replace("clauses", "level = \"should\"\nclauses");
    let report = run(&corpus(&text), Fake::always(scalar(2)));
    assert_eq!(only(&report).0, Verdict::Fail);
    assert!(report.is_green());
    assert!(
        report
            .table()
            .to_string()
            .contains("fail area/file#one on fake (IN-3, should)")
    );
}

#[test]
fn a_should_case_that_breaks_is_red() {
    let text = cases(&["one"]).replace("clauses", "level = \"should\"\nclauses");
    let report = run(&corpus(&text), Fake::always(Outcome::broken("it crashed")));
    assert_eq!(reasons(&report), "fake: 1 case is broken");
}

/// Or the report would not say that less was judged of it.
#[test]
fn a_subject_that_answers_what_it_printed_says_that_it_is_coarse() {
    let report = run(
        &corpus(&cases(&["one"])),
        Fake::always(printed(0, b"Ran: 1\n")),
    );
    let why = "answers what it printed, and does not say that it is coarse";
    assert_eq!(only(&report), (Verdict::Broken, why.to_owned()));
}

#[test]
fn what_a_subject_lacks_is_not_put_to_it() {
    let text =
        cases(&["one", "two"]).replace("name = \"two\"", "name = \"two\"\nlimits = { fuel = 9 }");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let subject = Fake::new(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        vec![scalar(1)]
    });
    let report = run(&corpus(&text), subject.without(Capability::Fuel));
    assert!(report.is_green());
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let result = &report.subjects()[0].results()[1];
    assert_eq!(
        (result.verdict, result.why.as_deref()),
        (Verdict::Unsupported, Some("needs fuel"))
    );
}

/// A subject that claims all but the image mode, and says to the second case that it
/// lacks something, which a module in WebAssembly text may need.
fn lacking(capability: Capability, module: &str) -> Report {
    let corpus = corpus(&cases(&["one", "two"]).replace(
        "name = \"two\"",
        &format!("name = \"two\"\nmodule = {{ wat = '''{module}''' }}"),
    ));
    let subject = Fake::new(move |id| {
        let one = id.slug() == "one";
        let lacks = Outcome::Unsupported { capability };
        vec![if one { scalar(1) } else { lacks }]
    });
    run(&corpus, subject.without(Capability::Image))
}

fn second(report: &Report) -> (Verdict, &str) {
    let result = &report.subjects()[0].results()[1];
    (result.verdict, result.why.as_deref().unwrap())
}

#[test]
fn a_subject_lacks_only_what_a_case_needs() {
    let tile_filter = r#"(module
        (memory (export "memory") 2)
        (global (export "input_ptr") i32 (i32.const 0))
        (global (export "input_bytes_cap") i32 (i32.const 65536))
        (func (export "tile_rgba32float_64x64") (param f32 f32)))"#;
    let report = lacking(Capability::Image, tile_filter);
    assert!(report.is_green(), "{}", report.table());
    assert_eq!(
        second(&report),
        (Verdict::Unsupported, "says that it needs image")
    );
    // One that is to be refused can be refused without the image mode; one without a tile
    // function is none; and one that is cannot need what has nothing to do with it.
    let no_pointer = tile_filter.replace("input_ptr", "input");
    let content = tile_filter.replace("tile_rgba32float_64x64", "tile");
    for (capability, module, why) in [
        (
            Capability::Image,
            &*no_pointer,
            "says that it lacks `image`, which the case does not need",
        ),
        (
            Capability::Image,
            &content,
            "says that it lacks `image`, which the case does not need",
        ),
        (
            Capability::Fuel,
            tile_filter,
            "says that it lacks `fuel`, which it claims to have",
        ),
    ] {
        let report = lacking(capability, module);
        assert_eq!(second(&report), (Verdict::Broken, why), "{module}");
        assert!(!report.is_green());
    }
}

#[test]
fn a_run_in_which_nothing_was_judged_is_red() {
    let one = corpus(&cases(&["one"]));
    let report = run(&one, Fake::always(scalar(1)).without(Capability::Content));
    assert_eq!(
        only(&report),
        (Verdict::Unsupported, "needs content".to_owned())
    );
    assert_eq!(reasons(&report), "fake: no case was judged");

    let report = Run::new(&one)
        .subject(Fake::always(scalar(1)))
        .filter("no-such-case")
        .execute(&mut |_, _| {});
    assert_eq!(reasons(&report), "fake: no case was judged");

    let report = Run::new(&one).execute(&mut |_, _| {});
    assert_eq!(reasons(&report), "no subject was judged");
    assert_eq!(report.table().to_string(), "red: no subject was judged\n");
}

#[test]
fn broken_is_never_what_was_expected() {
    let one = corpus(&cases(&["one"]));
    let verdict = |subject: Fake| {
        let report = run(&one, subject);
        assert_eq!(reasons(&report), "fake: 1 case is broken");
        let (verdict, why) = only(&report);
        assert_eq!(verdict, Verdict::Broken);
        why
    };
    assert_eq!(
        verdict(Fake::always(Outcome::broken("it crashed"))),
        "it crashed"
    );
    assert_eq!(
        verdict(Fake::new(|_| Vec::new())),
        "gave 0 answers to 1 requests"
    );
    assert_eq!(
        verdict(Fake::new(|_| vec![scalar(1), scalar(1)])),
        "gave 2 answers to 1 requests"
    );
    assert_eq!(
        verdict(Fake::new(|_| panic!("out of cheese"))),
        "panicked: out of cheese"
    );
    let number = 7;
    assert_eq!(
        verdict(Fake::new(move |_| panic!("error {number}"))),
        "panicked: error 7"
    );
    assert_eq!(
        verdict(Fake::new(|_| std::panic::panic_any(7))),
        "panicked: with no message"
    );
}

#[test]
fn a_panic_is_charged_to_its_case_only() {
    let report = run(
        &corpus(&cases(&["one", "two", "three"])),
        Fake::new(|id| match id.slug() {
            "two" => panic!("two"),
            _ => vec![scalar(1)],
        }),
    );
    let verdicts: Vec<Verdict> = report.subjects()[0]
        .results()
        .iter()
        .map(|result| result.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Broken, Verdict::Pass]);
}

#[test]
fn a_subject_that_hangs_is_broken_and_given_up() {
    let names: Vec<String> = (0..30).map(|number| format!("case {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = cases(&names).replace("clauses", "limits = { time_ms = 1 }\nclauses");
    let corpus = corpus(&text);
    let subject = Fake::new(|_| {
        loop {
            std::thread::sleep(Duration::from_secs(60));
        }
    });
    let report = Run::new(&corpus)
        .subject(subject)
        .threads(10)
        .execute(&mut |_, _| {});
    assert_eq!(reasons(&report), "fake: 30 cases are broken");
    let why: BTreeSet<&str> = report.subjects()[0]
        .results()
        .iter()
        .filter_map(|result| result.why.as_deref())
        .collect();
    let expected = [
        "given up after 10 answers that never came",
        "no answer within 10001 ms",
    ];
    assert_eq!(why, BTreeSet::from(expected));
}

#[test]
fn a_hang_is_told_from_a_crash_by_more_than_its_words() {
    let text = cases(&["hangs", "crashes"]).replace("clauses", "limits = { time_ms = 1 }\nclauses");
    let corpus = corpus(&text);
    let mut watchdog = Watchdog::new(Arc::new(Fake::new(|id| match id.slug() {
        "hangs" => loop {
            std::thread::sleep(Duration::from_secs(60));
        },
        _ => panic!("no answer"),
    })));
    let mut ask = |index: usize| {
        let case = &corpus.cases()[index];
        watchdog.ask(&case.id, &case.task).0
    };
    assert_eq!(ask(0), [Outcome::hung("no answer within 10001 ms")]);
    assert_eq!(ask(1), [Outcome::broken("panicked: no answer")]);
}

#[test]
fn every_request_is_judged() {
    let text = cases(&["one"]).replace(
        "expect = { scalar = 1 }",
        "requests = [{ expect = { scalar = 1 } }, { expect = { scalar = 2 } }]",
    );
    let corpus = corpus(&text);
    assert!(run(&corpus, Fake::new(|_| vec![scalar(1), scalar(2)])).is_green());
    let report = run(&corpus, Fake::always(scalar(1)));
    assert_eq!(only(&report).0, Verdict::Fail);
    assert!(
        report
            .table()
            .to_string()
            .contains("request 2, outcome  scalar 2  scalar 1")
    );
}

#[test]
fn filters_and_ids_select_and_results_stand_in_order() {
    let corpus = corpus(&cases(&["one", "one more", "two", "three"]));
    let ids = |run: Run<'_>| -> Vec<String> {
        let mut seen = Vec::new();
        let report = run
            .subject(Fake::always(scalar(1)))
            .execute(&mut |done, total| {
                seen.push((done, total));
            });
        let results = report.subjects()[0].results();
        let count = results.len();
        assert_eq!(
            seen,
            (1..=count).map(|done| (done, count)).collect::<Vec<_>>()
        );
        results
            .iter()
            .map(|result| result.case.id.slug().to_owned())
            .collect()
    };
    assert_eq!(ids(Run::new(&corpus)), ["one", "one-more", "two", "three"]);
    assert_eq!(ids(Run::new(&corpus).filter("#one")), ["one", "one-more"]);
    assert_eq!(ids(Run::new(&corpus).exact("area/file#one")), ["one"]);
    assert_eq!(
        ids(Run::new(&corpus).filter("three").exact("area/file#one")),
        ["one", "three"]
    );
}

#[test]
fn subjects_of_one_name_are_told_apart() {
    let corpus = corpus(&cases(&["one"]));
    let subjects = [1, 2].map(|value| Arc::new(Fake::always(scalar(value))) as Arc<dyn Subject>);
    let report = Run::new(&corpus).subjects(subjects).execute(&mut |_, _| {});
    let names: Vec<&str> = report.subjects().iter().map(SubjectReport::name).collect();
    assert_eq!(names, ["fake", "fake (2)"]);
    assert_eq!(reasons(&report), "fake (2): 1 case fails");
}

#[test]
fn a_module_that_does_not_assemble_is_broken_with_its_place() {
    let text = cases(&["one"]).replace("(module)", "(modul)");
    let subject = EngineSubject::new(qip_host::wasmi::Wasmi::new());
    let report = Run::new(&corpus(&text))
        .subject(subject)
        .execute(&mut |_, _| {});
    let (verdict, why) = only(&report);
    assert_eq!(verdict, Verdict::Broken);
    assert!(
        why.contains("area/file.toml:2: the WebAssembly text does not parse"),
        "{why}"
    );
}

#[test]
fn one_case_can_be_judged_by_itself() {
    let corpus = corpus(&cases(&["one"]));
    let subject: Arc<dyn Subject> = Arc::new(Fake::always(output(OutputKind::Utf8, b"1")));
    let result = run_case(&subject, &corpus.cases()[0], None);
    assert_eq!(result.verdict, Verdict::Fail);
    assert!(result.is_red());
}

/// An engine that takes nothing.
struct NoEngine(EngineInfo);

impl NoEngine {
    fn new() -> NoEngine {
        NoEngine(EngineInfo::new("none", "0"))
    }
}

impl Engine for NoEngine {
    fn info(&self) -> &EngineInfo {
        &self.0
    }

    fn compile(
        &self,
        _: &Compile<'_>,
    ) -> Result<Arc<dyn qip_engine::CompiledModule>, CompileError> {
        Err(EngineError::new("nothing is ready").into())
    }
}

#[test]
#[should_panic(expected = "the engine does not conform:\nnone 0\n")]
fn an_engine_that_does_not_conform_panics_with_the_report() {
    assert_conforms(NoEngine::new());
}

#[test]
fn what_follows_from_the_module_alone_needs_no_engine_to_pass() {
    let corpus = Corpus::embedded_file("mod", "imports").unwrap();
    let subject = EngineSubject::new(NoEngine::new());
    assert!(!subject.capabilities().contains(&Capability::Fuel));
    let report = Run::new(&corpus).subject(subject).execute(&mut |_, _| {});
    let verdicts: BTreeSet<Verdict> = report.subjects()[0]
        .results()
        .iter()
        .map(|result| result.verdict)
        .collect();
    assert_eq!(verdicts, BTreeSet::from([Verdict::Pass, Verdict::Broken]));
}
