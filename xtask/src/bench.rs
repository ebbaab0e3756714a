//! Runs what measures the workspace, and shows everything that was found in one table.
//!
//! The benchmarks hand their rows over in a file of JSON lines. What criterion prints
//! is for people, and changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::workspace::Workspace;
use crate::{program, text};

/// The benchmarks: packages and targets.
const BENCHES: [(&str, &str); 3] = [
    ("qip-host", "request"),
    ("qip-host", "image"),
    ("qip-cli", "process"),
];

/// Names the file of rows to a benchmark.
const ROWS_VARIABLE: &str = "QIP_BENCH_ROWS";

/// What is measured by the clock around one `qip`.
struct Run {
    what: &'static str,
    args: &'static [&'static str],
    /// How many there are; the median counts.
    times: usize,
    most: Option<Duration>,
}

const RUNS: [Run; 2] = [
    Run {
        what: "qip conformance, every engine",
        args: &["conformance", "--corpus", "conformance"],
        times: 3,
        most: Some(Duration::from_secs(5)),
    },
    Run {
        what: "qip conformance --list, which loads the corpus",
        args: &["conformance", "--corpus", "conformance", "--list"],
        times: 7,
        most: None,
    },
];

/// A measurement, as a benchmark writes it.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    what: String,
    /// What the bare program takes, where there is one, in nanoseconds.
    bare_ns: Option<f64>,
    /// What ours takes, in nanoseconds.
    ours_ns: f64,
    /// How ours compares.
    over: Option<Over>,
    /// The target: at most so much, as `over` is counted, or else `ours_ns`.
    most: Option<f64>,
}

/// How a figure is over another: medians over samples, so not the difference of the
/// other two medians.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Over {
    Ratio(f64),
    AddedNs(f64),
}

/// The task. A target that is missed is marked and no failure: it is the machine's
/// doing as often as ours.
pub(crate) fn run(workspace: &Workspace, filter: Option<&str>) -> Result<u8> {
    // The short runs come first: where the corpus is red, that is known at once.
    let runs: Vec<&Run> = RUNS.iter().filter(|run| run.matches(filter)).collect();
    let mut of_runs = Vec::new();
    if !runs.is_empty() {
        let qip = build_qip(workspace)?;
        for run in runs {
            println!("==> {}", run.what);
            of_runs.push(run.measure(workspace, &qip)?);
        }
    }
    let file = rows_file(workspace)?;
    for (package, target) in BENCHES {
        let mut command = workspace.cargo();
        command
            .args(["bench", "--locked", "--package", package, "--bench", target])
            .env(ROWS_VARIABLE, &file);
        if let Some(filter) = filter {
            command.args(["--", filter]);
        }
        println!("==> cargo bench --package {package} --bench {target}");
        let status = program::status(&mut command)?;
        if status != 0 {
            return Ok(status);
        }
    }
    let mut rows = read_rows(&fs::read_to_string(&file)?)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    rows.extend(of_runs);
    ensure!(!rows.is_empty(), "nothing is measured under such a name");
    print!("\n{}", report(&rows));
    Ok(0)
}

/// An empty file that benchmarks, which run in their packages, can add rows to.
fn rows_file(workspace: &Workspace) -> Result<PathBuf> {
    let directory = std::path::absolute(workspace.target().join("qip"))?;
    let file = directory.join("bench.jsonl");
    fs::create_dir_all(&directory)
        .and_then(|()| fs::write(&file, ""))
        .with_context(|| format!("cannot write `{}`", file.display()))?;
    Ok(file)
}

/// Builds `qip` as it is released.
///
/// # Errors
///
/// Also where it does not build.
fn build_qip(workspace: &Workspace) -> Result<PathBuf> {
    let mut build = workspace.cargo();
    build.args([
        "build",
        "--release",
        "--locked",
        "--package",
        "qip-cli",
        "--bin",
        "qip",
    ]);
    let status = program::status(&mut build)?;
    ensure!(status == 0, "`qip` does not build: exit status {status}");
    let name = format!("qip{}", std::env::consts::EXE_SUFFIX);
    let path = workspace.target().join("release").join(name);
    Ok(std::path::absolute(path)?)
}

