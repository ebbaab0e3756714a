//! The trap kinds, the same on every engine (TRAP-1).

use std::fmt;

macro_rules! traps {
    ($($variant:ident $text:literal $meaning:literal,)*) => {
        /// Why a module trapped (TRAP-1).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TrapKind {
            $(#[doc = $meaning] $variant,)*
        }

        impl TrapKind {
            /// Every kind, in the order of TRAP-1.
            pub const ALL: &'static [TrapKind] = &[$(TrapKind::$variant,)*];

            /// The stable kebab-case text, such as `integer-divide-by-zero`.
            pub const fn as_str(self) -> &'static str {
                match self { $(TrapKind::$variant => $text,)* }
            }

            /// What happened, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(TrapKind::$variant => $meaning,)* }
            }
        }
    };
}

traps! {
    Unreachable "unreachable" "`unreachable` was executed.",
    MemoryOutOfBounds "memory-out-of-bounds" "A load, store or bulk operation left the memory.",
    TableOutOfBounds "table-out-of-bounds" "A table access or indirect call left the table.",
    IndirectCallToNull "indirect-call-to-null" "An indirect call met a null entry.",
    BadSignature "bad-signature" "An indirect call met a function of another type.",
    IntegerOverflow "integer-overflow" "A division or conversion overflowed.",
    IntegerDivideByZero "integer-divide-by-zero" "An integer was divided by zero.",
    BadConversionToInteger "bad-conversion-to-integer" "NaN was converted to an integer.",
    StackOverflow "stack-overflow" "The call stack is exhausted.",
}

impl TrapKind {
    /// The kind with this text.
    pub fn from_text(text: &str) -> Option<TrapKind> {
        TrapKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
    }

    /// Whether this is one of the three kinds that engines without the
    /// capability `indirect-kinds` do not tell apart (TRAP-3).
    pub const fn is_table_kind(self) -> bool {
        matches!(
            self,
            TrapKind::TableOutOfBounds | TrapKind::IndirectCallToNull | TrapKind::BadSignature
        )
    }
}

impl fmt::Display for TrapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
