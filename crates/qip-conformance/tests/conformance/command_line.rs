//! Command lines that behave and that do not: what they are told, what they can do, and
//! the verdicts on them. They are shell scripts, so there is nothing of it on Windows.
#![cfg(unix)]

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use qip_cases::{Capability, Corpus, Outcome, Subject};
use qip_conformance::{CommandLine, Report, Run, SubjectReport, Verdict};
use tempfile::TempDir;

use crate::fake::{ANY_MODULE, corpus};

/// A command line that is a shell script, in a directory of its own.
struct Script {
    directory: TempDir,
}

impl Script {
    fn new(text: &str) -> Script {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("script.sh"), text).unwrap();
        Script { directory }
    }

    /// One that says to `--help` and `--version` what such a command does, runs modules
    /// that are sound, and tells its failures apart; cases it answers with this.
    fn qip(text: &str) -> Script {
        Script::refusing("echo no >&2; exit 4", text)
    }

    /// The same, which says this where it is asked for a refusal.
    fn refusing(refusal: &str, text: &str) -> Script {
        Script::with_help(
            "--timeout-ms N  --fuel N  --max-memory BYTES",
            &probed(refusal, text),
        )
    }

    fn with_help(help: &str, text: &str) -> Script {
        Script::new(&format!(
            "case \"$*\" in
             'run --help') echo '{help}'; exit;;
             --version) echo 'script 1.2'; exit;;
             esac\n{text}"
        ))
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn open(&self) -> CommandLine {
        self.try_open().unwrap()
    }

    fn try_open(&self) -> io::Result<CommandLine> {
        CommandLine::open(&format!("sh '{}/script.sh'", self.path().display()))
    }

    fn judge(&self, corpus: &Corpus) -> Report {
        Run::new(corpus)
            .subject(self.open())
            .execute(&mut |_, _| {})
    }
}

/// What runs a module that finds out what a command can do: it is longer than that of a
/// case, which is none or empty.
fn probed(refusal: &str, text: &str) -> String {
    format!(
        "for word; do
           case $before in -i) input=$word;; esac
           before=$word
         done
         if test -f \"$word\" && test \"$(wc -c < \"$word\")\" -gt 8; then
           if test -s \"$input\"; then {refusal}; fi
           echo 'Ran: 7'; exit
         fi\n{text}"
    )
}

/// A corpus of one case with these keys, on two stages.
fn case(keys: &str) -> Corpus {
    corpus(&format!(
        "summary = \"made up\"\n{ANY_MODULE}[[case]]\nname = \"one\"\nclauses = [\"IN-3\"]\n{keys}\n"
    ))
}

/// The only verdict of the only subject, and what is said about it.
fn only(report: &Report) -> (Verdict, String) {
    let [subject] = report.subjects() else {
        panic!("one subject")
    };
    let [result] = subject.results() else {
        panic!("one result")
    };
    let differences = result
        .requests
        .iter()
        .flat_map(|request| &request.differences);
    let differences: Vec<String> = differences.map(ToString::to_string).collect();
    let why = result.why.clone().unwrap_or_else(|| differences.join("\n"));
    (result.verdict, why)
}

#[track_caller]
fn assert_verdict(script: &str, keys: &str, verdict: Verdict, why: &str) {
    let (found, told) = only(&Script::qip(script).judge(&case(keys)));
    assert_eq!(found, verdict, "{told}");
    assert!(told.contains(why), "{why:?} is not in {told:?}");
}

const PASS: Verdict = Verdict::Pass;
const FAIL: Verdict = Verdict::Fail;

#[test]
fn one_that_always_prints_the_same() {
    let script = "echo abc";
    assert_verdict(script, "expect = { utf8 = \"abc\" }", PASS, "");
    assert_verdict(
        script,
        "expect = { utf8 = \"abd\" }",
        FAIL,
        "expected exit status 0, 4 bytes: \"abd\\n\", found exit status 0, 4 bytes: \"abc\\n\"",
    );
    assert_verdict(
        script,
        "expect = { refused = \"import\" }",
        FAIL,
        "expected exit status 4, 0 bytes, a message (refused import), found exit status 0, 4 bytes",
    );
}

