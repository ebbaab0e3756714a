//! The failure codes: why a host refuses a module, a recipe or a request.

use std::fmt;

macro_rules! codes {
    ($($variant:ident $text:literal $meaning:literal,)*) => {
        /// Why a module, a recipe or a request is refused.
        ///
        /// The kebab-case text of a code is stable and binds every host; the
        /// wording of messages does not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable kebab-case text, such as `input-too-large`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// What the code means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    NotWasm "not-wasm" "The bytes are not a core WebAssembly module.",
    InvalidModule "invalid-module" "The module is malformed, invalid, or uses a proposal outside the feature set (MOD-8).",
    Import "import" "The module imports something (MOD-2).",
    MissingMemory "missing-memory" "No export is named `memory` (MOD-1).",
    MemoryKind "memory-kind" "The export `memory` is not a 32-bit unshared linear memory (MOD-1).",
    MemoryNotFixed "memory-not-fixed" "The memory can grow although the host was told to insist on a fixed one (MOD-7).",
    MissingExport "missing-export" "An export that the contract requires is not there.",
    ExportShape "export-shape" "An export of the contract has another kind, type or value than it allows (MOD-4).",
    Instantiate "instantiate" "The start function or an active segment trapped (MOD-5).",
    Limit "limit" "The module or recipe declares more than a limit allows (LIM-1).",
    InputTooLarge "input-too-large" "The input is longer than the module's capacity (IN-3).",
    InputOutOfBounds "input-out-of-bounds" "The input does not fit the module's memory (IN-4).",
    InputNotUtf8 "input-not-utf8" "The input is not well-formed UTF-8 (IN-6).",
    OutputTooLarge "output-too-large" "The module returned a count above its capacity (OUT-4).",
    OutputOutOfBounds "output-out-of-bounds" "The output does not lie within the module's memory (OUT-5).",
    OutputNotUtf8 "output-not-utf8" "The output is not well-formed UTF-8 (OUT-6).",
    ContentType "content-type" "A declared media type is not ASCII, too long or out of bounds (MIME-1).",
    ContentTypeMismatch "content-type-mismatch" "The module declares another input type than the current one (MIME-3).",
    EmptyRecipe "empty-recipe" "The recipe has no stage (REC-1).",
    NotPipeable "not-pipeable" "A stage that is not the last has an output that cannot be piped (REC-2).",
    NotBmp "not-bmp" "The bytes that enter a block of tile filters are not a BMP picture (REC-7).",
    UnknownUniform "unknown-uniform" "The module exports no such uniform (UNI-3).",
    UniformValue "uniform-value" "The text is no value of the uniform's type (UNI-3).",
    UniformShape "uniform-shape" "A uniform's setter is not a function of one number (UNI-1).",
    TileTooLarge "tile-too-large" "A tile does not fit the filter's capacity (IMG-4).",
    TileOutOfBounds "tile-out-of-bounds" "A tile does not fit the filter's memory (IMG-4).",
    ImageSize "image-size" "The picture has no pixels or too many (IMG-11).",
}

impl Code {
    /// The code with this text.
    pub fn from_text(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
