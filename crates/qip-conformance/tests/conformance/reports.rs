//! What a report looks like.

use std::sync::atomic::{AtomicI32, Ordering};

use qip_cases::{Capability, Corpus, KnownFailures, Outcome, OutputKind};
use qip_conformance::{Report, Run, Verdict};
use qip_host::Code;

use crate::fake::{
    self, ANY_MODULE, Fake, corpus, files, output, refused, scalar, without_directory,
};

/// Two areas, both levels, most verdicts.
fn report() -> (Report, tempfile::TempDir) {
    let (corpus, directory) = cases();
    let report = Run::new(&corpus).subject(faulty()).execute(&mut |_, _| {});
    (report, directory)
}

fn cases() -> (Corpus, tempfile::TempDir) {
    let head = format!("summary = \"made up\"\n{ANY_MODULE}");
    let first = format!(
        "{head}
[[case]]
name = \"passes\"
clauses = [\"IN-3\"]
expect = {{ scalar = 1 }}

[[case]]
name = \"fails in its output\"
clauses = [\"OUT-3\", \"OUT-6\"]
expect = {{ utf8 = {{ repeat = \"ab\", count = 30 }}, content_type = \"text/html\" }}

[[case]]
name = \"fails in a detail of the second request\"
clauses = [\"REC-5\"]
stages = [{{}}, {{}}]
requests = [
  {{ expect = {{ refused = \"limit\" }} }},
  {{ expect = {{ refused = \"limit\", stage = 2, message = \"of a kind\" }} }},
]

[[case]]
name = \"breaks\"
clauses = [\"RUN-7\"]
expect = {{ scalar = 1 }}
"
    );
    let second = format!(
        "{head}
[[case]]
name = \"should pass\"
clauses = [\"LIM-3\"]
level = \"should\"
expect = {{ scalar = 1 }}

[[case]]
name = \"needs fuel\"
clauses = [\"RUN-6\"]
limits = {{ fuel = 9 }}
expect = {{ stopped = \"fuel\" }}
"
    );
    let directory = files(&[("first/file.toml", &first), ("second/file.toml", &second)]);
    let corpus = Corpus::open_unlocked(directory.path()).unwrap();
    (corpus, directory)
}

/// A subject that does something wrong in most cases.
fn faulty() -> Fake {
    let subject = Fake::new(|id| match id.slug() {
        "passes" => vec![scalar(1)],
        "fails-in-its-output" => {
            let mut bytes = b"ab".repeat(30);
            bytes[50] = b'c';
            vec![output(qip_cases::OutputKind::Utf8, &bytes)]
        }
        "fails-in-a-detail-of-the-second-request" => vec![refused(Code::Limit); 2],
        "breaks" => panic!("a \u{1b}[31mred\u{1b}[0m panic"),
        _ => vec![scalar(2)],
    });
    subject.without(Capability::Fuel).on("engine 2.0")
}

#[test]
fn a_table_for_a_terminal() {
    let (report, directory) = report();
    insta::assert_snapshot!(without_directory(
        &report.table().to_string(),
        directory.path()
    ));
}

/// The second passes what expects a scalar, and against what is known of it.
#[test]
fn one_table_for_several_subjects() {
    let (corpus, directory) = cases();
    let known = r#"
[[known]]
case = "second/file#should-pass"
outcome = { scalar = 2 }
reason = "it counts from two"
link = "https://example.org/1"
"#;
    let report = Run::new(&corpus)
        .subject(faulty())
        .subject(Fake::always(scalar(1)))
        .known([KnownFailures::parse("fake.toml", known).unwrap()])
        .execute(&mut |_, _| {});
    insta::assert_snapshot!(without_directory(
        &report.table().to_string(),
        directory.path()
    ));
}

/// Of four cases that need more than `content`, one needs two capabilities.
#[test]
fn for_want_of_what_cases_are_unsupported() {
    let limited = |names: &[&str], limits: &str| {
        let cases = fake::cases(names)
            .split_once("[[case]]")
            .unwrap()
            .1
            .to_owned();
        let cases = format!("[[case]]{cases}");
        cases.replace("expect", &format!("limits = {{ {limits} }}\nexpect"))
    };
    let text = [
        fake::cases(&["one"]),
        limited(&["two", "three"], "fuel = 9"),
        limited(&["four"], "types = 9"),
        limited(&["five"], "fuel = 9, types = 9"),
    ];
    let corpus = corpus(&text.concat());
    let told = |subject: Fake| {
        let report = Run::new(&corpus).subject(subject).execute(&mut |_, _| {});
        let table = report.table().to_string();
        let line = table.lines().find(|line| line.contains("unsupported: "));
        line.map(|line| line.trim().to_owned())
    };
    let all = || Fake::always(scalar(1));
    assert_eq!(told(all()), None);
    let lacking = |one, other| all().without(one).without(other);
    assert_eq!(
        told(lacking(Capability::Fuel, Capability::Limits)).unwrap(),
        "unsupported: 3 need fuel, 2 need limits, some need several"
    );
    assert_eq!(
        told(lacking(Capability::Fuel, Capability::Texts)).unwrap(),
        "unsupported: 3 need fuel"
    );
    assert_eq!(
        told(all().cannot_be_told(|task| (task.limits.types == 9).then_some("types"))).unwrap(),
        "unsupported: 2 cannot be told types"
    );
    assert_eq!(
        told(
            all()
                .without(Capability::Fuel)
                .cannot_be_told(|task| (task.limits.types == 9).then_some("types"))
        )
        .unwrap(),
        "unsupported: 3 need fuel, 1 cannot be told types"
    );
}

/// What is nowhere has no row, but for the number of those that pass.
#[test]
fn a_table_of_nothing_but_failures() {
    let corpus = corpus(&fake::cases(&["one"]));
    let report = Run::new(&corpus)
        .subject(Fake::always(scalar(2)))
        .subject(Fake::always(scalar(3)))
        .execute(&mut |_, _| {});
    let table = report.table().to_string();
    let rows: Vec<&str> = table.lines().skip(2).take(7).collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn json_lines_with_header_and_footer() {
    let (report, directory) = report();
    let mut bytes = Vec::new();
    report.write_json_lines(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value.is_object());
    }
    insta::with_settings!({ filters => vec![
        (r#""time_us":\d+"#, r#""time_us":0"#),
        (r#""platform":"[^"]*""#, r#""platform":"…""#),
        (r#""sha256":"[0-9a-f]{64}""#, r#""sha256":"…""#),
        (r#""version":"0\.[^"]*""#, r#""version":"…""#),
    ] }, {
        insta::assert_snapshot!(without_directory(&text, directory.path()));
    });
}

/// The header and the tables of one subject and of several name the seed.
#[test]
fn a_thorough_report() {
    let any = "{ any = [{ scalar = 1 }, { scalar = 2 }] }";
    let corpus = corpus(&fake::cases(&["one", "two"]).replace("{ scalar = 1 }", any));
    let changing = || {
        let times = AtomicI32::new(0);
        Fake::new(move |id| {
            let value = match id.slug() {
                "one" => 1,
                _ => 1 + times.fetch_add(1, Ordering::Relaxed),
            };
            vec![scalar(value)]
        })
    };
    let alone = Run::new(&corpus).subject(changing()).thorough(7);
    let alone = alone.execute(&mut |_, _| {});
    let together = Run::new(&corpus)
        .subject(Fake::always(scalar(1)))
        .subject(changing())
        .thorough(7)
        .execute(&mut |_, _| {});
    let mut lines = Vec::new();
    alone.write_json_lines(&mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let header = lines.lines().next().unwrap();
    assert!(header.ends_with("\"thorough\":{\"seed\":7}}}"), "{header}");
    insta::with_settings!({ filters => vec![
        (r"(?m)^  \S*/?area/file", "  area/file"),
    ] }, {
        insta::assert_snapshot!(format!("{}{}", alone.table(), together.table()));
    });
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    struct Full;

    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let (report, _directory) = report();
    assert!(report.write_json_lines(&mut Full).is_err());
}

/// A subject may answer as much as it likes: what is kept until the report is bounded.
#[test]
fn of_long_answers_the_beginning_is_kept() {
    const KEPT: usize = 64 << 10;
    let long = "é".repeat(100_000);
    let cases = fake::cases(&["output", "printed", "message", "broken"]);
    let text = long.clone();
    let subject = Fake::new(move |id| {
        vec![match id.slug() {
            "output" => output(OutputKind::Utf8, text.as_bytes()),
            "printed" => fake::printed(0, text.as_bytes()),
            "message" => Outcome::Refused {
                code: Code::Limit,
                message: text.clone(),
                stage: None,
                offset: None,
            },
            _ => Outcome::broken(text.clone()),
        }]
    });
    let known = "[[known]]
case = \"area/file#output\"
outcome = { utf8 = { repeat = \"é\", count = 100000 } }
reason = \"it is so\"
link = \"https://example.org/1\"
";
    let report = fake::run_knowing(&corpus(&cases), subject.coarse(), known);
    let [output, printed, message, broken] = report.subjects()[0].results() else {
        panic!("four results")
    };
    // Judged before it was cut.
    assert_eq!(output.verdict, Verdict::Xfail);
    for result in [output, printed] {
        let request = &result.requests[0];
        assert_eq!(request.outcome.output_bytes(), KEPT);
        assert_eq!(request.output_bytes, long.len());
    }
    let kept = message.requests[0].outcome.message().unwrap();
    assert_eq!(kept, &long[..KEPT]);
    assert_eq!(broken.why.as_deref().unwrap(), &long[..KEPT]);
    let mut lines = Vec::new();
    report.write_json_lines(&mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.matches("\"bytes\":200000").count(), 2);
}
