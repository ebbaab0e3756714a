//! Ten thousand requests of every sort on eight threads, in a process of its own:
//! each ends as the contract says, and the process does not grow.
#![cfg(any(feature = "wasmtime", feature = "wasmi"))]

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use qip_host::engine::{Engine, Exhausted};
use qip_host::{
    Code, Error, ErrorKind, Host, Input, Limits, Metering, Options, Output, Recipe, Reply,
    RequestLimits, Session, Stage, TrapKind,
};

const THREADS: usize = 8;
const REQUESTS: usize = 10_000;

/// After so many the pools are full, the allocator has its arenas, and memory that
/// still grows has no reason to.
const WARM_UP: usize = 1_000;

/// Of so many requests one never ends by itself.
const ONE_IN_ENDLESS: usize = 64;

/// Of so many requests one compiles its module again, and one the stout module.
const ONE_IN_ANEW: usize = 100;

/// What requests that never end may take.
const LIMIT: Duration = Duration::from_millis(20);
/// What other requests may take, on the host without metering and on the one with a clock.
const TIMES: [Option<Duration>; 2] = [None, Some(Duration::from_secs(600))];

/// One engine at a time: what another one takes would be counted too.
static ALONE: Mutex<()> = Mutex::new(());

#[cfg(feature = "wasmtime")]
#[test]
fn wasmtime() {
    soak(Arc::new(qip_host::wasmtime::Wasmtime::new()));
}

#[cfg(feature = "wasmi")]
#[test]
fn wasmi() {
    soak(Arc::new(qip_host::wasmi::Wasmi::new()));
}

fn soak(engine: Arc<dyn Engine>) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let begin = Instant::now();
    let mix = Mix::new(&engine);
    let mut workers: Vec<Worker> = (0..THREADS).map(|_| Worker::new(&mix)).collect();
    mix.carry(&mut workers, 0..WARM_UP);
    let early = resident_bytes();
    mix.carry(&mut workers, WARM_UP..REQUESTS);
    let late = resident_bytes();

    let mut tally = Tally::default();
    for worker in workers {
        tally.add(worker.tally);
    }
    let Tally {
        replied,
        refused,
        trapped,
        stopped,
        loaded,
        wrong,
    } = tally;
    let mut line = format!(
        "{} soak: {replied} replied, {refused} refused, {trapped} trapped, {stopped} stopped, \
         {} wrong; {loaded} modules loaded anew; {:.1} s",
        engine.info().name,
        wrong.len(),
        begin.elapsed().as_secs_f64(),
    );
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    match early.zip(late) {
        Some((early, late)) => {
            let _ = write!(
                line,
                "; resident {:.1} MiB after {WARM_UP}, {:.1} MiB after {REQUESTS}",
                mebibytes(early),
                mebibytes(late)
            );
        }
        None => line.push_str("\nskipped: resident memory, which only Linux tells in /proc"),
    }
    // Not by a macro: what those print is kept from whoever runs the test.
    let _ = writeln!(std::io::stderr(), "{line}");

    assert!(
        wrong.is_empty(),
        "{} requests went wrong, for example:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
    assert_eq!(replied + refused + trapped + stopped, REQUESTS);
    if let Some((early, late)) = early.zip(late) {
        let most = early + early / 10 + (16 << 20);
        assert!(
            late <= most,
            "resident memory grew from {:.1} MiB to {:.1} MiB, expected at most {:.1} MiB",
            mebibytes(early),
            mebibytes(late),
            mebibytes(most)
        );
    }
}

/// What of this process is in real memory. Not from `statm`, which counts in pages
/// of a size that it does not tell. `None` is a system that does not tell.
fn resident_bytes() -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc is there");
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB"))
        .and_then(|number| number.trim().parse::<u64>().ok());
    Some(kibibytes.expect("a size in kB") << 10)
}

/// How a request ended: with an output, or with a failure of a stage, from 1.
type Outcome = Result<Output, (usize, ErrorKind)>;

fn outcome(result: Result<Reply, Error>) -> Outcome {
    match result {
        Ok(reply) => Ok(reply.output),
        Err(error) => Err((error.stage().unwrap_or(0), error.kind())),
    }
}

/// One sort of request, and how it ends.
struct Row {
    name: &'static str,
    stages: Vec<Part>,
    input: Vec<u8>,
    wanted: Outcome,
}

/// A stage of it.
struct Part {
    wasm: Vec<u8>,
    uniforms: &'static [(&'static str, &'static str)],
}