#[test]
fn one_that_always_succeeds() {
    assert_verdict("exit 0", "expect = { bytes = \"\" }", PASS, "");
    // A text has a newline after it, always.
    assert_verdict(
        "exit 0",
        "expect = { utf8 = \"\" }",
        FAIL,
        "exit status 0, 0 bytes",
    );
    assert_verdict("exit 0", "expect = { scalar = 0 }", FAIL, "\"Ran: 0\\n\"");
    assert_verdict(
        "exit 0",
        "expect = { trap = \"unreachable\" }",
        FAIL,
        "expected exit status 4, 0 bytes, a message (trap unreachable), found exit status 0",
    );
}

#[test]
fn one_that_does_not_tell_its_failures_apart() {
    let refusal = "echo no >&2; exit 1";
    let verdict =
        |script: &str, keys: &str| only(&Script::refusing(refusal, script).judge(&case(keys)));
    let pass = (PASS, String::new());
    for expected in [
        "expect = { refused = \"import\" }",
        "expect = { refused = \"limit\" }",
        "expect = { stopped = \"fuel\" }",
    ] {
        assert_eq!(verdict(refusal, expected), pass);
        // Another status than that of its refusals, or none of its messages, is a crash.
        for script in ["echo no >&2; exit 2", "echo no >&2; exit 4", "exit 1"] {
            let (found, told) = verdict(script, expected);
            assert_eq!(found, FAIL, "{script}");
            assert!(
                told.contains("expected exit status 1, 0 bytes, a message ("),
                "{told}"
            );
        }
    }
    let (found, told) = verdict(refusal, "expect = { bytes = \"\" }");
    assert_eq!(found, FAIL);
    assert!(
        told.contains("expected exit status 0, 0 bytes, found exit status 1, 0 bytes: no"),
        "{told}"
    );
}

/// It would pass wherever a failure is expected.
#[test]
fn one_that_always_fails_cannot_be_judged() {
    for (script, found) in [
        ("exit 1", "found 1: \"\""),
        ("echo no >&2; exit 1", "found 1: \"no\""),
        ("echo no >&2; exit 4", "found 4: \"no\""),
        ("echo usage >&2; exit 2", "found 2: \"usage\""),
    ] {
        let error = Script::with_help("", script).try_open().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Other);
        let why = "it fails a module that is sound, so that its failures would say nothing: \
                   expected exit status 0, ";
        assert_eq!(error.to_string(), format!("{why}{found}"));
    }
}

#[test]
fn one_that_ends_as_no_request_does() {
    for status in [1, 2, 3, 5, 101] {
        assert_verdict(
            &format!("echo no >&2; exit {status}"),
            "expect = { refused = \"import\" }",
            FAIL,
            &format!("found exit status {status}, 0 bytes"),
        );
    }
    let refused = "expect = { refused = \"import\" }";
    assert_verdict("echo no >&2; exit 4", refused, PASS, "");
    assert_verdict("exit 4", refused, FAIL, "found exit status 4, 0 bytes");
    let limited = "expect = { refused = \"limit\" }";
    assert_verdict("echo no >&2; exit 4", limited, FAIL, "exit status 5, ");
    assert_verdict("echo no >&2; exit 5", limited, PASS, "");
}

#[test]
fn one_that_prints_what_it_then_refuses() {
    assert_verdict(
        "echo abc; exit 4",
        "expect = { refused = \"output-too-large\" }",
        FAIL,
        "found exit status 4, 4 bytes: \"abc\\n\"",
    );
}

#[test]
fn one_that_crashes() {
    assert_verdict(
        "echo 'out of luck' >&2; kill -SEGV $$",
        "expect = { trap = \"unreachable\" }",
        Verdict::Broken,
        "ended by signal: 11",
    );
    assert_verdict(
        "kill -ABRT $$",
        "expect = { refused = \"import\" }",
        Verdict::Broken,
        "signal: 6",
    );
}

/// Only with the uniform, so that what it can do is found out quickly.
#[test]
fn one_that_hangs_is_ended_with_all_that_it_started() {
    let script = Script::qip("");
    let pid = script.path().join("pid");
    let hanging = format!(
        "case \"$*\" in *hang*) sleep 317 & echo $! > '{}'; wait;; esac",
        pid.display()
    );
    let text = fs::read_to_string(script.path().join("script.sh")).unwrap();
    fs::write(script.path().join("script.sh"), text + &hanging).unwrap();
    let keys =
        "uniforms = { hang = \"1\" }\nlimits = { time_ms = 10 }\nexpect = { stopped = \"time\" }";
    let report = script.judge(&case(keys));
    // The limit, and the 10 s of RUN-6.
    let why = "did not end within 10010 ms";
    assert_eq!(only(&report), (Verdict::Broken, why.to_owned()));
    assert_ended(fs::read_to_string(pid).unwrap().trim());
}

