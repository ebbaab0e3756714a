//! Modules with long and deep bodies, up to the limits of LIM-1 and a little beyond.
//!
//! A body is a row of pieces, each of which is large in one way: a branch table of many
//! targets, a high stack of operands, deep nesting, many instructions in a row, a call with
//! many arguments. All of them mix what they compute into one number, which is the output,
//! so that a wrong bit in any of them shows. Random bodies (`random_body`) are small.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use qip_cases::{Bytes, Module, Request, Stage, Task, TaskOptions};
use qip_contract::{Limits, RequestLimits};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, InstructionSink, MemArg, MemorySection, MemoryType, TypeSection,
    ValType,
};

use crate::trial::Trial;

/// The number that all pieces mix into: the parameter, used again.
const MIXED: u32 = 0;

/// Labels of a branch table.
const LABELS: u32 = 3;

const TYPES: [ValType; 5] = [
    ValType::I32,
    ValType::I64,
    ValType::F32,
    ValType::F64,
    ValType::V128,
];

/// A body, as it is drawn.
#[derive(Clone, Debug)]
struct Body {
    /// How many locals it declares of each type.
    locals: [u32; TYPES.len()],
    pieces: Vec<Piece>,
}

/// A part of a body that is large in one way.
#[derive(Clone, Copy, Debug)]
struct Piece {
    shape: Shape,
    /// How large.
    count: u32,
    /// Chooses types, constants and instructions.
    salt: u32,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    /// A branch table of so many targets, which takes an operand along.
    Table,
    /// So many operands at once.
    Operands,
    /// So many blocks in one another.
    Nested,
    /// So many statements.
    Row,
    /// A call with so many arguments and results.
    Call,
}

/// A structured instruction.
enum Opens {
    Block,
    Loop,
    If,
}

/// The shapes, and about how large each can be: one more than LIM-1 allows, where it says
/// anything; else as much as an engine compiles in a second or so.
const SHAPES: [(Shape, u32); 5] = [
    (Shape::Table, 65_520),
    // Two more are needed to push the last of them.
    (Shape::Operands, 9_998),
    (Shape::Nested, 2_000),
    (Shape::Row, 10_000),
    (Shape::Call, 1_000),
];

/// Targets of a table that takes nothing along. Cranelift's time grows with their square:
/// 15 s for all that LIM-1 allows, in a dev build.
const BARE_TARGETS: u32 = 10_000;

/// LIM-1's own number of locals.
const LOCALS: u32 = 50_000;

/// Modules with large bodies, and an input for each.
pub(crate) fn trials() -> impl Strategy<Value = Trial> {
    let locals = prop_oneof![
        2 => Just([0; TYPES.len()]),
        1 => [count(20), count(20), count(20), count(20), count(20)],
        1 => (0..TYPES.len(), count(LOCALS)).prop_map(|(ty, count)| {
            let mut locals = [0; TYPES.len()];
            locals[ty] = count;
            locals
        }),
    ];
    let pieces = prop::collection::vec(piece(), 1..4);
    let bodies = (locals, pieces).prop_map(|(locals, pieces)| Body { locals, pieces });
    (bodies, any::<[u8; 4]>(), any::<bool>())
        .prop_map(|(body, input, fuel)| trial(&body, &input, fuel))
}

fn piece() -> impl Strategy<Value = Piece> {
    let shapes = prop::sample::select(SHAPES.to_vec());
    shapes.prop_flat_map(|(shape, most)| {
        (count(most), any::<u32>()).prop_map(move |(count, salt)| Piece { shape, count, salt })
    })
}

/// Numbers from small to one beyond `most`.
fn count(most: u32) -> impl Strategy<Value = u32> {
    prop_oneof![
        2 => 0..=20.min(most),
        2 => 0..=most / 50,
        2 => 0..=most,
        1 => most - 1..=most + 1,
    ]
}

fn trial(body: &Body, input: &[u8], fuel: bool) -> Trial {
    Trial::new(Task {
        stages: vec![Stage {
            module: Arc::new(Module::from_bytes("large", body.module())),
            uniforms: Vec::new(),
        }],
        options: TaskOptions::default(),
        limits: Limits::standard(),
        request_limits: RequestLimits {
            // Nothing in it loops. It is for compiling, which a busy machine takes long for.
            time: Some(Duration::from_secs(600)),
            fuel: fuel.then_some(u64::MAX),
        },
        requests: vec![Request {
            input: Bytes::literal(input.to_vec()).into(),
            content_type: None,
        }],
    })
}

/// Some type that a salt means, another for each place.
fn type_at(salt: u32, place: u32) -> ValType {
    TYPES[(salt.wrapping_add(place) % TYPES.len() as u32) as usize]
}