impl Row {
    fn recipe(&self, host: &Host) -> Recipe {
        let stages = self.stages.iter().map(|part| {
            let stage = Stage::new(&part.wasm);
            part.uniforms
                .iter()
                .fold(stage, |stage, (key, value)| stage.uniform(*key, *value))
        });
        host.recipe(stages)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// What is requested, all of it loaded.
struct Mix {
    /// Without limits, and with one that no request here can reach: the code differs.
    hosts: [Host; 2],
    rows: Vec<(Row, [Recipe; 2])>,
    endless: Vec<(Row, Recipe)>,
    stout: Row,
    counter: [Recipe; 2],
}

/// What a request is.
enum Request<'a> {
    Row(&'a Row, &'a Recipe, Option<Duration>),
    /// The same, on a module that is compiled for it alone.
    Anew(&'a Row, &'a Host, Option<Duration>),
    /// On an instance that the worker keeps.
    Warm {
        of: usize,
        input: &'static [u8],
    },
}

impl Mix {
    fn new(engine: &Arc<dyn Engine>) -> Mix {
        let host = |clock| {
            let options = Options {
                metering: Metering { clock, fuel: false },
                ..Options::default()
            };
            Host::with_options(Arc::clone(engine), Limits::standard(), options)
        };
        let hosts = [host(false), host(true)];
        let on_both = |row: &Row| [row.recipe(&hosts[0]), row.recipe(&hosts[1])];
        let with_recipes = |row: Row| {
            let recipes = on_both(&row);
            (row, recipes)
        };
        let endless = endless().into_iter().map(|row| {
            let recipe = row.recipe(&hosts[1]);
            (row, recipe)
        });
        Mix {
            rows: healthy()
                .into_iter()
                .chain(trapping())
                .chain(refused())
                .map(with_recipes)
                .collect(),
            endless: endless.collect(),
            stout: stout(),
            counter: on_both(&counter()),
            hosts,
        }
    }

    /// The request of an index, the same in every run.
    fn request(&self, index: usize) -> Request<'_> {
        let drawn = scramble(index);
        let of = drawn % 2;
        if index % ONE_IN_ENDLESS == ONE_IN_ENDLESS - 1 {
            let (row, recipe) = &self.endless[index / ONE_IN_ENDLESS % self.endless.len()];
            return Request::Row(row, recipe, Some(LIMIT));
        }
        if index % ONE_IN_ANEW == ONE_IN_ANEW / 2 {
            return Request::Anew(&self.stout, &self.hosts[of], TIMES[of]);
        }
        // Warm requests are as many as those of three rows.
        match self.rows.get(drawn / 2 % (self.rows.len() + 3)) {
            Some((row, _)) if index.is_multiple_of(ONE_IN_ANEW) => {
                Request::Anew(row, &self.hosts[of], TIMES[of])
            }
            Some((row, recipes)) => Request::Row(row, &recipes[of], TIMES[of]),
            None => {
                let input: &[u8] = if index.is_multiple_of(8) {
                    b"trap"
                } else {
                    b""
                };
                Request::Warm { of, input }
            }
        }
    }

    /// Carries the requests of a range, shared by all workers, to their ends.
    fn carry(&self, workers: &mut [Worker], requests: Range<usize>) {
        let next = AtomicUsize::new(requests.start);
        std::thread::scope(|scope| {
            for worker in workers {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= requests.end {
                            break;
                        }
                        worker.carry(index, self.request(index));
                    }
                });
            }
        });
    }
}

/// A number that has nothing to do with the index, to the eye (SplitMix64).
fn scramble(index: usize) -> usize {
    let mut z = (index as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 33) as usize
}

/// What one thread keeps from request to request.
struct Worker {
    warm: [Warm; 2],
    tally: Tally,
}

/// A session of the counter, and how far it must have counted.
struct Warm {
    session: Session,
    count: i32,
}

impl Worker {
    fn new(mix: &Mix) -> Worker {
        Worker {
            warm: [0, 1].map(|of: usize| Warm {
                session: mix.counter[of].session(),
                count: 0,
            }),
            tally: Tally::default(),
        }
    }

