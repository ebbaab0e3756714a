//! Reducing the code of a module, instruction by instruction.
//!
//! wasm-shrink removes what nothing refers to, but leaves long bodies nearly as they
//! are. This tries to take every run of instructions out of every function, or puts a constant
//! in its place, and puts callees into their callers. A candidate need not mean the
//! same as before: it must validate, and the caller says whether it still interests.

use std::ops::Range;

use wasm_encoder::{CodeSection, Encode, Module, RawSection, SectionId};
use wasmparser::{Operator, Parser, Payload, ValType, Validator};

/// The longest run that is tried at every position; longer ones only at multiples of
/// their length.
const LONGEST_RUN: usize = 12;

/// What may stand in the place of a run: nothing, or one instruction, encoded.
const REPLACEMENTS: [&[u8]; 8] = [
    &[],
    // drop
    &[0x1a],
    // unreachable
    &[0x00],
    // i32.const 0, i64.const 0, f32.const 0, f64.const 0, v128.const 0
    &[0x41, 0],
    &[0x42, 0],
    &[0x43, 0, 0, 0, 0],
    &[0x44, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];

/// Reduces a module for as long as `interests` says so of the smaller one.
pub(crate) fn reduce(wasm: &[u8], mut interests: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let Some(mut code) = Code::read(wasm) else {
        return wasm.to_vec();
    };
    let mut accepts = |candidate: &Code| {
        let wasm = candidate.write();
        let mut validator = Validator::new_with_features(qip_contract::features());
        validator.validate_all(&wasm).is_ok() && interests(&wasm)
    };
    loop {
        let before = code.size();
        for function in 0..code.functions.len() {
            code.inline_calls(function, &mut accepts);
            code.remove_runs(function, &mut accepts);
            code.unwrap_blocks(function, &mut accepts);
            code.drop_locals(function, &mut accepts);
        }
        if code.size() >= before {
            return code.write();
        }
    }
}

/// A module whose code can be changed; all else stays as it is.
#[derive(Clone)]
struct Code {
    /// The other sections, but for custom ones, by their numbers.
    sections: Vec<(u8, Vec<u8>)>,
    functions: Vec<Function>,
    /// Functions that are imported come first in the space of indices.
    imported: usize,
}

#[derive(Clone)]
struct Function {
    params: Vec<ValType>,
    /// Declared locals: how many, of which type, encoded.
    locals: Vec<(u32, ValType)>,
    instructions: Vec<Instruction>,
}

#[derive(Clone)]
struct Instruction {
    bytes: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// It begins a block.
    Opens,
    Closes,
    Calls(u32),
    Local(LocalUse, u32),
    Other,
}

#[derive(Clone, Copy, PartialEq)]
enum LocalUse {
    Get,
    Set,
    Tee,
}

impl Code {
    fn read(wasm: &[u8]) -> Option<Code> {
        let mut types = Vec::new();
        let mut of_functions = Vec::new();
        let mut sections = Vec::new();
        let mut functions = Vec::new();
        let mut imported = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.ok()?;
            if let Some((id, range)) = payload.as_section()
                && id != u8::from(SectionId::Custom)
            {
                sections.push((id, wasm.get(range)?.to_vec()));
            }
            match payload {
                Payload::TypeSection(reader) => {
                    for ty in reader.into_iter_err_on_gc_types() {
                        types.push(ty.ok()?.params().to_vec());
                    }
                }
                Payload::ImportSection(reader) => {
                    imported = reader
                        .into_imports()
                        .filter_map(Result::ok)
                        .filter(|import| matches!(import.ty, wasmparser::TypeRef::Func(_)))
                        .count();
                }
                Payload::FunctionSection(reader) => {
                    for index in reader {
                        of_functions.push(types.get(index.ok()? as usize)?.clone());
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let params = of_functions.get(functions.len())?.clone();
                    functions.push(Function::read(wasm, params, &body)?);
                }
                _ => {}
            }
        }
        Some(Code {
            sections,
            functions,
            imported,
        })
    }

    fn write(&self) -> Vec<u8> {
        let mut code = CodeSection::new();
        for function in &self.functions {
            code.raw(&function.bytes());
        }
        let mut module = Module::new();
        for (id, data) in &self.sections {
            if *id == u8::from(SectionId::Code) {
                module.section(&code);
            } else {
                module.section(&RawSection { id: *id, data });
            }
        }
        module.finish()
    }

    /// What reducing is to lower.
    fn size(&self) -> usize {
        let functions = self.functions.iter();
        functions.map(|function| function.instructions.len()).sum()
    }

    /// Takes runs of instructions out, long ones first.
    fn remove_runs(&mut self, function: usize, accepts: &mut impl FnMut(&Code) -> bool) {
        let count = self.functions[function].instructions.len();
        let mut run = count;
        while run > 0 {
            let step = if run > LONGEST_RUN { run } else { 1 };
            let mut at = 0;
            // The last instruction ends the function.
            while at + run < self.functions[function].instructions.len() {
                if !self.replace(function, at..at + run, accepts) {
                    at += step;
                }
            }
            run = if run > LONGEST_RUN { run / 2 } else { run - 1 };
        }
    }

    /// Puts something shorter in the place of a run; says whether that was accepted.
    fn replace(
        &mut self,
        function: usize,
        run: Range<usize>,
        accepts: &mut impl FnMut(&Code) -> bool,
    ) -> bool {
        let instructions = &self.functions[function].instructions;
        let is_single = run.len() == 1;
        // One constant for another would go on for ever.
        let is_simple = is_single && REPLACEMENTS.contains(&&*instructions[run.start].bytes);
        let replacements = &REPLACEMENTS[..if is_simple { 1 } else { REPLACEMENTS.len() }];
        for replacement in replacements {
            let new = (!replacement.is_empty()).then(|| Instruction {
                bytes: replacement.to_vec(),
                kind: Kind::Other,
            });
            let mut candidate = self.clone();
            candidate.functions[function]
                .instructions
                .splice(run.clone(), new);
            if accepts(&candidate) {
                *self = candidate;
                return true;
            }
        }
        false
    }

    /// Takes the beginning and the end of blocks out, and leaves what is within.
    fn unwrap_blocks(&mut self, function: usize, accepts: &mut impl FnMut(&Code) -> bool) {
        let mut at = 0;
        while at < self.functions[function].instructions.len() {
            if let Some(end) = self.functions[function].end_of_block(at) {
                let mut candidate = self.clone();
                let instructions = &mut candidate.functions[function].instructions;
                instructions.remove(end);
                instructions.remove(at);
                if accepts(&candidate) {
                    *self = candidate;
                    continue;
                }
            }
            at += 1;
        }
    }

    /// Takes locals out that nothing uses, and numbers the others anew.
    fn drop_locals(&mut self, function: usize, accepts: &mut impl FnMut(&Code) -> bool) {
        let mut candidate = self.clone();
        let Function {
            params,
            locals,
            instructions,
        } = &mut candidate.functions[function];
        let is_used = |local: u32| {
            let mut instructions = instructions.iter();
            instructions.any(
                |instruction| matches!(instruction.kind, Kind::Local(_, index) if index == local),
            )
        };
        let types = locals
            .iter()
            .flat_map(|(count, ty)| (0..*count).map(move |_| *ty));
        let numbered = (params.len() as u32..).zip(types);
        let used: Vec<(u32, ValType)> = numbered.filter(|(index, _)| is_used(*index)).collect();
        for instruction in instructions.iter_mut() {
            if let Kind::Local(used_as, index) = instruction.kind
                && let Some(at) = used.iter().position(|(before, _)| *before == index)
            {
                *instruction = local(used_as, (params.len() + at) as u32);
            }
        }
        *locals = used.into_iter().map(|(_, ty)| (1, ty)).collect();
        if accepts(&candidate) {
            *self = candidate;
        }
    }

    /// Puts the bodies of callees in the place of their calls.
    fn inline_calls(&mut self, function: usize, accepts: &mut impl FnMut(&Code) -> bool) {
        let mut at = 0;
        while at < self.functions[function].instructions.len() {
            if let Some(candidate) = self.inlined(function, at)
                && accepts(&candidate)
            {
                *self = candidate;
            }
            at += 1;
        }
    }

    fn inlined(&self, function: usize, at: usize) -> Option<Code> {
        let Kind::Calls(callee) = self.functions[function].instructions[at].kind else {
            return None;
        };
        let callee = (callee as usize).checked_sub(self.imported)?;
        let callee = self.functions.get(callee).filter(|_| callee != function)?;
        let mut candidate = self.clone();
        let caller = &mut candidate.functions[function];
        let base = caller.local_count();
        caller
            .locals
            .extend(callee.params.iter().map(|ty| (1, *ty)));
        caller.locals.extend(&callee.locals);
        let params = 0..callee.params.len() as u32;
        let arguments = params.rev().map(|param| local(LocalUse::Set, base + param));
        // Without the `end` of the function.
        let (_, body) = callee.instructions.split_last()?;
        let body = body.iter().map(|instruction| match instruction.kind {
            Kind::Local(used, index) => local(used, base + index),
            _ => instruction.clone(),
        });
        let inlined: Vec<Instruction> = arguments.chain(body).collect();
        caller.instructions.splice(at..=at, inlined);
        // Only where the callee is not needed beside its copy.
        let callee = self.functions[function].instructions[at].kind;
        if let Kind::Calls(index) = callee {
            let index = index as usize - self.imported;
            candidate.functions[index].instructions = vec![
                Instruction {
                    bytes: vec![0x00],
                    kind: Kind::Other,
                },
                Instruction {
                    bytes: vec![0x0b],
                    kind: Kind::Closes,
                },
            ];
        }
        Some(candidate)
    }
}

impl Function {
    fn read(
        wasm: &[u8],
        params: Vec<ValType>,
        body: &wasmparser::FunctionBody<'_>,
    ) -> Option<Function> {
        let locals = body.get_locals_reader().ok()?.into_iter();
        let locals: Option<Vec<(u32, ValType)>> = locals.map(Result::ok).collect();
        let mut reader = body.get_operators_reader().ok()?;
        let mut instructions = Vec::new();
        while !reader.eof() {
            let start = reader.original_position();
            let operator = reader.read().ok()?;
            instructions.push(Instruction {
                kind: Kind::of(&operator),
                bytes: wasm.get(start..reader.original_position())?.to_vec(),
            });
        }
        Some(Function {
            params,
            locals: locals?,
            instructions,
        })
    }

    fn bytes(&self) -> Vec<u8> {
        let locals = self.locals.iter().map(|(count, ty)| (*count, encoded(*ty)));
        let mut function = wasm_encoder::Function::new(locals);
        for instruction in &self.instructions {
            function.raw(instruction.bytes.iter().copied());
        }
        function.into_raw_body()
    }

    fn local_count(&self) -> u32 {
        let declared: u32 = self.locals.iter().map(|(count, _)| count).sum();
        self.params.len() as u32 + declared
    }

    /// Where the block that begins here ends.
    fn end_of_block(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (index, instruction) in self.instructions.iter().enumerate().skip(at) {
            match instruction.kind {
                Kind::Opens => depth += 1,
                Kind::Closes => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return (index > at).then_some(index);
            }
        }
        None
    }
}

impl Kind {
    fn of(operator: &Operator<'_>) -> Kind {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => Kind::Opens,
            Operator::End => Kind::Closes,
            Operator::Call { function_index } => Kind::Calls(*function_index),
            Operator::LocalGet { local_index } => Kind::Local(LocalUse::Get, *local_index),
            Operator::LocalSet { local_index } => Kind::Local(LocalUse::Set, *local_index),
            Operator::LocalTee { local_index } => Kind::Local(LocalUse::Tee, *local_index),
            _ => Kind::Other,
        }
    }
}

