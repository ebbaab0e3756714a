//! What the model can be told to get wrong, one thing at a time. This is the one list.

use std::cell::RefCell;
use std::collections::BTreeSet;
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
    StagesFromZero "stages-from-zero" ["REC-5"]
        "Stages are counted from 0.",
    StageUnnamed "stage-unnamed" ["REC-5"]
        "A failure does not name its stage.",
    FailureIsSkipped "failure-is-skipped" ["REC-5" "ORD-2"]
        "A stage that traps is left out.",

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
    ModuleSizeUnlimited "module-size-unlimited" ["LIM-1"]
        "Modules may have any size.",
    FunctionsUnlimited "functions-unlimited" ["LIM-1"]
        "Modules may have any number of functions.",
    FunctionSizeUnlimited "function-size-unlimited" ["LIM-1"]
        "Functions may have any size.",
    LocalsUnlimited "locals-unlimited" ["LIM-1"]
        "Functions may have any number of locals.",
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
    StagesUnlimited "stages-unlimited" ["LIM-1"]
        "Recipes may have any number of stages.",
    MemoryLimitLate "memory-limit-late" ["LIM-2"]
        "The size of a memory is held against the limit when it is made.",
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

/// What a model gets wrong, if anything.
#[derive(Clone, Copy)]
pub(super) struct Flaw<'a> {
    pub(super) mutation: Option<Mutation>,
    /// Which mutations would have made a difference to the code that ran.
    pub(super) asked: Option<&'a RefCell<BTreeSet<Mutation>>>,
}

impl Flaw<'_> {
    /// Whether this is what it gets wrong.
    pub(super) fn is(self, mutation: Mutation) -> bool {
        if let Some(asked) = self.asked {
            asked.borrow_mut().insert(mutation);
        }
        self.mutation == Some(mutation)
    }
}