impl Piece {
    /// The type of the operand that its blocks take and give, if it has any.
    fn carried(self) -> Option<ValType> {
        (self.salt & 8 == 0).then(|| type_at(self.salt, 0))
    }

    /// The types of the arguments of a call, and of its results.
    fn arguments(self) -> Vec<ValType> {
        (0..self.count)
            .map(|place| type_at(self.salt, place))
            .collect()
    }
}

impl Body {
    /// The module: a scalar one, whose entry point is the body.
    fn module(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        types.ty().function([ValType::I32], [ValType::I32]);
        functions.function(0);
        // For each piece the type of its blocks, and the function that it calls.
        for piece in &self.pieces {
            let carried = piece.carried();
            types.ty().function(carried, carried);
            types.ty().function([], carried);
            let is_call = matches!(piece.shape, Shape::Call);
            let arguments = if is_call {
                piece.arguments()
            } else {
                Vec::new()
            };
            types.ty().function(arguments.clone(), arguments);
        }
        code.function(&self.entry());
        for (at, piece) in (0..).zip(&self.pieces) {
            functions.function(Indices::of_piece(at).call);
            let count = if matches!(piece.shape, Shape::Call) {
                piece.count
            } else {
                0
            };
            let mut callee = Function::new([]);
            let mut sink = callee.instructions();
            for argument in 0..count {
                sink.local_get(argument);
            }
            sink.end();
            code.function(&callee);
        }
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 3,
            maximum: Some(3),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        let constant = GlobalType {
            val_type: ValType::I32,
            mutable: false,
            shared: false,
        };
        for value in [0, 4] {
            globals.global(constant, &ConstExpr::i32_const(value));
        }
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        exports.export("input_ptr", ExportKind::Global, 0);
        exports.export("input_bytes_cap", ExportKind::Global, 1);
        exports.export("run", ExportKind::Func, 0);
        let mut module = wasm_encoder::Module::new();
        module
            .section(&types)
            .section(&functions)
            .section(&memories)
            .section(&globals)
            .section(&exports)
            .section(&code);
        module.finish()
    }

    fn entry(&self) -> Function {
        let mut function = Function::new(self.locals.into_iter().zip(TYPES));
        let mut sink = function.instructions();
        sink.i32_const(0).i32_load(at(0)).local_set(MIXED);
        // The first and the last local of each type are used.
        let mut first = 1;
        for (count, ty) in self.locals.into_iter().zip(TYPES) {
            if count > 0 {
                for local in [first, first + count - 1] {
                    push(&mut sink, ty, local);
                    sink.local_set(local);
                }
            }
            first += count;
        }
        for (at, piece) in (0..).zip(&self.pieces) {
            piece.write(&mut sink, &Indices::of_piece(at));
        }
        let mut first = 1;
        for (count, ty) in self.locals.into_iter().zip(TYPES) {
            if count > 0 {
                for local in [first, first + count - 1] {
                    sink.local_get(local);
                    take(&mut sink, ty);
                }
            }
            first += count;
        }
        sink.local_get(MIXED).end();
        function
    }
}

/// What belongs to one piece in the module.
struct Indices {
    /// The type that takes and gives what is carried.
    through: u32,
    /// The type that only gives it.
    giving: u32,
    /// The type of what is called.
    call: u32,
    /// What is called.
    function: u32,
}

impl Indices {
    fn of_piece(at: u32) -> Indices {
        Indices {
            through: 1 + 3 * at,
            giving: 2 + 3 * at,
            call: 3 + 3 * at,
            function: 1 + at,
        }
    }
}

impl Piece {
    fn write(self, sink: &mut InstructionSink<'_>, indices: &Indices) {
        match self.shape {
            Shape::Table => self.table(sink, indices),
            Shape::Operands => {
                self.push_all(sink);
                self.take_all(sink);
            }
            Shape::Nested => self.nested(sink, indices),
            Shape::Row => (0..self.count).for_each(|place| self.statement(sink, place)),
            Shape::Call => {
                self.push_all(sink);
                sink.call(indices.function);
                self.take_all(sink);
            }
        }
    }

    fn push_all(self, sink: &mut InstructionSink<'_>) {
        for place in 0..self.count {
            push(sink, type_at(self.salt, place), place);
        }
    }

    fn take_all(self, sink: &mut InstructionSink<'_>) {
        for place in (0..self.count).rev() {
            take(sink, type_at(self.salt, place));
        }
    }

