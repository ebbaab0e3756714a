//! What constant expressions and getters come to, without running anything.

use qip_contract::Value;
use wasmparser::{ConstExpr, FunctionBody, Operator, Result};

use super::{Body, Facts, Feature, Returned};

/// Deeper expressions are left to the engine.
const MOST_OPERANDS: usize = 64;

/// The number that an expression is, where it is one constant.
pub(super) fn number(expression: &ConstExpr<'_>) -> Option<Value> {
    let mut operators = expression.get_operators_reader().into_iter();
    let value = match operators.next()?.ok()? {
        Operator::I32Const { value } => Value::I32(value),
        Operator::I64Const { value } => Value::I64(value),
        Operator::F32Const { value } => Value::F32(value.bits()),
        Operator::F64Const { value } => Value::F64(value.bits()),
        _ => return None,
    };
    matches!(operators.next()?.ok()?, Operator::End).then_some(value)
}

impl<'a> Facts<'a> {
    /// The value of a constant expression, where it is an `i32`.
    pub(super) fn constant(
        &mut self,
        expression: &ConstExpr<'_>,
        offset: usize,
    ) -> Result<Option<i32>> {
        let mut stack: Vec<i32> = Vec::new();
        let mut is_known = true;
        let mut count = 0;
        for operator in expression.get_operators_reader() {
            let operator = operator?;
            count += 1;
            let arithmetic: fn(i32, i32) -> i32 = match operator {
                Operator::I32Add => i32::wrapping_add,
                Operator::I32Sub => i32::wrapping_sub,
                Operator::I32Mul => i32::wrapping_mul,
                Operator::I32Const { value } if stack.len() < MOST_OPERANDS => {
                    stack.push(value);
                    continue;
                }
                Operator::GlobalGet { global_index } if stack.len() < MOST_OPERANDS => {
                    match self.immutable(global_index) {
                        Some(value) => stack.push(value),
                        None => is_known = false,
                    }
                    continue;
                }
                Operator::End => break,
                other => {
                    if let Some(feature) = Feature::of(&other) {
                        self.note(feature, offset);
                    }
                    is_known = false;
                    continue;
                }
            };
            match (stack.pop(), stack.pop()) {
                (Some(right), Some(left)) => stack.push(arithmetic(left, right)),
                _ => is_known = false,
            }
        }
        if count > 2 {
            self.note(Feature::ExtendedConst, offset);
        }
        Ok(stack.pop().filter(|_| is_known))
    }

    /// Reads a body: what it uses, and what it returns where that is a constant.
    pub(super) fn body(&mut self, body: &FunctionBody<'a>) {
        let mut read = Body {
            range: body.range(),
            constant: None,
            first_call: None,
            kept_in: None,
        };
        if self.instructions(body, &mut read).is_err() {
            read.constant = None;
        }
        // Kept whatever is in it: functions are found by their position.
        self.bodies.push(read);
    }

    fn instructions(&mut self, body: &FunctionBody<'a>, read: &mut Body) -> Result<()> {
        for local in body.get_locals_reader()? {
            let (_, ty) = local?;
            self.note_types([&ty], body.range().start);
        }
        let mut has_parameter = false;
        let operators = body.get_operators_reader()?.into_iter_with_offsets();
        for (position, operator) in operators.enumerate() {
            let (operator, offset) = operator?;
            if let Some(feature) = Feature::of(&operator) {
                self.note(feature, offset);
            }
            match (position, &operator) {
                (0, Operator::LocalGet { local_index: 0 }) => has_parameter = true,
                (1, Operator::GlobalSet { global_index }) if has_parameter => {
                    read.kept_in = Some(*global_index);
                }
                (0, Operator::Call { function_index }) => read.first_call = Some(*function_index),
                _ => {}
            }
            if let Operator::Call { function_index } = operator
                && function_index < self.imported_functions
            {
                self.calls_of_imports
                    .entry(function_index)
                    .or_insert(offset);
            }
            match (position, operator) {
                (0, Operator::I32Const { value }) => read.constant = Some(Returned::Value(value)),
                (0, Operator::GlobalGet { global_index }) => {
                    read.constant = Some(Returned::Global(global_index));
                }
                (1, Operator::End | Operator::Return) | (2, Operator::End) => {}
                _ => read.constant = None,
            }
        }
        Ok(())
    }
}
