//! What a module uses beyond the first version of WebAssembly.

use std::fmt;

use wasmparser::Operator;

macro_rules! features {
    ($($variant:ident $text:literal,)*) => {
        /// An addition to WebAssembly that MOD-8 takes or that a host may have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $(#[doc = $text] $variant,)*
        }

        impl Feature {
            /// What the proposal is called.
            pub const fn as_str(self) -> &'static str {
                match self { $(Feature::$variant => $text,)* }
            }
        }
    };
}

features! {
    SignExtension "sign-extension",
    SaturatingFloatToInt "nontrapping-fptoint",
    BulkMemory "bulk-memory",
    ReferenceTypes "reference-types",
    MultiValue "multi-value",
    Simd "simd128",
    TailCall "tail-call",
    ExtendedConst "extended-const",
    Externref "externref",
}

impl Feature {
    /// Whether a host may lack it (MOD-8).
    pub const fn is_capability(self) -> bool {
        matches!(
            self,
            Feature::TailCall | Feature::ExtendedConst | Feature::Externref
        )
    }

    /// What an instruction belongs to; `None` for the first WebAssembly.
    pub(super) fn of(operator: &Operator<'_>) -> Option<Feature> {
        match proposal(operator) {
            "sign_extension" => Some(Feature::SignExtension),
            "saturating_float_to_int" => Some(Feature::SaturatingFloatToInt),
            "bulk_memory" => Some(Feature::BulkMemory),
            "reference_types" => Some(match operator {
                Operator::RefNull {
                    hty: wasmparser::HeapType::EXTERN,
                } => Feature::Externref,
                _ => Feature::ReferenceTypes,
            }),
            "simd" => Some(Feature::Simd),
            "tail_call" => Some(Feature::TailCall),
            _ => None,
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The proposal that the parser files an instruction under.
fn proposal(operator: &Operator<'_>) -> &'static str {
    macro_rules! names {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
            match operator {
                $(Operator::$op { .. } => stringify!($proposal),)*
                _ => "",
            }
        };
    }
    wasmparser::for_each_operator!(names)
}
