//! Where a mutant may take a decision otherwise. The oracle itself takes all of them as they
//! stand: each function here gives back what it is given.

use std::borrow::Cow;

use qip_cases::{Outcome, Task};
use qip_contract::Value;

use super::mutation::Mutation;
use super::order::Step;
use super::picture::{Canvas, Pixel, Sight};

/// A task, and who may spoil a decision about it.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) task: &'a Task,
    pub(crate) hooks: &'a dyn Hooks,
}

impl Job<'_> {
    /// Whether this mistake is made here.
    pub(crate) fn errs(self, mutation: Mutation) -> bool {
        self.hooks.errs(mutation)
    }
}

/// Decisions that nobody can change from outside of the oracle. Each is asked for where it
/// makes a difference, or says what would be right.
pub(crate) trait Hooks {
    /// Whether a mistake is made.
    fn errs(&self, _: Mutation) -> bool {
        false
    }

    /// The steps that are done, in their order.
    fn order(&self, right: &'static [Step]) -> Cow<'static, [Step]> {
        Cow::Borrowed(right)
    }

    /// IMG-2: what becomes of the bytes of a pixel.
    fn pixel_in(&self, right: Pixel, _: [u8; 4]) -> Pixel {
        right
    }

    /// IMG-2, IMG-8, IMG-9: what a stage of a block finds, counted from 0, before its first tile.
    fn between(&self, _canvas: &mut Canvas, _stage: usize, _has_halos: bool) {}

    /// IMG-9: what a stage sees at a place, where any stage has a halo.
    fn seen(&self, right: Pixel, _sight: &Sight<'_>) -> Pixel {
        right
    }

    /// REC-7: a BMP before it is read.
    fn bmp_in(&self, right: Vec<u8>) -> Vec<u8> {
        right
    }

    /// REC-7: a BMP that was written, of what was made of the one in `_before`.
    fn bmp_out(&self, right: Vec<u8>, _before: &[u8]) -> Vec<u8> {
        right
    }

    /// IMG-2: what becomes of a pixel in floats, which was made of the bytes `_before`.
    fn pixel_out(&self, right: [u8; 4], _pixel: Pixel, _before: [u8; 4]) -> [u8; 4] {
        right
    }

    /// IMG-7: the cores of a picture of this width and height, in the order in which they are
    /// taken.
    fn cores(&self, right: Vec<(i64, i64)>, _size: (i64, i64)) -> Vec<(i64, i64)> {
        right
    }

    /// IMG-7: the arguments of the tile function.
    fn place(&self, right: (i64, i64), _core: (i64, i64), _halo: i64) -> (i64, i64) {
        right
    }

    /// ORD-1: looks at a module in steps, up to the first fault.
    fn look(
        &self,
        right: &'static [Step],
        check: &mut dyn FnMut(Step) -> Result<(), Outcome>,
    ) -> Result<(), Outcome> {
        right.iter().try_for_each(|step| check(*step))
    }

    /// UNI-2: uniforms by key, in the order in which they are applied.
    fn uniforms(
        &self,
        right: Vec<(String, Value)>,
        _given: &[(String, String)],
    ) -> Vec<(String, Value)> {
        right
    }

    /// MIME-2: a media type, normalised.
    fn media_type(&self, right: Option<String>, _text: &str) -> Option<String> {
        right
    }

    /// IN-6: text, before it is looked at.
    fn input_text(&self, right: Vec<u8>) -> Vec<u8> {
        right
    }

    /// IN-6, OUT-6: where bytes go wrong that are to be UTF-8.
    fn fault_of_utf8(&self, right: Option<usize>, _bytes: &[u8]) -> Option<usize> {
        right
    }

    /// LIM-5: text of a module, as it is shown.
    fn shown(&self, right: String, _text: &str) -> String {
        right
    }
}

/// The oracle alone.
pub(crate) struct NoMistake;

impl Hooks for NoMistake {}
