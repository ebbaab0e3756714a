//! Modules with random bodies, from wasm-smith, that keep the contract.
//!
//! The body is a function of every number type. An entry point of ours reads its
//! arguments from the input and calls it; results, globals and the first page of memory
//! are the output, so that a wrong bit in one of them shows.

use std::sync::Arc;
use std::time::Duration;

use arbitrary::Unstructured;
use proptest::prelude::*;
use qip_cases::{Bytes, Module, Request, Stage, Task, TaskOptions};
use qip_contract::{Floats, Limits, RequestLimits};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, InstructionSink, MemArg, TypeSection, ValType,
};
use wasm_smith::{InstructionKind, InstructionKinds};

use crate::trial::Trial;

/// The exports that wasm-smith gives a module: its memory, and the body.
const SHAPE: &str = r#"(module
  (memory (export "memory") 1 4)
  (func (export "body") (param i32 i64 f32 f64 v128) (result i32 i64 f32 f64 v128) unreachable))"#;

/// How often a body may loop or call before it traps.
const TURNS: u32 = 500;

/// Where arguments and results stand: the input, and the first bytes of the output.
const PLACES: [(ValType, u64); 5] = [
    (ValType::I32, 0),
    (ValType::I64, 8),
    (ValType::F32, 16),
    (ValType::F64, 24),
    (ValType::V128, 32),
];

/// The length of the arguments.
const INPUT: usize = 48;

/// Where globals are stored, each at a multiple of the size of the largest.
const GLOBALS: u64 = 64;
const LARGEST: u64 = 16;

/// Modules with random bodies, and arguments for them.
pub(crate) fn trials() -> impl Strategy<Value = Trial> {
    let bytes = prop::collection::vec(any::<u64>(), 64..700);
    let arguments = prop::collection::vec(argument(), 6);
    let focus = prop::sample::select(FOCUSES.to_vec());
    let kind = (
        any::<bool>(),
        prop::bool::weighted(0.6),
        any::<bool>(),
        focus,
    )
        .prop_map(|(floats, safe, clock, focus)| Kind {
            floats,
            safe,
            clock,
            focus,
        });
    (bytes, arguments, kind)
        .prop_map(|(words, arguments, kind)| {
            let bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
            let input: Vec<u8> = arguments.into_iter().flat_map(u64::to_le_bytes).collect();
            trial(&bytes, input, kind)
        })
        // Smaller bytes make another module, not a smaller one.
        .no_shrink()
}

/// Words that are interesting as integers or as floats.
fn argument() -> impl Strategy<Value = u64> {
    let singles = prop_oneof![
        Just(f32::NAN),
        Just(f32::INFINITY),
        Just(-0.0_f32),
        Just(f32::MIN_POSITIVE / 2.0),
        Just(2_147_483_648.0),
        any::<f32>(),
    ];
    let doubles = prop_oneof![
        Just(f64::NAN),
        Just(f64::NEG_INFINITY),
        Just(-0.0_f64),
        Just(9_223_372_036_854_775_808.0),
        any::<f64>(),
    ];
    prop_oneof![
        3 => any::<u64>(),
        1 => prop_oneof![Just(0), Just(1), Just(u64::MAX), Just(1 << 63), Just(1 << 31)],
        1 => singles.prop_map(|float| float.to_bits().into()),
        1 => doubles.prop_map(f64::to_bits),
        // A signalling NaN with a payload.
        1 => Just(0x7ff4_0000_7fa0_0001),
    ]
}

/// What a random module may do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// It has floats, and their determinism is asked for. Without, it is not, and
    /// engines must agree all the same.
    floats: bool,
    /// Instructions that may trap are guarded, so that it gets further.
    safe: bool,
    /// It runs under a deadline.
    clock: bool,
    focus: Focus,
}