    fn table(self, sink: &mut InstructionSink<'_>, indices: &Indices) {
        let carried = self.carried();
        for _ in 0..LABELS {
            sink.block(BlockType::FunctionType(indices.giving));
        }
        // It stays behind, whichever label is taken.
        push(sink, ValType::I64, self.salt);
        if let Some(ty) = carried {
            push(sink, ty, 7);
        }
        let count = match carried {
            Some(_) => self.count,
            None => self.count.min(BARE_TARGETS),
        };
        let targets: Vec<u32> = (0..count)
            .map(|place| (place ^ self.salt) % LABELS)
            .collect();
        sink.local_get(MIXED)
            .i32_const(count as i32 + 2)
            .i32_rem_u()
            .br_table(targets, self.salt % LABELS);
        for label in 0..LABELS {
            sink.end();
            if let Some(ty) = carried {
                take(sink, ty);
            }
            sink.i32_const(label as i32 + 1);
            take(sink, ValType::I32);
            if let Some(ty) = carried.filter(|_| label + 1 < LABELS) {
                push(sink, ty, label);
            }
        }
    }

    fn nested(self, sink: &mut InstructionSink<'_>, indices: &Indices) {
        let ty = BlockType::FunctionType(indices.through);
        if let Some(ty) = self.carried() {
            push(sink, ty, 3);
        }
        for depth in 0..self.count {
            match self.opens(depth) {
                Opens::Loop => sink.loop_(ty),
                Opens::If => sink.local_get(MIXED).i32_const(1).i32_and().if_(ty),
                Opens::Block => sink.block(ty),
            };
            // Sometimes it leaves several at once. A branch to a loop would go back.
            let out = self.salt.rotate_right(depth) % (depth + 1);
            if !matches!(self.opens(depth - out), Opens::Loop) {
                sink.local_get(MIXED)
                    .i32_const(31)
                    .i32_and()
                    .i32_eqz()
                    .br_if(out);
            }
            sink.i32_const(depth as i32);
            take(sink, ValType::I32);
        }
        for _ in 0..self.count {
            sink.end();
        }
        if let Some(ty) = self.carried() {
            take(sink, ty);
        }
    }

    /// What opens at a depth of nesting.
    fn opens(self, depth: u32) -> Opens {
        match (self.salt.rotate_left(depth) ^ depth) % 4 {
            0 => Opens::Loop,
            1 => Opens::If,
            _ => Opens::Block,
        }
    }

    fn statement(self, sink: &mut InstructionSink<'_>, place: u32) {
        let chosen = self.salt.rotate_left(place) ^ place;
        match chosen % 6 {
            0 => {
                address(sink).local_get(MIXED).i32_store(at(place % 64));
            }
            1 => {
                address(sink).i32_load(at(place % 64));
                take(sink, ValType::I32);
            }
            2 => {
                push(sink, ValType::I64, place);
                push(sink, ValType::I64, chosen);
                sink.local_get(MIXED).i32_eqz().select();
                take(sink, ValType::I64);
            }
            3 => {
                sink.block(BlockType::Empty)
                    .local_get(MIXED)
                    .i32_const(3)
                    .i32_and()
                    .br_if(0);
                sink.i32_const(place as i32);
                take(sink, ValType::I32);
                sink.end();
            }
            4 => {
                address(sink);
                push(sink, ValType::V128, place);
                sink.v128_store8_lane(at(65_536 + place % 64), (chosen % 16) as u8);
            }
            _ => {
                push(sink, type_at(self.salt, place), chosen);
                take(sink, type_at(self.salt, place));
            }
        }
    }
}

/// An address in the first page, and not at its end.
fn address<'a, 'b>(sink: &'a mut InstructionSink<'b>) -> &'a mut InstructionSink<'b> {
    sink.local_get(MIXED).i32_const(0xfff0).i32_and()
}

fn at(offset: u32) -> MemArg {
    MemArg {
        offset: offset.into(),
        align: 0,
        memory_index: 0,
    }
}

/// Pushes a value of the type that depends on what has been mixed so far. It is never NaN.
fn push(sink: &mut InstructionSink<'_>, ty: ValType, salt: u32) {
    sink.local_get(MIXED).i32_const(salt as i32).i32_add();
    match ty {
        ValType::I64 => sink.i64_extend_i32_u(),
        ValType::F32 => sink.f32_convert_i32_u(),
        ValType::F64 => sink.f64_convert_i32_u(),
        ValType::V128 => sink.i32x4_splat(),
        _ => sink,
    };
}

/// Takes a value of the type off the stack and mixes it in.
fn take(sink: &mut InstructionSink<'_>, ty: ValType) {
    match ty {
        ValType::I64 => sink.i32_wrap_i64(),
        ValType::F32 => sink.i32_reinterpret_f32(),
        ValType::F64 => sink
            .i64_reinterpret_f64()
            .i64_const(26)
            .i64_shr_u()
            .i32_wrap_i64(),
        ValType::V128 => sink.i32x4_extract_lane(3),
        _ => sink,
    };
    sink.local_get(MIXED)
        .i32_const(5)
        .i32_rotl()
        .i32_xor()
        .local_set(MIXED);
}
