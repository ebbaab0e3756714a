//! All kinds of subjects in one run: two engines, the model, a host in another language
//! and a command line. It needs what the host in Python needs.

use crate::directory::Directory;
use crate::python_host::{host_command, tools};

#[test]
fn five_subjects_stand_in_one_table() {
    let Some(tools) = tools() else { return };
    let directory = Directory::new();
    let host = host_command(&tools, &tools.corpus.join("hosts/python"));
    let command_line = format!("'{}'", env!("CARGO_BIN_EXE_qip"));
    let answer = directory.qip(&[
        "conformance",
        "--engine",
        "wasmtime",
        "--engine",
        "wasmi",
        "--model",
        "--host",
        &host,
        "--cli",
        &command_line,
        "--filter",
        "rec/",
    ]);
    let text = answer.text();
    assert_eq!((answer.code, &*answer.stderr), (0, ""), "{text}");
    let row = |first: &str| {
        let mut rows = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        rows.find(|row| row.first() == Some(&first))
            .unwrap_or_else(|| panic!("no row {first}\n{text}"))
    };
    let subjects = ["wasmtime", "wasmi", "model", "wasmtime-py", "qip"];
    // The command line is coarse, which is marked.
    assert_eq!(row("area")[2..7], subjects);
    assert_eq!(row("area")[7..], ["*"]);
    // Each column says how many cases pass. A command line cannot be told all of them.
    let rec = row("rec");
    let numbers: Vec<usize> = rec[1..].iter().map(|cell| cell.parse().unwrap()).collect();
    let [cases, engines_and_hosts @ .., command_line] = &numbers[..] else {
        panic!("{text}")
    };
    assert_eq!(engines_and_hosts, [*cases; 4], "{text}");
    assert!((1..*cases).contains(command_line), "{text}");
    for subject in subjects {
        let green = text
            .lines()
            .filter(|line| line.starts_with(&format!("{subject} ")) && line.contains(": green: "));
        assert_eq!(green.count(), 1, "{subject}\n{text}");
    }
}