    fn carry(&mut self, index: usize, request: Request<'_>) {
        match request {
            Request::Row(row, recipe, time) => {
                let found = outcome(recipe.render(input(&row.input, time)));
                self.tally.judge(index, row.name, &row.wanted, &found);
            }
            Request::Anew(row, host, time) => {
                self.tally.loaded += row.stages.len();
                let found = outcome(row.recipe(host).render(input(&row.input, time)));
                self.tally.judge(index, row.name, &row.wanted, &found);
            }
            Request::Warm { of, input: bytes } => {
                let Warm { session, count } = &mut self.warm[of];
                let wanted = if bytes.is_empty() {
                    *count += 1;
                    Ok(Output::Scalar(*count))
                } else {
                    // RUN-4: after a trap an instance is never used again.
                    *count = 0;
                    trap(TrapKind::Unreachable)
                };
                let found = outcome(session.render(input(bytes, TIMES[of])));
                self.tally.judge(index, "warm", &wanted, &found);
            }
        }
    }
}

fn input(bytes: &[u8], time: Option<Duration>) -> Input<'_> {
    let limits = RequestLimits { time, fuel: None };
    Input::new(bytes).limits(limits)
}

/// How requests ended.
#[derive(Default)]
struct Tally {
    replied: usize,
    refused: usize,
    trapped: usize,
    stopped: usize,
    /// Modules that were compiled for one request.
    loaded: usize,
    /// What did not end as the contract says.
    wrong: Vec<String>,
}

impl Tally {
    fn judge(&mut self, index: usize, name: &str, wanted: &Outcome, found: &Outcome) {
        match found {
            Ok(_) => self.replied += 1,
            Err((_, ErrorKind::Refused(_))) => self.refused += 1,
            Err((_, ErrorKind::Trapped(_))) => self.trapped += 1,
            Err((_, ErrorKind::Stopped(_))) => self.stopped += 1,
            Err(_) => {}
        }
        if found != wanted {
            let line = format!("request {index}, {name}: expected {wanted:?}, found {found:?}");
            self.wrong.push(line);
        }
    }

    fn add(&mut self, other: Tally) {
        self.replied += other.replied;
        self.refused += other.refused;
        self.trapped += other.trapped;
        self.stopped += other.stopped;
        self.loaded += other.loaded;
        self.wrong.extend(other.wrong);
    }
}

fn row(
    name: &'static str,
    stages: impl IntoIterator<Item = Part>,
    input: &[u8],
    wanted: Outcome,
) -> Row {
    Row {
        name,
        stages: stages.into_iter().collect(),
        input: input.to_vec(),
        wanted,
    }
}

fn text(output: &str) -> Outcome {
    Ok(Output::Utf8(output.as_bytes().to_vec()))
}

fn bytes(output: &[u8]) -> Outcome {
    Ok(Output::Bytes(output.to_vec()))
}

fn scalar(output: i32) -> Outcome {
    Ok(Output::Scalar(output))
}

fn trap(kind: TrapKind) -> Outcome {
    Err((1, ErrorKind::Trapped(kind)))
}

fn refusal(code: Code) -> Outcome {
    Err((1, ErrorKind::Refused(code)))
}

/// What a module exports for text in and out: 1 KiB each, in one place.
const TEXT: &str = r#"
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_utf8_cap") i32 (i32.const 1024))
    (global (export "output_ptr") i32 (i32.const 0))
    (global (export "output_utf8_cap") i32 (i32.const 1024))"#;

/// The same for bytes.
const BYTES: &str = r#"
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_bytes_cap") i32 (i32.const 1024))
    (global (export "output_ptr") i32 (i32.const 0))
    (global (export "output_bytes_cap") i32 (i32.const 1024))"#;

/// Bytes in, and the result of the call as the output.
const SCALAR: &str = r#"
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_bytes_cap") i32 (i32.const 1024))"#;

const FOREVER: &str = "(loop $again (br $again))";

/// A module of these fields.
fn module(fields: &str) -> Part {
    Part {
        wasm: wat::parse_str(format!("(module {fields})")).unwrap_or_else(|e| panic!("{e}")),
        uniforms: &[],
    }
}

/// A module of one page with this entry point.
fn page(fields: &str, run: &str) -> Part {
    module(&format!(
        r#"(memory (export "memory") 1 1) {fields}
           (func $run (export "run") (param $size i32) (result i32)
              (local $at i32) (local $sum i32) {run})"#
    ))
}