/// Whether a process comes to its end, which by itself it does when it has slept.
#[track_caller]
fn assert_ended(pid: &str) {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: whether a process is left is only asked on Linux");
        return;
    }
    let begin = Instant::now();
    // The state follows the name. A zombie waits for whoever has adopted it.
    while let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) {
        if stat.rsplit_once(") ").unwrap().1.starts_with('Z') {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "left: {stat}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn one_that_prints_without_end() {
    let keys = "uniforms = { x = \"1\" }\nexpect = { utf8 = \"y\" }";
    let script = |redirect| format!("case \"$*\" in *x=1*) yes {redirect};; esac");
    // 2^28 bytes are the most that a case can expect.
    let why = "wrote more than 268435457 bytes to stdout";
    assert_verdict(&script(""), keys, Verdict::Broken, why);
    let why = "wrote more than 1048576 bytes to stderr";
    assert_verdict(&script(">&2"), keys, Verdict::Broken, why);
}

#[test]
fn one_that_would_never_end_is_given_up() {
    let names: Vec<String> = (0..13).map(|index| format!("case {index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let corpus = corpus(&crate::fake::cases(&names));
    let report = Run::new(&corpus)
        .subject(Script::qip("yes >&2").open())
        .threads(1)
        .execute(&mut |_, _| {});
    let results = report.subjects()[0].results().iter();
    let why: Vec<&str> = results
        .map(|result| result.why.as_deref().unwrap())
        .collect();
    assert!(
        why[..9]
            .iter()
            .all(|why| why.starts_with("wrote more than")),
        "{why:?}"
    );
    assert_eq!(why[10..], ["given up after 10 answers that never ended"; 3]);
    assert_eq!(report.reasons(), ["script: 13 cases are broken"]);
    let case = &corpus.cases()[0];
    let answer = Script::qip("yes >&2").open().run(&case.id, &case.task);
    assert!(matches!(answer[..], [Outcome::Broken { hung: true, .. }]));
}

/// What it is told, in words: everything but the paths of the files.
#[test]
fn what_a_task_asks_is_told() {
    let script = Script::with_help(
        "--timeout-ms, --fuel, --max-memory, --fixed-memory, --utf8, --deterministic",
        &probed(
            "echo no >&2; exit 4",
            "for argument; do
               case $argument in
                 /*) test -f \"$argument\" && echo \"file ${argument##*/}\";;
                 *) echo \"$argument\";;
               esac
             done",
        ),
    );
    let keys = r#"
stages = [{ uniforms = { "a b" = "&1", c = "" } }, {}]
options = { utf8 = "unchecked", floats = "deterministic", fixed_memory = true }
limits = { time_ms = 2500, fuel = 9, memory_bytes = 65536 }
expect = { utf8 = """
run
--timeout-ms
2500
--fuel
9
--max-memory
65536
--utf8
unchecked
--fixed-memory
--deterministic
-i
file input
file stage-1.wasm
?a+b=%261&c=
file stage-2.wasm""" }"#;
    assert_eq!(only(&script.judge(&case(keys))), (PASS, String::new()));
    // Without limits and options, nothing is said of them; the time limit is a case's own.
    let keys = "limits = { time_ms = \"none\" }\nexpect = { utf8 = \"run\\n-i\\nfile input\\nfile stage-1.wasm\" }";
    assert_eq!(only(&script.judge(&case(keys))), (PASS, String::new()));
}

#[test]
fn the_input_and_the_modules_are_those_of_the_task() {
    let script = "cat \"$5\" \"$6\"";
    let keys =
        "input = \"in \"\nmodule = { text = \"module\" }\nexpect = { bytes = \"in module\" }";
    assert_verdict(script, keys, PASS, "");
}

#[test]
fn what_it_cannot_be_told_is_unsupported() {
    for (keys, why) in [
        (
            "stages = []\nexpect = { refused = \"empty-recipe\" }",
            "cannot be told a recipe of no stages",
        ),
        (
            "limits = { functions = 9 }\nexpect = { scalar = 1 }",
            "cannot be told a limit other than of time, fuel and memory",
        ),
        (
            "uniforms = { x = { repeat = \"0\", count = 131072 } }\nexpect = { scalar = 1 }",
            "cannot be told uniforms that are longer than an argument may be",
        ),
        (
            "requests = [{ expect = { scalar = 1 } }, { expect = { scalar = 1 } }]",
            "needs requests",
        ),
        (
            "options = { numeric = \"lenient\" }\nexpect = { scalar = 1 }",
            "needs lenient-numbers",
        ),
        (
            "options = { fixed_memory = true }\nexpect = { scalar = 1 }",
            "needs fixed-memory",
        ),
        (
            "content_type = \"a/b\"\nexpect = { scalar = 1 }",
            "needs content-types",
        ),
    ] {
        assert_verdict("exit 3", keys, Verdict::Unsupported, why);
    }
}

#[test]
fn a_content_type_of_the_caller_cannot_be_told() {
    // It runs the modules of the probes as it should, and tells two of them apart.
    let script = Script::with_help(
        "--timeout-ms",
        "if test -s \"$5\" || { test $# = 7 && grep -q text/css \"$7\"; }; then
           echo no >&2; exit 4
         fi
         echo 'Ran: 7'",
    );
    let subject = script.open();
    assert!(subject.capabilities().contains(&Capability::ContentTypes));
    let keys = "content_type = \"a/b\"\nexpect = { scalar = 7 }";
    let why = "cannot be told the content type of the input";
    let found = only(&script.judge(&case(keys)));
    assert_eq!(found, (Verdict::Unsupported, why.to_owned()));
}

#[test]
fn what_it_can_do_is_found_out() {
    let has = |script: &str| {
        let subject = Script::new(script).open();
        let all: Vec<&str> = subject
            .capabilities()
            .iter()
            .map(|one| one.as_str())
            .collect();
        all.join(" ")
    };
    let core = "content recipe uniforms";
    assert_eq!(has("exit 0"), core);
    // It says so on stderr, and names one flag that is longer.
    assert_eq!(
        has("echo '[--fuel=N] [--utf8-only] [--timeout-ms N]' >&2"),
        format!("{core} time-limit fuel")
    );
    let sound = format!("{core} tail-call extended-const externref");
    assert_eq!(has("echo Ran: 7"), sound);
    let refusing = |refusal| has(&probed(refusal, ""));
    assert_eq!(
        refusing("echo Input is too large >&2; exit 4"),
        format!("{sound} texts")
    );
    assert_eq!(
        refusing("echo Input is too large >&2; exit 1"),
        format!("{sound} texts")
    );
    assert_eq!(refusing("echo Input is too large >&2; exit 0"), sound);
    assert_eq!(refusing("echo no >&2; exit 4"), sound);
}

#[test]
fn messages_are_judged_of_one_that_has_the_texts() {
    let keys = "expect = { refused = \"input-too-large\", message = \"a b\" }";
    assert_verdict("echo a c >&2; exit 4", keys, PASS, "");
    let verdict = |message: &str| {
        let refusal = "echo Input is too large >&2; exit 4";
        let script = Script::refusing(refusal, &format!("echo {message} >&2; exit 4"));
        only(&script.judge(&case(keys)))
    };
    let (found, told) = verdict("Input is too large");
    assert_eq!(found, FAIL);
    assert!(
        told.contains("message: expected something with \"a b\""),
        "{told}"
    );
    assert_eq!(verdict("Input is too large: a b"), (PASS, String::new()));
}

#[test]
fn its_name_and_version() {
    let named = |script: &str| {
        let subject = Script::new(script).open();
        format!("{} {}", subject.name(), subject.version())
    };
    assert_eq!(named("echo my-qip 1.2; echo more"), "my-qip 1.2");
    assert_eq!(named("echo 1.2"), "sh 1.2");
    assert_eq!(named("exit 0"), "sh unknown");
}

#[test]
fn what_cannot_be_started() {
    let kind = |command| CommandLine::open(command).unwrap_err().kind();
    assert_eq!(kind("/no/such/program"), ErrorKind::NotFound);
    assert_eq!(kind("no-such-program-anywhere"), ErrorKind::NotFound);
    for command in ["", "  ", "''", "a 'b"] {
        assert_eq!(kind(command), ErrorKind::InvalidInput, "{command}");
    }
}

/// Only what was judged is counted.
#[test]
fn the_report_says_that_it_is_coarse() {
    let keys = "stages = [{}, {}]\nexpect = { refused = \"input-not-utf8\", stage = 2, offset = 3, message = \"a\" }";
    let counted = |refusal: &str| {
        let report = Script::refusing(refusal, refusal).judge(&case(keys));
        let [subject] = report.subjects() else {
            panic!("one subject")
        };
        assert_eq!(only(&report).0, PASS);
        assert!(subject.is_coarse());
        let mut lines = Vec::new();
        report.write_json_lines(&mut lines).unwrap();
        let lines = String::from_utf8(lines).unwrap();
        assert!(
            lines.contains(r#""name":"script","version":"1.2","coarse":true"#),
            "{lines}"
        );
        let table = report.table().to_string();
        assert!(table.starts_with("script 1.2 *\n"), "{table}");
        assert!(table.contains("\n* coarse: "), "{table}");
        kinds(subject)
    };
    assert_eq!(counted("echo no >&2; exit 4"), ["1 refused"]);
    assert_eq!(
        counted("echo Input is too large >&2; exit 4"),
        ["1 message", "1 refused"]
    );
}

fn kinds(subject: &SubjectReport) -> Vec<String> {
    let assertions = subject.counts().assertions;
    let kinds = assertions
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"));
    kinds.collect()
}

/// One that gives every picture back as it is, unless a uniform tells it otherwise, and
/// notes what it was told.
fn pictures(help: &str) -> Script {
    let script = Script::new("");
    let told = script.path().join("told");
    let text = format!(
        "case \"$*\" in
           'run --help') exit;;
           'image --help') echo '{help}'; exit;;
           --version) echo 'script 1.2'; exit;;
         esac
         if test \"$1\" = image; then
           for argument; do
             case $argument in /*) echo \"${{argument##*/}}\";; *) echo \"$argument\";; esac
           done > '{told}'
           for word; do
             case $before in -i) input=$word;; -o) output=$word;; esac
             before=$word
           done
           case $before in
             *refuse=1*) echo no >&2; exit 4;;
             *limit=1*) echo no >&2; exit 5;;
             *garbage=1*) echo 'no picture' > \"$output\"; exit;;
             *nothing=1*) exit;;
             *both=1*) cp \"$input\" \"$output\"; echo no >&2; exit 4;;
             *directory=1*) mkdir \"$output\"; exit;;
           esac
           cp \"$input\" \"$output\"; exit
         fi
         {probed}",
        told = told.display(),
        probed = probed("echo no >&2; exit 4", ""),
    );
    fs::write(script.path().join("script.sh"), text).unwrap();
    script
}

