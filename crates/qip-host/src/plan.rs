//! A signature made ready to run: every export that a request touches, by position.

use qip_contract::{
    ExportName, InputKind, Kind, OutputForm, Shape, Signature, UNIFORM_PREFIX, to_pointer,
};

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

/// What a host does with a module: its exports by position, and the work.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) exports: Vec<String>,
    /// The positions of the uniforms' setters, as in [`Signature::uniforms`].
    setters: usize,
    pub(crate) work: Work,
}

/// The work, by the module's kind.
#[derive(Debug)]
pub(crate) enum Work {
    Content(ContentPlan),
    Tile(TilePlan),
}

/// What one request to a content module does.
#[derive(Debug)]
pub(crate) struct ContentPlan {
    pub(crate) entry: ExportId,
    pub(crate) input_ptr: Pointer,
    pub(crate) input_capacity: Pointer,
    pub(crate) input_kind: InputKind,
    pub(crate) output: OutputForm,
    pub(crate) buffer: Option<Buffer>,
    pub(crate) input_type: Option<TypePair>,
    pub(crate) output_type: Option<TypePair>,
}

/// What a tile filter is asked: once by the steps of IMG-12, then for each tile.
#[derive(Debug)]
pub(crate) struct TilePlan {
    pub(crate) tile: ExportId,
    pub(crate) input_ptr: Pointer,
    pub(crate) input_capacity: Pointer,
    pub(crate) width_and_height: Option<ExportId>,
    pub(crate) halo: Option<ExportId>,
}

/// Names of exports, whose positions are their [`ExportId`]s.
#[derive(Default)]
struct Exports(Vec<String>);

impl Exports {
    fn id(&mut self, name: &str) -> ExportId {
        self.0.push(name.to_owned());
        ExportId(self.0.len() - 1)
    }

    /// A pointer, capacity or size; `None` where the module does not export it.
    fn pointer(&mut self, signature: &Signature, name: ExportName) -> Option<Pointer> {
        let source = match signature.export(name)? {
            Shape::Global { value, .. } => match value.and_then(to_pointer) {
                Some(value) => Source::Constant(value),
                None => Source::Global(self.id(name.as_str())),
            },
            _ => Source::Function(self.id(name.as_str())),
        };
        Some(Pointer { name, source })
    }

    /// A function that may be there.
    fn function(&mut self, signature: &Signature, name: ExportName) -> Option<ExportId> {
        signature.export(name)?;
        Some(self.id(name.as_str()))
    }

    /// The setters of all uniforms: the position of the first.
    fn setters(&mut self, signature: &Signature) -> usize {
        let first = self.0.len();
        let uniforms = signature.uniforms().iter();
        self.0
            .extend(uniforms.map(|uniform| format!("{UNIFORM_PREFIX}{}", uniform.key)));
        first
    }
}

impl Plan {
    /// The plan for a module that no refusal speaks against; `None` for one that lacks
    /// what the contract requires.
    pub(crate) fn new(signature: &Signature) -> Option<Plan> {
        let mut exports = Exports::default();
        let work = match signature.kind() {
            Kind::Content => Work::Content(ContentPlan::new(signature, &mut exports)?),
            Kind::Tile => Work::Tile(TilePlan::new(signature, &mut exports)?),
        };
        let setters = exports.setters(signature);
        Some(Plan {
            exports: exports.0,
            setters,
            work,
        })
    }

    /// The setter of the uniform at this position of [`Signature::uniforms`].
    pub(crate) fn setter(&self, uniform: usize) -> ExportId {
        ExportId(self.setters + uniform)
    }
}

impl ContentPlan {
    fn new(signature: &Signature, exports: &mut Exports) -> Option<ContentPlan> {
        let entry = exports.id(signature.entry().as_str());
        let mut pointer = |name: ExportName| exports.pointer(signature, name);
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
        Some(ContentPlan {
            entry,
            input_ptr,
            input_capacity,
            input_kind,
            output,
            buffer,
            input_type,
            output_type,
        })
    }
}

impl TilePlan {
    /// Declared content types are not among what it asks (REC-6).
    fn new(signature: &Signature, exports: &mut Exports) -> Option<TilePlan> {
        Some(TilePlan {
            tile: exports.id(signature.entry().as_str()),
            input_ptr: exports.pointer(signature, ExportName::InputPtr)?,
            input_capacity: exports.pointer(signature, ExportName::InputBytesCap)?,
            width_and_height: exports.function(signature, ExportName::WidthAndHeight),
            halo: exports.function(signature, ExportName::Halo),
        })
    }
}
