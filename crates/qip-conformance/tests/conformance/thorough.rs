//! Thorough runs: every case twice, in shuffled order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use qip_cases::{
    Capabilities, Capability, CaseId, Corpus, Image, KnownFailures, Outcome, OutputKind, Subject,
    Task,
};
use qip_conformance::{CaseResult, Report, Run, Verdict};
use qip_engine::Exhausted;
use qip_host::{Code, TrapKind};

use crate::fake::{Fake, cases, corpus, output, printed, refused, scalar, stopped, trapped};

const CHANGED: &str = "answered differently the second time (DET-2, REC-4)";

const NAMES: [&str; 8] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight",
];

fn thorough(corpus: &Corpus, subject: impl Subject + 'static, seed: u64) -> Report {
    Run::new(corpus)
        .subject(subject)
        .thorough(seed)
        .execute(&mut |_, _| {})
}

/// A corpus of one case that expects this.
fn expecting(expect: &str) -> Corpus {
    let text = cases(&["one"]).replace("{ scalar = 1 }", expect);
    corpus(&text)
}

/// How often each case was asked before.
#[derive(Default)]
struct Asked(Mutex<BTreeMap<String, usize>>);

impl Asked {
    fn before(&self, id: &CaseId) -> usize {
        let mut asked = self.0.lock().unwrap();
        let count = asked.entry(id.to_string()).or_default();
        *count += 1;
        *count - 1
    }
}

/// A subject that gives the first answer to each case the first time, and then the second.
fn changing(first: Outcome, second: Outcome) -> Fake {
    let asked = Asked::default();
    Fake::new(move |id| {
        let again = asked.before(id) > 0;
        vec![if again { second.clone() } else { first.clone() }]
    })
}

/// The only result of the only subject.
#[track_caller]
fn only(report: &Report) -> &CaseResult {
    let [result] = report.subjects()[0].results() else {
        panic!("one result")
    };
    result
}

/// The verdict, what is said about it, and the differences in words.
#[track_caller]
fn told(report: &Report) -> (Verdict, &str, Vec<String>) {
    let result = only(report);
    let differences = result.requests.iter().flat_map(|one| &one.differences);
    (
        result.verdict,
        result.why.as_deref().unwrap_or_default(),
        differences.map(ToString::to_string).collect(),
    )
}

/// What comes of a subject that changes its answer to a case that expects this.
#[track_caller]
fn assert_change(expect: &str, first: Outcome, second: Outcome, difference: &str) {
    let report = thorough(&expecting(expect), changing(first, second), 7);
    let difference = format!("second time: expected {difference}");
    assert_eq!(told(&report), (Verdict::Fail, CHANGED, vec![difference]));
    assert_eq!(report.reasons(), ["fake: 1 case fails"]);
}

/// What comes of one whose second answer is as good as its first.
#[track_caller]
fn assert_no_change(expect: &str, first: Outcome, second: Outcome) {
    let report = thorough(&expecting(expect), changing(first, second), 7);
    assert_eq!(told(&report), (Verdict::Pass, "", Vec::new()));
    assert!(report.is_green(), "{}", report.table());
}

#[test]
fn another_picture_is_another_answer() {
    let expect =
        r#"{ image = { width = 2, height = 1, rows = ["01010101 02020202"], max_pixels = 1 } }"#;
    let text = cases(&["one"]).replace(
        "expect = { scalar = 1 }",
        &format!("image = {{ width = 2, height = 1, gradient = true }}\nexpect = {expect}"),
    );
    let corpus = corpus(&text);
    let image = |width, height, pixels: [u8; 8]| {
        Outcome::Image(Image::new(width, height, pixels.to_vec()).unwrap())
    };
    let first = image(2, 1, [1, 1, 1, 1, 2, 2, 2, 2]);
    // The case takes both.
    let near = image(2, 1, [1, 1, 1, 1, 2, 2, 2, 4]);
    let report = thorough(&corpus, changing(first.clone(), near), 7);
    let difference = "second time: expected image 2 × 1: (1, 0) is 02020202, found image 2 × 1: \
                      (1, 0) is 02020204; 1 pixel differs, by at most 2";
    assert_eq!(
        told(&report),
        (Verdict::Fail, CHANGED, vec![difference.to_owned()])
    );
    let turned = image(1, 2, [2, 2, 2, 2, 1, 1, 1, 1]);
    let report = thorough(&corpus, changing(first.clone(), turned), 7);
    let (_, _, differences) = told(&report);
    assert_eq!(
        differences,
        ["second time: expected image 2 × 1, found image 1 × 2"]
    );
    let report = thorough(&corpus, changing(first.clone(), first), 7);
    assert!(report.is_green(), "{}", report.table());
}