const PICTURE: &str = "image = { width = 3, height = 2, gradient = true }";

/// The verdict on one that does as a uniform says, where this is expected.
fn of_picture(uniform: &str, expect: &str) -> (Verdict, String) {
    let keys = format!("{PICTURE}\nuniforms = {{ {uniform} = \"1\" }}\nexpect = {{ {expect} }}");
    only(&pictures("").judge(&case(&keys)))
}

const SAME: &str = "image = { width = 3, height = 2, gradient = true }";
const OTHER: &str = "image = { width = 3, height = 2, gradient = true, patches = [{ x = 1, y = 1, width = 1, height = 1, fill = \"00000000\" }] }";

#[test]
fn one_that_filters_pictures() {
    assert_eq!(of_picture("nought", SAME), (PASS, String::new()));
    assert_eq!(
        of_picture("nought", OTHER),
        (
            FAIL,
            "outcome: expected image 3 × 2: (1, 1) is 00000000, found image 3 × 2: (1, 1) is \
             010108fc; 1 pixel differs, by at most 252"
                .to_owned()
        )
    );
    assert_eq!(
        of_picture("nought", "refused = \"image-size\""),
        (
            FAIL,
            "outcome: expected refused image-size, found image 3 × 2".to_owned()
        )
    );
}

#[test]
fn one_that_refuses_pictures() {
    let refused = "refused = \"tile-too-large\"";
    assert_eq!(of_picture("refuse", refused), (PASS, String::new()));
    assert_eq!(
        of_picture("limit", "stopped = \"time\""),
        (PASS, String::new())
    );
    assert_eq!(of_picture("limit", refused).0, FAIL);
    let (verdict, why) = of_picture("refuse", SAME);
    assert_eq!(verdict, FAIL);
    assert_eq!(
        why,
        "outcome: expected exit status 0, image 3 × 2 in a file, found exit status 4, 0 bytes: no\\n"
    );
    // A failure has no picture.
    let (verdict, why) = of_picture("both", refused);
    assert_eq!(verdict, FAIL);
    assert!(why.contains("found exit status 4, "), "{why}");
    assert!(why.contains("89504e47"), "{why}");
}

