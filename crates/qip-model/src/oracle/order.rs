//! What is done in which order: ORD-1, ORD-2 and IMG-12 as lists.

/// Something that is looked at or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    // Looked at in a binary.
    Size,
    Header,
    Validity,
    Import,
    Memory,
    Limits,
    Entry,
    InputPtr,
    InputCap,
    Output,
    ContentTypes,
    SizeSetter,
    Halo,
    Uniforms,
    // Done with an instance.
    SetUniforms,
    ReadInputPtr,
    ReadInputCap,
    ReadOutputPtr,
    ReadOutputCap,
    ReadInputTypePlace,
    ReadOutputTypePlace,
    ReadInputType,
    ReadOutputType,
    CompareTypes,
    InputLength,
    InputBounds,
    InputUtf8,
    Write,
    Call,
    Count,
    OutputBounds,
    OutputUtf8,
    TellSize,
    AskHalo,
    TileFitsCapacity,
    TileFitsMemory,
}

use Step::*;

/// ORD-1, for one stage.
pub(crate) const ORD_1: &[Step] = &[
    Size,
    Header,
    Validity,
    Import,
    Memory,
    Limits,
    Entry,
    InputPtr,
    InputCap,
    Output,
    ContentTypes,
    Uniforms,
];

/// ORD-1, for a stage that is a tile filter.
pub(crate) const ORD_1_OF_FILTERS: &[Step] = &[
    Size, Header, Validity, Import, Memory, Limits, Entry, InputPtr, InputCap, SizeSetter, Halo,
    Uniforms,
];

/// ORD-2, for a stage that has been instantiated. The getters are in the order of RUN-2.
pub(crate) const ORD_2: &[Step] = &[
    SetUniforms,
    ReadInputPtr,
    ReadInputCap,
    ReadOutputPtr,
    ReadOutputCap,
    ReadInputTypePlace,
    ReadOutputTypePlace,
    ReadInputType,
    ReadOutputType,
    CompareTypes,
    InputLength,
    InputBounds,
    InputUtf8,
    Write,
    Call,
    Count,
    OutputBounds,
    OutputUtf8,
];

/// IMG-12, for a filter that has been instantiated.
pub(crate) const IMG_12: &[Step] = &[
    SetUniforms,
    ReadInputPtr,
    ReadInputCap,
    TellSize,
    AskHalo,
    TileFitsCapacity,
    TileFitsMemory,
];