#[test]
fn a_sound_subject_is_green_and_each_case_is_put_twice() {
    let asked = Arc::new(Asked::default());
    let count = Arc::clone(&asked);
    let subject = Fake::new(move |id| {
        count.before(id);
        vec![scalar(1)]
    });
    let corpus = corpus(&cases(&NAMES));
    let mut seen = Vec::new();
    let report = Run::new(&corpus)
        .subject(subject)
        .thorough(7)
        .execute(&mut |done, total| seen.push((done, total)));
    assert_eq!(seen, (1..=16).map(|done| (done, 16)).collect::<Vec<_>>());
    assert!(asked.0.lock().unwrap().values().all(|count| *count == 2));

    let results = report.subjects()[0].results().iter();
    let slugs: Vec<&str> = results.map(|result| result.case.id.slug()).collect();
    assert_eq!(slugs, NAMES);
    assert_eq!(report.seed(), Some(7));
    let state = "\n  green: 8 of 8 cases judged, twice each, in shuffled order (seed 7)\n";
    let table = report.table().to_string();
    assert!(table.contains(state), "{table}");
    assert!(table.contains("\n  assertions: 8 scalar\n"), "{table}");
}

#[test]
fn an_answer_that_changes_fails_although_either_is_allowed() {
    assert_change(
        "{ any = [{ scalar = 1 }, { scalar = 2 }] }",
        scalar(1),
        scalar(2),
        "scalar 1, found scalar 2",
    );
}

#[test]
fn an_answer_that_changes_is_seen_in_a_thorough_run_alone() {
    let corpus = expecting("{ any = [{ scalar = 1 }, { scalar = 2 }] }");
    let subject: Arc<dyn Subject> = Arc::new(changing(scalar(1), scalar(2)));
    for _ in 0..2 {
        let run = Run::new(&corpus).subjects([Arc::clone(&subject)]);
        let report = run.execute(&mut |_, _| {});
        assert_eq!(report.seed(), None);
        assert!(report.is_green(), "{}", report.table());
    }
}

/// The subject answers otherwise after the case `one`, which a case can only see that
/// comes right after it. Both answers are allowed.
#[test]
fn what_one_case_leaves_behind_is_seen_by_another_in_some_orders() {
    let any = "{ any = [{ scalar = 1 }, { scalar = 2 }] }";
    let corpus = corpus(&cases(&NAMES).replace("{ scalar = 1 }", any));
    let leaky = || {
        let last = Mutex::new(String::new());
        Fake::new(move |id| {
            let mut last = last.lock().unwrap();
            let value = if *last == "one" { 2 } else { 1 };
            id.slug().clone_into(&mut last);
            vec![scalar(value)]
        })
    };
    let mut seen = BTreeSet::new();
    for seed in 0..20 {
        let report = thorough(&corpus, leaky(), seed);
        let results = report.subjects()[0].results().iter();
        let failed: Vec<&CaseResult> = results
            .filter(|result| result.verdict == Verdict::Fail)
            .collect();
        for result in &failed {
            assert_eq!(result.why.as_deref(), Some(CHANGED));
            assert_ne!(result.case.id.slug(), "one");
        }
        seen.insert(failed.len());
        let again = thorough(&corpus, leaky(), seed);
        assert_eq!(again.table().to_string(), report.table().to_string());
    }
    // The same case follows it both times, one follows it and it comes last the other
    // time, or two do.
    assert!(seen.contains(&2) && seen.iter().all(|count| *count <= 2));
    assert!(seen.len() > 1, "{seen:?}");
}