/// Which instructions there are. Where all are allowed, most bodies branch away or trap
/// before they have computed much.
#[derive(Clone, Copy, Debug)]
enum Focus {
    All,
    Numbers,
    Vectors,
    Memory,
}

const FOCUSES: [Focus; 4] = [Focus::All, Focus::Numbers, Focus::Vectors, Focus::Memory];

impl Focus {
    fn instructions(self) -> InstructionKinds {
        use InstructionKind as Kind;
        let plain = [Kind::Numeric, Kind::Parametric, Kind::Variable];
        let more: &[Kind] = match self {
            Focus::All => return InstructionKinds::all(),
            Focus::Numbers => &[],
            Focus::Vectors => &[Kind::Vector],
            Focus::Memory => &[Kind::Vector, Kind::Memory, Kind::Control],
        };
        InstructionKinds::new(&[&plain[..], more].concat())
    }
}

/// The trial that a fuzzer's bytes mean: the kind in the first byte, the arguments after
/// it, then the module.
pub(crate) fn of_bytes(bytes: &[u8]) -> Trial {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (input, body) = rest.split_at(INPUT.min(rest.len()));
    let kind = Kind {
        floats: kind & 1 == 0,
        safe: kind & 2 == 0,
        clock: kind & 4 == 0,
        focus: FOCUSES[usize::from(kind >> 3) % FOCUSES.len()],
    };
    trial(body, input.to_vec(), kind)
}

/// The trial that these bytes mean.
pub(crate) fn trial(bytes: &[u8], input: Vec<u8>, kind: Kind) -> Trial {
    let Kind { floats, clock, .. } = kind;
    let wasm = module(bytes, kind).unwrap_or_default();
    Trial::new(Task {
        stages: vec![Stage {
            module: Arc::new(Module::from_bytes("random", wasm)),
            uniforms: Vec::new(),
        }],
        options: TaskOptions {
            floats: if floats {
                Floats::Deterministic
            } else {
                Floats::Any
            },
            ..TaskOptions::default()
        },
        limits: Limits {
            memory_bytes: 3 << 16,
            table_entries: 1_000,
            ..Limits::standard()
        },
        request_limits: RequestLimits {
            time: clock.then_some(Duration::from_secs(5)),
            fuel: None,
        },
        requests: vec![Request {
            input: Bytes::literal(input).into(),
            content_type: None,
        }],
    })
}

/// A module of these bytes; `None` where they are too few for one.
fn module(bytes: &[u8], kind: Kind) -> Option<Vec<u8>> {
    let config = wasm_smith::Config {
        exports: Some(wat::parse_str(SHAPE).ok()?),
        allow_floats: kind.floats,
        allowed_instructions: kind.focus.instructions(),
        bulk_memory_enabled: true,
        custom_descriptors_enabled: false,
        custom_page_sizes_enabled: false,
        disallow_traps: kind.safe,
        exceptions_enabled: false,
        extended_const_enabled: true,
        gc_enabled: false,
        max_data_segments: 4,
        max_element_segments: 4,
        max_funcs: 6,
        max_globals: 6,
        max_imports: 0,
        max_instructions: 150,
        // Beside that of `SHAPE`.
        max_memories: 0,
        max_memory32_bytes: 4 << 16,
        max_table_elements: 50,
        max_tables: 2,
        memory64_enabled: false,
        multi_value_enabled: true,
        reference_types_enabled: true,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: true,
        tail_call_enabled: true,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..wasm_smith::Config::default()
    };
    let mut module = wasm_smith::Module::new(config, &mut Unstructured::new(bytes)).ok()?;
    module.ensure_termination(TURNS).ok()?;
    keep_the_contract(&module.to_bytes())
}

/// Adds what the contract asks for: pointers, capacities, and the entry point.
fn keep_the_contract(wasm: &[u8]) -> Option<Vec<u8>> {
    let mut module = wasm_encoder::Module::new();
    let mut contract = Contract::default();
    contract
        .parse_core_module(&mut module, wasmparser::Parser::new(0), wasm)
        .ok()?;
    Some(module.finish())
}

