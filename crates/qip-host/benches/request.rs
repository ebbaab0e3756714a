//! What the host costs over the fastest program that one could write on bare
//! wasmtime for the same request: the same pool, the same getter calls, the same
//! UTF-8 checks and copies, every export looked up by position.
//!
//! `cargo bench -p qip-host`. Each sample runs both programs in turns, so that what
//! else the machine does falls on both; the table at the end gives the medians of
//! the samples' ratios. Where `QIP_BENCH_ROWS` names a file, each row goes there too,
//! as a line of JSON that `cargo xtask bench` reads.

#[path = "rows/in_turns.rs"]
mod in_turns;

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use in_turns::{Target, compare, table, write_rows};
use qip_host::wasmtime::Wasmtime;
use qip_host::{Host, Input, Limits, Options, Output, RequestLimits, Stage};
use wasmtime::{
    Config, Enabled, Engine, Func, InstanceAllocationStrategy, InstancePre, Linker, Memory, Module,
    ModuleExport, PoolingAllocationConfig, Store, ValRaw,
};

/// Gives its input back, text for text. Its pointers and capacities are functions,
/// so that a request makes five calls.
const ECHO: &str = r#"(module
  (memory (export "memory") 3 3)
  (func (export "input_ptr") (result i32) (i32.const 0))
  (func (export "input_utf8_cap") (result i32) (i32.const 65536))
  (func (export "output_ptr") (result i32) (i32.const 65536))
  (func (export "output_utf8_cap") (result i32) (i32.const 65536))
  (func (export "run") (param $size i32) (result i32)
    (memory.copy (i32.const 65536) (i32.const 0) (local.get $size))
    (local.get $size)))"#;

/// The program on bare wasmtime.
struct Bare {
    pre: InstancePre<()>,
    memory: ModuleExport,
    getters: [ModuleExport; 4],
    entry: ModuleExport,
}

struct BareInstance {
    store: Store<()>,
    memory: Memory,
    getters: [Func; 4],
    entry: Func,
}

impl Bare {
    fn new() -> Bare {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_core_instances(256)
            .total_memories(256)
            .total_tables(256)
            .max_memory_size(1 << 30)
            .linear_memory_keep_resident(1 << 20)
            .table_keep_resident(64 << 10)
            .pagemap_scan(Enabled::Auto);
        let mut config = Config::new();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, wat::parse_str(ECHO).unwrap()).unwrap();
        let export = |name: &str| module.get_export_index(name).unwrap();
        Bare {
            pre: Linker::new(&engine).instantiate_pre(&module).unwrap(),
            memory: export("memory"),
            getters: [
                export("input_ptr"),
                export("input_utf8_cap"),
                export("output_ptr"),
                export("output_utf8_cap"),
            ],
            entry: export("run"),
        }
    }

    fn instantiate(&self) -> BareInstance {
        let mut store = Store::new(self.pre.module().engine(), ());
        let instance = self.pre.instantiate(&mut store).unwrap();
        let memory = instance
            .get_module_export(&mut store, &self.memory)
            .and_then(wasmtime::Extern::into_memory)
            .unwrap();
        let getters = std::array::from_fn(|index| {
            instance
                .get_module_export(&mut store, &self.getters[index])
                .and_then(wasmtime::Extern::into_func)
                .unwrap()
        });
        let entry = instance
            .get_module_export(&mut store, &self.entry)
            .and_then(wasmtime::Extern::into_func)
            .unwrap();
        BareInstance {
            store,
            memory,
            getters,
            entry,
        }
    }
}

impl BareInstance {
    fn render(&mut self, input: &[u8]) -> Vec<u8> {
        let store = &mut self.store;
        let [input_ptr, input_cap, output_ptr, output_cap] =
            std::array::from_fn(|index| call(store, self.getters[index], 0));
        assert!(input.len() <= input_cap);
        std::str::from_utf8(input).unwrap();
        let memory = self.memory.data_mut(&mut *store);
        memory[input_ptr..][..input.len()].copy_from_slice(input);
        let count = call(store, self.entry, input.len() as i32);
        assert!(count <= output_cap);
        let output = &self.memory.data(&*store)[output_ptr..][..count];
        std::str::from_utf8(output).unwrap();
        output.to_vec()
    }
}

/// Calls a function `() -> i32` or `(i32) -> i32` in the fastest way that there is.
#[expect(unsafe_code, reason = "the checked call is slower")]
fn call(store: &mut Store<()>, function: Func, arg: i32) -> usize {
    let mut values = [ValRaw::i32(arg)];
    // SAFETY: all functions of `ECHO` have one of these two types, and one value is
    // room for their argument and their result.
    unsafe { function.call_unchecked(store, &raw mut values).unwrap() };
    values[0].get_u32() as usize
}

/// What a row is held to: warm requests are so short that a ratio says nothing.
const FRESH: Target = Target::Ratio(1.15);
const WARM: Target = Target::AddedNs(60.0);
const WARM_WITH_CLOCK: Target = Target::AddedNs(150.0);

/// Requests between two turns.
const TURN: u64 = 16;

fn main() {
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    let mut rows = Vec::new();
    let bare = Bare::new();
    let wasmtime = std::sync::Arc::new(Wasmtime::new());
    let with_clock = RequestLimits {
        time: Some(Duration::from_secs(5)),
        fuel: None,
    };
    for size in [10, 1 << 10, 64 << 10] {
        let input = "a".repeat(size);
        let expected = Output::Utf8(input.clone().into_bytes());
        for (clock, limits, warm_target) in [
            ("", RequestLimits::default(), WARM),
            (", clock", with_clock, WARM_WITH_CLOCK),
        ] {
            let options = Options {
                metering: limits.into(),
                ..Options::default()
            };
            let host = Host::with_options(wasmtime.clone(), Limits::standard(), options);
            let module = host.load(wat::parse_str(ECHO).unwrap()).unwrap();
            let given = Input::new(&input).limits(limits);
            assert_eq!(module.render(given).unwrap().output, expected);
            compare(
                &mut criterion,
                &mut rows,
                format!("fresh, {size} B{clock}"),
                FRESH,
                TURN,
                || drop(black_box(bare.instantiate().render(input.as_bytes()))),
                || drop(black_box(module.render(given).unwrap())),
            );
            let mut warm = bare.instantiate();
            let mut session = host.recipe([Stage::module(&module)]).unwrap().session();
            assert_eq!(session.render(given).unwrap().output, expected);
            compare(
                &mut criterion,
                &mut rows,
                format!("warm, {size} B{clock}"),
                warm_target,
                TURN,
                || drop(black_box(warm.render(input.as_bytes()))),
                || drop(black_box(session.render(given).unwrap())),
            );
        }
    }
    criterion.final_summary();
    table(&rows);
    write_rows(&rows);
}
