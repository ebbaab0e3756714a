//! A module of a case: assembled when it is first run, never before.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::bytes::Bytes;
use crate::load_error::{LoadError, LoadErrorKind, Place};

/// A module as a case gives it.
#[derive(Debug)]
pub struct Module {
    name: String,
    source: ModuleSource,
    binary: OnceLock<Result<Vec<u8>, LoadError>>,
}

#[derive(Debug)]
pub(crate) enum ModuleSource {
    /// WebAssembly text, and where its first line stands.
    Text(Cow<'static, str>, Place),
    /// Bytes that are handed over as they are, whatever they are.
    Raw(Cow<'static, [u8]>),
    /// The same, described in a case file: there may be far more bytes than the file has.
    Described(Bytes),
}

impl Module {
    /// A module of these bytes, which are handed over as they are.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Module {
        Module::new(name, ModuleSource::Raw(Cow::Owned(bytes.into())))
    }

    /// A module of this WebAssembly text, which is assembled when it is first used.
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Module {
        let name = name.into();
        let place = Place::new(name.as_str(), 1);
        Module::new(name, ModuleSource::Text(Cow::Owned(text.into()), place))
    }

    pub(crate) fn new(name: impl Into<String>, source: ModuleSource) -> Module {
        Module {
            name: name.into(),
            source,
            binary: OnceLock::new(),
        }
    }

    /// A name for people: the file's, or `inline`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The WebAssembly text, where it is given as text.
    pub fn text(&self) -> Option<&str> {
        match &self.source {
            ModuleSource::Text(text, _) => Some(text),
            ModuleSource::Raw(_) | ModuleSource::Described(_) => None,
        }
    }

    /// The bytes that a host is given. Text is assembled once, on first use, and a
    /// description written out.
    ///
    /// # Errors
    ///
    /// Where text does not parse, with its file and line.
    pub fn binary(&self) -> Result<&[u8], &LoadError> {
        match &self.source {
            ModuleSource::Raw(bytes) => Ok(bytes),
            ModuleSource::Described(bytes) => {
                let bytes = || Ok(bytes.to_vec());
                self.binary.get_or_init(bytes).as_deref()
            }
            ModuleSource::Text(text, place) => {
                self.binary.get_or_init(|| assemble(text, place)).as_deref()
            }
        }
    }
}

fn assemble(text: &str, place: &Place) -> Result<Vec<u8>, LoadError> {
    wat::parse_str(text).map_err(|error| {
        // The first line says what, the second where; the rest draws the source.
        let shown = error.to_string();
        let mut lines = shown.lines().map(str::trim);
        let what = lines.next().unwrap_or_default().to_owned();
        let line = lines
            .next()
            .and_then(|place| place.rsplit(':').nth(1))
            .and_then(|line| line.parse::<usize>().ok())
            .unwrap_or(1);
        let place = Place::new(place.path(), place.line() + line.saturating_sub(1));
        LoadError::new(
            LoadErrorKind::Module,
            place,
            format!("the WebAssembly text does not parse: {what}"),
        )
    })
}