/// Copies a module, adding to its sections at their ends.
#[derive(Default)]
struct Contract {
    types: u32,
    functions: u32,
    globals: Vec<ValType>,
    body: u32,
}

impl Reencode for Contract {
    type Error = std::convert::Infallible;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        reencode::utils::parse_type_section(self, types, section)?;
        self.types = types.len();
        types.ty().function([ValType::I32], [ValType::I32]);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        reencode::utils::parse_function_section(self, functions, section)?;
        self.functions = functions.len();
        functions.function(self.types);
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        for global in section.clone() {
            let ty = global.map_err(reencode::Error::ParseError)?.ty;
            let ty = self.val_type(ty.content_type)?;
            self.globals.push(ty);
        }
        reencode::utils::parse_global_section(self, globals, section)?;
        let constant = GlobalType {
            val_type: ValType::I32,
            mutable: false,
            shared: false,
        };
        // Pointers, the input's capacity, the output's: a page.
        for value in [0, INPUT as i32, 1 << 16] {
            globals.global(constant, &ConstExpr::i32_const(value));
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        for export in section {
            let export = export.map_err(reencode::Error::ParseError)?;
            // An export also declares a function for `ref.func`, so both stay.
            match export.name {
                "body" => {
                    self.body = export.index;
                    exports.export(export.name, ExportKind::Func, export.index);
                }
                _ => {
                    exports.export(export.name, ExportKind::Memory, export.index);
                }
            }
        }
        let globals = [
            ("input_ptr", 0),
            ("input_bytes_cap", 1),
            ("output_ptr", 0),
            ("output_bytes_cap", 2),
        ];
        for (name, index) in globals {
            exports.export(name, ExportKind::Global, self.globals.len() as u32 + index);
        }
        exports.export("run", ExportKind::Func, self.functions);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        reencode::utils::parse_code_section(self, code, section)?;
        code.function(&self.entry());
        Ok(())
    }
}

impl Contract {
    /// The entry point.
    fn entry(&self) -> Function {
        let locals = PLACES.map(|(ty, _)| (1, ty));
        let mut function = Function::new(locals);
        let mut sink = function.instructions();
        for (ty, offset) in PLACES {
            let at = place(offset);
            sink.i32_const(0);
            match ty {
                ValType::I64 => sink.i64_load(at),
                ValType::F32 => sink.f32_load(at),
                ValType::F64 => sink.f64_load(at),
                ValType::V128 => sink.v128_load(at),
                _ => sink.i32_load(at),
            };
        }
        sink.call(self.body);
        // The parameter is local 0; the last result is on top.
        for local in (1..=PLACES.len() as u32).rev() {
            sink.local_set(local);
        }
        for (local, (ty, offset)) in (1..).zip(PLACES) {
            let at = place(offset);
            sink.i32_const(0).local_get(local);
            store(&mut sink, ty, at);
        }
        for (global, ty) in (0..).zip(&self.globals) {
            sink.i32_const(0).global_get(global);
            // Whether a reference is null is all that can be seen of it.
            if matches!(ty, ValType::Ref(_)) {
                sink.ref_is_null();
            }
            store(&mut sink, *ty, place(GLOBALS + LARGEST * u64::from(global)));
        }
        sink.i32_const(1 << 16).end();
        function
    }
}

fn store(sink: &mut InstructionSink<'_>, ty: ValType, at: MemArg) {
    match ty {
        ValType::I64 => sink.i64_store(at),
        ValType::F32 => sink.f32_store(at),
        ValType::F64 => sink.f64_store(at),
        ValType::V128 => sink.v128_store(at),
        _ => sink.i32_store(at),
    };
}

fn place(offset: u64) -> MemArg {
    MemArg {
        offset,
        align: 0,
        memory_index: 0,
    }
}