#[test]
fn one_that_writes_no_picture() {
    for uniform in ["nothing", "directory"] {
        assert_eq!(
            of_picture(uniform, SAME),
            (
                FAIL,
                "outcome: expected exit status 0, image 3 × 2 in a file, found exit status 0, \
                 0 bytes"
                    .to_owned()
            )
        );
    }
    let (verdict, why) = of_picture("garbage", SAME);
    assert_eq!(verdict, Verdict::Broken);
    assert_eq!(
        why,
        "the picture that it wrote is no PNG: Invalid PNG signature"
    );
}

#[test]
fn what_a_task_of_pictures_asks_is_told() {
    let keys = format!(
        "{PICTURE}\nstages = [{{ uniforms = {{ a = \"b\" }} }}, {{}}]\nlimits = {{ time_ms = 2500, memory_bytes = 65536, fuel = 9 }}\noptions = {{ floats = \"deterministic\" }}\nexpect = {{ {SAME} }}"
    );
    let help = "--timeout-ms, --fuel, --max-memory, --deterministic, --threads";
    let script = pictures(help);
    let corpus = case(&keys);
    let case = &corpus.cases()[0];
    let answer = script.open().run(&case.id, &case.task);
    assert!(matches!(answer[..], [Outcome::Image(_)]), "{answer:?}");
    let told = fs::read_to_string(script.path().join("told")).unwrap();
    let told: Vec<&str> = told.lines().collect();
    assert_eq!(
        told.join(" "),
        "image --timeout-ms 2500 --fuel 9 --max-memory 65536 --deterministic --threads 1 \
         -i in.png -o out.png stage-1.wasm ?a=b stage-2.wasm"
    );
    // Without a flag for time, none is told; without one for anything else, the case is not put.
    let script = pictures("");
    let case = crate::fake::corpus(&format!(
        "summary = \"made up\"\n{ANY_MODULE}[[case]]\nname = \"one\"\nclauses = [\"IMG-3\"]\n{PICTURE}\nexpect = {{ {SAME} }}"
    ));
    assert_eq!(only(&script.judge(&case)), (PASS, String::new()));
    let told = fs::read_to_string(script.path().join("told")).unwrap();
    let told: Vec<&str> = told.lines().collect();
    assert_eq!(told.join(" "), "image -i in.png -o out.png stage-1.wasm");
}

