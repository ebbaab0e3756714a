//! A signature made ready to run: every export that a request touches, by position.

use qip_contract::{ExportName, InputKind, Output, Shape, Signature, UNIFORM_PREFIX, to_pointer};

use crate::engine::ExportId;

/// How a pointer, capacity or size is read (MOD-3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// The value that the binary shows: nothing is asked of the engine.
    Constant(u32),
    Global(ExportId),
    Function(ExportId),
}

/// A named source, for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pointer {
    pub(crate) name: ExportName,
    pub(crate) source: Source,
}

/// The output buffer (OUT-1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buffer {
    pub(crate) ptr: Pointer,
    pub(crate) capacity: Pointer,
}

/// Where a declared media type stands (MIME-1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypePair {
    pub(crate) ptr: Pointer,
    pub(crate) size: Pointer,
}

/// What one request to a content module does.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) exports: Vec<String>,
    pub(crate) entry: ExportId,
    pub(crate) input_ptr: Pointer,
    pub(crate) input_capacity: Pointer,
    pub(crate) input_kind: InputKind,
    pub(crate) output: Output,
    pub(crate) buffer: Option<Buffer>,
    pub(crate) input_type: Option<TypePair>,
    pub(crate) output_type: Option<TypePair>,
    /// The positions of the uniforms' setters, as in [`Signature::uniforms`].
    uniforms: usize,
}

impl Plan {
    /// The plan for a content module that no refusal speaks against; `None` for
    /// one that lacks what the contract requires.
    pub(crate) fn new(signature: &Signature) -> Option<Plan> {
        let mut exports = Vec::new();
        let mut id = |name: &str| {
            exports.push(name.to_owned());
            ExportId(exports.len() - 1)
        };
        let entry = id(signature.entry().as_str());
        let mut pointer = |name: ExportName| {
            let source = match signature.export(name)? {
                Shape::Global { value, .. } => match value.and_then(to_pointer) {
                    Some(value) => Source::Constant(value),
                    None => Source::Global(id(name.as_str())),
                },
                _ => Source::Function(id(name.as_str())),
            };
            Some(Pointer { name, source })
        };
        let (capacity, input_kind) = signature.input()?;
        let output = signature.output();
        let input_ptr = pointer(ExportName::InputPtr)?;
        let input_capacity = pointer(capacity)?;
        let buffer = match output.capacity() {
            Some(capacity) => Some(Buffer {
                ptr: pointer(ExportName::OutputPtr)?,
                capacity: pointer(capacity)?,
            }),
            None => None,
        };
        let mut pair = |ptr, size| {
            Some(TypePair {
                ptr: pointer(ptr)?,
                size: pointer(size)?,
            })
        };
        let input_type = pair(
            ExportName::InputContentTypePtr,
            ExportName::InputContentTypeSize,
        );
        let output_type = pair(
            ExportName::OutputContentTypePtr,
            ExportName::OutputContentTypeSize,
        );
        let uniforms = exports.len();
        exports.extend(
            signature
                .uniforms()
                .iter()
                .map(|uniform| format!("{UNIFORM_PREFIX}{}", uniform.key)),
        );
        Some(Plan {
            exports,
            entry,
            input_ptr,
            input_capacity,
            input_kind,
            output,
            buffer,
            input_type,
            output_type,
            uniforms,
        })
    }

    /// The setter of the uniform at this position of [`Signature::uniforms`].
    pub(crate) fn setter(&self, uniform: usize) -> ExportId {
        ExportId(self.uniforms + uniform)
    }
}
