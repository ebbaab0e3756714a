//! What the model can be told to get wrong, one thing at a time. This is the one list.

use std::fmt;

macro_rules! mutations {
    ($($variant:ident $text:literal [$($clause:literal)+] $meaning:literal,)*) => {
        /// One thing that a host may get wrong. A model with it is a mutant, and a case
        /// that the mutant fails kills it: a corpus that kills every mutant would notice
        /// each of these mistakes in a real host.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Mutation {
            $(#[doc = $meaning] $variant,)*
        }

        impl Mutation {
            /// Every mutation, in the order of the clauses that they break.
            pub const ALL: &'static [Mutation] = &[$(Mutation::$variant,)*];

            /// The stable kebab-case name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Mutation::$variant => $text,)* }
            }

            /// The clauses that it breaks; the first is the one that it is about.
            pub const fn clauses(self) -> &'static [&'static str] {
                match self { $(Mutation::$variant => &[$($clause),+],)* }
            }

            /// What the mutant does, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Mutation::$variant => $meaning,)* }
            }
        }
    };
}

mutations! {
    MemoryLeftOut "memory-left-out" ["MOD-1"]
        "A module without a memory is said to lack an export.",
    MemoryKindUnseen "memory-kind-unseen" ["MOD-1"]
        "Something else under the name `memory` counts as no memory.",
    FirstMemoryTaken "first-memory-taken" ["MOD-1"]
        "Any exported memory will do, whatever its name.",
    MemoryRefused "memory-refused" ["MOD-1"]
        "A memory that is exported under a second name is refused.",
    ImportsUnchecked "imports-unchecked" ["MOD-2"]
        "Imports are left to the engine to refuse.",
    ImportUnnamed "import-unnamed" ["MOD-2"]
        "An import is refused without its name.",
    LastImportNamed "last-import-named" ["MOD-2"]
        "The last import is named, not the first.",
    FunctionImportsOnly "function-imports-only" ["MOD-2"]
        "Imports of globals, tables and memories are granted.",
    GlobalsIgnored "globals-ignored" ["MOD-3"]
        "Numbers that are exported as globals are taken for missing.",
    FunctionsIgnored "functions-ignored" ["MOD-3"]
        "Numbers that are exported as functions are taken for missing.",
    GlobalsReadEarly "globals-read-early" ["MOD-3" "RUN-2"]
        "Globals are read as soon as there is an instance, before any uniform is set.",
    ShapesUnchecked "shapes-unchecked" ["MOD-4"]
        "A number of another type or form is taken for missing, not refused.",
    GlobalTypesUnchecked "global-types-unchecked" ["MOD-4"]
        "Globals of every number type are read.",
    FunctionTypesUnchecked "function-types-unchecked" ["MOD-4"]
        "Functions that give any type of number are called.",
    ShapeUnnamed "shape-unnamed" ["MOD-4"]
        "A wrong shape is refused without the name of the export.",
    LenientIgnored "lenient-ignored" ["MOD-4"]
        "Numbers are never read leniently.",
    LenientAlways "lenient-always" ["MOD-4"]
        "Numbers are always read leniently.",
    LenientSaturates "lenient-saturates" ["MOD-4"]
        "A lenient number beyond 32 bits becomes the nearest that there is.",
    LenientRounds "lenient-rounds" ["MOD-4"]
        "A lenient number is rounded, not cut.",
    LenientNotFinite "lenient-not-finite" ["MOD-4"]
        "A lenient number that is not finite counts as 0.",
    NumbersRefused "numbers-refused" ["MOD-4"]
        "Every number has the wrong shape.",
    InstantiationTraps "instantiation-traps" ["MOD-5" "TRAP-2"]
        "A trap while instantiating is answered as a trap.",
    NothingInstantiates "nothing-instantiates" ["MOD-5"]
        "Instantiating always fails.",
    EmptySegmentsAnywhere "empty-segments-anywhere" ["MOD-5"]
        "An empty segment may lie past the end of its table or memory.",
    SegmentEndWraps "segment-end-wraps" ["MOD-5"]
        "The end of a data segment wraps to 32 bits.",
    SegmentOffsetSigned "segment-offset-signed" ["MOD-5"]
        "A data segment at 2^31 or more lies before memory, and is left out.",
    EntryNamesSwapped "entry-names-swapped" ["MOD-6"]
        "`run` comes before `render`.",
    OlderEntryOnly "older-entry-only" ["MOD-6" "RUN-1"]
        "Only `run` is known.",
    NewerEntryOnly "newer-entry-only" ["MOD-6" "RUN-1"]
        "Only `render` is known.",
    EntryOptional "entry-optional" ["MOD-6" "RUN-1"]
        "A module without an entry point gives 0.",
    EntryFallsBack "entry-falls-back" ["MOD-6"]
        "Where `render` has the wrong shape, `run` is called.",
    LosingEntryUnchecked "losing-entry-unchecked" ["MOD-6"]
        "The shape of the entry point that is not called is not looked at.",
    LosingCapacitiesUnchecked "losing-capacities-unchecked" ["MOD-6"]
        "The shapes of capacities that do not win are not looked at.",
    TileFunctionIgnored "tile-function-ignored" ["MOD-6" "IMG-1"]
        "A tile function makes no difference.",
    TileContentExportsChecked "tile-content-exports-checked" ["MOD-6" "IMG-1" "ORD-1"]
        "Exports that only concern content modules are shape-checked in a tile filter, too.",
    FixedMemoryIgnored "fixed-memory-ignored" ["MOD-7"]
        "Memory may grow although the caller insists that it does not.",
    FixedMemoryAlways "fixed-memory-always" ["MOD-7"]
        "Memory that can grow is always refused.",
    GrowUnseen "grow-unseen" ["MOD-7"]
        "`memory.grow` is not looked for.",
    MaximumUnseen "maximum-unseen" ["MOD-7"]
        "The maximum of a memory is not looked at.",
    FixedMemoryRefused "fixed-memory-refused" ["MOD-7"]
        "Where the caller insists on fixed memory, every memory is refused.",
    HeaderUnchecked "header-unchecked" ["MOD-8"]
        "What does not begin as a module is an invalid one.",
    VersionUnchecked "version-unchecked" ["MOD-8"]
        "The version behind the magic number is not looked at.",
    InvalidIsNoModule "invalid-is-no-module" ["MOD-8"]
        "A module that is invalid is said to be none.",
    AllInvalid "all-invalid" ["MOD-8"]
        "Every module is invalid.",
    ProposalsTaken "proposals-taken" ["MOD-8"]
        "Every feature that there is may be used.",
    FirstEditionOnly "first-edition-only" ["MOD-8"]
        "Only WebAssembly 1.0 may be used.",
    SimdRefused "simd-refused" ["MOD-8"]
        "Modules with SIMD are refused.",
    TailCallsRefused "tail-calls-refused" ["MOD-8"]
        "Modules with tail calls are refused.",
    ExtendedConstRefused "extended-const-refused" ["MOD-8"]
        "Modules with extended constant expressions are refused.",
    CustomSectionsRefused "custom-sections-refused" ["MOD-8"]
        "Modules with custom sections are refused.",
    CustomNamesUnchecked "custom-names-unchecked" ["MOD-8"]
        "The names of custom sections are not looked at.",
    SectionsInAnyOrder "sections-in-any-order" ["MOD-8"]
        "Sections may stand in any order.",
    SectionsTwice "sections-twice" ["MOD-8"]
        "A section may come twice, and the last counts.",
    TailCallsTakeStack "tail-calls-take-stack" ["MOD-8" "RUN-6"]
        "A tail call takes room on the stack, as any call does.",
    InitializeCalled "initialize-called" ["MOD-8"]
        "`_initialize` is called first, where there is one.",
    StartCalled "start-called" ["MOD-8"]
        "`_start` is called first, where there is one.",

    HeaderBeforeSize "header-before-size" ["ORD-1"]
        "Whether the bytes are a module comes before how many they are.",
    LimitsBeforeValidity "limits-before-validity" ["ORD-1" "LIM-1"]
        "Declared sizes are looked at before the module is validated.",
    ImportBeforeValidity "import-before-validity" ["ORD-1"]
        "Imports are looked at before the module is validated.",
    SizeAfterValidity "size-after-validity" ["ORD-1"]
        "The size of a module is looked at once it is known to be valid.",
    EverythingTooLarge "everything-too-large" ["ORD-1" "LIM-1"]
        "Every module is over the limit of size.",
    MemoryBeforeImport "memory-before-import" ["ORD-1"]
        "The memory is looked at before imports.",
    FixedBeforeKind "fixed-before-kind" ["ORD-1" "MOD-7"]
        "Where the caller insists on fixed memory, no memory is one that is not fixed.",
    LimitsBeforeImport "limits-before-import" ["ORD-1"]
        "Declared sizes are looked at before imports.",
    LimitsBeforeMemory "limits-before-memory" ["ORD-1"]
        "Declared sizes are looked at before the memory.",
    EntryBeforeLimits "entry-before-limits" ["ORD-1"]
        "The entry point is looked at before declared sizes.",
    InputPtrBeforeEntry "input-ptr-before-entry" ["ORD-1"]
        "`input_ptr` is looked at before the entry point.",
    InputCapBeforeInputPtr "input-cap-before-input-ptr" ["ORD-1"]
        "The input capacity is looked at before `input_ptr`.",
    OutputBeforeInputCap "output-before-input-cap" ["ORD-1"]
        "Output exports are looked at before the input capacity.",
    ContentTypesBeforeOutput "content-types-before-output" ["ORD-1"]
        "Content-type exports are looked at before output exports.",
    UniformsBeforeContentTypes "uniforms-before-content-types" ["ORD-1"]
        "Uniforms are looked at before content-type exports.",
    UniformsCheckedAsGiven "uniforms-checked-as-given" ["ORD-1"]
        "Uniforms are looked at in the order in which they are given.",
    InstantiatedEarly "instantiated-early" ["ORD-1"]
        "A module is instantiated before its exports are looked at.",
    OutputShapesLate "output-shapes-late" ["ORD-1"]
        "Output exports are looked at once there is an input.",
    TileUniformsFirst "tile-uniforms-first" ["ORD-1"]
        "The uniforms of a tile filter are looked at before its halo.",
    HaloBeforeSizeSetter "halo-before-size-setter" ["ORD-1" "IMG-5" "IMG-12"]
        "The halo of a tile filter is looked at before its size setter.",
    SizeSetterFirst "size-setter-first" ["ORD-1" "IMG-6" "IMG-12"]
        "The size setter of a tile filter is looked at before its input exports.",
    HaloFirst "halo-first" ["ORD-1" "IMG-5" "IMG-12"]
        "The halo of a tile filter is looked at before its input exports.",
    PipeBeforeUniforms "pipe-before-uniforms" ["ORD-1"]
        "Whether a stage can be piped is looked at before its uniforms.",
    ShapesBeforeValues "shapes-before-values" ["ORD-1" "UNI-3"]
        "The shapes of all setters are looked at before any value.",
    PipesCheckedFirst "pipes-checked-first" ["ORD-1"]
        "A stage that cannot be piped is refused before later stages are looked at.",
    LastStageFirst "last-stage-first" ["ORD-1"]
        "Stages are looked at from the last to the first.",
    StageAfterStage "stage-after-stage" ["ORD-1" "REC-2"]
        "A stage is looked at only when the one before has run.",
    PictureBeforeModules "picture-before-modules" ["ORD-1" "IMG-11"]
        "The size of a picture is looked at before the modules.",

    UniformsAfterGetters "uniforms-after-getters" ["ORD-2" "UNI-2"]
        "Uniforms are set after the getters have been read.",
    ContentTypesFirst "content-types-first" ["ORD-2" "RUN-2"]
        "Content types are read and looked at before any other getter.",
    LengthBeforeContentType "length-before-content-type" ["ORD-2"]
        "The length of the input is looked at before content types.",
    InputTypeAtOnce "input-type-at-once" ["ORD-2" "MIME-1"]
        "The input's type is looked at before the getters of the output's are read.",
    MismatchBeforeOutputType "mismatch-before-output-type" ["ORD-2"]
        "The input's type is compared before the output's type is read.",
    BoundsBeforeLength "bounds-before-length" ["ORD-2"]
        "Whether the input is within memory comes before its length.",
    Utf8BeforeLength "utf8-before-length" ["ORD-2"]
        "Whether the input is UTF-8 comes before its length.",
    Utf8BeforeBounds "utf8-before-bounds" ["ORD-2"]
        "Whether the input is UTF-8 comes before whether it is within memory.",
    OutputBoundsBeforeCount "output-bounds-before-count" ["ORD-2"]
        "Whether the output is within memory comes before its count.",
    OutputPtrBeforeCall "output-ptr-before-call" ["ORD-2" "OUT-5"]
        "An output pointer past memory is refused before the call.",
    LaterStageEarly "later-stage-early" ["ORD-2" "REC-5"]
        "All stages are instantiated before the first runs.",

    InputPtrOptional "input-ptr-optional" ["IN-1"]
        "Without `input_ptr` the input is written at 0.",
    InputAtZero "input-at-zero" ["IN-1"]
        "The input is written at 0, whatever `input_ptr` says.",
    BytesBeforeUtf8 "bytes-before-utf8" ["IN-2"]
        "Of two input capacities that of bytes wins.",
    LargerCapacityWins "larger-capacity-wins" ["IN-2"]
        "Of two input capacities the larger counts.",
    BothCapacitiesRefused "both-capacities-refused" ["IN-2"]
        "Two input capacities are refused.",
    Utf8CapacityOnly "utf8-capacity-only" ["IN-2"]
        "Only `input_utf8_cap` is known.",
    BytesCapacityOnly "bytes-capacity-only" ["IN-2"]
        "Only `input_bytes_cap` is known.",
    InputCapOptional "input-cap-optional" ["IN-2"]
        "Without an input capacity any input is taken.",
    CapacityExclusive "capacity-exclusive" ["IN-3"]
        "An input as long as the capacity is refused.",
    InputMustFill "input-must-fill" ["IN-3"]
        "An input shorter than the capacity is refused.",
    CapacitySigned "capacity-signed" ["IN-3"]
        "A capacity of 2^31 or more is negative.",
    CapacityUnchecked "capacity-unchecked" ["IN-3"]
        "The input capacity is not looked at.",
    InputCut "input-cut" ["IN-3"]
        "An input longer than the capacity is cut.",
    InputWrittenFirst "input-written-first" ["IN-3"]
        "As much as fits of an input that is too long is written before it is refused.",
    InputOfAPage "input-of-a-page" ["IN-3"]
        "At most 64 KiB of input are written.",
    CapacityUnnamed "capacity-unnamed" ["IN-3"]
        "The refusal of an input that is too long does not name the capacity.",
    InputBoundsUnchecked "input-bounds-unchecked" ["IN-4"]
        "An input that reaches past memory is cut there.",
    EndOfMemoryRefused "end-of-memory-refused" ["IN-4"]
        "An input may not end where memory does.",
    EmptyInputAnywhere "empty-input-anywhere" ["IN-4"]
        "An empty input is in bounds wherever its pointer is.",
    PointerZeroRefused "pointer-zero-refused" ["IN-4"]
        "An input pointer of 0 is none.",
    InputAligned "input-aligned" ["IN-4"]
        "The input pointer must be a multiple of 4.",
    InputEndWraps "input-end-wraps" ["IN-4"]
        "The end of the input wraps to 32 bits.",
    InputBoundsEarly "input-bounds-early" ["IN-4"]
        "The input must lie within memory as it was before the getters.",
    DeclaredMemoryOnly "declared-memory-only" ["IN-4" "OUT-5"]
        "Input must lie within the memory that the module declares.",
    CapacityWithinMemory "capacity-within-memory" ["IN-5"]
        "A capacity that reaches past memory is refused.",
    InputUtf8Unchecked "input-utf8-unchecked" ["IN-6" "REC-3"]
        "Input is not checked for UTF-8.",
    InputUtf8Repaired "input-utf8-repaired" ["IN-6" "REC-3"]
        "Ill-formed UTF-8 in the input is replaced.",
    InputBomStripped "input-bom-stripped" ["IN-6"]
        "A byte order mark is taken off the input.",
    Utf8OffsetOfError "utf8-offset-of-error" ["IN-6" "OUT-6"]
        "The offset is where a sequence goes wrong, not where it starts.",
    Utf8Lax "utf8-lax" ["IN-6" "OUT-6"]
        "Surrogates, overlong forms and numbers above U+10FFFF count as UTF-8.",
    AsciiOnly "ascii-only" ["IN-6" "OUT-6" "REC-3"]
        "Text may only be ASCII.",
    Utf8EndUnchecked "utf8-end-unchecked" ["IN-6" "OUT-6"]
        "A sequence that is cut off at the end counts as UTF-8.",
    BytesInputChecked "bytes-input-checked" ["IN-6" "REC-3"]
        "Input must be UTF-8 also where it is bytes.",
    UncheckedIgnored "unchecked-ignored" ["IN-6"]
        "UTF-8 is checked although the caller asks not to.",
    UncheckedInputOnly "unchecked-input-only" ["IN-6" "OUT-6"]
        "The option to leave UTF-8 unchecked is for input only.",
    UncheckedOutputOnly "unchecked-output-only" ["IN-6" "REC-3"]
        "The option to leave UTF-8 unchecked is for output only.",
    InputTerminated "input-terminated" ["IN-7"]
        "A zero byte is written behind the input.",
    CapacityCleared "capacity-cleared" ["IN-7"]
        "The rest of the capacity is cleared.",

    EntryShapeUnchecked "entry-shape-unchecked" ["RUN-1"]
        "A misshapen entry point is taken for missing.",
    EntryTakesPointer "entry-takes-pointer" ["RUN-1"]
        "The entry point must take a pointer and a length.",
    GettersTwice "getters-twice" ["RUN-2"]
        "Every getter is called twice.",
    CapacityBeforePointer "capacity-before-pointer" ["RUN-2"]
        "The input capacity is read before the input pointer.",
    OutputGettersFirst "output-getters-first" ["RUN-2"]
        "Output getters are read before input getters.",
    OutputGettersAfterCall "output-getters-after-call" ["RUN-2"]
        "`output_ptr` is read after the call.",
    OutputCapAfterCall "output-cap-after-call" ["RUN-2"]
        "The output capacity is read after the call.",
    LosingCapacityCalled "losing-capacity-called" ["RUN-2"]
        "The capacities that do not win are read too.",
    ScalarOutputPtrCalled "scalar-output-ptr-called" ["RUN-2" "OUT-1"]
        "`output_ptr` is read also where the result is a scalar.",
    CalledTwice "called-twice" ["RUN-3"]
        "The entry point is called twice.",
    NotCalledForNothing "not-called-for-nothing" ["RUN-3"]
        "An empty input is answered without a call.",
    CapacityPassed "capacity-passed" ["RUN-3"]
        "The entry point gets the capacity, not the length.",
    CharactersPassed "characters-passed" ["RUN-3"]
        "The entry point gets the length in characters.",
    MemoryDirty "memory-dirty" ["RUN-4" "DET-2"]
        "A fresh instance finds the memory that the request before left.",
    InstanceReused "instance-reused" ["RUN-4" "DET-2"]
        "Requests share an instance although nobody asks for that.",
    FailureSpoils "failure-spoils" ["RUN-4" "DET-2"]
        "After a failure no later request is answered.",
    OneRequestOnly "one-request-only" ["DET-2" "RUN-4"]
        "A loaded recipe answers one request.",
    FilterKept "filter-kept" ["RUN-4" "DET-2"]
        "Pictures share the instances of filters although nobody asks for that.",
    MemoryCleared "memory-cleared" ["RUN-4" "MOD-5"]
        "Memory is cleared once there is an instance.",
    ReuseIgnored "reuse-ignored" ["RUN-4"]
        "Requests never share an instance.",
    ReusedAfterTrap "reused-after-trap" ["RUN-4"]
        "An instance is used again after a trap or a stop.",
    DroppedAfterRefusal "dropped-after-refusal" ["RUN-4"]
        "An instance to be reused is dropped after a refusal.",
    UniformsOnce "uniforms-once" ["RUN-4" "UNI-2"]
        "With reuse, uniforms are set on the first request only.",
    OutputReadAfterTrap "output-read-after-trap" ["RUN-5"]
        "A trap in the entry point counts as a result of 0.",
    FuelPerStage "fuel-per-stage" ["RUN-6"]
        "Every stage has the whole fuel limit to itself.",
    FuelPerTile "fuel-per-tile" ["RUN-6" "LIM-4"]
        "Every tile has the whole fuel limit to itself.",
    FuelAtOnce "fuel-at-once" ["RUN-6"]
        "There is never any fuel.",
    StoppedAtOnce "stopped-at-once" ["RUN-6"]
        "A time limit stops everything.",
    LimitUnnamed "limit-unnamed" ["RUN-6"]
        "The message does not name the time limit in force.",
    FuelIsTime "fuel-is-time" ["RUN-6"]
        "Running out of fuel is answered as running out of time.",
    StopIsFinal "stop-is-final" ["RUN-7"]
        "After a limit ran out, no later request is answered.",
    GrowthUnlimited "growth-unlimited" ["RUN-7" "LIM-1"]
        "Memory may grow beyond the limit.",
    GrowthRefused "growth-refused" ["RUN-7" "TRAP-2" "LIM-1"]
        "Memory never grows.",
    TablesUnlimited "tables-unlimited" ["RUN-7" "LIM-1"]
        "Tables may grow beyond the limit.",

    CapacityZeroScalar "capacity-zero-scalar" ["OUT-1"]
        "An output capacity of 0 makes the result a scalar.",
    ScalarRefused "scalar-refused" ["OUT-1" "OUT-8"]
        "A module without an output buffer is refused.",
    PointerZeroScalar "pointer-zero-scalar" ["OUT-1"]
        "An output pointer of 0 makes the result a scalar.",
    OutputPtrAlone "output-ptr-alone" ["OUT-1"]
        "`output_ptr` without a capacity is refused.",
    OutputCapAlone "output-cap-alone" ["OUT-1"]
        "An output capacity without `output_ptr` is refused.",
    OutputPtrBuffers "output-ptr-buffers" ["OUT-1"]
        "`output_ptr` alone makes the output bytes, with no capacity.",
    I32BeforeBytes "i32-before-bytes" ["OUT-2"]
        "Of several output capacities i32 wins over bytes.",
    BytesAreText "bytes-are-text" ["OUT-1" "OUT-3"]
        "Output of bytes is given as UTF-8.",
    TextIsBytes "text-is-bytes" ["OUT-1" "OUT-3"]
        "UTF-8 output is given as bytes.",
    I32BeforeUtf8 "i32-before-utf8" ["OUT-2"]
        "Of several output capacities i32 wins over UTF-8.",
    BytesOutputBeforeUtf8 "bytes-output-before-utf8" ["OUT-2"]
        "Of several output capacities bytes win over UTF-8.",
    I32CountIsBytes "i32-count-is-bytes" ["OUT-3"]
        "The count of i32 elements is taken for bytes.",
    OutputOfAPage "output-of-a-page" ["OUT-3"]
        "At most 64 KiB of output are read.",
    CapacityIsCount "capacity-is-count" ["OUT-3"]
        "The whole capacity is read, whatever the count.",
    I32CapacityIsBytes "i32-capacity-is-bytes" ["OUT-3" "OUT-4"]
        "The capacity of i32 elements is taken for bytes.",
    I32BigEndian "i32-big-endian" ["OUT-3"]
        "i32 elements are big-endian.",
    I32ProductWraps "i32-product-wraps" ["OUT-3" "OUT-5"]
        "The size of i32 output wraps to 32 bits.",
    CountUnchecked "count-unchecked" ["OUT-4"]
        "The count is not held against the capacity.",
    CountExclusive "count-exclusive" ["OUT-4"]
        "A count equal to the capacity is refused.",
    OutputCapSigned "output-cap-signed" ["OUT-4"]
        "An output capacity of 2^31 or more is negative.",
    CountMustFill "count-must-fill" ["OUT-4"]
        "A count below the capacity is refused.",
    CountSigned "count-signed" ["OUT-4"]
        "A count of 2^31 or more is negative, and no output.",
    CountCut "count-cut" ["OUT-4"]
        "A count above the capacity is cut to it.",
    OutputBoundsEarly "output-bounds-early" ["OUT-5"]
        "The output must lie within memory as it was before the call.",
    StaleAfterGrowth "stale-after-growth" ["OUT-5"]
        "After growth in the call no output can be read.",
    OutputEndRefused "output-end-refused" ["OUT-5"]
        "An output may not end where memory does.",
    OverlapRefused "overlap-refused" ["OUT-3" "OUT-5"]
        "Output may not overlap the input.",
    OutputAtZeroRefused "output-at-zero-refused" ["OUT-5"]
        "An output pointer of 0 is none.",
    OutputAtInput "output-at-input" ["OUT-5"]
        "The output is read at `input_ptr`.",
    EmptyOutputAnywhere "empty-output-anywhere" ["OUT-5"]
        "An empty output is in bounds wherever its pointer is.",
    OutputBoundsUnchecked "output-bounds-unchecked" ["OUT-5"]
        "An output that reaches past memory is cut there.",
    OutputCapWithinMemory "output-cap-within-memory" ["OUT-5"]
        "The whole output capacity must lie within memory.",
    I32Aligned "i32-aligned" ["OUT-5"]
        "i32 output must be aligned.",
    OutputUtf8Unchecked "output-utf8-unchecked" ["OUT-6"]
        "Output is not checked for UTF-8.",
    OutputUtf8Repaired "output-utf8-repaired" ["OUT-6"]
        "Ill-formed UTF-8 in the output is replaced.",
    OutputBomStripped "output-bom-stripped" ["OUT-6"]
        "A byte order mark is taken off the output.",
    BytesOutputChecked "bytes-output-checked" ["OUT-6"]
        "Output must be UTF-8 also where it is bytes.",
    OutputUtf8LastOnly "output-utf8-last-only" ["OUT-6"]
        "Output is checked for UTF-8 in the last stage only.",
    OutputEndsAtNul "output-ends-at-nul" ["OUT-6"]
        "Text output ends at its first zero byte.",
    OutputTrimmed "output-trimmed" ["OUT-6"]
        "White space around text output is taken off.",
    WholeCapacityUtf8 "whole-capacity-utf8" ["OUT-6"]
        "The whole output capacity must be UTF-8.",
    EmptyOutputScalar "empty-output-scalar" ["OUT-7"]
        "An empty output is the scalar 0.",
    EmptyOutputRefused "empty-output-refused" ["OUT-7"]
        "An empty output is a failure.",
    EmptyOutputEndsRecipe "empty-output-ends-recipe" ["OUT-7"]
        "After an empty output later stages do not run.",
    EmptyOutputIsBytes "empty-output-is-bytes" ["OUT-7"]
        "An empty output is bytes, whatever its kind.",
    ScalarUnsigned "scalar-unsigned" ["OUT-8"]
        "A scalar has no sign: the highest bit is dropped.",
    ScalarChecked "scalar-checked" ["OUT-8"]
        "A negative scalar is a failure.",
    OutputAliased "output-aliased" ["OUT-10"]
        "With reuse, outputs are views of memory that later requests change.",

    HalfPairIgnored "half-pair-ignored" ["MIME-1"]
        "One export of a pair declares nothing.",
    TypeLimitExclusive "type-limit-exclusive" ["MIME-1"]
        "A content type of 255 bytes is too long.",
    EmptyTypeRefused "empty-type-refused" ["MIME-1" "MIME-2"]
        "An empty content type is refused.",
    TypeEndRefused "type-end-refused" ["MIME-1"]
        "A content type may not end where memory does.",
    TypeAtZeroIsNone "type-at-zero-is-none" ["MIME-1"]
        "A content type at 0 is unknown.",
    TypeSizeSigned "type-size-signed" ["MIME-1"]
        "A content type of 2^31 bytes and more has a negative size, and is unknown.",
    TypeLengthUnchecked "type-length-unchecked" ["MIME-1"]
        "A content type may be longer than 255 bytes.",
    TypeBoundsUnchecked "type-bounds-unchecked" ["MIME-1"]
        "A content type that reaches past memory is unknown.",
    TypeAsciiUnchecked "type-ascii-unchecked" ["MIME-1"]
        "A content type need not be ASCII.",
    TypesReadAfterCall "types-read-after-call" ["MIME-1" "RUN-2"]
        "The output's type is read after the call.",
    TypeGettersAfterCall "type-getters-after-call" ["MIME-1" "RUN-2"]
        "The getters of content types are read after the call.",
    TypesReadEarly "types-read-early" ["MIME-1" "RUN-2"]
        "Content types are taken from memory as it was before the getters.",
    TypeNotLowered "type-not-lowered" ["MIME-2"]
        "Content types keep their capitals.",
    ParametersKept "parameters-kept" ["MIME-2"]
        "Content types keep their parameters.",
    TypeNotTrimmed "type-not-trimmed" ["MIME-2"]
        "Content types keep the space around them.",
    TypeTrimmedOnce "type-trimmed-once" ["MIME-2"]
        "Space before the first `;` is kept.",
    TypeTrimmedWidely "type-trimmed-widely" ["MIME-2"]
        "Space that is not ASCII is trimmed, too.",
    TypeSpacesRemoved "type-spaces-removed" ["MIME-2"]
        "All space is taken out of content types.",
    CallerTypeVerbatim "caller-type-verbatim" ["MIME-2"]
        "The caller's type is taken as it is.",
    EmptyTypeKnown "empty-type-known" ["MIME-2"]
        "An empty content type is a type like others.",
    MismatchIgnored "mismatch-ignored" ["MIME-3"]
        "The input's type is not compared.",
    UnknownMismatches "unknown-mismatches" ["MIME-3"]
        "An unknown type is not the declared one.",
    MismatchUnnamed "mismatch-unnamed" ["MIME-3"]
        "The refusal does not name the two types.",
    MismatchSwapped "mismatch-swapped" ["MIME-3"]
        "The refusal names the two types in the wrong order.",
    OutputTypeDropped "output-type-dropped" ["MIME-4"]
        "A declared output type is not carried on.",
    CurrentTypeDropped "current-type-dropped" ["MIME-4"]
        "Without a declared output type the type becomes unknown.",
    InputTypeCarried "input-type-carried" ["MIME-4"]
        "A declared input type becomes the current type.",
    ScalarTypeDropped "scalar-type-dropped" ["MIME-4"]
        "A scalar has no content type.",
    TypeOutlivesRequest "type-outlives-request" ["MIME-4" "DET-2"]
        "Where the caller gives no content type, that of the request before is taken.",

    EmptyRecipeEchoes "empty-recipe-echoes" ["REC-1"]
        "A recipe without stages gives back its input.",
    OneStageOnly "one-stage-only" ["REC-1" "REC-4" "REC-5"]
        "Only the first stage runs.",
    SingleStageRefused "single-stage-refused" ["REC-1"]
        "A recipe needs two stages.",
    I32Piped "i32-piped" ["REC-2"]
        "i32 output is piped as its bytes.",
    PipesCheckedLate "pipes-checked-late" ["REC-2"]
        "Whether a stage can be piped is found once it has run.",
    ScalarPiped "scalar-piped" ["REC-2"]
        "After a scalar the next stage gets an empty input.",
    LastMustPipe "last-must-pipe" ["REC-2"]
        "The last stage must be one that could be piped, too.",
    NotPipeableUnnamed "not-pipeable-unnamed" ["REC-2"]
        "The refusal of what cannot be piped does not say why.",
    PipedUtf8Unchecked "piped-utf8-unchecked" ["REC-3"]
        "Only the first stage's input is checked for UTF-8.",
    BytesNeverText "bytes-never-text" ["REC-3"]
        "Bytes are never piped into a UTF-8 input.",
    StagesShareInstance "stages-share-instance" ["REC-4"]
        "Stages of the same module share an instance.",
    StagesShareMemory "stages-share-memory" ["REC-4"]
        "A stage finds the memory of the one before.",
    FirstKindKept "first-kind-kept" ["REC-4"]
        "The kind of the output is that of the first stage.",
    InputToAll "input-to-all" ["REC-4"]
        "Every stage gets the input of the recipe.",
    StagesReversed "stages-reversed" ["REC-4"]
        "Stages run from the last to the first.",
    StagesShareUniforms "stages-share-uniforms" ["REC-4"]
        "The uniforms of a stage go to later stages of the same module, too.",
    FiltersShareInstance "filters-share-instance" ["REC-4"]
        "Stages of a block of the same module share an instance.",
    StagesFromZero "stages-from-zero" ["REC-5"]
        "Stages are counted from 0.",
    StageUnnamed "stage-unnamed" ["REC-5"]
        "A failure does not name its stage.",
    BlockFailureUnplaced "block-failure-unplaced" ["REC-5" "REC-6"]
        "Of all that fails in a block the first filter is named.",
    FailureIsSkipped "failure-is-skipped" ["REC-5" "ORD-2"]
        "A stage that traps is left out.",
    OneBlockOnly "one-block-only" ["REC-6"]
        "A recipe may have one block of filters.",
    BlockMustBeFirst "block-must-be-first" ["REC-6"]
        "Filters may only begin a recipe.",
    BlockMustBeLast "block-must-be-last" ["REC-6"]
        "Filters may only end a recipe.",
    FiltersApart "filters-apart" ["REC-6" "REC-7"]
        "Every filter of a block takes and gives a BMP.",
    FilterInputTypeRead "filter-input-type-read" ["REC-6"]
        "The input type that a filter declares must be the current one.",
    FilterOutputTypeRead "filter-output-type-read" ["REC-6"]
        "The output type that a filter declares becomes the current one.",
    BlockTypeChecked "block-type-checked" ["REC-6"]
        "A block only takes what is known to be, or may be, `image/bmp`.",
    BlockTypeKept "block-type-kept" ["REC-6" "MIME-4"]
        "A block leaves the current type as it is.",
    BlockTypeDropped "block-type-dropped" ["REC-6" "MIME-4"]
        "After a block the current type is unknown.",
    Utf8PipedToBlock "utf8-piped-to-block" ["REC-6"]
        "UTF-8 output is piped into a block.",
    NotPipeableNamesBlock "not-pipeable-names-block" ["REC-6" "REC-5"]
        "Where a block cannot take the output of the stage before, the block is named.",
    EmptyInputSkipsBlock "empty-input-skips-block" ["REC-6" "REC-7" "OUT-7"]
        "An empty input passes through a block as it is.",
    NoBmpPasses "no-bmp-passes" ["REC-7" "REC-6"]
        "What is no BMP passes through a block as it is.",
    BmpOfAnyLength "bmp-of-any-length" ["REC-7"]
        "A BMP may have fewer than 54 bytes.",
    BmpMagicUnchecked "bmp-magic-unchecked" ["REC-7"]
        "A BMP may begin with anything.",
    BmpHeaderUnchecked "bmp-header-unchecked" ["REC-7"]
        "The size of a BMP's DIB header is not looked at.",
    BmpHeaderMustBe40 "bmp-header-must-be-40" ["REC-7"]
        "A BMP's DIB header must have 40 bytes.",
    BmpPlanesUnchecked "bmp-planes-unchecked" ["REC-7"]
        "The planes of a BMP are not looked at.",
    BmpCompressionUnchecked "bmp-compression-unchecked" ["REC-7"]
        "The compression of a BMP is not looked at.",
    BmpBitsUnchecked "bmp-bits-unchecked" ["REC-7"]
        "A BMP that has not 24 bits a pixel has 32.",
    Bmp24Refused "bmp-24-refused" ["REC-7"]
        "A BMP must have 32 bits a pixel.",
    Bmp32Refused "bmp-32-refused" ["REC-7"]
        "A BMP must have 24 bits a pixel.",
    BmpReadTopDown "bmp-read-top-down" ["REC-7"]
        "A BMP is always read from the top.",
    BmpReadBottomUp "bmp-read-bottom-up" ["REC-7"]
        "A BMP is always read from the bottom.",
    BmpTopDownRefused "bmp-top-down-refused" ["REC-7"]
        "The height of a BMP may not be negative.",
    BmpReadRgb "bmp-read-rgb" ["REC-7"]
        "A BMP's pixels are red, green, blue.",
    BmpPaddingForgotten "bmp-padding-forgotten" ["REC-7"]
        "Rows of a BMP that is read are not padded.",
    BmpAlphaZero "bmp-alpha-zero" ["REC-7"]
        "A BMP of 24 bits is transparent.",
    BmpAlphaIgnored "bmp-alpha-ignored" ["REC-7"]
        "The fourth byte of a BMP's pixels is not alpha.",
    BmpZeroAlphaOpaque "bmp-zero-alpha-opaque" ["REC-7"]
        "A BMP whose alpha is 0 everywhere is opaque.",
    BmpOffsetIgnored "bmp-offset-ignored" ["REC-7"]
        "A BMP's pixels are at 54.",
    BmpTruncatedTaken "bmp-truncated-taken" ["REC-7"]
        "Pixels that a BMP lacks are 0.",
    BmpTrailingRefused "bmp-trailing-refused" ["REC-7"]
        "No byte may come after a BMP's pixels.",
    BmpFileSizeChecked "bmp-file-size-checked" ["REC-7"]
        "The file size that a BMP says must be right.",
    BmpReservedChecked "bmp-reserved-checked" ["REC-7"]
        "The reserved fields of a BMP must be 0.",
    BmpImageSizeChecked "bmp-image-size-checked" ["REC-7"]
        "The image size that a BMP says must be right.",
    BmpPaletteChecked "bmp-palette-checked" ["REC-7"]
        "A BMP of 24 or 32 bits may have no palette.",
    BmpSizeIsNotBmp "bmp-size-is-not-bmp" ["REC-7"]
        "A BMP whose size cannot be taken is none.",
    BmpNegativeWidthTaken "bmp-negative-width-taken" ["REC-7"]
        "The width of a BMP counts without its sign.",
    BmpLimitsUnchecked "bmp-limits-unchecked" ["REC-7" "LIM-1"]
        "A BMP may be of any size.",
    BmpPixelsBeforeSize "bmp-pixels-before-size" ["REC-7"]
        "Whether a BMP has all its pixels comes before its size.",
    BmpReadLate "bmp-read-late" ["REC-7" "IMG-12"]
        "A BMP is read once filters are ready.",
    BmpWrittenTopDown "bmp-written-top-down" ["REC-7"]
        "A BMP is written from the top, with a negative height.",
    BmpWrittenUpsideDown "bmp-written-upside-down" ["REC-7"]
        "A BMP is written from the top, with a positive height.",
    BmpWritten24 "bmp-written-24" ["REC-7"]
        "A BMP is written with 24 bits a pixel.",
    BmpDirectionKept "bmp-direction-kept" ["REC-7"]
        "A BMP is written from the top if it was read so.",
    BmpWrittenRgb "bmp-written-rgb" ["REC-7"]
        "A BMP is written red, green, blue.",
    BmpFileSizeZero "bmp-file-size-zero" ["REC-7"]
        "A BMP is written without the size of the file.",
    BmpImageSizeZero "bmp-image-size-zero" ["REC-7"]
        "A BMP is written without the size of the image.",
    BmpResolutionSet "bmp-resolution-set" ["REC-7"]
        "A BMP is written with a resolution.",
    BmpWrittenV4 "bmp-written-v4" ["REC-7"]
        "A BMP is written with a DIB header of 108 bytes.",

    SetterResultsRefused "setter-results-refused" ["UNI-1"]
        "A setter may have no results.",
    SetterShapeUnchecked "setter-shape-unchecked" ["UNI-1"]
        "A misshapen setter is taken for missing.",
    AllSettersMisshapen "all-setters-misshapen" ["UNI-1"]
        "Every setter has the wrong shape.",
    UngivenSettersUnchecked "ungiven-setters-unchecked" ["UNI-1"]
        "Only the setters of given keys are looked at.",
    IntegerSettersOnly "integer-setters-only" ["UNI-1"]
        "A setter must take an i32 or i64.",
    NarrowSettersOnly "narrow-setters-only" ["UNI-1"]
        "A setter must take an i32 or f32.",
    UniformsIgnored "uniforms-ignored" ["UNI-2"]
        "Uniforms are not set.",
    UniformsTwice "uniforms-twice" ["UNI-2"]
        "Uniforms are set twice.",
    UniformsUnsorted "uniforms-unsorted" ["UNI-2"]
        "Uniforms are set in the order in which they are given.",
    UniformsCaseless "uniforms-caseless" ["UNI-2"]
        "Uniforms are sorted without regard to capitals.",
    UniformsReversed "uniforms-reversed" ["UNI-2"]
        "Uniforms are set from the last to the first.",
    UngivenUniformsZero "ungiven-uniforms-zero" ["UNI-2"]
        "Uniforms that are not given are set to 0.",
    HexRefused "hex-refused" ["UNI-3"]
        "Hexadecimal integers are refused.",
    HexWraps "hex-wraps" ["UNI-3"]
        "Hexadecimal digits that do not fit wrap.",
    HexIsDecimal "hex-is-decimal" ["UNI-3"]
        "Hexadecimal digits are read as decimal.",
    DecimalIsHex "decimal-is-hex" ["UNI-3"]
        "Decimal digits are read as hexadecimal.",
    IntegersThroughDoubles "integers-through-doubles" ["UNI-3"]
        "Integers pass through a double.",
    OctalFromZero "octal-from-zero" ["UNI-3"]
        "A leading zero begins an octal number.",
    LongNumbersRefused "long-numbers-refused" ["UNI-3"]
        "An integer has at most ten digits.",
    RangeExclusive "range-exclusive" ["UNI-3"]
        "The ends of the range of an integer are refused.",
    NegativesRefused "negatives-refused" ["UNI-3"]
        "A number may not be negative.",
    RubbishIsZero "rubbish-is-zero" ["UNI-3"]
        "What is no number is 0.",
    HexIsSigned "hex-is-signed" ["UNI-3"]
        "Hexadecimal integers must be in the signed range.",
    HexMayHaveSign "hex-may-have-sign" ["UNI-3"]
        "A hexadecimal integer may have a sign.",
    HexSignInside "hex-sign-inside" ["UNI-3"]
        "A sign may stand behind `0x`.",
    HexCapitalX "hex-capital-x" ["UNI-3"]
        "`0X` begins a hexadecimal integer, too.",
    PlusRefused "plus-refused" ["UNI-3"]
        "A number may not begin with `+`.",
    IntegersUnsigned "integers-unsigned" ["UNI-3"]
        "Decimal integers may use the unsigned range.",
    IntegersWrap "integers-wrap" ["UNI-3"]
        "Decimal integers out of range wrap.",
    IntegersFromFloats "integers-from-floats" ["UNI-3"]
        "An integer may be written as a float.",
    NumbersTrimmed "numbers-trimmed" ["UNI-3"]
        "Space around a number is dropped.",
    NumbersEmptyZero "numbers-empty-zero" ["UNI-3"]
        "An empty number is 0.",
    Underscores "underscores" ["UNI-3"]
        "Digits may be grouped by `_`.",
    FloatsNotFinite "floats-not-finite" ["UNI-3"]
        "`nan`, `inf` and what overflows are floats.",
    FloatsRoundedTwice "floats-rounded-twice" ["UNI-3"]
        "An f32 is rounded to f64 first.",
    ExponentsRefused "exponents-refused" ["UNI-3"]
        "A float may have no exponent.",
    FloatsNeedPoint "floats-need-point" ["UNI-3"]
        "A float must have a point.",
    BarePointRefused "bare-point-refused" ["UNI-3"]
        "A float must have digits on both sides of its point.",
    LonePointTaken "lone-point-taken" ["UNI-3"]
        "A float may have no digits at all.",
    MinusZeroLost "minus-zero-lost" ["UNI-3"]
        "-0 is 0.",
    ExponentsCapped "exponents-capped" ["UNI-3"]
        "An exponent beyond 10 000 counts as 10 000.",
    DigitsDropped "digits-dropped" ["UNI-3"]
        "Of the digits of a float the first thousand count.",
    UnknownKeyIgnored "unknown-key-ignored" ["UNI-3" "UNI-4"]
        "A key that the module does not have is ignored.",
    AllKeysUnknown "all-keys-unknown" ["UNI-3"]
        "No key is known.",
    ValuesParsedLate "values-parsed-late" ["UNI-3"]
        "A value is parsed when it is set.",
    WidthAndHeightTaken "width-and-height-taken" ["UNI-4"]
        "`width_and_height` is a key like others.",
    WidthAndHeightLoosely "width-and-height-loosely" ["UNI-4"]
        "Keys that are only like `width_and_height` are refused, too.",

    EntryBeatsTile "entry-beats-tile" ["IMG-1" "MOD-6"]
        "A module with an entry point is no tile filter, whatever else it exports.",
    TileKindMatters "tile-kind-matters" ["IMG-1"]
        "A tile name that is no function makes no tile filter.",
    OlderTileFirst "older-tile-first" ["IMG-1"]
        "Of two tile functions the older name is called.",
    OlderTileOnly "older-tile-only" ["IMG-1"]
        "Only `tile_rgba_f32_64x64` is known.",
    NewerTileOnly "newer-tile-only" ["IMG-1"]
        "Only `tile_rgba32float_64x64` is known.",
    LosingTileUnchecked "losing-tile-unchecked" ["IMG-1" "MOD-6"]
        "The shape of the tile function that is not called is not looked at.",
    TileFallsBack "tile-falls-back" ["IMG-1" "MOD-6"]
        "Where the newer tile function has the wrong shape, the older is called.",
    TileShapeUnchecked "tile-shape-unchecked" ["IMG-1"]
        "A misshapen tile function is taken for missing.",
    TileResultsIgnored "tile-results-ignored" ["IMG-1"]
        "A tile function may have results, which are ignored.",
    TileIntegersTaken "tile-integers-taken" ["IMG-1"]
        "A tile function may take integers.",
    TileCapOptional "tile-cap-optional" ["IMG-1"]
        "Without `input_bytes_cap` a tile filter may have a tile of any size.",
    TileUtf8CapTaken "tile-utf8-cap-taken" ["IMG-1"]
        "In a tile filter `input_utf8_cap` is as good as `input_bytes_cap`.",
    TileUtf8CapWins "tile-utf8-cap-wins" ["IMG-1" "IMG-4"]
        "Of two capacities of a tile filter that of UTF-8 wins.",
    ContentIsNoFault "content-is-no-fault" ["IMG-1"]
        "Of a picture's pipeline, a module that is no tile filter is left out.",
    BytesDivided "bytes-divided" ["IMG-2"]
        "A byte becomes a float by dividing by 255.",
    BytesBy256 "bytes-by-256" ["IMG-2"]
        "A byte becomes a float by dividing by 256.",
    FloatsCut "floats-cut" ["IMG-2"]
        "A float becomes a byte without being rounded.",
    FloatsHalfEven "floats-half-even" ["IMG-2"]
        "Of two bytes that are equally near to a float the even one is taken.",
    FloatsTimes256 "floats-times-256" ["IMG-2"]
        "A float becomes a byte by multiplying by 256 and cutting.",
    FloatsThroughDoubles "floats-through-doubles" ["IMG-2"]
        "A float becomes a byte in double precision, rounded once.",
    NanIs255 "nan-is-255" ["IMG-2"]
        "NaN becomes 255.",
    NegativesWrap "negatives-wrap" ["IMG-2"]
        "A negative float becomes a byte modulo 256.",
    AboveOneWraps "above-one-wraps" ["IMG-2"]
        "A float above 1 becomes a byte modulo 256.",
    InfinityIsZero "infinity-is-zero" ["IMG-2"]
        "A float that is not finite becomes 0.",
    AlphaPremultiplied "alpha-premultiplied" ["IMG-2"]
        "Filters see colours that are multiplied by alpha.",
    ColourUnderZeroLost "colour-under-zero-lost" ["IMG-2"]
        "Under an alpha of 0 all colour is 0.",
    AlphaOpaque "alpha-opaque" ["IMG-2"]
        "The result is opaque.",
    AlphaKept "alpha-kept" ["IMG-2"]
        "The result has the alpha of the picture, whatever the filters do.",
    ChannelsReversed "channels-reversed" ["IMG-2"]
        "Filters see blue, green, red.",
    TileTransposed "tile-transposed" ["IMG-2" "IMG-3"]
        "Tiles are column-major.",
    QuantisedBetween "quantised-between" ["IMG-2" "IMG-8" "IMG-9"]
        "Between stages floats become bytes and floats again.",
    ClampedBetween "clamped-between" ["IMG-2"]
        "Between stages floats are clamped to what bytes can say.",
    NansCanonicalBetween "nans-canonical-between" ["IMG-2" "DET-1"]
        "Between stages every NaN becomes the canonical one.",
    HaloOnOneSide "halo-on-one-side" ["IMG-3"]
        "The halo is only to the left of a tile and above it.",
    TileAtZero "tile-at-zero" ["IMG-3"]
        "The tile is written at 0, whatever `input_ptr` says.",
    TileReadAtOutput "tile-read-at-output" ["IMG-3"]
        "The tile is read back at `output_ptr`, where there is one.",
    TileUnfiltered "tile-unfiltered" ["IMG-3"]
        "What is read back is what was written.",
    TileCapExclusive "tile-cap-exclusive" ["IMG-4"]
        "A tile as large as the capacity is too large.",
    TileCapUnchecked "tile-cap-unchecked" ["IMG-4"]
        "The capacity of a tile filter is not looked at.",
    TileCapOfCore "tile-cap-of-core" ["IMG-4"]
        "The capacity is held against the tile without its halo.",
    TileCapSigned "tile-cap-signed" ["IMG-4"]
        "The capacity of a tile filter of 2^31 or more is negative.",
    TileCapCountsFloats "tile-cap-counts-floats" ["IMG-4"]
        "The capacity of a tile filter counts floats.",
    TileCapWithinMemory "tile-cap-within-memory" ["IMG-4" "IN-5"]
        "The capacity of a tile filter must lie within memory.",
    TileSizeWraps "tile-size-wraps" ["IMG-4"]
        "The size of a tile wraps to 32 bits.",
    TileSizeWrapsLate "tile-size-wraps-late" ["IMG-4"]
        "The size of a tile wraps to 64 bits.",
    TileTooLargeUntold "tile-too-large-untold" ["IMG-4"]
        "The refusal of a tile that is too large has another text.",
    TileTooLargeUncounted "tile-too-large-uncounted" ["IMG-4"]
        "The refusal of a tile that is too large has no numbers.",
    TileBoundsUnchecked "tile-bounds-unchecked" ["IMG-4"]
        "A tile that reaches past memory is cut there.",
    TileBoundsOfCore "tile-bounds-of-core" ["IMG-4"]
        "Only the tile without its halo must lie within memory.",
    TileEndRefused "tile-end-refused" ["IMG-4"]
        "A tile may not end where memory does.",
    TileEndWraps "tile-end-wraps" ["IMG-4"]
        "The end of a tile wraps to 32 bits.",
    TileAligned "tile-aligned" ["IMG-3" "IMG-4"]
        "The pointer of a tile must be a multiple of 4.",
    TileAtZeroRefused "tile-at-zero-refused" ["IMG-4"]
        "A tile may not be at 0.",
    TileBoundsFirst "tile-bounds-first" ["IMG-4" "IMG-12"]
        "Whether a tile is within memory comes before its size.",
    HaloIgnored "halo-ignored" ["IMG-5"]
        "A tile filter's halo is not asked for.",
    HaloUnsigned "halo-unsigned" ["IMG-5"]
        "A negative halo is one of 2^31 pixels or more.",
    HaloAbsolute "halo-absolute" ["IMG-5"]
        "A negative halo counts without its sign.",
    HaloNegativeRefused "halo-negative-refused" ["IMG-5"]
        "A negative halo is refused.",
    HaloZeroRefused "halo-zero-refused" ["IMG-5"]
        "A halo must be 1 or more.",
    HaloExportClamps "halo-export-clamps" ["IMG-5" "IMG-8"]
        "A stage that can be asked for a halo has one, also where it is 0.",
    HaloCapped "halo-capped" ["IMG-5" "IMG-3" "IMG-7" "IMG-9"]
        "A halo is at most as wide as a tile.",
    HaloShapeUnchecked "halo-shape-unchecked" ["IMG-5"]
        "A misshapen halo counts as none.",
    HaloGlobalTaken "halo-global-taken" ["IMG-5"]
        "A halo may be a global.",
    SizeSetterIgnored "size-setter-ignored" ["IMG-6"]
        "Width and height are not told.",
    SizeSetterRequired "size-setter-required" ["IMG-6"]
        "A tile filter must have a setter of width and height.",
    WidthAndHeightSwapped "width-and-height-swapped" ["IMG-6"]
        "The height is told before the width.",
    TileSizeTold "tile-size-told" ["IMG-6"]
        "Width and height are those of a tile.",
    WholeTilesTold "whole-tiles-told" ["IMG-6"]
        "Width and height are told as those of all tiles together.",
    SizeSetterShapeUnchecked "size-setter-shape-unchecked" ["IMG-6"]
        "A misshapen setter of width and height is not called.",
    SizeSetterMayNotAnswer "size-setter-may-not-answer" ["IMG-6"]
        "A setter of width and height may have no results.",
    HaloNotSubtracted "halo-not-subtracted" ["IMG-7"]
        "A tile's place is told without its halo.",
    HaloAdded "halo-added" ["IMG-7"]
        "A tile's halo is added to its place.",
    HaloSubtractedFromX "halo-subtracted-from-x" ["IMG-7"]
        "A tile's halo is subtracted from x only.",
    PlaceNotNegative "place-not-negative" ["IMG-7"]
        "A tile's place is never negative.",
    XAndYSwapped "x-and-y-swapped" ["IMG-7"]
        "y is told before x.",
    PlaceInTiles "place-in-tiles" ["IMG-7"]
        "A tile's place is told in tiles.",
    PlaceFromOne "place-from-one" ["IMG-7"]
        "A tile's place is counted from 1.",
    LastTileShifted "last-tile-shifted" ["IMG-7"]
        "The last tile of a row or column ends where the picture does.",
    FirstTileLeftOut "first-tile-left-out" ["IMG-7"]
        "The first tile is not filtered.",
    LastTileLeftOut "last-tile-left-out" ["IMG-7"]
        "The last tile of several is not filtered.",
    TileTwice "tile-twice" ["IMG-7" "IMG-3"]
        "Every tile is filtered twice.",
    PaddedWithEdge "padded-with-edge" ["IMG-8"]
        "Without halos, what lies outside of the picture is the nearest pixel for the first stage.",
    PaddedWithBlack "padded-with-black" ["IMG-8"]
        "Without halos, what lies outside of the picture is opaque black.",
    ClearedBetween "cleared-between" ["IMG-8"]
        "Without halos, what lies outside of the picture is 0 for every stage.",
    ClampedAlways "clamped-always" ["IMG-8"]
        "Without halos, stages see the nearest pixel outside of the picture, too.",
    PartialTileDropped "partial-tile-dropped" ["IMG-8" "IMG-9"]
        "A tile that reaches out of the picture is not filtered.",
    PartialTileShort "partial-tile-short" ["IMG-8"]
        "Rows of a tile end where the picture does.",
    LastPixelsLost "last-pixels-lost" ["IMG-8" "IMG-9"]
        "The last row and column of the picture lie outside of it.",
    LeftNotClamped "left-not-clamped" ["IMG-9"]
        "Left of the picture the halo is 0.",
    RightNotClamped "right-not-clamped" ["IMG-9"]
        "Right of the picture all is 0.",
    TopNotClamped "top-not-clamped" ["IMG-9"]
        "Above the picture the halo is 0.",
    BottomNotClamped "bottom-not-clamped" ["IMG-9"]
        "Below the picture all is 0.",
    CornersNotClamped "corners-not-clamped" ["IMG-9"]
        "At the corners of the picture the halo is 0.",
    BorderMirrored "border-mirrored" ["IMG-9"]
        "Outside of the picture is its mirror image.",
    BorderWrapped "border-wrapped" ["IMG-9"]
        "Outside of the picture it begins again from the other side.",
    CoreNotClamped "core-not-clamped" ["IMG-9"]
        "The part of a border tile that is outside of the picture is 0, only the halo around it is clamped.",
    OnlyHalosClamped "only-halos-clamped" ["IMG-9"]
        "Stages without a halo see 0 outside of the picture, whatever others have.",
    OutsideKept "outside-kept" ["IMG-9"]
        "A stage without a halo sees outside of the picture what the stage before left there.",
    HaloClampedToCore "halo-clamped-to-core" ["IMG-9"]
        "The halo is the nearest pixel of the tile itself.",
    HaloFromPicture "halo-from-picture" ["IMG-9"]
        "The halo of every stage is that of the picture that came in.",
    FilteredInPlace "filtered-in-place" ["IMG-9"]
        "A stage sees in its halo what it has made of other tiles already.",
    LargestHaloForAll "largest-halo-for-all" ["IMG-7" "IMG-9"]
        "All stages of a block have the largest halo of any.",
    HaloWrittenBack "halo-written-back" ["IMG-9"]
        "The halo is kept, too.",
    CoreOfCorner "core-of-corner" ["IMG-9" "IMG-3"]
        "The core is taken from the corner of the tile.",
    TilesColumnMajor "tiles-column-major" ["IMG-10"]
        "Tiles are taken column by column.",
    TilesReversed "tiles-reversed" ["IMG-10"]
        "Tiles are taken from the last to the first.",
    FirstTileFails "first-tile-fails" ["IMG-10"]
        "Of two stages that fail, that which fails at the earlier tile is reported.",
    EmptyPictureTaken "empty-picture-taken" ["IMG-11"]
        "A picture without pixels gives itself.",
    ImagePixelsUnlimited "image-pixels-unlimited" ["IMG-11" "LIM-1"]
        "Pictures may have any number of pixels.",
    ImageSideUnlimited "image-side-unlimited" ["IMG-11" "LIM-1"]
        "Pictures may have sides of any length.",
    ImageWidthOnly "image-width-only" ["IMG-11" "LIM-1"]
        "Only the width of a picture is limited.",
    ImageHeightOnly "image-height-only" ["IMG-11" "LIM-1"]
        "Only the height of a picture is limited.",
    ImageSizeIsLimit "image-size-is-limit" ["IMG-11"]
        "A picture over the limit is refused as what a module declares is.",
    ImageSizeLate "image-size-late" ["IMG-11" "IMG-12"]
        "The size of a picture is looked at once filters are ready.",
    PointerBeforeUniforms "pointer-before-uniforms" ["IMG-12"]
        "`input_ptr` of a tile filter is read before uniforms are set.",
    TileCapBeforePointer "tile-cap-before-pointer" ["IMG-12"]
        "The capacity of a tile filter is read before `input_ptr`.",
    SizeBeforeUniforms "size-before-uniforms" ["IMG-12"]
        "Width and height are told before uniforms are set.",
    SizeBeforeGetters "size-before-getters" ["IMG-12"]
        "Width and height are told before `input_ptr` is read.",
    HaloBeforeSize "halo-before-size" ["IMG-12"]
        "The halo is asked for before width and height are told.",
    HaloBeforeUniforms "halo-before-uniforms" ["IMG-12"]
        "The halo is asked for before uniforms are set.",
    TileBoundsEarly "tile-bounds-early" ["IMG-12" "IMG-4"]
        "A tile must lie within memory as it was when the filter was instantiated.",
    TileStaleAfterGrowth "tile-stale-after-growth" ["IMG-12" "IMG-3"]
        "After growth in the tile function what was written is read back.",
    PreparedLate "prepared-late" ["IMG-12"]
        "A stage is made ready once the one before has filtered the picture.",
    InstantiatedTogether "instantiated-together" ["IMG-12"]
        "All stages of a block are instantiated before the first is made ready.",
    PointerPerTile "pointer-per-tile" ["IMG-12"]
        "`input_ptr` is read anew for each tile.",
    SizeSetterPerTile "size-setter-per-tile" ["IMG-12" "IMG-6"]
        "Width and height are told anew for each tile.",
    HaloPerTile "halo-per-tile" ["IMG-12" "IMG-5"]
        "The halo is asked for anew for each tile.",
    NothingIsReady "nothing-is-ready" ["IMG-12"]
        "No tile filter is ever ready.",

    TrapsUnreachable "traps-unreachable" ["TRAP-1"]
        "Every trap is `unreachable`.",
    EveryCallTraps "every-call-traps" ["TRAP-1" "TRAP-2"]
        "Every entry point traps.",
    UnreachableIsMemory "unreachable-is-memory" ["TRAP-1"]
        "`unreachable` is answered as a memory access out of bounds.",
    OverflowIsDivideByZero "overflow-is-divide-by-zero" ["TRAP-1"]
        "Integer overflow is answered as a division by zero.",
    BadConversionIsOverflow "bad-conversion-is-overflow" ["TRAP-1"]
        "A bad conversion to integer is answered as integer overflow.",
    TableIsMemory "table-is-memory" ["TRAP-1"]
        "A table access out of bounds is answered as one of memory.",
    NullIsBadSignature "null-is-bad-signature" ["TRAP-1"]
        "A call of nothing is answered as `bad-signature`.",
    StackOverflowIsLimit "stack-overflow-is-limit" ["TRAP-1"]
        "A stack overflow is answered as a limit that ran out.",
    GetterTrapsShape "getter-traps-shape" ["TRAP-2"]
        "A trap in a getter is answered as a wrong shape.",
    UniformTrapsValue "uniform-traps-value" ["TRAP-2"]
        "A trap in a setter is answered as a bad value.",
    EntryTrapRefused "entry-trap-refused" ["TRAP-2"]
        "A trap in the entry point is answered as a refusal.",
    StopIsTrap "stop-is-trap" ["TRAP-2" "RUN-6"]
        "A limit that ran out is answered as a trap.",
    RefusedGrowthFails "refused-growth-fails" ["TRAP-2"]
        "Growth that was refused fails the request.",
    TileTrapSkipped "tile-trap-skipped" ["TRAP-2" "RUN-5" "IMG-10"]
        "A tile whose function traps stays as it was.",
    HaloTrapIsNone "halo-trap-is-none" ["TRAP-2" "IMG-5"]
        "A halo that traps counts as none.",
    SizeSetterTrapSkipped "size-setter-trap-skipped" ["TRAP-2" "IMG-6"]
        "A setter of width and height that traps is left out.",

    FloatsIgnored "floats-ignored" ["DET-1"]
        "Deterministic floats are not asked of the engine.",

    LimitsExclusive "limits-exclusive" ["LIM-1"]
        "What is exactly at a limit is refused.",
    LimitsHalved "limits-halved" ["LIM-1"]
        "Only half of every limit is allowed.",
    LimitsDefault "limits-default" ["LIM-1"]
        "The limits that the caller sets are not used.",
    LimitUncounted "limit-uncounted" ["LIM-1"]
        "A limit is refused without found and allowed.",
    UnreadableIsInvalid "unreadable-is-invalid" ["LIM-1"]
        "What is too large for the usual parser to read makes a module invalid.",
    ModuleSizeUnlimited "module-size-unlimited" ["LIM-1"]
        "Modules may have any size.",
    FunctionsUnlimited "functions-unlimited" ["LIM-1"]
        "Modules may have any number of functions.",
    FunctionSizeUnlimited "function-size-unlimited" ["LIM-1"]
        "Functions may have any size.",
    LocalsUnlimited "locals-unlimited" ["LIM-1"]
        "Functions may have any number of locals.",
    BranchTargetsUnlimited "branch-targets-unlimited" ["LIM-1"]
        "Branch tables may have any number of targets.",
    DefaultTargetCounts "default-target-counts" ["LIM-1"]
        "The default of a branch table counts as one of its targets.",
    OperandsUnlimited "operands-unlimited" ["LIM-1"]
        "The operand stack may have any height.",
    OperandsOfBlockAlone "operands-of-block-alone" ["LIM-1"]
        "Only operands of the innermost block count.",
    ParamsUnlimited "params-unlimited" ["LIM-1"]
        "Functions may have any number of parameters and results.",
    ResultsUnlimited "results-unlimited" ["LIM-1"]
        "Functions may have any number of results.",
    TypesUnlimited "types-unlimited" ["LIM-1"]
        "Modules may have any number of types.",
    ExportsUnlimited "exports-unlimited" ["LIM-1"]
        "Modules may have any number of exports.",
    SegmentsUnlimited "segments-unlimited" ["LIM-1"]
        "Modules may have any number of segments.",
    TableUnlimited "table-unlimited" ["LIM-1"]
        "Tables may declare any number of entries.",
    MemoryUnlimited "memory-unlimited" ["LIM-1" "LIM-2"]
        "A memory may declare any size.",
    MemorySizeWraps "memory-size-wraps" ["LIM-1" "LIM-2"]
        "The size of a memory wraps to 32 bits.",
    MemoryLimitWraps "memory-limit-wraps" ["LIM-1"]
        "The limit of memory wraps to 32 bits.",
    StagesUnlimited "stages-unlimited" ["LIM-1"]
        "Recipes may have any number of stages.",
    MemoryLimitLate "memory-limit-late" ["LIM-2"]
        "The size of a memory is held against the limit when it is made.",
    TimeUnseenBetween "time-unseen-between" ["LIM-4" "RUN-6"]
        "The time is looked at in calls only.",
    NamesUncut "names-uncut" ["LIM-5"]
        "Names out of a module are shown whole.",
    NamesUnescaped "names-unescaped" ["LIM-5"]
        "Names out of a module are shown as they are.",
}