/// Text with its ASCII letters made large, where they are small.
fn shout() -> Part {
    page(
        TEXT,
        "(loop $next
            (if (i32.lt_u (local.get $at) (local.get $size)) (then
                (if (i32.lt_u
                        (i32.sub (i32.load8_u (local.get $at)) (i32.const 0x61)) (i32.const 26))
                    (then (i32.store8 (local.get $at)
                        (i32.sub (i32.load8_u (local.get $at)) (i32.const 0x20)))))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next))))
         (local.get $size)",
    )
}

/// Bytes in reverse order.
fn reverse() -> Part {
    page(
        r#"(global (export "input_ptr") i32 (i32.const 0))
           (global (export "input_bytes_cap") i32 (i32.const 1024))
           (func (export "output_ptr") (result i32) (i32.const 1024))
           (func (export "output_bytes_cap") (result i32) (i32.const 1024))"#,
        "(loop $next
            (if (i32.lt_u (local.get $at) (local.get $size)) (then
                (i32.store8
                    (i32.add (i32.const 1023) (i32.sub (local.get $size) (local.get $at)))
                    (i32.load8_u (local.get $at)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next))))
         (local.get $size)",
    )
}

/// The sum of the bytes.
fn sum() -> Part {
    page(
        SCALAR,
        "(loop $next
            (if (i32.lt_u (local.get $at) (local.get $size)) (then
                (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next))))
         (local.get $sum)",
    )
}

/// Counts its requests, in a global and in memory, and says the number that both
/// agree on; traps on an input.
fn counting() -> Part {
    page(
        &format!("{SCALAR} (global $count (mut i32) (i32.const 0))"),
        "(if (local.get $size) (then (unreachable)))
         (global.set $count (i32.add (global.get $count) (i32.const 1)))
         (i32.store (i32.const 40000)
            (i32.add (i32.load (i32.const 40000)) (i32.const 1)))
         (if (i32.ne (global.get $count) (i32.load (i32.const 40000)))
            (then (return (i32.const -1))))
         (global.get $count)",
    )
}

/// The row that sessions are made of.
fn counter() -> Row {
    row("counter", [counting()], b"", scalar(1))
}

/// Numbers of each type by uniforms, added up.
fn adds_uniforms() -> Part {
    page(
        &format!(
            r#"{SCALAR} (global $sum (mut f64) (f64.const 0))
            (func $add (param f64) (global.set $sum (f64.add (global.get $sum) (local.get 0))))
            (func (export "uniform_set_a") (param i32)
                (call $add (f64.convert_i32_s (local.get 0))))
            (func (export "uniform_set_b") (param i64)
                (call $add (f64.convert_i64_s (local.get 0))))
            (func (export "uniform_set_c") (param f32)
                (call $add (f64.promote_f32 (local.get 0))))
            (func (export "uniform_set_d") (param f64) (call $add (local.get 0)))"#
        ),
        "(i32.trunc_f64_s (global.get $sum))",
    )
}

