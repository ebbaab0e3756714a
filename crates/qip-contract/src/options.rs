//! Where a caller may depart from the strict contract.

/// Which types a pointer, capacity or size may have (MOD-4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Numeric {
    /// `i32` only.
    #[default]
    Strict,
    /// Any number, as ECMAScript Number, then ToInt32.
    Lenient,
}

/// Whether UTF-8 is checked at the edges (IN-6, OUT-6, REC-3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Utf8 {
    /// Ill-formed text is refused.
    #[default]
    Checked,
    /// Text passes as it is.
    Unchecked,
}

/// How the bits of NaN come about (DET-1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Floats {
    /// As the machine makes them.
    #[default]
    Any,
    /// Canonical, so that every engine gives the same bits.
    Deterministic,
}