/// The order in which a subject is asked.
fn order(corpus: &Corpus, seed: u64) -> Vec<String> {
    let ids = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&ids);
    let subject = Fake::new(move |id| {
        told.lock().unwrap().push(id.slug().to_owned());
        vec![scalar(1)]
    });
    // More threads than there are cases.
    let run = Run::new(corpus).subject(subject).thorough(seed).threads(20);
    assert!(run.execute(&mut |_, _| {}).is_green());
    let ids = ids.lock().unwrap();
    ids.clone()
}

#[test]
fn a_seed_is_an_order() {
    let corpus = corpus(&cases(&NAMES));
    let seven = order(&corpus, 7);
    assert_eq!(seven, order(&corpus, 7));
    assert_ne!(seven, order(&corpus, 8));
    let (first, second) = seven.split_at(NAMES.len());
    assert_ne!(first, second);
    for order in [first, second] {
        assert_ne!(order, NAMES);
        let set = |order: &[String]| order.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(set(order), set(&NAMES.map(str::to_owned)));
    }
}

#[test]
fn no_case_is_asked_twice_in_a_row() {
    let corpus = corpus(&cases(&["one", "two"]));
    for seed in 0..10 {
        let order = order(&corpus, seed);
        assert!(order.windows(2).all(|pair| pair[0] != pair[1]), "{order:?}");
    }
}

#[test]
fn every_subject_of_a_run_is_judged_twice() {
    let corpus = expecting("{ any = [{ scalar = 1 }, { scalar = 2 }] }");
    let subjects = [scalar(1), scalar(2)]
        .map(|second| Arc::new(changing(scalar(1), second)) as Arc<dyn Subject>);
    let run = Run::new(&corpus).subjects(subjects).thorough(7);
    let report = run.execute(&mut |_, _| {});
    assert_eq!(report.reasons(), ["fake (2): 1 case fails"]);
}

/// Whatever the case is about, DET-2 is a must.
#[test]
fn a_should_case_whose_answer_changes_is_red() {
    let text = cases(&["one"])
        .replace(
            "{ scalar = 1 }",
            "{ any = [{ scalar = 1 }, { scalar = 2 }] }",
        )
        .replace("clauses", "level = \"should\"\nclauses");
    let report = thorough(&corpus(&text), changing(scalar(1), scalar(2)), 7);
    assert!(only(&report).is_red());
    assert_eq!(report.reasons(), ["fake: 1 case fails"]);
    let table = report.table().to_string();
    assert!(
        table.contains("fail area/file#one on fake (IN-3)\n"),
        "{table}"
    );

    // The same mistake both times is the case's own business.
    let report = thorough(&corpus(&text), Fake::always(scalar(3)), 7);
    assert_eq!(only(&report).verdict, Verdict::Fail);
    assert!(report.is_green());
}