fn healthy() -> Vec<Row> {
    let signs = page(
        r#"(global (export "input_ptr") i32 (i32.const 0))
           (global (export "input_bytes_cap") i32 (i32.const 1024))
           (global (export "output_ptr") i32 (i32.const 1024))
           (global (export "output_i32_cap") i32 (i32.const 1024))"#,
        "(loop $next
            (if (i32.lt_u (local.get $at) (local.get $size)) (then
                (i32.store offset=1024 (i32.shl (local.get $at) (i32.const 2))
                    (i32.load8_s (local.get $at)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next))))
         (local.get $size)",
    );
    // The last byte of each page is written, and that of a new one is zero before.
    let grows = |declared: &str| {
        module(&format!(
            r#"(memory (export "memory") {declared}) {SCALAR}
               (func (export "run") (param i32) (result i32) (local $end i32)
                  (if (i32.eq (memory.grow (i32.const 31)) (i32.const -1))
                     (then (return (i32.const -1))))
                  (loop $next
                     (local.set $end (i32.add (local.get $end) (i32.const 65536)))
                     (if (i32.load8_u (i32.sub (local.get $end) (i32.const 1)))
                        (then (return (i32.const -2))))
                     (i32.store8 (i32.sub (local.get $end) (i32.const 1)) (i32.const 1))
                     (br_if $next
                        (i32.lt_u (local.get $end)
                           (i32.mul (memory.size) (i32.const 65536)))))
                  (memory.size))"#
        ))
    };
    let four_mebibytes = module(
        r#"(memory (export "memory") 64 64)
           (global (export "input_ptr") i32 (i32.const 0))
           (global (export "input_bytes_cap") i32 (i32.const 64))
           (global (export "output_ptr") i32 (i32.const 4194300))
           (global (export "output_bytes_cap") i32 (i32.const 4))
           (func (export "run") (param i32) (result i32)
              (if (i64.ne (i64.load (i32.const 4194296)) (i64.const 0))
                 (then (return (i32.const 0))))
              (memory.fill (i32.const 0) (i32.load8_u (i32.const 0)) (i32.const 4194304))
              (i32.const 4))"#,
    );
    let with = |uniforms| Part {
        uniforms,
        ..adds_uniforms()
    };
    vec![
        row("utf8", [shout()], "naïve".as_bytes(), text("NAïVE")),
        row("utf8, empty", [shout()], b"", text("")),
        row(
            "utf8, full",
            [shout()],
            &[b'a'; 1024],
            text(&"A".repeat(1024)),
        ),
        row(
            "bytes",
            [reverse()],
            b"\x00\x01\xff",
            bytes(b"\xff\x01\x00"),
        ),
        row(
            "i32",
            [signs],
            b"\x00\x01\xff",
            Ok(Output::I32(vec![0, 1, -1])),
        ),
        row("scalar", [sum()], b"abc", scalar(97 + 98 + 99)),
        row("grows", [grows("1")], b"", scalar(32)),
        row("cannot grow", [grows("1 31")], b"", scalar(-1)),
        row("4 MiB", [four_mebibytes], b"\x07", bytes(&[7; 4])),
        row("two stages", [shout(), reverse()], b"stop", bytes(b"POTS")),
        row(
            "uniforms",
            [with(&[
                ("a", "-3"),
                ("b", "0x10"),
                ("c", "0.25"),
                ("d", "1e2"),
            ])],
            b"",
            scalar(113),
        ),
        row("no uniforms", [with(&[])], b"", scalar(0)),
        counter(),
    ]
}

