//! Checking what goes into a request: bytes with their type, or a picture; and that what is
//! expected can come out of it.

use std::ops::Range;

use toml::Spanned;

use crate::case_file::{RawBytes, RawCase, RawImage, RawRequest};
use crate::expectation::{Expectation, ExpectedImage, ExpectedOutcome};
use crate::file_check::FileCheck;
use crate::load_error::LoadErrorKind;
use crate::task::RequestInput;

/// What goes in by one table: bytes with their type, or a picture.
#[derive(Clone, Copy)]
pub(crate) struct RawInput<'r> {
    pub(crate) input: Option<&'r Spanned<RawBytes>>,
    pub(crate) image: Option<&'r Spanned<RawImage>>,
    pub(crate) content_type: Option<&'r Spanned<String>>,
}

impl<'r> RawInput<'r> {
    pub(crate) fn of_case(raw: &'r RawCase) -> RawInput<'r> {
        RawInput {
            input: raw.input.as_ref(),
            image: raw.image.as_ref(),
            content_type: raw.content_type.as_ref(),
        }
    }

    pub(crate) fn of_request(raw: &'r RawRequest) -> RawInput<'r> {
        RawInput {
            input: raw.input.as_ref(),
            image: raw.image.as_ref(),
            content_type: raw.content_type.as_ref(),
        }
    }

    /// With what a default says: one of them alone, so that a case of bytes may stand among
    /// cases of pictures, and the other way round.
    pub(crate) fn or(self, default: RawInput<'r>) -> RawInput<'r> {
        match self {
            RawInput { image: Some(_), .. } => self,
            RawInput { input: Some(_), .. } => RawInput {
                content_type: self.content_type.or(default.content_type),
                ..self
            },
            _ => RawInput {
                content_type: self.content_type.or(default.content_type),
                ..default
            },
        }
    }

    /// Bytes have a type, a picture has none.
    pub(crate) fn check(self, file: &mut FileCheck<'_>) {
        let others = [
            ("input", self.input.map(Spanned::span)),
            ("content_type", self.content_type.map(Spanned::span)),
        ];
        for (key, span) in others {
            if let (Some(_), Some(span)) = (self.image, span) {
                let message = format!("`image` with `{key}`: a picture goes in, or bytes do");
                file.refuse::<()>(LoadErrorKind::Conflict, &span, message);
            }
        }
    }

    /// A picture of the defaults has no type in a case either.
    pub(crate) fn check_type_of(self, own: RawInput<'_>, file: &mut FileCheck<'_>) -> Option<()> {
        match (self.image, own.image, own.content_type) {
            (Some(_), None, Some(content_type)) => file.refuse(
                LoadErrorKind::Conflict,
                &content_type.span(),
                "`content_type` with the `image` of the defaults: a picture has none",
            ),
            // Within one table that has been said.
            _ => Some(()),
        }
    }
}

impl FileCheck<'_> {
    /// A picture comes out of a picture, and of the same size; anything else out of bytes.
    pub(crate) fn check_comes_out(
        &mut self,
        input: &RequestInput,
        expectation: &Expectation,
        span: &Range<usize>,
    ) -> Option<()> {
        for expected in expectation.alternatives() {
            let problem = match (&expected.outcome, input) {
                (ExpectedOutcome::Image(_), RequestInput::Bytes(_)) => {
                    "a picture is expected, but bytes go in".to_owned()
                }
                (
                    ExpectedOutcome::Output(..) | ExpectedOutcome::Scalar(_),
                    RequestInput::Image(_),
                ) => "a picture goes in, but no picture is expected".to_owned(),
                (
                    ExpectedOutcome::Image(ExpectedImage { image, .. }),
                    RequestInput::Image(input),
                ) if !image.is_as_large_as(input) => {
                    format!("{image} is expected of {input}: filters keep the size")
                }
                _ => continue,
            };
            return self.refuse(LoadErrorKind::Expectation, span, problem);
        }
        Some(())
    }
}
