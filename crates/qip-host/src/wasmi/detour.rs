//! Ways around faults of wasmi 2.0.0.
//!
//! A module that could meet one is written anew, so that it means the same and does
//! not. `conformance/regressions` has a module for each, found by `cargo xtask fuzz`.
//!
//! - A `select` is merged with the `i32.eqz`, `i32.eq` or `i32.ne` that makes its
//!   condition. Where that compares a local with zero, the comparison is dropped and
//!   whatever is in the register counts as the condition: the wrong value comes out,
//!   without a trap (`try_fuse_select` in `engine/translator/func/mod.rs`). Operators
//!   that leave no code behind may stand between the two, and other comparisons become
//!   one of these, so an empty block before every `select` keeps them apart.
//! - Where a `loop` takes parameters and one of them is a local, other locals that lie
//!   below on the stack of operands are lost (`visit_loop` in the translator's
//!   `visit.rs`). Where an `if` takes a constant as a parameter, half of a v128 that lies
//!   below is. An empty block before either has them all copied in time.
//! - A `v128.store8_lane` or `v128.store16_lane` with an offset above 65 535 is encoded
//!   in one order of fields and decoded in another: the process is aborted. The lane
//!   can be taken out and stored as a number.
//! - A `br_table` whose labels all lie on one height of the stack of operands does not
//!   move the operands that it takes along, though they lie higher (`visit_br_table`).
//!   A row of `br_if` does. One operand of a numeric type is in a register, and safe.

use std::borrow::Cow;

use wasm_encoder::{BlockType, CodeSection, Encode, Instruction, RawSection, SectionId, ValType};
use wasmparser::{
    BinaryReaderError, BrTable, FunctionBody, MemArg, Operator, Parser, Payload, RecGroup,
};

/// The module, written anew where wasmi would go wrong. The module is valid; bytes that
/// are none come back as they are.
pub(super) fn around_faults(wasm: &[u8]) -> Cow<'_, [u8]> {
    match rewritten(wasm) {
        Ok(Some(rewritten)) => Cow::Owned(rewritten),
        Ok(None) | Err(_) => Cow::Borrowed(wasm),
    }
}

/// The module written anew, `None` where nothing is to be changed.
fn rewritten(wasm: &[u8]) -> Result<Option<Vec<u8>>, BinaryReaderError> {
    let mut code = CodeSection::new();
    let mut sections = Vec::new();
    let mut is_changed = false;
    let mut params_of_types = Vec::new();
    let mut types_of_functions = Vec::new().into_iter();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::TypeSection(types) => {
                for group in types.clone() {
                    params_of_types.extend(params(&group?));
                }
            }
            Payload::FunctionSection(functions) => {
                let types: Result<Vec<u32>, _> = functions.clone().into_iter().collect();
                types_of_functions = types?.into_iter();
            }
            Payload::CodeSectionEntry(body) => {
                let index = types_of_functions.next().unwrap_or_default() as usize;
                let params = params_of_types.get(index).copied().unwrap_or_default();
                let instead = function(wasm, body, params)?;
                is_changed |= instead.is_some();
                match &instead {
                    Some(body) => code.raw(body),
                    None => code.raw(wasm.get(body.range()).unwrap_or_default()),
                };
            }
            _ => {}
        }
        sections.extend(payload.as_section());
    }
    if !is_changed {
        return Ok(None);
    }
    let mut module = wasm_encoder::Module::new();
    for (id, range) in sections {
        if id == u8::from(SectionId::Code) {
            module.section(&code);
        } else {
            let data = wasm.get(range).unwrap_or_default();
            module.section(&RawSection { id, data });
        }
    }
    Ok(Some(module.finish()))
}

/// How many parameters each type of a function takes.
fn params(types: &RecGroup) -> impl Iterator<Item = u32> {
    types.types().map(|of| match &of.composite_type.inner {
        wasmparser::CompositeInnerType::Func(of) => of.params().len() as u32,
        _ => 0,
    })
}

