//! What a host allows a module, a recipe and a request (LIM-1, RUN-6).

use std::time::Duration;

/// The size of a page of linear memory, in bytes.
pub const PAGE_BYTES: u64 = 65_536;

/// Makes the limits on sizes: for each its name as a field and as a key, the size of LIM-1,
/// the most that is ever taken, what a message says that a module has, and what is counted.
macro_rules! sizes {
    ($(
        $variant:ident $field:ident = $standard:expr, at most $most:expr, $found:literal:
        $(#[doc = $meaning:literal])+
    )*) => {
        /// The sizes that a host allows.
        ///
        /// There is no default: whoever runs a module decides. [`Limits::standard`]
        /// gives the sizes of LIM-1, from which a host departs by struct update:
        ///
        /// ```
        /// use qip_contract::Limits;
        ///
        /// let limits = Limits {
        ///     memory_bytes: 16 << 20,
        ///     ..Limits::standard()
        /// };
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct Limits {
            $($(#[doc = $meaning])+ pub $field: u64,)*
        }

        impl Limits {
            /// The sizes of LIM-1.
            pub const fn standard() -> Limits {
                Limits { $($field: $standard,)* }
            }

            /// The limit on this size.
            pub const fn size(&self, size: Size) -> u64 {
                match size { $(Size::$variant => self.$field,)* }
            }

            /// The limit on this size, to be changed.
            pub const fn size_mut(&mut self, size: Size) -> &mut u64 {
                match size { $(Size::$variant => &mut self.$field,)* }
            }
        }

        /// A size that is limited: the fields of [`Limits`] as a list, in the order of LIM-1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Size {
            $($(#[doc = $meaning])+ $variant,)*
        }

        impl Size {
            /// Every size.
            pub const ALL: &'static [Size] = &[$(Size::$variant,)*];

            /// Its key in case files and in the host protocol: the name of the field.
            pub const fn as_str(self) -> &'static str {
                match self { $(Size::$variant => stringify!($field),)* }
            }

            /// The most that is ever taken, whatever a host's limit. Beyond the limits of
            /// wasmparser there is no verdict on a module; beyond those on branch targets and
            /// operands there are engines that do not compile it.
            pub(crate) const fn most(self) -> u64 {
                match self { $(Size::$variant => $most,)* }
            }

            /// What a message says that the module has, before the number.
            pub(crate) const fn found(self) -> &'static str {
                match self { $(Size::$variant => $found,)* }
            }
        }
    };
}

sizes! {
    ModuleBytes module_bytes = 64 << 20, at most u64::MAX, "a size in bytes of":
        /// Bytes of a module's binary (or text).
    Functions functions = 100_000, at most PARSER_ITEMS, "a number of functions of":
        /// Functions that a module defines.
    FunctionBytes function_bytes = 4 << 20, at most 7_654_321,
        "a function body of a size in bytes of":
        /// Bytes of one function's body.
    Locals locals = 50_000, at most 50_000, "a function with a number of locals of":
        /// Locals that one function declares, not counting its parameters.
    BranchTargets branch_targets = 65_520, at most 65_520,
        "a branch table with a number of targets of":
        /// Targets of one branch table, not counting its default. More than 65 520 are never
        /// taken, whatever is set here.
    Operands operands = 10_000, at most 10_000,
        "a function with a number of operands on its stack of":
        /// Values on the operand stack of one function at once, those of enclosing blocks
        /// included. More than 10 000 are never taken, whatever is set here.
    Params params = 1_000, at most 1_000,
        "a function type with a number of parameters or results of":
        /// Parameters of one function type, and likewise its results.
    Types types = 100_000, at most PARSER_ITEMS, "a number of types of":
        /// Entries of the type section.
    Exports exports = 10_000, at most PARSER_ITEMS, "a number of exports of":
        /// Exports.
    Segments segments = 100_000, at most u64::MAX, "a number of segments of":
        /// Data and element segments together.
    TableEntries table_entries = 1_000_000, at most u64::MAX,
        "a table with a number of entries of":
        /// Entries of one table, when declared and when it grows.
    MemoryBytes memory_bytes = 1 << 30, at most u64::MAX, "a memory of a size in bytes of":
        /// Bytes of linear memory, when declared and when it grows.
    Stages stages = 64, at most u64::MAX, "a number of stages of":
        /// Stages of a recipe, or filters of an image.
    ImagePixels image_pixels = 1 << 28, at most u64::MAX, "a number of pixels of":
        /// Pixels of a picture (IMG-11).
    ImageSide image_side = 65_535, at most u64::MAX, "a side in pixels of":
        /// Pixels of a picture's width, and likewise of its height (IMG-11).
}

/// The time and the fuel that one request may take, over all its stages (RUN-6). The default
/// is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RequestLimits {
    /// Wall-clock time. Messages tell it in whole milliseconds, rounded up.
    pub time: Option<Duration>,
    /// Fuel, in the engine's own units.
    pub fuel: Option<u64>,
}

impl Limits {
    /// The limits on sizes that are not the standard ones.
    pub fn departing(&self) -> impl Iterator<Item = (Size, u64)> {
        let all = Size::ALL.iter().map(|size| (*size, self.size(*size)));
        all.filter(|(size, limit)| *limit != Limits::standard().size(*size))
    }
}

impl Size {
    /// The size with this key.
    pub fn from_key(key: &str) -> Option<Size> {
        Size::ALL.iter().copied().find(|size| size.as_str() == key)
    }

    /// Whether it is a size of pictures (IMG-11).
    pub const fn is_of_picture(self) -> bool {
        matches!(self, Size::ImagePixels | Size::ImageSide)
    }
}

/// wasmparser's own limit on types, functions, globals and exports, each. Its module `limits`
/// is private.
pub(crate) const PARSER_ITEMS: u64 = 1_000_000;
