//! A pool of threads over one module: reads lines, renders each, and prints what comes out in
//! the order of the lines.
//!
//! ```text
//! seq 1 1000 | cargo run --example pool -- luhn.wasm
//! ```

use std::io::{self, BufRead, BufReader, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use qip_host::wasmtime::Wasmtime;
use qip_host::{Error, Host, Input, Limits, Metering, Module, Options, Output};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("name a module: pool MODULE")?;
    let options = Options {
        metering: Metering {
            clock: true,
            fuel: false,
        },
        ..Options::default()
    };
    let host = Host::with_options(Arc::new(Wasmtime::new()), Limits::standard(), options);
    let module = host.load(std::fs::read(path)?)?;
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let lines = BufReader::new(io::stdin()).lines();
    render_all(&module, threads, lines, io::stdout().lock())?;
    Ok(())
}

/// A line, and where its result goes.
type Job = (String, SyncSender<Result<Output, Error>>);

/// Renders lines on so many threads. Each is a request of its own, on a fresh instance: none
/// sees what another left behind.
fn render_all(
    module: &Module,
    threads: NonZeroUsize,
    lines: impl Iterator<Item = io::Result<String>> + Send,
    mut out: impl Write,
) -> io::Result<()> {
    // Both queues are bounded: whoever reads waits for whoever writes.
    let waiting = threads.get() * 16;
    let (jobs, to_do) = mpsc::sync_channel::<Job>(waiting);
    let (results, in_order) = mpsc::sync_channel(waiting);
    let to_do = Mutex::new(to_do);
    thread::scope(|scope| {
        for _ in 0..threads.get() {
            scope.spawn(|| work(module, &to_do));
        }
        let reader = scope.spawn(move || -> io::Result<()> {
            for line in lines {
                let (sender, receiver) = mpsc::sync_channel(1);
                // Whoever reads results goes first, or all wait for each other; it is gone
                // where nothing more can be written.
                if results.send(receiver).is_err() || jobs.send((line?, sender)).is_err() {
                    break;
                }
            }
            Ok(())
        });
        let written = in_order
            .into_iter()
            .try_for_each(|result| print(&result, &mut out));
        let read = reader
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(read)
    })
}

/// Takes jobs until there are no more.
fn work(module: &Module, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((line, result)) = job else {
            return;
        };
        let input = Input::new(&line).time(Duration::from_secs(1));
        let rendered = module.render(input).map(|reply| reply.output);
        // Nobody may want it any more.
        let _ = result.send(rendered);
    }
}

/// Prints a result as a line.
fn print(result: &Receiver<Result<Output, Error>>, out: &mut impl Write) -> io::Result<()> {
    match result.recv() {
        Ok(Ok(Output::Scalar(number))) => writeln!(out, "{number}"),
        Ok(Ok(output)) => writeln!(out, "{}", output.as_str().unwrap_or("not text")),
        Ok(Err(error)) => writeln!(out, "error: {error}"),
        // The line could not be read; the reader tells.
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;

    use qip_host::wasmi::Wasmi;
    use qip_host::{Host, Limits, Metering, Module, Options};

    use super::render_all;

    /// The length of a line; it traps where that is 7.
    const LENGTH: &str = r#"(module
      (memory (export "memory") 1 1)
      (global (export "input_ptr") i32 (i32.const 0))
      (global (export "input_utf8_cap") i32 (i32.const 64))
      (func (export "run") (param $size i32) (result i32)
        (if (i32.eq (local.get $size) (i32.const 7)) (then (unreachable)))
        (local.get $size)))"#;

    fn module() -> Module {
        let options = Options {
            metering: Metering {
                clock: true,
                fuel: false,
            },
            ..Options::default()
        };
        let host = Host::with_options(Arc::new(Wasmi::new()), Limits::standard(), options);
        let wasm = wat::parse_str(LENGTH).expect("text");
        host.load(wasm).expect("sound")
    }

    #[test]
    fn results_come_in_the_order_of_the_lines() {
        let module = module();
        for threads in [1, 2, 5] {
            let lines = (0..500).map(|length| Ok("a".repeat(length % 7)));
            let mut out = Vec::new();
            let threads = NonZeroUsize::new(threads).expect("some");
            render_all(&module, threads, lines, &mut out).expect("it is written");
            let wanted: String = (0..500).map(|length| format!("{}\n", length % 7)).collect();
            assert_eq!(String::from_utf8(out).expect("text"), wanted);
        }
    }

    #[test]
    fn a_line_that_fails_leaves_the_others_alone() {
        let lines = ["a", "aaaaaaa", "aa"].map(|line| Ok(line.to_owned()));
        let mut out = Vec::new();
        let lines = lines.into_iter();
        render_all(&module(), NonZeroUsize::MIN, lines, &mut out).expect("it is written");
        let out = String::from_utf8(out).expect("text");
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!((lines[0], lines[2]), ("1", "2"), "{out}");
        assert!(lines[1].starts_with("error: "), "{out}");
    }
}
