//! LIM-1: code that is as large as every engine takes, and code that is larger than one
//! engine takes.

use std::sync::Arc;
use std::time::Duration;

use qip_host::engine::{
    Compile, CompileError, CompiledModule, Engine, EngineError, EngineInfo, EngineLimit, Feature,
};
use qip_host::{Code, ErrorKind, Host, Limits, Output, RequestLimits};

use crate::{ENGINES, fuelled, metered, refused, wat, within};

/// A scalar module whose entry point has this body: its parameter is local 0.
fn module(begin: &str, body: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module {begin} (memory (export "memory") 1 1)
            (global (export "input_ptr") i32 (i32.const 0))
            (global (export "input_bytes_cap") i32 (i32.const 1024))
            (func (export "run") (param i32) (result i32) {body}))"#
    ))
}

/// A function of so many locals of a type besides its parameter, with `code` in it.
fn with_locals(count: u64, ty: &str, code: &str) -> Vec<u8> {
    let locals = format!(" {ty}").repeat(count as usize);
    module("", &format!("(local{locals}) {code} local.get 0"))
}

/// Pushes as many operands as LIM-1 allows, and drops them.
fn operands(push: &str) -> String {
    let count = Limits::standard().operands as usize;
    [push, " drop "].map(|of| of.repeat(count)).concat()
}

/// Hosts under the standard limits: without metering, with a clock and with fuel.
fn hosts(engine: &Arc<dyn Engine>) -> [Host; 3] {
    [
        RequestLimits::default(),
        within(Duration::MAX),
        fuelled(u64::MAX),
    ]
    .map(|limits| metered(engine, limits))
}

#[track_caller]
fn runs(host: &Host, wasm: &[u8]) {
    let reply = host.load(wasm).expect("taken").render(b"ab").expect("runs");
    assert_eq!(reply.output, Output::Scalar(2));
}

/// The numbers of a refusal with `limit`.
#[track_caller]
fn over(host: &Host, wasm: &[u8]) -> (u64, u64) {
    let error = host.load(wasm).expect_err("too large");
    assert_eq!(refused(&error), Some(Code::Limit), "{error}");
    let refusal = error.refusal().expect("a refusal");
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).expect("a number");
    (number(refusal.found_text()), number(refusal.wanted_text()))
}

#[test]
fn every_engine_takes_the_longest_branch_table() {
    let table = |targets: usize| {
        let labels = " 0 1".repeat(targets / 2);
        module(
            "",
            &format!("block block (br_table{labels} 0 (local.get 0)) end end local.get 0"),
        )
    };
    crate::on(&ENGINES, |engine| {
        for host in hosts(engine) {
            runs(&host, &table(65_520));
            assert_eq!(over(&host, &table(131_000)), (131_000, 65_520));
        }
    });
}

#[test]
fn every_engine_takes_the_highest_operand_stack() {
    let wide = "(v128.const i64x2 0 0)";
    let thousand = |of: &str| of.repeat(1_000);
    // Of a call, parameters and results lie on the stack too.
    let called = format!(
        "(func $wide (param {types}) (result {types}) {back})",
        types = thousand(" v128"),
        back = (0..1_000)
            .map(|local| format!(" local.get {local}"))
            .collect::<String>(),
    );
    let call = format!(
        "{} call $wide {}",
        wide.repeat(10_000),
        " drop".repeat(10_000)
    );
    crate::on(&ENGINES, |engine| {
        for host in hosts(engine) {
            runs(
                &host,
                &module("", &format!("{} local.get 0", operands("local.get 0 "))),
            );
            runs(&host, &module(&called, &format!("{call} local.get 0")));
            let higher = format!(
                "{0} local.get 0 {1} local.get 0",
                "local.get 0 ".repeat(70_000),
                " drop".repeat(70_001)
            );
            assert_eq!(over(&host, &module("", &higher)), (70_001, 10_000));
        }
    });
}