#[test]
fn what_is_compared() {
    let typed = |content_type: Option<&str>| Outcome::Scalar {
        value: 1,
        content_type: content_type.map(str::to_owned),
    };
    let one = "{ scalar = 1 }";
    let html = || typed(Some("text/html"));
    let difference = "scalar 1, found scalar 1, content type text/html";
    assert_change(one, typed(None), html(), difference);
    assert_no_change(one, typed(None), typed(Some("")));

    let at = |code, offset, stage, message: &str| Outcome::Refused {
        code,
        message: message.to_owned(),
        stage: Some(stage),
        offset: Some(offset),
    };
    let limit = "{ refused = \"limit\" }";
    let refused = |offset, stage, message| at(Code::Limit, offset, stage, message);
    assert_no_change(limit, refused(1, 1, "one"), refused(2, 1, "two"));
    assert_change(
        limit,
        refused(1, 1, ""),
        refused(1, 2, ""),
        "refused limit, stage 1, offset 1, found refused limit, stage 2, offset 1",
    );
    let text = "{ refused = \"input-not-utf8\" }";
    assert_change(
        text,
        at(Code::InputNotUtf8, 1, 1, ""),
        at(Code::InputNotUtf8, 2, 1, ""),
        "refused input-not-utf8, stage 1, offset 1, \
         found refused input-not-utf8, stage 1, offset 2",
    );
    let any = "{ any = [{ bytes = 'ab' }, { bytes = 'ac' }, { utf8 = 'ab' }] }";
    let bytes = |bytes| output(OutputKind::Bytes, bytes);
    let difference = "bytes 2 bytes: \"ab\", found bytes 2 bytes: \"ac\"";
    assert_change(any, bytes(b"ab"), bytes(b"ac"), difference);
    let difference = "bytes 2 bytes: \"ab\", found utf8 2 bytes: \"ab\"";
    let utf8 = output(OutputKind::Utf8, b"ab");
    assert_change(any, bytes(b"ab"), utf8, difference);
}

/// A message is judged each time, but never compared.
#[test]
fn a_message_that_is_wrong_once_is_a_failure_of_its_own() {
    let with = |message: &str| Outcome::Refused {
        code: Code::Limit,
        message: message.to_owned(),
        stage: None,
        offset: None,
    };
    let corpus = expecting("{ refused = \"limit\", message = \"too\" }");
    let difference = "message: expected something with \"too\", found \"few\"".to_owned();
    for (first, second, why) in [
        ("too many", "few", "the second time alone"),
        ("few", "too many", "the first time alone"),
        ("few", "few", ""),
    ] {
        let report = thorough(&corpus, changing(with(first), with(second)), 7);
        let differences = vec![difference.clone()];
        assert_eq!(told(&report), (Verdict::Fail, why, differences));
    }
}

/// DET-1 leaves the stack and the clock open, not what the case says about them.
#[test]
fn a_full_stack_and_a_time_that_is_up_may_come_and_go_where_the_case_allows_both() {
    let time = || stopped(Exhausted::Time);
    let any = "{ any = [{ scalar = 1 }, { stopped = \"time\" }] }";
    assert_no_change(any, scalar(1), time());
    assert_no_change(any, time(), scalar(1));
    let full = trapped(TrapKind::StackOverflow);
    let any = "{ any = [{ scalar = 1 }, { trap = \"stack-overflow\" }] }";
    assert_no_change(any, scalar(1), full);

    let report = thorough(&expecting("{ scalar = 1 }"), changing(scalar(1), time()), 7);
    let (verdict, why, differences) = told(&report);
    assert_eq!((verdict, why), (Verdict::Fail, "the second time alone"));
    let difference = "outcome: expected scalar 1, found stopped time, stage 1: it took too long";
    assert_eq!(differences, [difference]);

    // The same fuel buys the same within an engine (RUN-6).
    assert_change(
        "{ any = [{ scalar = 1 }, { stopped = \"fuel\" }] }",
        scalar(1),
        stopped(Exhausted::Fuel),
        "scalar 1, found stopped fuel, stage 1: it took too long",
    );
}

#[test]
fn table_traps_are_one_for_a_subject_that_does_not_tell_them_apart() {
    let (null, signature) = (TrapKind::IndirectCallToNull, TrapKind::BadSignature);
    let any = "{ any = [{ trap = \"indirect-call-to-null\" }, { trap = \"bad-signature\" }] }";
    let corpus = expecting(any);
    let subject = || changing(trapped(null), trapped(signature));
    assert_eq!(
        only(&thorough(&corpus, subject(), 7)).verdict,
        Verdict::Fail
    );
    let coarse = subject().without(Capability::IndirectKinds);
    assert_eq!(only(&thorough(&corpus, coarse, 7)).verdict, Verdict::Pass);
}

