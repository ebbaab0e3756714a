//! Declared media types: one form, and a type that says something (MIME-5).

use qip_contract::{Code, ExportName, Kind, MAX_DECLARED_BYTES, quote};

use super::Module;
use crate::place::Site;
use crate::{Finding, Lint};

/// The exports of each declared type: where it stands, and its length.
pub(super) const PAIRS: [(ExportName, ExportName); 2] = [
    (
        ExportName::InputContentTypePtr,
        ExportName::InputContentTypeSize,
    ),
    (
        ExportName::OutputContentTypePtr,
        ExportName::OutputContentTypeSize,
    ),
];

pub(super) fn find(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    if module.signature.kind() != Kind::Content {
        return;
    }
    for (pointer, size) in PAIRS {
        let (Some(at), Some(length)) = (module.number(pointer), module.number(size)) else {
            continue;
        };
        let (at, length) = (u64::from(at), u64::from(length));
        if length > MAX_DECLARED_BYTES {
            continue;
        }
        let Some(bytes) = module.facts.initial(at..at + length) else {
            continue;
        };
        if let Some((what, mended)) = fault(bytes) {
            let shown = quote(&String::from_utf8_lossy(bytes));
            let help = match mended {
                Mended::To(text) => format!("declare `{text}`"),
                Mended::ByDeclaringNone => format!(
                    "export neither `{pointer}` nor `{size}`: a module without a type takes any"
                ),
                Mended::ByLength => format!(
                    "let `{size}` be {}: `sizeof` counts the zero at the end",
                    bytes.iter().take_while(|byte| **byte != 0).count()
                ),
                Mended::Otherwise(help) => help.to_owned(),
            };
            let is_certain = !bytes.is_ascii() && module.facts.start.is_none();
            let message = format!("the media type `{shown}` {what}");
            let finding = match is_certain {
                true => Finding::new(Code::ContentType, message),
                false => Finding::new(Lint::ContentTypeForm, message)
                    .unless("the module puts another type there before it is read"),
            };
            let finding = finding
                .named(pointer.as_str())
                .found(
                    shown,
                    "a media type in lower case, without parameters or ranges",
                )
                .help(help);
            found.push((finding, module.site(pointer)));
        }
    }
}

/// What to do about a type.
enum Mended {
    To(String),
    ByDeclaringNone,
    ByLength,
    Otherwise(&'static str),
}

/// What is wrong with a type, the gravest first.
fn fault(bytes: &[u8]) -> Option<(&'static str, Mended)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => text,
        _ => return Some(("is not ASCII", Mended::Otherwise("write it in ASCII"))),
    };
    let normal = qip_contract::normalize_media_type(text);
    let to_normal = || match &normal {
        Some(normal) => Mended::To(quote(normal)),
        None => Mended::ByDeclaringNone,
    };
    if text.contains('\0') {
        Some(("has a zero byte in it", Mended::ByLength))
    } else if text.is_empty() {
        Some(("is empty, which is no type", Mended::ByDeclaringNone))
    } else if text.contains(';') {
        Some(("has parameters, which are dropped", to_normal()))
    } else if text.contains('*') {
        let help = "declare one type, or none to take any";
        Some((
            "is a range, and is compared as it stands",
            Mended::Otherwise(help),
        ))
    } else if !text.contains('/') {
        let help = "write it as `type/subtype`, such as `text/html`";
        Some(("has no `/`", Mended::Otherwise(help)))
    } else if matches!(
        normal.as_deref(),
        Some("text/plain" | "application/octet-stream")
    ) {
        let what = "says no more than that it is text or bytes, which the exports say already";
        Some((what, Mended::ByDeclaringNone))
    } else if normal.as_deref() != Some(text) {
        Some(("is not in lower case, or has spaces around it", to_normal()))
    } else {
        None
    }
}