impl Mutation {
    /// The mutation with this name.
    pub fn from_text(text: &str) -> Option<Mutation> {
        let mut all = Mutation::ALL.iter().copied();
        all.find(|mutation| mutation.as_str() == text)
    }
}

impl Mutation {
    /// Whether the mutant refuses or fails whatever it is asked. Only a case that expects
    /// an answer shows that: to one that expects another failure any mistake would do.
    pub const fn refuses_all(self) -> bool {
        matches!(
            self,
            Mutation::NumbersRefused
                | Mutation::NothingInstantiates
                | Mutation::FixedMemoryAlways
                | Mutation::FixedMemoryRefused
                | Mutation::AllInvalid
                | Mutation::CustomSectionsRefused
                | Mutation::EverythingTooLarge
                | Mutation::EntryTakesPointer
                | Mutation::StoppedAtOnce
                | Mutation::FuelAtOnce
                | Mutation::ScalarRefused
                | Mutation::SingleStageRefused
                | Mutation::AllSettersMisshapen
                | Mutation::AllKeysUnknown
                | Mutation::NothingIsReady
                | Mutation::EveryCallTraps
                | Mutation::LimitsHalved
        )
    }

    /// Whether the mutant takes modules that no engine behind the seam runs. Then what it
    /// does with them cannot be seen, only that it took them.
    pub const fn outruns_the_engine(self) -> bool {
        matches!(
            self,
            Mutation::FirstMemoryTaken
                | Mutation::ImportsUnchecked
                | Mutation::FunctionImportsOnly
                | Mutation::VersionUnchecked
                | Mutation::ProposalsTaken
        )
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
