//! The host program: this test under another name. Its right answer to a case is the
//! input as text, so that no engine is needed to be wrong.

mod sound;

use std::io::{self, BufRead as _, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use std::{fs, thread};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The mode that an argument asks for.
pub(crate) fn mode(argument: &str) -> Option<&str> {
    argument.strip_prefix("host:")
}

/// The capabilities of a host that is out to break the protocol, not to lack something.
const CLAIMED: &[&str] = &["content", "requests", "time-limit"];

/// Speaks the protocol, or not.
pub(crate) fn run(mode: &str, args: &[String]) -> ExitCode {
    match mode {
        "sound" => return sound::run(),
        "sleeps" => sleep(),
        "crashes-at-start" => {
            eprintln!("one\ntwo \u{1b}[31m\nthree\nfour\nfive\nsix");
            return ExitCode::from(3);
        }
        _ => {}
    }
    // A test wants to know whether it is still there later.
    if let Some(file) = args.last().filter(|arg| arg.ends_with(".pids")) {
        note(file, std::process::id());
    }
    let mut before = Value::Null;
    if mode == "starts-only-once" && starts(&args[0]) > 1 {
        eprintln!("still locked");
        return ExitCode::from(4);
    }
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let question: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if number == 0 {
            say_hello(mode, args);
            match mode {
                "sleeps-after-hello" => sleep(),
                "ends-after-hello" => return ExitCode::from(6),
                _ => {}
            }
            continue;
        }
        let case = &question["case"];
        answer(mode, args, number, case, &before);
        before = case.clone();
    }
    match mode {
        "ignores-the-end" => sleep(),
        "says-goodbye" => eprint!("goodbye"),
        "says-more" => say("4 cases answered"),
        "says-half-a-line-more" => write(b"bye"),
        "never-stops-saying-more" => while io::stdout().write_all(b"bye\n").is_ok() {},
        "fails-at-the-end" => {
            eprintln!("out of luck");
            return ExitCode::from(3);
        }
        _ => {}
    }
    ExitCode::SUCCESS
}

fn say_hello(mode: &str, args: &[String]) {
    let mut hello = json!({
        "protocol": 1, "host": "hostile", "version": "1.0", "capabilities": CLAIMED,
    });
    match mode {
        "hello" | "ends-after-hello" => return say(&args[0]),
        "hangs-at-hello" => sleep(),
        "answers-early" => {
            // In one go, as a program does that buffers its output.
            let early = answer_line(
                "host/small#one",
                &json!({ "output": { "kind": "utf8", "bytes": "MQ==" } }),
            );
            return say(&format!("{}\n{early}", json!({ "hello": hello })));
        }
        "claims-everything" => {
            hello["capabilities"] = json!(["content", "time-limit", "requests", "fuel"]);
        }
        "changes-its-name"
        | "changes-its-version"
        | "changes-its-engine"
        | "changes-its-capabilities"
            if starts(&args[0]) > 1 =>
        {
            let (key, value) = match mode {
                "changes-its-name" => ("host", json!("other")),
                "changes-its-version" => ("version", json!("1.1")),
                "changes-its-engine" => ("engine", json!("other 1")),
                _ => ("capabilities", json!(["content", "time-limit"])),
            };
            hello[key] = value;
        }
        _ => {}
    }
    say(&json!({ "hello": hello }).to_string());
}

