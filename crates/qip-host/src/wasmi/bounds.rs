//! What a module has that is within LIM-1 and more than wasmi 2.0.0 compiles.

use wasmparser::{BinaryReaderError, CompositeInnerType, FunctionBody, Parser, Payload, ValType};

use crate::engine::EngineLimit;

/// Locals and parameters of a function. wasmi takes 30 000 of them (`LOCAL_VARIABLES_MAX` in
/// `locals.rs` of its translator), if the frame has room: it has 65 535 cells, of which a
/// local takes two, a local v128 three, an operand one and a v128 two (`len_stack_slots`). So
/// there is always room for as many locals as this, whatever operands LIM-1 allows beside them.
const LOCALS: u64 = 20_000;

/// The size by which wasmi may have failed to compile a valid module, if it is that. The
/// module is as it was given to wasmi: where code was written around faults, functions have
/// a local more.
pub(super) fn exceeded(wasm: &[u8]) -> Option<EngineLimit> {
    let found = most_locals(wasm).ok()?;
    (found > LOCALS).then_some(EngineLimit {
        what: "a function with a number of locals and parameters together, \
               where a v128 counts as two, of",
        found,
        allowed: LOCALS,
    })
}

/// The cells that locals and parameters take in the function that has the most of them.
fn most_locals(wasm: &[u8]) -> Result<u64, BinaryReaderError> {
    let mut most = 0;
    let mut params_of_types = Vec::new();
    let mut types_of_functions = Vec::new().into_iter();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(types) => {
                for group in types {
                    let params = group?.into_types().map(|of| match of.composite_type.inner {
                        CompositeInnerType::Func(of) => cells(of.params().iter().copied()),
                        _ => 0,
                    });
                    params_of_types.extend(params);
                }
            }
            Payload::FunctionSection(functions) => {
                let types: Result<Vec<u32>, _> = functions.into_iter().collect();
                types_of_functions = types?.into_iter();
            }
            Payload::CodeSectionEntry(body) => {
                let ty = types_of_functions.next().unwrap_or_default() as usize;
                let params = params_of_types.get(ty).copied().unwrap_or_default();
                most = most.max(params + cells_of_locals(&body)?);
            }
            _ => {}
        }
    }
    Ok(most)
}

fn cells_of_locals(body: &FunctionBody<'_>) -> Result<u64, BinaryReaderError> {
    let mut all = 0;
    for group in body.get_locals_reader()? {
        let (count, ty) = group?;
        all += u64::from(count) * cells([ty]);
    }
    Ok(all)
}

fn cells(types: impl IntoIterator<Item = ValType>) -> u64 {
    let of = |ty| if ty == ValType::V128 { 2 } else { 1 };
    types.into_iter().map(of).sum()
}