/// The body of a function of so many parameters, written anew; `None` where nothing is to
/// be changed.
fn function(
    wasm: &[u8],
    body: &FunctionBody<'_>,
    params: u32,
) -> Result<Option<Vec<u8>>, BinaryReaderError> {
    let mut operators = body.get_operators_reader()?;
    let first = operators.original_position();
    let mut written = Vec::new();
    let mut copied = first;
    let mut labels = Labels::default();
    let mut takes_index = false;
    let index = params.saturating_add(count_of_locals(body)?);
    while !operators.eof() {
        let start = operators.original_position();
        let operator = operators.read()?;
        let end = operators.original_position();
        // What is written instead, and how much of what was there that replaces.
        let (instead, end) = match &operator {
            Operator::Select
            | Operator::TypedSelect { .. }
            | Operator::Loop {
                blockty: wasmparser::BlockType::FuncType(_),
            }
            | Operator::If {
                blockty: wasmparser::BlockType::FuncType(_),
            } => (
                vec![Instruction::Block(BlockType::Empty), Instruction::End],
                start,
            ),
            &Operator::V128Store8Lane { memarg, lane } if is_far(memarg) => (
                vec![
                    Instruction::I8x16ExtractLaneU(lane),
                    Instruction::I32Store8(encoded(memarg)),
                ],
                end,
            ),
            &Operator::V128Store16Lane { memarg, lane } if is_far(memarg) => (
                vec![
                    Instruction::I16x8ExtractLaneU(lane),
                    Instruction::I32Store16(encoded(memarg)),
                ],
                end,
            ),
            Operator::BrTable { targets } if labels.take_slots(targets)? => {
                takes_index = true;
                (row_of_branches(targets, index)?, end)
            }
            _ => (Vec::new(), start),
        };
        if !instead.is_empty() {
            written.extend_from_slice(wasm.get(copied..start).unwrap_or_default());
            for instruction in instead {
                instruction.encode(&mut written);
            }
            copied = end;
        }
        labels.follow(&operator);
    }
    if written.is_empty() {
        return Ok(None);
    }
    let range = body.range();
    written.extend_from_slice(wasm.get(copied..range.end).unwrap_or_default());
    let mut body = locals(wasm, range.start..first, takes_index)?;
    body.append(&mut written);
    Ok(Some(body))
}

/// The declarations of locals, with one more that is an i32 if so wished.
fn locals(
    wasm: &[u8],
    range: std::ops::Range<usize>,
    one_more: bool,
) -> Result<Vec<u8>, BinaryReaderError> {
    let declared = wasm.get(range).unwrap_or_default();
    if !one_more {
        return Ok(declared.to_vec());
    }
    let mut reader = wasmparser::BinaryReader::new(declared, 0);
    let groups = reader.read_var_u32()?;
    let mut written = Vec::with_capacity(declared.len() + 3);
    groups.saturating_add(1).encode(&mut written);
    written.extend_from_slice(reader.read_bytes(reader.bytes_remaining())?);
    1u32.encode(&mut written);
    ValType::I32.encode(&mut written);
    Ok(written)
}

fn count_of_locals(body: &FunctionBody<'_>) -> Result<u32, BinaryReaderError> {
    body.get_locals_reader()?
        .into_iter()
        .map(|group| group.map(|(count, _)| count))
        .sum()
}

/// For each label that is open, from the outermost, whether operands that a branch takes
/// to it may lie on the stack and not in a register.
#[derive(Default)]
struct Labels(Vec<bool>);

impl Labels {
    fn follow(&mut self, operator: &Operator<'_>) {
        use wasmparser::{BlockType, ValType};

        match operator {
            Operator::Block { blockty } | Operator::If { blockty } => self.0.push(match blockty {
                BlockType::Empty => false,
                BlockType::Type(of) => !matches!(
                    of,
                    ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64
                ),
                BlockType::FuncType(_) => true,
            }),
            Operator::Loop { blockty } => {
                self.0.push(matches!(blockty, BlockType::FuncType(_)));
            }
            Operator::End => {
                self.0.pop();
            }
            _ => {}
        }
    }

    /// Whether the table has labels of different places, and operands on the stack for
    /// them. All labels of a table take the same, so that of the function, of which
    /// nothing is noted here, needs no look if there is another one.
    fn take_slots(&self, table: &BrTable<'_>) -> Result<bool, BinaryReaderError> {
        for target in table.targets() {
            let target = target?;
            if target != table.default() {
                let innermost = target.min(table.default()) as usize;
                let label = self.0.iter().rev().nth(innermost);
                return Ok(label.is_some_and(|&takes_slots| takes_slots));
            }
        }
        Ok(false)
    }
}

/// What branches as the table does: the index, which lies above the operands, goes to
/// the local `index` and is compared with the place of each label.
fn row_of_branches(
    table: &BrTable<'_>,
    index: u32,
) -> Result<Vec<Instruction<'static>>, BinaryReaderError> {
    let mut row = vec![Instruction::LocalSet(index)];
    for (place, target) in table.targets().enumerate() {
        let target = target?;
        if target != table.default() {
            row.extend([
                Instruction::LocalGet(index),
                Instruction::I32Const(place as i32),
                Instruction::I32Eq,
                Instruction::BrIf(target),
            ]);
        }
    }
    row.push(Instruction::Br(table.default()));
    Ok(row)
}

