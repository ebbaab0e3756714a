//! Findings as people read them, drawn as rustc draws its own.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as Drawn, Origin, Renderer, Snippet};
use qip_check::{Finding, Level, Place};

use super::{Checked, Outcome};

/// Bytes of a line of text that are shown before and after what is at fault.
const MOST_BESIDE: usize = 200;

pub(super) fn write(outcome: &Outcome, is_quiet: bool, to: &mut impl Write) -> io::Result<()> {
    let renderer = Renderer::styled();
    for (checked, finding) in outcome.findings() {
        let group = draw(checked, finding, is_quiet);
        writeln!(to, "{}\n", renderer.render(&[group]))?;
    }
    if !is_quiet {
        writeln!(to, "{}", outcome.summary())?;
    }
    Ok(())
}

fn draw<'a>(checked: Option<&'a Checked>, finding: &'a Finding, is_quiet: bool) -> Group<'a> {
    let level = match finding.level {
        Level::Error => Drawn::ERROR,
        Level::Warning => Drawn::WARNING,
        Level::Note => Drawn::NOTE,
    };
    let title = level
        .primary_title(&finding.message)
        .id(finding.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(checked) = checked {
        group = place(group, checked, finding.place.as_ref());
    }
    if is_quiet {
        return group;
    }
    if let (Some(found), Some(wanted)) = (&finding.found, &finding.wanted)
        && !finding.message.contains(found.as_str())
    {
        group = group.element(
            Drawn::NOTE
                .with_name("found")
                .message(format!("{found}; expected {wanted}")),
        );
    }
    if let Some(help) = &finding.help {
        group = group.element(Drawn::HELP.message(help));
    }
    if let Some(unless) = &finding.unless {
        group = group.element(Drawn::NOTE.with_name("unless").message(unless));
    }
    let clause = finding
        .clause
        .map_or_else(String::new, |clause| format!("{clause}; "));
    let note = format!("{clause}`qip explain {}`", finding.code);
    group.element(Drawn::NOTE.message(note))
}

fn place<'a>(group: Group<'a>, checked: &'a Checked, place: Option<&'a Place>) -> Group<'a> {
    let path = checked.shown();
    match place {
        None => group.element(Origin::path(path)),
        Some(Place::Text { span, line, column }) => match checked.text() {
            Some(text) => {
                let (line_text, in_line) = line_around(text, span);
                group.element(
                    Snippet::source(line_text)
                        .line_start(*line)
                        .path(path)
                        .annotation(AnnotationKind::Primary.span(in_line)),
                )
            }
            None => group.element(Origin::path(path).line(*line).char_column(*column)),
        },
        Some(Place::Source { file, line, column }) => {
            let origin = Origin::path(file).line(to_usize(*line));
            let origin = match column {
                Some(column) => origin.char_column(to_usize(*column)),
                None => origin,
            };
            group
                .element(origin)
                .element(Drawn::NOTE.with_name("in").message(path))
        }
        Some(Place::Printed {
            what,
            text,
            span,
            offset,
        }) => group
            .element(
                Snippet::source(text)
                    .line_numbering(false)
                    .fold(false)
                    .annotation(AnnotationKind::Primary.span(span.clone())),
            )
            .element(
                Drawn::NOTE
                    .with_name("in")
                    .message(format!("{path}: {what}, offset {offset:#x}")),
            ),
        Some(Place::Binary {
            what,
            section,
            offset,
        }) => {
            let at = format!("{path}: {what}, {section} section, offset {offset:#x}");
            group.element(Origin::path(at))
        }
        // A place of a kind that is not known here is told by its module.
        Some(_) => group.element(Origin::path(path)),
    }
}

/// The line that holds the begin of a span, and where in it the span is. Of a long line only
/// what is near is kept.
fn line_around<'t>(text: &'t str, span: &Range<usize>) -> (&'t str, Range<usize>) {
    let mut from = span.start.saturating_sub(MOST_BESIDE);
    let mut to = text
        .len()
        .min(span.end.min(span.start + MOST_BESIDE) + MOST_BESIDE);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let before = &text[from..span.start];
    let start = before
        .rfind('\n')
        .map_or(from, |newline| from + newline + 1);
    let end = text[span.start..to]
        .find('\n')
        .map_or(to, |at| span.start + at);
    (
        &text[start..end],
        span.start - start..span.end.min(end) - start,
    )
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