impl Run {
    /// Whether a filter leaves it in. Criterion takes a filter for a pattern, of which
    /// plain text is the only kind that is worth typing here.
    fn matches(&self, filter: Option<&str>) -> bool {
        filter.is_none_or(|filter| self.what.contains(filter))
    }

    fn measure(&self, workspace: &Workspace, qip: &Path) -> Result<Row> {
        let times: Result<Vec<Duration>> = (0..self.times)
            .map(|_| time(workspace, qip, self.args))
            .collect();
        Ok(Row {
            what: self.what.to_owned(),
            bare_ns: None,
            ours_ns: nanoseconds(median(times?)),
            over: None,
            most: self.most.map(nanoseconds),
        })
    }
}

/// Runs `qip` in the root to its end; the time that it took.
///
/// # Errors
///
/// Also a `qip` that fails: the time of that says nothing.
fn time(workspace: &Workspace, qip: &Path, args: &[&str]) -> Result<Duration> {
    let mut command = Command::new(qip);
    command
        .args(args)
        .current_dir(workspace.path("."))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let begin = Instant::now();
    let status = program::status(&mut command)?;
    let spent = begin.elapsed();
    ensure!(
        status == 0,
        "`qip {}` failed: exit status {status}\nhelp: run by itself, it says why",
        args.join(" ")
    );
    Ok(spent)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// The rows in a file of JSON lines.
fn read_rows(lines: &str) -> Result<Vec<Row>> {
    lines
        .lines()
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line).with_context(|| format!("line {} is no row", index + 1))
        })
        .collect()
}

impl Row {
    /// The figure that the target is for.
    fn figure(&self) -> f64 {
        match self.over {
            Some(Over::Ratio(figure) | Over::AddedNs(figure)) => figure,
            None => self.ours_ns,
        }
    }

    /// Such a figure as text.
    fn show(&self, figure: f64) -> String {
        match self.over {
            Some(Over::Ratio(_)) => format!("× {figure:.2}"),
            Some(Over::AddedNs(_)) => format!("{figure:+.0} ns"),
            None => show_time(figure),
        }
    }

    /// Whether the target is met, if there is one.
    fn is_met(&self) -> Option<bool> {
        self.most.map(|most| self.figure() <= most)
    }
}

/// A time in the unit that suits it, with three digits or a few more.
fn show_time(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}