fn trapping() -> Vec<Row> {
    let run = |name, run: &str, kind| row(name, [page(SCALAR, run)], b"", trap(kind));
    let calls = |name, index: i32, kind| {
        let fields = format!(
            "{SCALAR} (type $getter (func (result i32)))
             (table 3 3 funcref) (elem (i32.const 0) $run)"
        );
        let run = format!("(call_indirect (type $getter) (i32.const {index}))");
        row(name, [page(&fields, &run)], b"", trap(kind))
    };
    let getter = module(&format!(
        r#"(memory (export "memory") 1 1)
           (func (export "input_ptr") (result i32)
              (i32.div_u (i32.const 1) (i32.load (i32.const 0))))
           (global (export "input_bytes_cap") i32 (i32.const 1024))
           (func (export "run") (param i32) (result i32) {FOREVER} (i32.const 0))"#
    ));
    let setter = Part {
        uniforms: &[("a", "1")],
        ..page(
            &format!(r#"{SCALAR} (func (export "uniform_set_a") (param i32) (unreachable))"#),
            "(i32.const 0)",
        )
    };
    vec![
        run("unreachable", "(unreachable)", TrapKind::Unreachable),
        run(
            "loads past the end",
            "(i32.load (i32.const 65533))",
            TrapKind::MemoryOutOfBounds,
        ),
        run(
            "fills past the end",
            "(memory.fill (i32.const 65535) (i32.const 1) (i32.const 2)) (i32.const 0)",
            TrapKind::MemoryOutOfBounds,
        ),
        run(
            "divides by zero",
            "(i32.rem_u (i32.const 1) (local.get $size))",
            TrapKind::IntegerDivideByZero,
        ),
        run(
            "overflows",
            "(i32.div_s (i32.const 0x80000000) (i32.sub (local.get $size) (i32.const 1)))",
            TrapKind::IntegerOverflow,
        ),
        run(
            "converts NaN",
            "(i32.trunc_f64_s (f64.sqrt (f64.const -1)))",
            TrapKind::BadConversionToInteger,
        ),
        run(
            "recurses",
            "(i32.add (call $run (local.get $size)) (i32.const 1))",
            TrapKind::StackOverflow,
        ),
        calls("calls another type", 0, TrapKind::BadSignature),
        calls("calls null", 2, TrapKind::IndirectCallToNull),
        calls("calls past the table", 3, TrapKind::TableOutOfBounds),
        row(
            "getter traps",
            [getter],
            b"",
            trap(TrapKind::IntegerDivideByZero),
        ),
        row("setter traps", [setter], b"", trap(TrapKind::Unreachable)),
        row(
            "second stage traps",
            [shout(), counting()],
            b"a",
            Err((2, ErrorKind::Trapped(TrapKind::Unreachable))),
        ),
        // MOD-5: these two are refusals.
        row(
            "start traps",
            [page(
                &format!("{SCALAR} (func $start (unreachable)) (start $start)"),
                "(i32.const 0)",
            )],
            b"",
            refusal(Code::Instantiate),
        ),
        row(
            "segment does not fit",
            [page(
                &format!(r#"{SCALAR} (data (i32.const 65535) "ab")"#),
                "(i32.const 0)",
            )],
            b"",
            refusal(Code::Instantiate),
        ),
    ]
}

fn refused() -> Vec<Row> {
    let at_the_end = |side: &str, count: i32| {
        let fields = BYTES.replacen(
            &format!(r#"(global (export "{side}_ptr") i32 (i32.const 0))"#),
            &format!(r#"(global (export "{side}_ptr") i32 (i32.const 65534))"#),
            1,
        );
        page(&fields, &format!("(i32.const {count})"))
    };
    let ill_formed = page(
        TEXT,
        "(i32.store8 (i32.const 0) (i32.const 0xff)) (i32.const 1)",
    );
    vec![
        row(
            "input too large",
            [shout()],
            &[b'a'; 1025],
            refusal(Code::InputTooLarge),
        ),
        row(
            "input past the end",
            [at_the_end("input", 0)],
            b"abc",
            refusal(Code::InputOutOfBounds),
        ),
        row(
            "input ill-formed",
            [shout()],
            b"ab\xff",
            refusal(Code::InputNotUtf8),
        ),
        row(
            "input ill-formed in the second stage",
            [reverse(), shout()],
            "ï".as_bytes(),
            Err((2, ErrorKind::Refused(Code::InputNotUtf8))),
        ),
        row(
            "output too large",
            [page(BYTES, "(i32.const 1025)")],
            b"",
            refusal(Code::OutputTooLarge),
        ),
        row(
            "output past the end",
            [at_the_end("output", 3)],
            b"",
            refusal(Code::OutputOutOfBounds),
        ),
        row(
            "output ill-formed",
            [ill_formed],
            b"",
            refusal(Code::OutputNotUtf8),
        ),
    ]
}

fn endless() -> Vec<Row> {
    let stopped: Outcome = Err((1, ErrorKind::Stopped(Exhausted::Time)));
    let run = || page(BYTES, &format!("{FOREVER} (i32.const 0)"));
    let getter = module(&format!(
        r#"(memory (export "memory") 1 1)
           (func (export "input_ptr") (result i32) {FOREVER} (i32.const 0))
           (global (export "input_bytes_cap") i32 (i32.const 1024))
           (func (export "run") (param i32) (result i32) (unreachable))"#
    ));
    let start = || {
        page(
            &format!("{SCALAR} (func $start {FOREVER}) (start $start)"),
            "(unreachable)",
        )
    };
    let setter = Part {
        uniforms: &[("a", "1")],
        ..page(
            &format!(r#"{SCALAR} (func (export "uniform_set_a") (param i32) {FOREVER})"#),
            "(unreachable)",
        )
    };
    // Where a healthy stage came before, a machine that is busy might stop that one.
    vec![
        row("endless", [run()], b"", stopped.clone()),
        row("endless getter", [getter], b"", stopped.clone()),
        row("endless setter", [setter], b"", stopped.clone()),
        row("endless start", [start()], b"", stopped.clone()),
        row("endless before another", [run(), start()], b"", stopped),
    ]
}

/// A module whose code and data are large and quickly compiled: a few that are not
/// freed are seen.
fn stout() -> Row {
    let mut code = String::new();
    for number in 0..20_000 {
        let _ = write!(code, "(local.set $long (i64.const {number}))");
    }
    let data = "a".repeat(512 << 10);
    let part = module(&format!(
        r#"(memory (export "memory") 9 9) {SCALAR} (data (i32.const 65536) "{data}")
           (func $code (param $long i64) (result i64) {code} (local.get $long))
           (func (export "run") (param i32) (result i32)
              (i32.add (i32.wrap_i64 (call $code (i64.const 0)))
                 (i32.load8_u (i32.const 65536))))"#
    ));
    row("stout", [part], b"", scalar(19_999 + 97))
}
