//! The names that the contract gives meaning to.

use std::fmt;

/// What the name of a uniform's setter starts with; the key follows (UNI-1).
pub const UNIFORM_PREFIX: &str = "uniform_set_";

/// The key that belongs to the host: the setter of a picture's size (UNI-4).
pub const WIDTH_AND_HEIGHT: &str = "width_and_height";

macro_rules! exports {
    ($($variant:ident $text:literal $meaning:literal,)*) => {
        /// A name that the contract gives meaning to, apart from the uniforms.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ExportName {
            $(#[doc = $meaning] $variant,)*
        }

        impl ExportName {
            /// Every name.
            pub const ALL: &'static [ExportName] = &[$(ExportName::$variant,)*];

            /// The name as a module exports it.
            pub const fn as_str(self) -> &'static str {
                match self { $(ExportName::$variant => $text,)* }
            }
        }
    };
}

exports! {
    Memory "memory" "The linear memory (MOD-1).",
    Render "render" "The entry point (MOD-6).",
    Run "run" "The entry point's older name (MOD-6).",
    InputPtr "input_ptr" "Where the input, or a tile, is written (IN-1).",
    InputUtf8Cap "input_utf8_cap" "The capacity for UTF-8 input, in bytes (IN-2).",
    InputBytesCap "input_bytes_cap" "The capacity for any input, or for a tile, in bytes (IN-2).",
    OutputPtr "output_ptr" "Where the output is read (OUT-1).",
    OutputUtf8Cap "output_utf8_cap" "The capacity for UTF-8 output, in bytes (OUT-1).",
    OutputBytesCap "output_bytes_cap" "The capacity for any output, in bytes (OUT-1).",
    OutputI32Cap "output_i32_cap" "The capacity for 32-bit output, in elements (OUT-1).",
    InputContentTypePtr "input_content_type_ptr" "Where the declared input type stands (MIME-1).",
    InputContentTypeSize "input_content_type_size" "The length of the declared input type (MIME-1).",
    OutputContentTypePtr "output_content_type_ptr" "Where the declared output type stands (MIME-1).",
    OutputContentTypeSize "output_content_type_size" "The length of the declared output type (MIME-1).",
    Tile "tile_rgba32float_64x64" "The function of a tile filter (IMG-1).",
    TileOlder "tile_rgba_f32_64x64" "The older name of a tile filter's function (IMG-1).",
    Halo "calculate_halo_px" "How many pixels around a tile a filter reads (IMG-5).",
    WidthAndHeight "uniform_set_width_and_height" "Told the picture's size (IMG-6).",
}

impl ExportName {
    /// The contract's name with this text.
    pub fn from_text(text: &str) -> Option<ExportName> {
        ExportName::ALL
            .iter()
            .copied()
            .find(|name| name.as_str() == text)
    }
}

impl fmt::Display for ExportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