#[test]
fn an_answer_that_is_wrong_and_changes_says_both() {
    let corpus = expecting("{ scalar = 1 }");
    let report = thorough(&corpus, changing(scalar(2), scalar(1)), 7);
    let differences = [
        "outcome: expected scalar 1, found scalar 2",
        "second time: expected scalar 2, found scalar 1",
    ];
    let differences = differences.map(str::to_owned).to_vec();
    assert_eq!(told(&report), (Verdict::Fail, CHANGED, differences));
}

#[test]
fn a_request_that_changes_is_told_from_the_others() {
    let requests = "requests = [{ expect = { scalar = 1 } }, { expect = { any = [{ scalar = 1 }, { scalar = 2 }] } }]";
    let corpus = corpus(&cases(&["one"]).replace("expect = { scalar = 1 }", requests));
    let asked = Asked::default();
    let subject = Fake::new(move |id| vec![scalar(1), scalar(asked.before(id) as i32 + 1)]);
    let table = thorough(&corpus, subject, 7).table().to_string();
    let line = "  request 2, second time  scalar 1  scalar 2\n";
    assert!(table.contains(line), "{table}");
}

#[test]
fn a_subject_that_breaks_once_is_broken() {
    let corpus = expecting("{ scalar = 1 }");
    let breaks = |when: usize| {
        let asked = Asked::default();
        let subject = Fake::new(move |id| match asked.before(id) {
            time if time == when => panic!("out of cheese"),
            _ => vec![scalar(1)],
        });
        let report = thorough(&corpus, subject, 7);
        assert_eq!(report.reasons(), ["fake: 1 case is broken"]);
        told(&report).1.to_owned()
    };
    assert_eq!(breaks(0), "the first time alone: panicked: out of cheese");
    assert_eq!(breaks(1), "the second time alone: panicked: out of cheese");

    let report = thorough(&corpus, Fake::always(Outcome::broken("always")), 7);
    assert_eq!(told(&report), (Verdict::Broken, "always", Vec::new()));
    let too_many = changing(scalar(1), scalar(1));
    let report = thorough(
        &corpus,
        Fake::new(move |id| [too_many.run(id, &no_task()), vec![scalar(1)]].concat()),
        7,
    );
    assert_eq!(told(&report).1, "gave 2 answers to 1 requests");
}

/// What a fake does not look at.
fn no_task() -> Task {
    Task::clone(&corpus(&cases(&["one"])).cases()[0].task)
}

#[test]
fn a_subject_that_once_says_that_it_lacks_what_no_case_needs_is_broken() {
    let unsupported = || Outcome::Unsupported {
        capability: Capability::Image,
    };
    let corpus = expecting("{ scalar = 1 }");
    let judge = |first, second| {
        let subject = changing(first, second).without(Capability::Image);
        let report = thorough(&corpus, subject, 7);
        let (verdict, why, differences) = told(&report);
        (verdict, why.to_owned(), differences.join("; "))
    };
    let lacks = "says that it lacks `image`, which the case does not need";
    let broken = |why: String| (Verdict::Broken, why, String::new());
    assert_eq!(
        judge(unsupported(), scalar(1)),
        broken(format!("the first time alone: {lacks}"))
    );
    assert_eq!(
        judge(scalar(1), unsupported()),
        broken(format!("the second time alone: {lacks}"))
    );
    assert_eq!(
        judge(unsupported(), unsupported()),
        broken(lacks.to_owned())
    );
}

#[test]
fn what_a_subject_lacks_is_not_put_to_it_twice_either() {
    let corpus =
        corpus(&cases(&["one", "two"]).replacen("clauses", "limits = { fuel = 9 }\nclauses", 1));
    let subject = Fake::always(scalar(1)).without(Capability::Fuel);
    let report = thorough(&corpus, subject, 7);
    let state = "green: 1 of 2 cases judged, twice each, in shuffled order (seed 7), 1 unsupported";
    let table = report.table().to_string();
    assert!(table.contains(state), "{table}");
}