/// Whether the offset is too large for the encoding that wasmi gets right.
fn is_far(memarg: MemArg) -> bool {
    memarg.offset > u64::from(u16::MAX)
}

fn encoded(memarg: MemArg) -> wasm_encoder::MemArg {
    wasm_encoder::MemArg {
        offset: memarg.offset,
        align: memarg.align.into(),
        memory_index: memarg.memory,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::around_faults;

    fn assembled(body: &str) -> Vec<u8> {
        let text = format!(
            r#"(module (memory 1)
              (func (export "f") (param i32) (result i32) (local v128 i32) {body}))"#
        );
        wat::parse_str(text).unwrap()
    }

    fn validate(wasm: &[u8]) {
        wasmparser::Validator::new_with_features(qip_contract::features())
            .validate_all(wasm)
            .unwrap();
    }

    #[test]
    fn a_module_without_such_code_stays_as_it_is() {
        for body in [
            "local.get 0",
            "i32.const 1 local.get 0 i32.eqz i32.and",
            "loop end loop (result i32) local.get 0 end",
            "local.get 0 if (result i32) i32.const 0 else i32.const 1 end",
            "i32.const 0 local.get 1 v128.store8_lane offset=65535 3 local.get 0",
            "block local.get 0 br_table 0 0 1 end local.get 0",
            "block (result i32) i32.const 1 local.get 0 br_table 0 1 0 end",
            "block (result v128) local.get 1 local.get 0 br_table 0 0 end i32x4.extract_lane 3",
        ] {
            let wasm = assembled(body);
            assert!(matches!(around_faults(&wasm), Cow::Borrowed(_)), "{body}");
        }
    }

    #[test]
    fn such_code_is_written_anew_and_valid() {
        for body in [
            "i32.const 1 i32.const 2 local.get 0 select",
            "i32.const 1 i32.const 2 local.get 0 i32.const 0 i32.ne select (result i32)",
            "local.get 0 loop (param i32) (result i32) end",
            "local.get 0 local.get 0 if (param i32) (result i32) end",
            "i32.const 0 local.get 1 v128.store8_lane offset=65536 3 local.get 0",
            "i32.const 0 local.get 1 v128.store16_lane offset=4294967295 7 local.get 0",
            "block (result v128) local.get 1 local.get 0 br_table 0 0 end drop
             block (result v128) block (result v128)
             local.get 1 local.get 0 br_table 0 1 0 end end i32x4.extract_lane 3",
            "loop (result i32) local.get 0 loop (param i32) (result i32) end end",
            "block (result i32 i32) local.get 0 local.get 0
             block (param i32 i32) (result i32 i32) local.get 0 br_table 0 1 end end drop",
        ] {
            let wasm = assembled(body);
            let rewritten = around_faults(&wasm);
            assert!(matches!(rewritten, Cow::Owned(_)), "{body}");
            validate(&rewritten);
        }
    }

    #[test]
    fn rubbish_comes_back_as_it_is() {
        let mut wasm = assembled(&select_after(""));
        wasm.truncate(wasm.len() - 3);
        for bytes in [&wasm[..], b"", b"\0asm", b"hello"] {
            assert_eq!(around_faults(bytes), bytes);
        }
    }

    /// Puts something other than zero into the register, then selects by whether the
    /// parameter is zero. `between` leaves the condition as it is.
    fn select_after(between: &str) -> String {
        format!(
            "(i32.add (i32.load (i32.const 0)) (i32.const 7)) drop
             i32.const 1 i32.const 0 local.get 0 i32.eqz {between} select"
        )
    }

    /// What wasmi itself makes of the function for zero.
    fn of_wasmi(wasm: &[u8]) -> i32 {
        let engine = ::wasmi::Engine::default();
        let module = ::wasmi::Module::new(&engine, wasm).unwrap();
        let mut store = ::wasmi::Store::new(&engine, ());
        let instance = ::wasmi::Instance::new(&mut store, &module, &[]).unwrap();
        let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
        f.call(&mut store, 0).unwrap()
    }

    #[test]
    fn nothing_comes_between_a_comparison_and_its_select() {
        for between in [
            "",
            "nop",
            "i32.eqz i32.eqz",
            "local.get 1 local.set 1",
            "i32.const 0 br_if 0",
            "i32.const 0 i32.ne",
            "block end",
        ] {
            let wasm = assembled(&select_after(between));
            assert_eq!(of_wasmi(&around_faults(&wasm)), 1, "{between}");
        }
    }

    /// Leaves a local of 7 below the parameters of a loop.
    fn loop_over(params: &str, types: &str) -> String {
        format!(
            "(local.set 0 (i32.add (local.get 0) (i32.const 7)))
             local.get 0 {params} loop (param {types}) (result {types}) end drop"
        )
    }

    #[test]
    fn what_lies_below_the_parameters_of_a_loop_stays() {
        for (params, types) in [
            ("local.get 2", "i32"),
            ("local.get 1", "v128"),
            ("i32.const 3", "i32"),
            ("local.get 2 i32.eqz", "i32"),
        ] {
            let wasm = assembled(&loop_over(params, types));
            assert_eq!(of_wasmi(&around_faults(&wasm)), 7, "{params}");
        }
    }

    /// Leaves a v128 with 7 in its last lane below the parameter of an `if`.
    const IF_OVER_A_VECTOR: &str = "(local.set 1 (i32x4.splat (i32.const 7)))
        local.get 1 i64.const 0 local.get 2
        if (param i64) (result i32 i32) block end unreachable else drop i32.const 8 i32.const 9 end
        drop drop i32x4.extract_lane 3";

    #[test]
    fn what_lies_below_the_parameters_of_an_if_stays() {
        let wasm = assembled(IF_OVER_A_VECTOR);
        assert_eq!(of_wasmi(&around_faults(&wasm)), 7);
    }

    /// Branches by the parameter from above an operand of 99 that stays behind.
    fn branch_over_an_operand(operands: &str, types: &str, labels: &str) -> String {
        format!(
            "block (result {types}) block (result {types}) block (result {types})
             (i32.add (local.get 0) (i32.const 99)) {operands} local.get 0 br_table {labels}
             end end end"
        )
    }

    #[test]
    fn a_table_takes_its_operands_along() {
        let vector = "(i32x4.splat (i32.add (local.get 0) (i32.const 7)))";
        let number = "(i32.add (local.get 0) (i32.const 7))";
        for (operands, types, after) in [
            (vector.to_owned(), "v128", "i32x4.extract_lane 3"),
            (vector.to_owned(), "v128", "i32x4.extract_lane 0"),
            (format!("{number} i32.const 9"), "i32 i32", "drop"),
            (
                format!("i32.const 9 {number}"),
                "i32 i32",
                "local.set 2 drop local.get 2",
            ),
            (format!("{number} f64.const 9"), "i32 f64", "drop"),
            (number.to_owned(), "i32", ""),
        ] {
            for labels in ["0 1", "1 0 0", "2 2 1", "1 1"] {
                let body = branch_over_an_operand(&operands, types, labels);
                let wasm = assembled(&format!("{body} {after}"));
                let rewritten = around_faults(&wasm);
                validate(&rewritten);
                assert_eq!(of_wasmi(&rewritten), 7, "{operands} {labels}");
            }
        }
    }

    #[test]
    fn each_index_goes_to_its_label() {
        for (index, goes_to) in [(0, 1), (1, 0), (2, 2), (3, 0), (4, 3), (-1, 3)] {
            let wasm = assembled(&format!(
                "block (result v128) block (result v128) block (result v128)
                 block (result v128)
                 local.get 1 (i32.or (i32.const {index}) (local.get 0)) br_table 1 0 2 0 3
                 end i32.const 0 return
                 end i32.const 1 return
                 end i32.const 2 return
                 end i32.const 3 return"
            ));
            assert_eq!(of_wasmi(&around_faults(&wasm)), goes_to, "{index}");
        }
    }

    /// Of the others, one reads what was on the stack before and one ends the process.
    #[test]
    fn wasmi_still_needs_the_way_around() {
        let wasm = assembled(&select_after(""));
        assert_eq!(of_wasmi(&wasm), 0, "that of selects is mended: take it out");
        let wasm = assembled(&loop_over("local.get 2", "i32"));
        assert_eq!(of_wasmi(&wasm), 0, "that of loops is mended: take it out");
        let body = branch_over_an_operand("i32.const 7 i32.const 9", "i32 i32", "0 1");
        let wasm = assembled(&format!("{body} drop"));
        assert_ne!(of_wasmi(&wasm), 7, "that of tables is mended: take it out");
    }
}
