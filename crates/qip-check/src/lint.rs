//! What a checker finds beyond what every host refuses: the one list of it.

use std::fmt;

use crate::Level;

macro_rules! lints {
    ($($variant:ident $text:literal $level:ident $clause:expr, $meaning:literal;)*) => {
        /// A finding that no host makes: a module with it loads, and then most likely does
        /// something else than its author wanted.
        ///
        /// The kebab-case text is stable; the wording of messages is not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Lint {
            $(#[doc = $meaning] $variant,)*
        }

        impl Lint {
            /// Every lint, errors first.
            pub const ALL: &'static [Lint] = &[$(Lint::$variant,)*];

            /// The stable kebab-case text, such as `capacity-is-address`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Lint::$variant => $text,)* }
            }

            /// How sure it is.
            pub const fn level(self) -> Level {
                match self { $(Lint::$variant => Level::$level,)* }
            }

            /// The clause that it is about, if it is about one.
            pub const fn clause(self) -> Option<&'static str> {
                match self { $(Lint::$variant => $clause,)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Lint::$variant => $meaning,)* }
            }
        }
    };
}

lints! {
    CapacityBeyondMemory "capacity-beyond-memory" Error Some("IN-5"), "A buffer as long as its capacity says does not fit the memory.";
    HaloBeyondCapacity "halo-beyond-capacity" Error Some("IMG-4"), "A tile with the filter's halo does not fit its capacity.";
    CapacityIsAddress "capacity-is-address" Warning Some("MOD-9"), "A number is exported as the address of a variable that holds it.";
    SeveralCapacities "several-capacities" Warning Some("OUT-2"), "Of several capacities for one buffer all but one are ignored.";
    UnreadOutput "unread-output" Warning Some("OUT-1"), "An output capacity without `output_ptr`: the result is taken as a number.";
    ContentTypeForm "content-type-form" Warning Some("MIME-5"), "A declared media type is not in the form in which types are compared, or says nothing.";
    BuffersOverlap "buffers-overlap" Warning Some("OUT-5"), "Input and output share a part of memory without starting at the same place.";
    BufferOverData "buffer-over-data" Warning Some("IN-7"), "A buffer lies over data that the module starts with.";
    BufferOverStack "buffer-over-stack" Warning Some("IN-7"), "A buffer lies where the compiler's stack is.";
    NeverInitialised "never-initialised" Warning Some("MOD-8"), "The module counts on `_initialize` or `_start`, which no host calls.";
    ConstructorsRerun "constructors-rerun" Warning Some("MOD-8"), "Every call of an export runs the constructors of C++ again.";
    MisspeltExport "misspelt-export" Warning Some("MOD-6"), "An export has nearly, but not quite, a name of the contract.";
    MemoryWithoutMaximum "memory-without-maximum" Warning Some("MOD-7"), "The memory declares no maximum.";
    UnusedAllowance "unused-allowance" Warning None, "What was allowed was not found.";
    NeedsFeature "needs-feature" Note Some("MOD-8"), "The module needs what a host may lack.";
    GetterNotConstant "getter-not-constant" Note Some("MOD-3"), "A pointer or a size is only known once the module runs.";
}

impl Lint {
    /// The lint with this text.
    pub fn from_text(text: &str) -> Option<Lint> {
        Lint::ALL.iter().copied().find(|lint| lint.as_str() == text)
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
