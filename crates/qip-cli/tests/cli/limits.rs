//! Limits of the request and of what a module declares: exit code 5.

use std::fs::File;

use crate::ENGINES;
use crate::directory::Directory;
use crate::modules::{LOOPS, echo, scalar};

#[test]
fn the_time_limit_is_said_with_its_number() {
    let directory = Directory::with(&scalar(LOOPS));
    for engine in ENGINES {
        for limit in ["100", "250"] {
            let args = [
                "run",
                "--engine",
                engine,
                "--timeout-ms",
                limit,
                "module.wasm",
            ];
            let answer = directory.qip(&args);
            let text = format!("Wasm module exceeded the execution time limit ({limit}ms)");
            answer.assert_fails(5, &[&text]);
        }
    }
}

#[test]
fn one_time_limit_covers_all_stages() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    directory.module("loop.wasm", &scalar(LOOPS));
    for engine in ENGINES {
        let args = [
            "run",
            "--engine",
            engine,
            "--timeout-ms",
            // Time enough for the first.
            "1000",
            "module.wasm",
            "loop.wasm",
        ];
        let text = "Wasm module exceeded the execution time limit (1000ms)";
        directory
            .qip(&args)
            .assert_fails(5, &["stage 2", "`loop.wasm`", text]);
    }
}

#[test]
fn a_loop_while_instantiating_is_stopped_too() {
    let wat = crate::modules::module(
        "bytes",
        r#"(func $start (loop $forever (br $forever)))
  (start $start)
  (func (export "run") (param i32) (result i32) (local.get 0))"#,
    );
    let directory = Directory::with(&wat);
    for engine in ENGINES {
        let answer = directory.qip(&["run", "--engine", engine, "--timeout-ms=100", "module.wasm"]);
        answer.assert_fails(
            5,
            &["Wasm module exceeded the execution time limit (100ms)"],
        );
    }
}

#[test]
fn the_longest_time_limit_is_none() {
    let directory = Directory::with(&scalar("(i32.const 1)"));
    for engine in ENGINES {
        let args = [
            "run",
            "--engine",
            engine,
            "--timeout-ms",
            "18446744073709551615",
            "module.wasm",
        ];
        directory.qip(&args).assert_prints("Ran: 1\n");
    }
}

#[test]
fn fuel_runs_out() {
    let directory = Directory::with(&scalar(LOOPS));
    for engine in ENGINES {
        let args = ["run", "--engine", engine, "--fuel", "10000", "module.wasm"];
        let answer = directory.qip(&args);
        answer.assert_fails(5, &["fuel", "10000"]);
        // Long before the time does.
        assert!(!answer.stderr.contains("time"), "{}", answer.stderr);
    }
}

#[test]
fn enough_fuel_is_enough_and_none_is_not() {
    let directory = Directory::with(&scalar("(i32.const 1)"));
    for engine in ENGINES {
        let run = |fuel| directory.qip(&["run", "--engine", engine, "--fuel", fuel, "module.wasm"]);
        run("1000000").assert_prints("Ran: 1\n");
        run("18446744073709551615").assert_prints("Ran: 1\n");
        run("0").assert_fails(5, &["fuel"]);
    }
}

#[test]
fn memory_over_the_limit_is_refused_before_it_is_made() {
    // Two pages, 131 072 bytes.
    let directory = Directory::with(&scalar("(i32.const 1)"));
    for engine in ENGINES {
        let run = |most| {
            directory.qip(&[
                "run",
                "--engine",
                engine,
                "--max-memory",
                most,
                "module.wasm",
            ])
        };
        run("131072").assert_prints("Ran: 1\n");
        run("131071").assert_fails(5, &["131072", "131071"]);
        run("0").assert_fails(5, &["131072", "limit of 0"]);
    }
}

#[test]
fn a_minimum_memory_over_a_gibibyte_is_refused_by_default() {
    let memory = |pages: u32| scalar("(i32.const 1)").replace("2 2", &format!("{pages}"));
    let directory = Directory::with(&memory(16385));
    directory.module("largest.wasm", &memory(16384));
    for engine in ENGINES {
        let answer = directory.qip(&["run", "--engine", engine, "module.wasm"]);
        // 16385 × 65536 and 2^30
        answer.assert_fails(5, &["1073807360", "1073741824"]);
    }
    directory
        .qip(&["run", "largest.wasm"])
        .assert_prints("Ran: 1\n");
}

/// Growth beyond the limit answers −1 to the module, and ends nothing (TRAP-2).
#[test]
fn growth_over_the_limit_is_refused_to_the_module_alone() {
    let wat = scalar("(memory.grow (i32.const 1))").replace("2 2", "2");
    let directory = Directory::with(&wat);
    for engine in ENGINES {
        let run = |most| {
            directory.qip(&[
                "run",
                "--engine",
                engine,
                "--max-memory",
                most,
                "module.wasm",
            ])
        };
        run("131072").assert_prints("Ran: -1\n");
        run("196608").assert_prints("Ran: 2\n");
    }
}

#[test]
fn a_module_of_70_mib_is_refused() {
    let directory = Directory::new();
    // It takes no room on the disk.
    let file = File::create(directory.path("large.wasm")).unwrap();
    file.set_len(70 << 20).unwrap();
    for engine in ENGINES {
        let answer = directory.qip(&["run", "--engine", engine, "large.wasm"]);
        // 64 MiB
        answer.assert_fails(5, &["`large.wasm`", "size", "67108864"]);
    }
}

#[test]
fn a_memory_that_may_grow_is_refused_where_it_must_not() {
    let directory = Directory::with(&scalar("(i32.const 1)"));
    directory.module("grows.wasm", &scalar("(i32.const 1)").replace("2 2", "2 3"));
    for engine in ENGINES {
        let run = |module| directory.qip(&["run", "--engine", engine, "--fixed-memory", module]);
        run("module.wasm").assert_prints("Ran: 1\n");
        run("grows.wasm").assert_fails(4, &["memory", "2", "3", "expected"]);
    }
}
