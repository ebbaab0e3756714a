//! One stage's part of a request: uniforms, getters, input, the call, output
//! (RUN-1 to OUT-10, in the order of ORD-2).
//!
//! The steps are inlined by force, here and in `recipe.rs`: a warm request takes 0.2 µs,
//! and handing results from step to step through memory was an eighth of it
//! (`cargo bench -p qip-host`).

use std::ops::Range;

use qip_contract::{
    Code, InputKind, MAX_DECLARED_BYTES, Refusal, Utf8, Value, normalize_media_type, quote,
    to_pointer,
};

use crate::engine::{ExportId, Instance};
use crate::error::Cause;
use crate::plan::{Buffer, ContentPlan, Pointer, Source, TypePair};
use crate::reply::Output;
use crate::settings::Settings;

/// The bytes that enter a stage.
#[derive(Clone, Copy)]
pub(crate) struct Piped<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether the stage before has had them checked as UTF-8 already.
    is_checked: bool,
}

impl<'a> Piped<'a> {
    pub(crate) fn unchecked(bytes: &'a [u8]) -> Piped<'a> {
        Piped {
            bytes,
            is_checked: false,
        }
    }

    /// UTF-8 output of a stage: checked as it came out (OUT-6).
    pub(crate) fn from_text(bytes: &'a [u8]) -> Piped<'a> {
        Piped {
            bytes,
            is_checked: true,
        }
    }
}

#[inline(always)]
pub(crate) fn run(
    instance: &mut dyn Instance,
    plan: &ContentPlan,
    uniforms: &[(ExportId, Value)],
    settings: &Settings,
    input: Piped<'_>,
    content_type: &mut Option<String>,
) -> Result<Output, Box<Cause>> {
    let mut stage_run = Run { instance, plan };
    for (setter, value) in uniforms {
        stage_run.call(*setter, &[*value])?;
    }
    // RUN-2: once each, in this order.
    let input_ptr = stage_run.read(plan.input_ptr)?;
    let capacity = stage_run.read(plan.input_capacity)?;
    let buffer = match &plan.buffer {
        Some(Buffer { ptr, capacity }) => Some((stage_run.read(*ptr)?, stage_run.read(*capacity)?)),
        None => None,
    };
    let declared = stage_run.declared_types()?;

    if let Some(mismatch) = declared.mismatch(content_type.as_deref()) {
        return Err(mismatch);
    }
    let checks_utf8 = settings.options.utf8 == Utf8::Checked;
    stage_run.write(
        input,
        input_ptr,
        capacity,
        checks_utf8 && plan.input_kind == InputKind::Utf8,
    )?;
    let size = input.bytes.len() as u32; // No more than the capacity, a u32.
    let count = match stage_run.call(plan.entry, &[Value::I32(size.cast_signed())])? {
        Some(Value::I32(count)) => count,
        // The entry point's shape has been checked (RUN-1).
        _ => return Err(unreadable("the entry point")),
    };
    let output = match buffer {
        Some((ptr, capacity)) => {
            stage_run.output(count.cast_unsigned(), ptr, capacity, checks_utf8)?
        }
        None => Output::Scalar(count),
    };
    if declared.output.is_some() {
        *content_type = declared.output;
    }
    Ok(output)
}

/// A stage that is running.
struct Run<'a> {
    instance: &'a mut dyn Instance,
    plan: &'a ContentPlan,
}

impl Run<'_> {
    #[inline(always)]
    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Box<Cause>> {
        self.instance.call(export, args).map_err(Cause::stop)
    }

    #[inline(always)]
    fn read(&mut self, pointer: Pointer) -> Result<u32, Box<Cause>> {
        read_pointer(self.instance, pointer)
    }

    /// The types that the module declares, normalised (MIME-1, MIME-2).
    #[inline(always)]
    fn declared_types(&mut self) -> Result<Declared, Box<Cause>> {
        if self.plan.input_type.is_none() && self.plan.output_type.is_none() {
            return Ok(Declared {
                input: None,
                output: None,
            });
        }
        let input = self.read_pair(self.plan.input_type)?;
        let output = self.read_pair(self.plan.output_type)?;
        Ok(Declared {
            input: input.map(|at| self.media_type(&at)).transpose()?.flatten(),
            output: output.map(|at| self.media_type(&at)).transpose()?.flatten(),
        })
    }

    fn read_pair(&mut self, pair: Option<TypePair>) -> Result<Option<DeclaredAt>, Box<Cause>> {
        let Some(TypePair { ptr, size }) = pair else {
            return Ok(None);
        };
        Ok(Some(DeclaredAt {
            name: ptr,
            ptr: self.read(ptr)?,
            size: self.read(size)?,
        }))
    }

    fn media_type(&mut self, at: &DeclaredAt) -> Result<Option<String>, Box<Cause>> {
        let DeclaredAt { name, ptr, size } = at;
        let refuse = |message: String| {
            Box::<Cause>::from(Refusal::new(Code::ContentType, message).named(name.name.as_str()))
        };
        if u64::from(*size) > MAX_DECLARED_BYTES {
            return Err(refuse(format!(
                "the media type at `{}` has {size} bytes, expected at most {MAX_DECLARED_BYTES}",
                name.name
            )));
        }
        let memory = self.instance.memory();
        let Some(range) = range(memory, *ptr, u64::from(*size)) else {
            return Err(refuse(format!(
                "the media type at `{}` is out of bounds: {size} bytes at {ptr}, in a memory of {} bytes",
                name.name,
                memory.len()
            )));
        };
        match std::str::from_utf8(&memory[range]) {
            Ok(text) if text.is_ascii() => Ok(normalize_media_type(text)),
            _ => Err(refuse(format!(
                "the media type at `{}` is not ASCII",
                name.name
            ))),
        }
    }

