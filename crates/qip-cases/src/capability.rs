//! What a subject may or may not be able to do. This is the one list.

use std::collections::BTreeSet;
use std::fmt;

use qip_engine::{EngineInfo, Feature};

macro_rules! capabilities {
    ($($variant:ident $text:literal $meaning:literal,)*) => {
        /// Something that a subject may lack without breaking the contract's core.
        /// A case that needs it is `unsupported` then, and not put to the subject.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Capability {
            $(#[doc = $meaning] $variant,)*
        }

        impl Capability {
            /// Every capability.
            pub const ALL: &'static [Capability] = &[$(Capability::$variant,)*];

            /// The stable kebab-case text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Capability::$variant => $text,)* }
            }

            /// What a subject with it does, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Capability::$variant => $meaning,)* }
            }
        }
    };
}

capabilities! {
    Content "content" "It runs content modules.",
    Recipes "recipe" "It runs recipes of several stages (REC).",
    Uniforms "uniforms" "It sets uniforms (UNI).",
    ContentTypes "content-types" "It takes, compares and gives content types (MIME).",
    Requests "requests" "It carries several requests on one loaded module.",
    Reuse "reuse" "It can let requests share an instance (RUN-4).",
    Image "image" "It runs tile filters (IMG).",
    TimeLimit "time-limit" "It takes a limit of time (RUN-6).",
    Fuel "fuel" "It takes a limit of fuel (RUN-6).",
    Limits "limits" "It takes other limits than the defaults of LIM-1.",
    FixedMemory "fixed-memory" "It can insist on memory that does not grow (MOD-7).",
    LenientNumbers "lenient-numbers" "It has the lenient reading of numbers (MOD-4).",
    UncheckedUtf8 "unchecked-utf8" "It can leave UTF-8 unchecked (IN-6).",
    DeterministicFloats "deterministic-floats" "It can make the bits of NaN deterministic (DET-1).",
    TailCall "tail-call" "It runs modules with tail calls (MOD-8).",
    ExtendedConst "extended-const" "It runs modules with extended constants (MOD-8).",
    Externref "externref" "It runs modules with the type `externref` (MOD-8).",
    IndirectKinds "indirect-kinds" "It tells the three table traps apart; without, they are judged as one (TRAP-3).",
    Texts "texts" "Its messages have the contract's fixed texts; without, messages are not judged.",
}

impl Capability {
    /// The capability with this text.
    pub fn from_text(text: &str) -> Option<Capability> {
        Capability::ALL
            .iter()
            .copied()
            .find(|capability| capability.as_str() == text)
    }

    /// What a host can do that does all of it by itself but for what its engine lacks.
    pub fn of_host_on(engine: &EngineInfo) -> Capabilities {
        let has = |capability: &&Capability| match capability {
            Capability::Fuel => engine.fuel,
            Capability::DeterministicFloats => engine.deterministic_floats,
            Capability::IndirectKinds => engine.indirect_kinds,
            other => !engine
                .lacks
                .iter()
                .any(|feature| **other == Capability::from(*feature)),
        };
        Capability::ALL.iter().filter(has).copied().collect()
    }

    /// Whether a case file may ask for it under `needs`: those that always follow from
    /// other keys are found by themselves.
    pub(crate) const fn is_of_module(self) -> bool {
        matches!(
            self,
            Capability::Image
                | Capability::TailCall
                | Capability::ExtendedConst
                | Capability::Externref
                | Capability::IndirectKinds
        )
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Feature> for Capability {
    fn from(feature: Feature) -> Capability {
        match feature {
            Feature::TailCall => Capability::TailCall,
            Feature::ExtendedConst => Capability::ExtendedConst,
            Feature::Externref => Capability::Externref,
        }
    }
}

/// A set of capabilities.
pub type Capabilities = BTreeSet<Capability>;