fn local(used: LocalUse, index: u32) -> Instruction {
    let mut bytes = vec![match used {
        LocalUse::Get => 0x20,
        LocalUse::Set => 0x21,
        LocalUse::Tee => 0x22,
    }];
    index.encode(&mut bytes);
    Instruction {
        bytes,
        kind: Kind::Local(used, index),
    }
}

fn encoded(ty: ValType) -> wasm_encoder::ValType {
    match ty {
        ValType::I32 => wasm_encoder::ValType::I32,
        ValType::I64 => wasm_encoder::ValType::I64,
        ValType::F32 => wasm_encoder::ValType::F32,
        ValType::F64 => wasm_encoder::ValType::F64,
        ValType::V128 => wasm_encoder::ValType::V128,
        ValType::Ref(ty) if ty.is_extern_ref() => wasm_encoder::ValType::EXTERNREF,
        ValType::Ref(_) => wasm_encoder::ValType::FUNCREF,
    }
}

#[cfg(test)]
mod tests {
    use super::reduce;

    fn text(wat: &str, interests: impl FnMut(&[u8]) -> bool) -> String {
        let wasm = wat::parse_str(wat).unwrap();
        wasmprinter::print_bytes(reduce(&wasm, interests)).unwrap()
    }

    fn has(wasm: &[u8], what: &str) -> bool {
        wasmprinter::print_bytes(wasm).unwrap().contains(what)
    }