#[test]
fn pictures_that_no_command_can_be_told() {
    let unsupported = |script: &Script, keys: &str| {
        let (verdict, why) = only(&script.judge(&case(keys)));
        assert_eq!(verdict, Verdict::Unsupported, "{why}");
        why
    };
    let refused = "expect = { refused = \"image-size\" }";
    let script = pictures("");
    assert_eq!(
        unsupported(
            &script,
            &format!("image = {{ width = 0, height = 2, rows = [] }}\n{refused}")
        ),
        "cannot be told a picture of no pixels, which is no PNG"
    );
    // What `run` takes, `image` need not.
    let text = fs::read_to_string(script.path().join("script.sh")).unwrap();
    let text = text.replace(
        "'run --help') exit",
        "'run --help') echo --fuel --max-memory; exit",
    );
    fs::write(script.path().join("script.sh"), text).unwrap();
    for limit in ["fuel = 9", "memory_bytes = 65536"] {
        assert_eq!(
            unsupported(
                &script,
                &format!("{PICTURE}\nlimits = {{ {limit} }}\n{refused}")
            ),
            "cannot be told an option or a limit that its `image` has no flag for"
        );
    }
    assert_eq!(
        unsupported(
            &script,
            &format!("{PICTURE}\nlimits = {{ image_side = 2 }}\n{refused}")
        ),
        "cannot be told a limit other than of time, fuel and memory"
    );
    // One without the command lacks the capability.
    assert_eq!(
        unsupported(&Script::qip("echo abc"), &format!("{PICTURE}\n{refused}")),
        "needs image"
    );
}