/// The table, and below it how many targets are missed.
fn report(rows: &[Row]) -> String {
    let head = ["measured", "bare", "ours", "over bare", "at most", ""];
    let mut cells = vec![head.map(str::to_owned)];
    cells.extend(rows.iter().map(|row| {
        let verdict = match row.is_met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        [
            row.what.clone(),
            row.bare_ns.map(show_time).unwrap_or_default(),
            show_time(row.ours_ns),
            row.over.map(|_| row.show(row.figure())).unwrap_or_default(),
            row.most.map(|most| row.show(most)).unwrap_or_default(),
            verdict.to_owned(),
        ]
    }));
    // Numbers stand to the right of their columns.
    for column in 2..5 {
        let cell = |row: &[String; 6]| row[column].chars().count();
        let width = cells.iter().map(cell).max().unwrap_or(0);
        for row in &mut cells {
            row[column] = format!("{:>width$}", row[column]);
        }
    }
    let verdicts: Vec<bool> = rows.iter().filter_map(Row::is_met).collect();
    let missed = verdicts.iter().filter(|met| !**met).count();
    let targets = text::count(verdicts.len(), "target");
    let end = match (verdicts.len(), missed) {
        (0, _) => String::new(),
        (_, 0) => format!("\n{targets}, none missed\n"),
        _ => format!("\n{targets}, {missed} missed: if the machine was busy, measure again\n"),
    };
    text::table(&cells) + &end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read() {
        let lines = concat!(
            r#"{"what":"fresh","bare_ns":2870.5,"ours_ns":3050,"over":{"ratio":1.0625},"most":1.15}"#,
            "\n",
            r#"{"what":"warm","bare_ns":137,"ours_ns":193,"over":{"added_ns":56},"most":60}"#,
            "\n",
            r#"{"what":"alone","ours_ns":5}"#,
            "\n",
        );
        let row = |what: &str, bare_ns, ours_ns, over, most| Row {
            what: what.to_owned(),
            bare_ns,
            ours_ns,
            over,
            most,
        };
        assert_eq!(
            read_rows(lines).unwrap(),
            [
                row(
                    "fresh",
                    Some(2870.5),
                    3050.0,
                    Some(Over::Ratio(1.0625)),
                    Some(1.15)
                ),
                row(
                    "warm",
                    Some(137.0),
                    193.0,
                    Some(Over::AddedNs(56.0)),
                    Some(60.0)
                ),
                row("alone", None, 5.0, None, None),
            ]
        );
        assert_eq!(read_rows("").unwrap(), []);
    }

    #[test]
    fn a_line_that_is_no_row_is_named() {
        let good = r#"{"what":"a","ours_ns":5}"#;
        for bad in [
            "",
            "{",
            r#"{"what":"a"}"#,
            r#"{"what":"a","ours_ns":NaN}"#,
            r#"{"what":"a","ours_ns":1,"over":{"more":1}}"#,
            r#"{"what":"a","ours_ns":1,"least":1}"#,
        ] {
            let error = read_rows(&format!("{good}\n{bad}\n")).unwrap_err();
            assert_eq!(error.to_string(), "line 2 is no row", "{bad}");
        }
    }

    fn row(bare_ns: Option<f64>, ours_ns: f64, over: Option<Over>, most: Option<f64>) -> Row {
        Row {
            what: "a".to_owned(),
            bare_ns,
            ours_ns,
            over,
            most,
        }
    }

    #[test]
    fn targets_are_met_or_missed() {
        let ratio = |found| row(Some(100.0), 116.0, Some(Over::Ratio(found)), Some(1.15));
        assert_eq!(ratio(1.15).is_met(), Some(true));
        assert_eq!(ratio(1.16).is_met(), Some(false));
        let added = |found| row(Some(100.0), 9e9, Some(Over::AddedNs(found)), Some(60.0));
        assert_eq!(added(-3.0).is_met(), Some(true));
        assert_eq!(added(61.0).is_met(), Some(false));
        assert_eq!(row(None, 5e9, None, Some(5e9)).is_met(), Some(true));
        assert_eq!(row(None, 5.1e9, None, Some(5e9)).is_met(), Some(false));
        assert_eq!(row(None, 5e9, None, None).is_met(), None);
    }

    #[test]
    fn all_rows_are_in_one_table() {
        let mut rows = vec![
            row(Some(2870.0), 3330.0, Some(Over::Ratio(1.1604)), Some(1.15)),
            row(Some(137.0), 193.0, Some(Over::AddedNs(56.4)), Some(150.0)),
            row(Some(3.4e6), 3.8e6, Some(Over::Ratio(1.12)), None),
            row(None, 4.256e9, None, Some(5e9)),
            row(None, 80e6, None, None),
        ];
        rows[3].what = "longer".to_owned();
        let expected = "\
measured     bare      ours  over bare  at most
a         2.87 µs   3.33 µs     × 1.16   × 1.15  MISSED
a          137 ns    193 ns     +56 ns  +150 ns  met
a         3.40 ms   3.80 ms     × 1.12
longer               4.26 s              5.00 s  met
a                  80.00 ms

3 targets, 1 missed: if the machine was busy, measure again
";
        assert_eq!(report(&rows), expected);
        assert!(report(&rows[1..4]).ends_with("\n2 targets, none missed\n"));
        assert!(report(&rows[4..]).ends_with("80.00 ms\n"));
    }

    #[test]
    fn a_filter_leaves_runs_out() {
        let matching = |filter| RUNS.iter().filter(|run| run.matches(filter)).count();
        assert_eq!(matching(None), 2);
        assert_eq!(matching(Some("conformance")), 2);
        assert_eq!(matching(Some("loads")), 1);
        assert_eq!(matching(Some("warm")), 0);
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let times = [7, 1, 3].map(Duration::from_secs).to_vec();
        assert_eq!(median(times), Duration::from_secs(3));
    }
}
