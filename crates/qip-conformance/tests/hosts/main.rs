//! Host programs: a sound one, hostile ones, and ones that cannot be started.
//!
//! The host program is this test itself: with `host:<mode>` as its first argument it
//! speaks the host protocol, each mode breaking it in another way. So no program is
//! shipped or has to be built for the tests, and none can be stale.

mod faults;
mod lint;
mod messages;
mod program;
mod run;
mod schema;
mod starting;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// A test, by name.
type Test = (&'static str, fn());

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    if let Some(mode) = args.next().as_deref().and_then(program::mode) {
        let args: Vec<String> = args.collect();
        return program::run(mode, &args);
    }
    let args = Arguments::from_args();
    let tests = [
        faults::TESTS,
        lint::TESTS,
        messages::TESTS,
        schema::TESTS,
        starting::TESTS,
    ];
    let trials = tests.concat().into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&args, trials.collect()).exit_code()
}