/// wasmtime takes all locals that LIM-1 allows, wasmi at least 20 000, with any operands
/// beside them. Of more than it takes it says how many it is sure of.
#[test]
fn an_engine_takes_as_many_locals_as_it_is_sure_of() {
    crate::on(&ENGINES, |engine| {
        let is_wasmi = engine.info().name == "wasmi";
        let most = if is_wasmi { 20_000 } else { 50_000 };
        for host in hosts(engine) {
            for (ty, cells) in [("i32", 1), ("f64", 1), ("externref", 1), ("v128", 2)] {
                if ty == "externref" && engine.info().lacks.contains(&Feature::Externref) {
                    let error = host
                        .load(with_locals(1, ty, ""))
                        .expect_err("it is lacking");
                    assert_eq!(error.kind(), ErrorKind::Lacks(Feature::Externref));
                    continue;
                }
                let cells = if is_wasmi { cells } else { 1 };
                let push = if ty == "v128" {
                    "local.get 1 "
                } else {
                    "(v128.const i64x2 0 0)"
                };
                runs(&host, &with_locals((most - 1) / cells, ty, &operands(push)));
            }
        }
        let host = crate::standard(engine);
        for (ty, cells) in [("i64", 1), ("v128", 2)] {
            let full = with_locals(49_999, ty, "");
            if is_wasmi {
                assert_eq!(over(&host, &full), (1 + 49_999 * cells, most));
            } else {
                runs(&host, &full);
            }
        }
    });
}

/// What `qip-host` writes around faults of wasmi may take a local of its own. Where there is
/// no room for it, that is a limit and no fault of the engine.
#[test]
fn a_local_to_go_around_a_fault_counts() {
    let branch = "block (result v128) block (result v128)
        (v128.const i64x2 0 0) local.get 0 br_table 0 1 end end drop";
    crate::on(&ENGINES, |engine| {
        let host = crate::standard(engine);
        let full = with_locals(29_999, "i32", branch);
        if engine.info().name == "wasmi" {
            runs(&host, &with_locals(29_998, "i32", branch));
            runs(&host, &with_locals(29_999, "i32", ""));
            assert_eq!(over(&host, &full), (30_001, 20_000));
        } else {
            runs(&host, &full);
        }
    });
}

/// Code that is written anew for wasmi may come out longer than LIM-1 lets a function be.
#[test]
fn code_written_around_faults_can_be_long() {
    let selects = "select ".repeat(4_000_000);
    let long = module("", &format!("local.get 0 return {selects}"));
    crate::on(&ENGINES, |engine| runs(&crate::standard(engine), &long));
}

/// An engine that takes no module, each for the reason that it is asked to give.
struct Unwilling(EngineInfo, fn() -> CompileError);

impl Engine for Unwilling {
    fn info(&self) -> &EngineInfo {
        &self.0
    }

    fn compile(&self, _: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        Err(self.1())
    }
}

/// An engine's own limit is `limit`, after all that ORD-1 lists for the module, and says
/// that it is the engine's; a failure stays one.
#[test]
fn a_limit_of_the_engine_is_told_from_a_failure() {
    let limit = || {
        CompileError::Limit(EngineLimit {
            what: "a number of functions of",
            found: 2,
            allowed: 1,
        })
    };
    let host = |reason| {
        let info = qip_host::wasmi::Wasmi::new().info().clone();
        Host::new(Unwilling(info, reason), Limits::standard())
    };
    let error = host(limit).load_named("a.wasm", module("", "local.get 0"));
    let error = error.expect_err("unwilling");
    assert_eq!(
        error.to_string(),
        "`a.wasm`: the module has a number of functions of 2, over the limit of 1"
    );
    let help = error.refusal().and_then(|refusal| refusal.help_text());
    assert_eq!(
        help,
        Some("that limit is the engine's own: another engine may take the module")
    );
    assert_eq!(over(&host(limit), &module("", "local.get 0")), (2, 1));
    let faulty = host(limit)
        .load(wat("(module)"))
        .expect_err("no module of the contract");
    assert_eq!(refused(&faulty), Some(Code::MissingMemory));
    let failure = host(|| EngineError::new("no code today").into()).load(module("", "local.get 0"));
    let failure = failure.expect_err("unwilling");
    assert_eq!(failure.to_string(), "the engine failed: no code today");
}