/// Answers the case that is the `number`th of this process.
#[expect(
    clippy::zombie_processes,
    reason = "a hostile program leaves its children alone"
)]
fn answer(mode: &str, args: &[String], number: usize, case: &Value, before: &Value) {
    let id = case["id"].as_str().unwrap();
    let right = answer_line(id, &echo(&case["input"]));
    let is_second = number == 2;
    match mode {
        "always-the-same" => say(&answer_line(id, &json!({ "scalar": { "value": 1 } }))),
        "says" => say(&args[0].replace("ID", id)),
        "tells-what-it-is-asked" => say_what_is_asked(id, case),
        "is-one-behind" if !before.is_null() => {
            say(&answer_line(
                before["id"].as_str().unwrap(),
                &echo(&before["input"]),
            ));
        }
        "says-garbage" if is_second => say("Segmentation fault, or so\u{1b}[31m"),
        "says-no-utf8" if is_second => write(b"{\"id\": \"\xff\xfe\"}\n"),
        "says-nothing" if is_second => say(""),
        "forgets-the-line-end" if is_second => write(right.as_bytes()),
        "stops-in-a-line" if is_second => {
            write(&right.as_bytes()[..20]);
            eprintln!("no more");
            std::process::exit(7);
        }
        "never-ends-a-line" if is_second => {
            let part = vec![b'a'; 1 << 20];
            while io::stdout().write_all(&part).is_ok() {}
        }
        "crashes" if is_second => {
            eprintln!("out of luck");
            std::process::abort();
        }
        "ends" if is_second => std::process::exit(0),
        "starts-only-once" if is_second => std::process::exit(9),
        "changes-its-name"
        | "changes-its-version"
        | "changes-its-engine"
        | "changes-its-capabilities"
            if is_second =>
        {
            std::process::exit(1);
        }
        "always-crashes" => std::process::exit(9),
        "hangs" if is_second => sleep(),
        "answers-twice" if is_second => {
            say(&right);
            say(&right);
        }
        "answers-twice-at-once" if is_second => say(&format!("{right}\n{right}")),
        "answers-and-begins-a-line" if is_second => {
            write(format!("{right}\n{{\"id\"").as_bytes());
        }
        "answers-and-ends" => {
            say(&right);
            std::process::exit(0);
        }
        "claims-everything" if is_second => {
            say(&answer_line(
                id,
                &json!({ "unsupported": { "capability": "fuel" } }),
            ));
        }
        "lacks-what-no-case-needs" if number > 1 => {
            say(&answer_line(
                id,
                &json!({ "unsupported": { "capability": "image" } }),
            ));
        }
        "leaves-a-child" | "leaves-a-child-and-ends" => {
            if number == 1 {
                let child = Command::new(std::env::current_exe().unwrap())
                    .arg("host:sleeps")
                    .stdin(Stdio::null())
                    .spawn()
                    .unwrap();
                note(args.last().unwrap(), child.id());
            }
            if mode == "leaves-a-child-and-ends" && is_second {
                std::process::exit(5);
            }
            say(&right);
        }
        "floods-stderr" => {
            let line = format!("{}\n", "e\u{7}".repeat(10_000));
            for _ in 0..200 {
                io::stderr().write_all(line.as_bytes()).unwrap();
            }
            say(&right);
        }
        _ => say(&right),
    }
}

fn echo(input: &Value) -> Value {
    json!({ "output": { "kind": "utf8", "bytes": input } })
}

/// The question itself is the output, as often as there are requests.
fn say_what_is_asked(id: &str, case: &Value) {
    let bytes = STANDARD.encode(json!({ "case": case }).to_string());
    let outcome = json!({ "output": { "kind": "bytes", "bytes": bytes } });
    let Some(requests) = case["requests"].as_array() else {
        return say(&answer_line(id, &outcome));
    };
    let outcomes = vec![outcome; requests.len()];
    say(&json!({ "id": id, "outcomes": outcomes }).to_string());
}

fn answer_line(id: &str, outcome: &Value) -> String {
    json!({ "id": id, "outcome": outcome }).to_string()
}

fn say(line: &str) {
    write(format!("{line}\n").as_bytes());
}

fn write(bytes: &[u8]) {
    let mut stdout = io::stdout();
    // Whoever listened may have had enough.
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// For longer than any test waits, and not for ever: a test that fails leaves nothing.
pub(crate) const SLEEP: Duration = Duration::from_secs(120);

fn sleep() -> ! {
    thread::sleep(SLEEP);
    std::process::exit(0)
}

/// Adds a process to a list of them.
fn note(file: &str, process: u32) {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    writeln!(file, "{process}").unwrap();
}

/// How often this was asked with this file.
fn starts(file: &str) -> usize {
    note(file, 0);
    fs::read_to_string(file).unwrap().lines().count()
}
