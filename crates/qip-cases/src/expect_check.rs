//! Checking what a file expects: one outcome, keys that go together, and nothing
//! that could not fail.

use std::ops::Range;

use qip_contract::{Code, TrapKind, normalize_media_type};
use qip_engine::Exhausted;
use toml::Spanned;

use crate::case_file::RawExpect;
use crate::expectation::{Expectation, Expected, ExpectedOutcome};
use crate::file_check::FileCheck;
use crate::load_error::LoadErrorKind;
use crate::outcome::OutputKind;
use crate::shown_text;

const OUTCOMES: &str =
    "`utf8`, `bytes`, `i32`, `scalar`, `image`, `refused`, `trap`, `stopped` and `any`";

impl FileCheck<'_> {
    /// What a request expects.
    pub(crate) fn expectation(&mut self, raw: &Spanned<RawExpect>) -> Option<Expectation> {
        let Some(any) = &raw.get_ref().any else {
            return self
                .expected(raw)
                .map(|expected| Expectation::new(vec![expected]));
        };
        if !is_bare_any(raw.get_ref()) {
            return self.refuse(
                LoadErrorKind::Conflict,
                &raw.span(),
                "`any` stands alone: what is beside it belongs into each of its outcomes",
            );
        }
        let alternatives: Vec<Option<Expected>> = any
            .get_ref()
            .iter()
            .map(|one| self.alternative(one))
            .collect();
        let alternatives: Vec<Expected> = alternatives.into_iter().collect::<Option<_>>()?;
        let mut distinct: Vec<&Expected> = Vec::new();
        for expected in &alternatives {
            if !distinct.contains(&expected) {
                distinct.push(expected);
            }
        }
        if distinct.len() < 2 || distinct.len() < alternatives.len() {
            return self.refuse(
                LoadErrorKind::Expectation,
                &any.span(),
                "`any` needs two outcomes or more, all different",
            );
        }
        Some(Expectation::new(alternatives))
    }

    fn alternative(&mut self, raw: &Spanned<RawExpect>) -> Option<Expected> {
        if raw.get_ref().any.is_some() {
            return self.refuse(
                LoadErrorKind::Conflict,
                &raw.span(),
                "`any` within `any`: list its outcomes in one",
            );
        }
        self.expected(raw)
    }

    fn expected(&mut self, raw: &Spanned<RawExpect>) -> Option<Expected> {
        let (expect, span) = (raw.get_ref(), raw.span());
        let given = count_outcomes(expect);
        if given != 1 {
            let kind = if given == 0 {
                LoadErrorKind::Expectation
            } else {
                LoadErrorKind::Conflict
            };
            let found = if given == 0 {
                "no outcome"
            } else {
                "several outcomes"
            };
            let message = format!("{found}, expected exactly one of {OUTCOMES}");
            return self.refuse(kind, &span, message);
        }
        let outcome = self.outcome(expect)?;
        let expected = Expected {
            content_type: self.expected_type(expect)?,
            stage: self.expected_stage(expect)?,
            offset: expect.offset.as_ref().map(|offset| *offset.get_ref()),
            message: self.expected_message(expect)?,
            module_text: self.expected_module_text(expect)?,
            outcome,
        };
        self.goes_together(&expected, &span)?;
        Some(expected)
    }

    fn outcome(&mut self, expect: &RawExpect) -> Option<ExpectedOutcome> {
        if let Some(bytes) = &expect.utf8 {
            return Some(ExpectedOutcome::Output(
                OutputKind::Utf8,
                self.bytes(bytes)?,
            ));
        }
        if let Some(bytes) = &expect.bytes {
            return Some(ExpectedOutcome::Output(
                OutputKind::Bytes,
                self.bytes(bytes)?,
            ));
        }
        if let Some(elements) = &expect.i32 {
            return self.elements(elements);
        }
        if let Some(scalar) = &expect.scalar {
            return match i32::try_from(*scalar.get_ref()) {
                Ok(value) => Some(ExpectedOutcome::Scalar(value)),
                Err(_) => self.refuse(
                    LoadErrorKind::Value,
                    &scalar.span(),
                    format!("{} is no signed i32", scalar.get_ref()),
                ),
            };
        }
        if let Some(image) = &expect.image {
            return Some(ExpectedOutcome::Image(self.expected_image(image)?));
        }
        if let Some(code) = &expect.refused {
            let code = self.look_up("failure code", code, Code::ALL, Code::as_str)?;
            return Some(ExpectedOutcome::Refused(code));
        }
        if let Some(kind) = &expect.trap {
            let kind = self.look_up("trap kind", kind, TrapKind::ALL, TrapKind::as_str)?;
            return Some(ExpectedOutcome::Trapped(kind));
        }
        let stopped = expect.stopped.as_ref()?;
        let both = [Exhausted::Time, Exhausted::Fuel];
        let stopped = self.look_up("limit", stopped, &both, Exhausted::as_str)?;
        Some(ExpectedOutcome::Stopped(stopped))
    }

    /// Elements of 32 bits, signed or unsigned.
    fn elements(&mut self, elements: &[Spanned<i64>]) -> Option<ExpectedOutcome> {
        let mut bytes = Vec::new();
        for element in elements {
            let value = *element.get_ref();
            let bits = match (i32::try_from(value), u32::try_from(value)) {
                (Ok(signed), _) => signed.to_le_bytes(),
                (_, Ok(unsigned)) => unsigned.to_le_bytes(),
                _ => {
                    return self.refuse(
                        LoadErrorKind::Value,
                        &element.span(),
                        format!("{value} does not fit 32 bits"),
                    );
                }
            };
            bytes.extend(bits);
        }
        Some(ExpectedOutcome::Output(
            OutputKind::I32,
            crate::bytes::Bytes::literal(bytes),
        ))
    }

    /// The outer `None` is an error, the inner one nothing expected.
    fn expected_type(&mut self, expect: &RawExpect) -> Option<Option<String>> {
        let Some(given) = &expect.content_type else {
            return Some(None);
        };
        let normalized = normalize_media_type(given.get_ref()).unwrap_or_default();
        if normalized != *given.get_ref() {
            return self.refuse(
                LoadErrorKind::Expectation,
                &given.span(),
                format!(
                    "the content type can only be `{}`: replies carry it normalised (MIME-2)",
                    qip_contract::quote(&normalized)
                ),
            );
        }
        Some(Some(normalized))
    }

    fn expected_stage(&mut self, expect: &RawExpect) -> Option<Option<usize>> {
        let Some(given) = &expect.stage else {
            return Some(None);
        };
        match usize::try_from(*given.get_ref()) {
            Ok(stage @ 1..) => Some(Some(stage)),
            _ => self.refuse(
                LoadErrorKind::Value,
                &given.span(),
                format!(
                    "no stage has the position {}: they count from 1",
                    given.get_ref()
                ),
            ),
        }
    }

    fn expected_message(&mut self, expect: &RawExpect) -> Option<Option<String>> {
        let Some(given) = &expect.message else {
            return Some(None);
        };
        if given.get_ref().is_empty() {
            return self.refuse(
                LoadErrorKind::Expectation,
                &given.span(),
                "every message contains the empty text",
            );
        }
        Some(Some(given.get_ref().clone()))
    }

    fn expected_module_text(&mut self, expect: &RawExpect) -> Option<Option<String>> {
        let Some(given) = &expect.module_text else {
            return Some(None);
        };
        let text = self.text(given)?;
        if !shown_text::could_be_shown_wrongly(&text) {
            return self.refuse(
                LoadErrorKind::Expectation,
                &given.span(),
                "a message may show this text as it is: expected more than 128 characters, or \
                 one that has to be escaped (LIM-5)",
            );
        }
        Some(Some(text))
    }

    fn goes_together(&mut self, expected: &Expected, span: &Range<usize>) -> Option<()> {
        let is_output = matches!(
            expected.outcome,
            ExpectedOutcome::Output(..) | ExpectedOutcome::Scalar(_) | ExpectedOutcome::Image(_)
        );
        let has_type = is_output && !matches!(expected.outcome, ExpectedOutcome::Image(_));
        let has_offset = matches!(
            expected.outcome,
            ExpectedOutcome::Refused(Code::InputNotUtf8 | Code::OutputNotUtf8)
        );
        let wrong = if is_output && expected.stage.is_some() {
            "`stage` goes with `refused`, `trap` and `stopped`"
        } else if is_output && expected.message.is_some() {
            "`message` goes with `refused`, `trap` and `stopped`"
        } else if is_output && expected.module_text.is_some() {
            "`module_text` goes with `refused`, `trap` and `stopped`"
        } else if !has_type && expected.content_type.is_some() {
            "`content_type` goes with an output or a scalar"
        } else if !has_offset && expected.offset.is_some() {
            "`offset` goes with `input-not-utf8` and `output-not-utf8`"
        } else {
            return Some(());
        };
        self.refuse(LoadErrorKind::Conflict, span, wrong)
    }
}

fn is_bare_any(expect: &RawExpect) -> bool {
    count_outcomes(expect) == 1
        && expect.content_type.is_none()
        && expect.stage.is_none()
        && expect.offset.is_none()
        && expect.message.is_none()
        && expect.module_text.is_none()
}

fn count_outcomes(expect: &RawExpect) -> usize {
    let given = [
        expect.utf8.is_some(),
        expect.bytes.is_some(),
        expect.i32.is_some(),
        expect.scalar.is_some(),
        expect.image.is_some(),
        expect.refused.is_some(),
        expect.trap.is_some(),
        expect.stopped.is_some(),
        expect.any.is_some(),
    ];
    given.into_iter().filter(|given| *given).count()
}