    /// Writes the input, unless it does not fit or is no text (IN-3, IN-4, IN-6).
    #[inline(always)]
    fn write(
        &mut self,
        input: Piped<'_>,
        ptr: u32,
        capacity: u32,
        is_text: bool,
    ) -> Result<(), Box<Cause>> {
        let bytes = input.bytes;
        if bytes.len() as u64 > u64::from(capacity) {
            return Err(too_large(bytes.len(), capacity));
        }
        let memory = self.instance.memory();
        let Some(range) = range(memory, ptr, bytes.len() as u64) else {
            return Err(out_of_bounds(
                Code::InputOutOfBounds,
                "input",
                bytes.len() as u64,
                ptr,
                memory.len(),
            ));
        };
        if is_text && !input.is_checked {
            std::str::from_utf8(bytes)
                .map_err(|error| not_utf8(Code::InputNotUtf8, "input", error.valid_up_to()))?;
        }
        memory[range].copy_from_slice(bytes);
        Ok(())
    }

    /// Reads the output out of memory as it is after the call (OUT-3 to OUT-7).
    #[inline(always)]
    fn output(
        &mut self,
        count: u32,
        ptr: u32,
        capacity: u32,
        is_text: bool,
    ) -> Result<Output, Box<Cause>> {
        use qip_contract::OutputForm as Kind;

        if count > capacity {
            return Err(too_many(count, capacity));
        }
        let size = u64::from(count) * self.plan.output.element_bytes();
        let memory = self.instance.memory();
        let Some(range) = range(memory, ptr, size) else {
            return Err(out_of_bounds(
                Code::OutputOutOfBounds,
                "output",
                size,
                ptr,
                memory.len(),
            ));
        };
        let bytes = &memory[range];
        Ok(match self.plan.output {
            Kind::Utf8 => {
                if is_text {
                    std::str::from_utf8(bytes).map_err(|error| {
                        not_utf8(Code::OutputNotUtf8, "output", error.valid_up_to())
                    })?;
                }
                Output::Utf8(bytes.to_vec())
            }
            Kind::I32 => Output::I32(
                bytes
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|element| i32::from_le_bytes(*element))
                    .collect(),
            ),
            Kind::Bytes | Kind::Scalar => Output::Bytes(bytes.to_vec()),
        })
    }
}

/// Reads a pointer, capacity or size (MOD-3, MOD-4).
#[inline(always)]
pub(crate) fn read_pointer(
    instance: &mut dyn Instance,
    pointer: Pointer,
) -> Result<u32, Box<Cause>> {
    let value = match pointer.source {
        Source::Constant(value) => return Ok(value),
        Source::Global(export) => instance.global(export).map(Some),
        Source::Function(export) => instance.call(export, &[]),
    };
    value
        .map_err(Cause::stop)?
        .and_then(to_pointer)
        .ok_or_else(|| unreadable(pointer.name.as_str()))
}

/// The place of a declared media type.
struct DeclaredAt {
    name: Pointer,
    ptr: u32,
    size: u32,
}

/// The types that a module declares; `None` is unknown.
struct Declared {
    input: Option<String>,
    output: Option<String>,
}

impl Declared {
    /// Whether the current type is known and another than the declared one (MIME-3).
    fn mismatch(&self, current: Option<&str>) -> Option<Box<Cause>> {
        let (expected, found) = (self.input.as_deref()?, current?);
        (expected != found).then(|| {
            let (expected, found) = (quote(expected), quote(found));
            Refusal::new(
                Code::ContentTypeMismatch,
                format!("input content type mismatch: expected {expected}, got {found}"),
            )
            .found(found, expected)
            .into()
        })
    }
}

/// Where `size` bytes at `ptr` lie, if they lie within memory. A pointer at the
/// very end is in bounds for no bytes (IN-4, OUT-5).
fn range(memory: &[u8], ptr: u32, size: u64) -> Option<Range<usize>> {
    // Neither sum nor product can wrap: both stay far below 2^64.
    let end = u64::from(ptr) + size;
    (end <= memory.len() as u64).then_some(ptr as usize..end as usize)
}

#[cold]
pub(crate) fn unreadable(name: &str) -> Box<Cause> {
    Refusal::new(
        Code::ExportShape,
        format!("`{name}` gives a value that is not finite, expected a number"),
    )
    .named(name)
    .into()
}

#[cold]
fn too_large(length: usize, capacity: u32) -> Box<Cause> {
    Refusal::new(
        Code::InputTooLarge,
        format!("Input is too large: {length} bytes, expected at most {capacity}"),
    )
    .found(length, capacity)
    .into()
}

#[cold]
fn too_many(count: u32, capacity: u32) -> Box<Cause> {
    Refusal::new(
        Code::OutputTooLarge,
        format!(
            "the module returned a count of {count}, expected at most its capacity of {capacity}"
        ),
    )
    .found(count, capacity)
    .into()
}

#[cold]
fn out_of_bounds(code: Code, what: &str, size: u64, ptr: u32, memory: usize) -> Box<Cause> {
    Refusal::new(
        code,
        format!(
            "the {what} is out of bounds: {size} bytes at {ptr}, in a memory of {memory} bytes"
        ),
    )
    .named(format!("{what}_ptr"))
    .found(
        format!("{size} bytes at {ptr}"),
        format!("at most {memory}"),
    )
    .into()
}

#[cold]
fn not_utf8(code: Code, what: &str, offset: usize) -> Box<Cause> {
    Refusal::new(
        code,
        format!("the {what} is not well-formed UTF-8 at offset {offset}"),
    )
    .at(offset as u64)
    .into()
}
