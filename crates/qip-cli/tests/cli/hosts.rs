//! `qip conformance --host`. The host is a few lines of shell: it answers every case with
//! the text `a`.

use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::conformance::small;
use crate::directory::{Answer, Directory};
use crate::messages::assert_text;

const HOST: &str = r#"
read -r hello
echo '{"hello": {"protocol": 1, "host": "shell", "version": "1.0", "capabilities": ["content"]}}'
while read -r line; do
  id=${line#*'"id":"'}
  id=${id%%'"'*}
  echo "asked $id" >&2
  echo "{\"id\": \"$id\", \"outcome\": {\"output\": {\"kind\": \"utf8\", \"bytes\": \"YQ==\"}}}"
done
"#;

/// What the host does wrong.
const KNOWN: &str = r#"[[known]]
case = "out/echo#three-letters"
outcome = { utf8 = "a" }
reason = "it knows one letter only"
link = "https://example.org/1"
"#;

/// The small corpus with a host; nothing where there is no shell.
fn with_host(host: &str) -> Option<Directory> {
    if !cfg!(unix) {
        eprintln!("skipped: the host is written for a POSIX shell");
        return None;
    }
    let directory = small();
    directory.file("host.sh", host);
    Some(directory)
}

/// Judges the host on the small corpus.
fn judge(directory: &Directory, args: &[&str]) -> Answer {
    let own = ["conformance", "--corpus", "corpus", "--host", "sh host.sh"];
    directory.qip(&[&own, args].concat())
}

#[test]
fn a_host_is_judged_alone() {
    let Some(directory) = with_host(HOST) else {
        return;
    };
    let answer = judge(&directory, &["--filter", "a-letter"]);
    assert_eq!(
        (answer.code, &*answer.stderr),
        (0, "shell: asked out/echo#a-letter\n")
    );
    assert!(
        answer.text().starts_with("shell 1.0\n"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.text().matches("green: 1 of 1").count(), 1);

    let answer = judge(&directory, &[]);
    assert_eq!(answer.code, 1);
    assert!(
        answer
            .text()
            .contains("fail out/echo#three-letters on shell"),
        "{}",
        answer.text()
    );
}

/// It goes on to another letter once it has been asked.
#[test]
fn a_host_that_keeps_state_is_red_in_a_thorough_run_alone() {
    let host = HOST.replace("  id=${line#", "  bytes=$next; next=Yg==\n  id=${line#");
    let host = host.replace("read -r hello", "next=YQ==\nread -r hello");
    let host = host.replace("\\\"YQ==\\\"", "\\\"$bytes\\\"");
    let Some(directory) = with_host(&host) else {
        return;
    };
    let one = ["--filter", "a-letter", "-q"];
    let answer = judge(&directory, &one);
    assert_eq!((answer.code, &*answer.stderr), (0, ""), "{}", answer.text());

    let answer = judge(
        &directory,
        &[&one[..], &["--thorough", "--seed", "7"]].concat(),
    );
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    let text = answer.text();
    for told in [
        "\n  red: 1 case fails\n  judged twice each, in shuffled order (seed 7)\n",
        "\n  answered differently the second time (DET-2, REC-4)\n",
        "\n  second time  utf8 1 byte: \"a\"  utf8 1 byte: \"b\"\n",
    ] {
        assert!(text.contains(told), "{told} is not in {text}");
    }
}

#[test]
fn a_host_beside_an_engine_the_model_and_another_host() {
    let Some(directory) = with_host(HOST) else {
        return;
    };
    let args = [
        "--engine",
        "wasmi",
        "--model",
        "--host",
        "sh host.sh",
        "--filter",
        "a-letter",
    ];
    let answer = judge(&directory, &args);
    assert_eq!(answer.code, 0);
    let heads: Vec<&str> = answer
        .text()
        .lines()
        .filter_map(|line| line.split_once(": green"))
        .map(|(subject, _)| subject.rsplit_once(' ').unwrap().0)
        .collect();
    assert_eq!(heads, ["wasmi", "model", "shell", "shell (2)"]);
    assert_eq!(answer.text().matches("green: 1 of 1").count(), 4);
}

#[test]
fn known_failures_go_by_the_name_of_the_host() {
    let Some(directory) = with_host(HOST) else {
        return;
    };
    directory.file("elsewhere/shell.toml", KNOWN);
    directory.file("elsewhere/other.toml", KNOWN);
    assert_eq!(
        judge(&directory, &["--expectations", "elsewhere/shell.toml"]).code,
        0
    );
    // Those of the corpus, whatever they are called; what is no such file is left alone.
    directory.file("corpus/expectations/README.md", "about them");
    directory.file("corpus/expectations/other.toml", KNOWN);
    assert_eq!(judge(&directory, &[]).code, 1);
    directory.file("corpus/expectations/shell.toml", KNOWN);
    assert_eq!(judge(&directory, &[]).code, 0);
    let answer = judge(&directory, &["--expectations", "missing.toml"]);
    answer.assert_fails(3, &["missing.toml"]);
}

/// Else a file under a wrong name would go unread, and a misspelt one with it.
#[test]
fn known_failures_of_a_subject_that_is_not_judged() {
    let Some(directory) = with_host(HOST) else {
        return;
    };
    directory.file("elsewhere/my-host.toml", KNOWN);
    directory.file("elsewhere/shell.toml", KNOWN);
    let given = ["-q", "--expectations", "elsewhere/my-host.toml"];
    let answer = judge(&directory, &given[1..]);
    assert_eq!((answer.code, answer.text()), (2, ""));
    assert_text!("known-failures-of-another-subject", answer.stderr);
    // One that is judged does not make up for one that is not.
    let more = [
        "--expectations",
        "elsewhere/shell.toml",
        "--engine",
        "wasmi",
    ];
    let answer = judge(&directory, &[&given[..], &more].concat());
    assert_eq!((answer.code, answer.text()), (2, ""));
    assert_eq!(
        answer.stderr,
        "error: `elsewhere/my-host.toml` is about `my-host`, which is not judged, \
         expected one of `shell`, `wasmi`\n"
    );
}

#[test]
fn quiet_hides_what_a_host_writes_to_stderr() {
    let Some(directory) = with_host(HOST) else {
        return;
    };
    let answer = judge(&directory, &["-q", "--filter", "a-letter"]);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
}

#[test]
fn hosts_that_cannot_be_started() {
    let Some(directory) = with_host("echo hello!\n") else {
        return;
    };
    judge(&directory, &[]).assert_fails(3, &["`sh host.sh`", "no hello", "`hello!`"]);
    let host = |command: &str| directory.qip(&["conformance", "--host", command]);
    host("no-such-program --at all").assert_fails(3, &["`no-such-program` cannot be started"]);
    let answer = host("sh 'host.sh");
    answer.assert_fails(2, &["a quote is not closed"]);
    assert!(
        answer.stderr.contains("help: write it as for a shell"),
        "{}",
        answer.stderr
    );
    // Nothing is started where nothing is judged.
    let args = [
        "conformance",
        "--corpus",
        "corpus",
        "--list",
        "--host",
        "no-such-program",
    ];
    assert_eq!(directory.qip(&args).code, 0);
}

#[test]
fn lint_of_a_sound_host() {
    let Some(directory) = with_host(HOST) else {
        return;
    };
    let answer = directory.qip(&["conformance", "--lint", "-q", "--host", "sh host.sh"]);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    assert_text!("lint-of-a-sound-host", answer.text());
}

#[test]
fn lint_of_a_host_with_faults() {
    let host = HOST.replace("utf8", "text").replace("YQ==", "YQ");
    let Some(directory) = with_host(&host) else {
        return;
    };
    let answer = directory.qip(&["conformance", "--lint", "-q", "--host", "sh host.sh"]);
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    assert_text!("lint-of-a-host-with-faults", answer.text());
}

#[test]
fn lint_of_a_host_that_does_not_say_hello() {
    let host = HOST.replace("\"content\"", "\"contents\"");
    let Some(directory) = with_host(&host) else {
        return;
    };
    let answer = directory.qip(&["conformance", "--lint", "-q", "--host", "sh host.sh"]);
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    assert_text!("lint-of-a-host-that-does-not-say-hello", answer.text());
    // One that is not there is no finding.
    let answer = directory.qip(&["conformance", "--lint", "--host", "no-such-program"]);
    answer.assert_fails(3, &["cannot be started"]);
}

/// The first is dead before it says anything, the second whenever it is asked.
#[test]
fn lint_of_dead_hosts() {
    let at_once = "echo 'no engine' >&2\nexit 3\n";
    let when_asked = HOST.replace("  echo \"{", "  kill -ABRT $$\n  echo \"{");
    let Some(directory) = with_host(at_once) else {
        return;
    };
    directory.file("asked.sh", when_asked);
    let lint = |host: &str| {
        let answer = directory.qip(&["conformance", "--lint", "-q", "--host", host]);
        assert_eq!((answer.code, &*answer.stderr), (1, ""));
        answer.text().to_owned()
    };
    assert_text!("lint-of-a-host-that-ends-at-once", lint("sh host.sh"));
    let text = lint("sh asked.sh");
    let (_, asked) = text.split_once("fault  ").unwrap();
    // The signal's name is the system's.
    let asked = asked.replace(" (core dumped)", "");
    assert_text!(
        "lint-of-a-host-that-dies-when-asked",
        format!("fault  {asked}")
    );
}

#[test]
fn lint_of_a_host_that_claims_nothing_is_red() {
    let host = HOST.replace("\"content\"", "");
    let Some(directory) = with_host(&host) else {
        return;
    };
    let args = [
        "conformance",
        "--lint",
        "-q",
        "--host",
        "sh host.sh",
        "--host",
        "sh host.sh",
    ];
    let answer = directory.qip(&args);
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    let end = "nothing was asked: it does not claim `content`\n";
    assert_eq!(answer.text().matches(end).count(), 2, "{}", answer.text());
}

#[test]
fn lint_is_about_hosts_and_judges_nothing() {
    for args in [
        &["--lint"][..],
        &["--lint", "--engine", "wasmi"],
        &["--lint", "--host", "a", "--model"],
        &["--lint", "--host", "a", "--filter", "b"],
        &["--lint", "--host", "a", "--report", "jsonl=b"],
    ] {
        let answer = Directory::new().qip(&[&["conformance"], args].concat());
        assert_eq!(answer.code, 2, "{args:?}: {}", answer.stderr);
    }
}

/// Whoever ends `qip` with Ctrl-C or a signal ends what it was asking as well, although it
/// runs in a process group of its own and reads nothing.
#[test]
fn what_ends_qip_ends_what_it_was_asking() {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: whether a process is left is only asked on Linux");
        return;
    }
    let hang = "sleep 317 & echo $! > pid.new; mv pid.new pid; wait";
    let host = HOST.replace("while read -r line; do", hang);
    let host = format!("{}\n", host.split("  id=").next().unwrap());
    for (option, script) in [("--host", host), ("--cli", format!("{hang}\n"))] {
        let directory = small();
        directory.file("script.sh", script);
        let args = ["conformance", "--corpus", "corpus", option, "sh script.sh"];
        let mut qip = directory.command(&args).spawn().unwrap();
        let begin = Instant::now();
        let waits = |what: &str| {
            assert!(begin.elapsed() < Duration::from_secs(30), "{what}");
            thread::sleep(Duration::from_millis(5));
        };
        while !directory.path("pid").exists() {
            waits("nothing was asked");
        }
        // As hard as can be, so that it can do nothing about it.
        qip.kill().unwrap();
        qip.wait().unwrap();
        let pid = directory.read_text("pid");
        // Its state follows its name; a zombie waits for whoever has adopted it.
        while let Ok(stat) = fs::read_to_string(format!("/proc/{}/stat", pid.trim())) {
            if stat.rsplit_once(") ").unwrap().1.starts_with('Z') {
                break;
            }
            waits(&format!("a process is left: {stat}"));
        }
    }
}
