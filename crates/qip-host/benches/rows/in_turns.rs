//! Rows that compare the host with a bare program, measured in turns, so that what else
//! the machine does falls on both.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::Write;
use std::time::{Duration, Instant};

use criterion::Criterion;

/// What a row is held to: what is very short is not told by a ratio.
#[derive(Clone, Copy)]
#[expect(dead_code, reason = "no benchmark has all kinds of targets")]
pub(crate) enum Target {
    /// To nothing: the ratio is only shown.
    None,
    /// At most so many times what the bare program takes.
    Ratio(f64),
    /// At most so many nanoseconds more.
    AddedNs(f64),
}

/// One row of the table.
pub(crate) struct Row {
    name: String,
    target: Target,
    /// Per sample: nanoseconds of the bare program and of the host.
    samples: RefCell<Vec<(f64, f64)>>,
}

/// Has criterion measure `host`, with `bare` run in turns with it, `turn` times each: few
/// enough that both meet the same machine.
pub(crate) fn compare(
    criterion: &mut Criterion,
    rows: &mut Vec<Row>,
    name: String,
    target: Target,
    turn: u64,
    mut bare: impl FnMut(),
    mut host: impl FnMut(),
) {
    let row = Row {
        name,
        target,
        samples: RefCell::default(),
    };
    criterion.bench_function(&row.name, |bencher| {
        bencher.iter_custom(|iterations| {
            let (mut of_bare, mut of_host) = (Duration::ZERO, Duration::ZERO);
            let mut left = iterations;
            while left > 0 {
                let turn = left.min(turn);
                let begin = Instant::now();
                (0..turn).for_each(|_| bare());
                let middle = Instant::now();
                (0..turn).for_each(|_| host());
                of_bare += middle - begin;
                of_host += middle.elapsed();
                left -= turn;
            }
            let each = |total: Duration| total.as_nanos() as f64 / iterations as f64;
            row.samples
                .borrow_mut()
                .push((each(of_bare), each(of_host)));
            of_host
        });
    });
    rows.push(row);
}

/// The medians of a row's samples.
struct Medians {
    bare: f64,
    host: f64,
    ratio: f64,
    added: f64,
}

impl Row {
    /// `None` where a filter left the row out.
    fn medians(&self) -> Option<Medians> {
        let samples = self.samples.borrow();
        let over = |pick: fn(&(f64, f64)) -> f64| {
            let mut values: Vec<f64> = samples.iter().map(pick).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        Some(Medians {
            bare: over(|(bare, _)| *bare)?,
            host: over(|(_, host)| *host)?,
            ratio: over(|(bare, host)| host / bare)?,
            added: over(|(bare, host)| host - bare)?,
        })
    }
}

pub(crate) fn table(rows: &[Row]) {
    println!(
        "\n{:<28} {:>13} {:>13} {:>8} {:>12}",
        "what", "bare", "qip-host", "ratio", "more"
    );
    for row in rows {
        let Some(medians) = row.medians() else {
            continue;
        };
        println!(
            "{:<28} {:>10.0} ns {:>10.0} ns {:>8.3} {:>+9.0} ns",
            row.name, medians.bare, medians.host, medians.ratio, medians.added,
        );
    }
}

/// Writes the rows for `cargo xtask bench`, if it is that which asks.
pub(crate) fn write_rows(rows: &[Row]) {
    let Some(path) = std::env::var_os("QIP_BENCH_ROWS") else {
        return;
    };
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    for row in rows {
        let Some(medians) = row.medians() else {
            continue;
        };
        let (over, found, most) = match row.target {
            Target::None => ("ratio", medians.ratio, "null".to_owned()),
            Target::Ratio(most) => ("ratio", medians.ratio, most.to_string()),
            Target::AddedNs(most) => ("added_ns", medians.added, most.to_string()),
        };
        writeln!(
            file,
            r#"{{"what":{:?},"bare_ns":{},"ours_ns":{},"over":{{"{over}":{found}}},"most":{most}}}"#,
            row.name, medians.bare, medians.host,
        )
        .unwrap();
    }
}