#[test]
fn a_known_failure_is_one_where_it_fails_so_both_times() {
    let corpus = expecting("{ scalar = 1 }");
    let known = "[[known]]\ncase = \"area/file#one\"\n\
                 outcome = { any = [{ scalar = 2 }, { scalar = 3 }] }\n\
                 reason = \"it is so\"\nlink = \"https://example.org/1\"\n";
    let judge = |first, second| {
        let known = KnownFailures::parse("fake.toml", known).unwrap();
        let subject = changing(scalar(first), scalar(second));
        let run = Run::new(&corpus).subject(subject).known([known]);
        run.thorough(7).execute(&mut |_, _| {})
    };
    let report = judge(2, 2);
    let why = "fake.toml:2: it is so (https://example.org/1)";
    let (verdict, told_why, _) = told(&report);
    assert_eq!((verdict, told_why), (Verdict::Xfail, why));
    assert!(report.is_green(), "{}", report.table());

    let report = judge(1, 1);
    assert_eq!(told(&report).0, Verdict::Xpass);

    for (first, second) in [(2, 3), (2, 1), (1, 2), (2, 4)] {
        let report = judge(first, second);
        assert_eq!(
            report.reasons(),
            ["fake: 1 case fails"],
            "{first}, {second}"
        );
        assert_eq!(told(&report).1, CHANGED);
    }
}

/// A subject of which only that can be seen what it prints.
struct Coarse(Fake);

impl Subject for Coarse {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn version(&self) -> &str {
        self.0.version()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn is_coarse(&self) -> bool {
        true
    }

    fn run(&self, id: &CaseId, task: &Task) -> Vec<Outcome> {
        self.0.run(id, task)
    }
}

#[test]
fn of_a_command_it_is_compared_what_it_prints_and_its_status() {
    let judge = |expect: &str, first, second| {
        let subject = Coarse(changing(first, second));
        let report = thorough(&expecting(expect), subject, 7);
        let (verdict, _, differences) = told(&report);
        (verdict, differences.join("; "))
    };
    let limit = "{ refused = \"limit\" }";
    assert_eq!(
        judge(limit, printed(5, b""), printed(5, b"")),
        (Verdict::Pass, String::new())
    );
    let said_otherwise = Outcome::Printed {
        status: 5,
        stdout: Vec::new(),
        message: "error: it went wrong in another way".to_owned(),
        any_failure: None,
    };
    assert_eq!(
        judge(limit, printed(5, b""), said_otherwise),
        (Verdict::Pass, String::new())
    );
    let (verdict, differences) = judge(limit, printed(5, b""), printed(1, b""));
    assert_eq!(verdict, Verdict::Fail);
    assert!(
        differences.starts_with("second time: expected exit status 5, 0 bytes"),
        "{differences}"
    );
    let any = "{ any = [{ scalar = 1 }, { scalar = 2 }] }";
    let (verdict, _) = judge(any, printed(0, b"Ran: 1\n"), printed(0, b"Ran: 2\n"));
    assert_eq!(verdict, Verdict::Fail);
    let any = "{ any = [{ scalar = 1 }, { stopped = \"time\" }] }";
    let (verdict, _) = judge(any, printed(0, b"Ran: 1\n"), printed(5, b""));
    assert_eq!(verdict, Verdict::Pass);
}

#[test]
fn refusals_are_compared_as_other_answers_are() {
    assert_change(
        "{ any = [{ refused = \"memory-kind\" }, { refused = \"invalid-module\" }] }",
        refused(Code::MemoryKind),
        refused(Code::InvalidModule),
        "refused memory-kind, stage 1: refused for a reason, \
         found refused invalid-module, stage 1: refused for a reason",
    );
}