    #[test]
    fn what_interests_stays_and_little_else() {
        let reduced = text(
            r#"(module (memory 1)
              (func (export "run") (param i32) (result i32) (local i64)
                (local.set 1 (i64.const 5))
                (block (loop
                  (local.set 0 (i32.popcnt (i32.add (local.get 0) (i32.const 7))))
                  (br_if 0 (i32.load (local.get 0)))
                  (br 1)))
                (i32.add (local.get 0) (i32.const 1))))"#,
            |wasm| has(wasm, "i32.popcnt"),
        );
        let instructions: Vec<&str> = reduced
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('(') && !line.starts_with(')'))
            .collect();
        assert_eq!(instructions, ["unreachable", "i32.popcnt"], "{reduced}");
        assert!(!reduced.contains("(local "), "{reduced}");
    }

    #[test]
    fn callees_go_into_their_callers() {
        let reduced = text(
            r#"(module
              (func $callee (param i32 i64) (result i32) (local f32)
                (local.set 2 (f32.const 1))
                (i32.clz (local.get 0)))
              (func (export "run") (param i32) (result i32)
                (call $callee (i32.const 3) (i64.const 4))))"#,
            // `run`, the last function, counts zeros or has them counted.
            |wasm| {
                let text = wasmprinter::print_bytes(wasm).unwrap();
                let (_, run) = text.rsplit_once("(func").unwrap();
                text.contains("i32.clz") && (run.contains("i32.clz") || run.contains("call 0"))
            },
        );
        let (_, run) = reduced.rsplit_once("(func").unwrap();
        assert!(run.contains("i32.clz"), "{reduced}");
    }

    #[test]
    fn nothing_smaller_that_interests_leaves_it_as_it_is() {
        let wasm = wat::parse_str("(module (func (param i32) (result i32) local.get 0))").unwrap();
        assert_eq!(reduce(&wasm, |_| false), wasm);
        assert_eq!(reduce(b"no module", |_| true), b"no module");
    }
}
