//! Checking one TOML file: errors with their lines, bytes, and the files beside it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::bytes::{self, Bytes, MAX_BYTES};
use crate::case_file::{RawBytes, RawBytesTable, RawModule};
use crate::image::Image;
use crate::load_error::{LoadError, LoadErrorKind, Place};
use crate::module::{Module, ModuleSource};
use crate::png_file;
use crate::source::{FileBytes, Source};
use crate::suggest::no_such;

/// The most bytes that a text may come to. It is written out when it is read.
const MAX_TEXT: u64 = 1 << 20;

/// Modules that have been read, by path and by whether they are taken as they are:
/// a module that several cases use is assembled once.
pub(crate) type Modules = HashMap<(String, bool), Arc<Module>>;

/// Pictures that have been read, by path.
pub(crate) type Pictures = HashMap<String, Arc<Image>>;

/// One TOML file while it is checked. What is wrong is collected, so that all of it
/// is reported at once; a check that finds something wrong answers `None`.
pub(crate) struct FileCheck<'a> {
    text: &'a str,
    /// Where each line but the first begins.
    line_starts: Vec<usize>,
    path: Arc<str>,
    beside: Option<Beside<'a>>,
    /// The paths of the files that it uses.
    pub(crate) used: BTreeSet<String>,
    errors: Vec<LoadError>,
}

/// Where the files beside a case file are.
pub(crate) struct Beside<'a> {
    pub(crate) source: &'a Source,
    pub(crate) area: &'a str,
    pub(crate) modules: &'a mut Modules,
    pub(crate) pictures: &'a mut Pictures,
}

impl<'a> FileCheck<'a> {
    /// A file with the path that errors show. With no `beside` it can name no files.
    pub(crate) fn new(text: &'a str, path: &str, beside: Option<Beside<'a>>) -> FileCheck<'a> {
        FileCheck {
            text,
            line_starts: text.match_indices('\n').map(|(at, _)| at + 1).collect(),
            path: path.into(),
            beside,
            used: BTreeSet::new(),
            errors: Vec::new(),
        }
    }

    /// Reads the file as TOML of this type.
    pub(crate) fn parse<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(raw) => Some(raw),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                // Some of its messages have several lines.
                let lines: Vec<&str> = error.message().lines().map(str::trim).collect();
                self.refuse(LoadErrorKind::Format, &span, lines.join(", "))
            }
        }
    }

    /// The errors, by line.
    pub(crate) fn into_errors(mut self) -> Vec<LoadError> {
        self.errors.sort_by_key(|error| error.place().line());
        self.errors
    }

    /// Notes an error. Answers `None`, for whoever has to.
    pub(crate) fn refuse<T>(
        &mut self,
        kind: LoadErrorKind,
        span: &Range<usize>,
        message: impl Into<String>,
    ) -> Option<T> {
        self.errors
            .push(LoadError::new(kind, self.place(span), message));
        None
    }

    /// The line in which a span begins.
    pub(crate) fn place(&self, span: &Range<usize>) -> Place {
        let line = 1 + self
            .line_starts
            .partition_point(|start| *start <= span.start);
        Place::new(Arc::clone(&self.path), line)
    }

    /// Looks a text up, with the likely meaning where there is none.
    pub(crate) fn look_up<T: Copy>(
        &mut self,
        what: &str,
        given: &Spanned<String>,
        all: &[T],
        text_of: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = given.get_ref().as_str();
        let found = all.iter().copied().find(|one| text_of(*one) == text);
        found.or_else(|| {
            let message = no_such(what, text, all.iter().map(|one| text_of(*one)));
            self.refuse(LoadErrorKind::Value, &given.span(), message)
        })
    }

    /// Bytes, at most [`MAX_BYTES`].
    pub(crate) fn bytes(&mut self, raw: &Spanned<RawBytes>) -> Option<Bytes> {
        let bytes = self.bytes_unbounded(raw)?;
        self.bounded(bytes, &raw.span())
    }

    fn bounded(&mut self, bytes: Bytes, span: &Range<usize>) -> Option<Bytes> {
        if bytes.len() > MAX_BYTES {
            let message = format!("{} bytes, expected at most {MAX_BYTES}", bytes.len());
            return self.refuse(LoadErrorKind::Bytes, span, message);
        }
        Some(bytes)
    }

    /// Text that a subject is given or that it may show, at most [`MAX_TEXT`] bytes of UTF-8.
    pub(crate) fn text(&mut self, raw: &Spanned<RawBytes>) -> Option<String> {
        let bytes = self.bytes(raw)?;
        if bytes.len() > MAX_TEXT {
            let message = format!(
                "a text of {} bytes, expected at most {MAX_TEXT}",
                bytes.len()
            );
            return self.refuse(LoadErrorKind::Bytes, &raw.span(), message);
        }
        match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Some(text),
            Err(error) => {
                let message = format!("a text is UTF-8, and these bytes are not: {error}");
                self.refuse(LoadErrorKind::Bytes, &raw.span(), message)
            }
        }
    }

    fn bytes_unbounded(&mut self, raw: &Spanned<RawBytes>) -> Option<Bytes> {
        match raw.get_ref() {
            RawBytes::Text(text) => Some(Bytes::literal(text.as_bytes())),
            RawBytes::Table(table) => self.bytes_of_table(table, &raw.span()),
        }
    }

    fn bytes_of_table(&mut self, table: &RawBytesTable, span: &Range<usize>) -> Option<Bytes> {
        match table {
            RawBytesTable {
                wat: None,
                text: Some(text),
                hex: None,
                file: None,
                repeat: None,
                count: None,
                concat: None,
            } => Some(Bytes::literal(text.get_ref().as_bytes())),
            RawBytesTable {
                wat: None,
                text: None,
                hex: Some(hex),
                file: None,
                repeat: None,
                count: None,
                concat: None,
            } => self.hex(hex).map(Bytes::literal),
            RawBytesTable {
                wat: None,
                text: None,
                hex: None,
                file: Some(file),
                repeat: None,
                count: None,
                concat: None,
            } => self
                .file(file)
                .map(|(_, bytes)| Bytes::literal(bytes.into_owned())),
            RawBytesTable {
                wat: None,
                text: None,
                hex: None,
                file: None,
                repeat: Some(unit),
                count: Some(count),
                concat: None,
            } => {
                let unit = self.bytes(unit)?;
                Some(Bytes::repeat(unit, *count.get_ref()))
            }
            RawBytesTable {
                wat: None,
                text: None,
                hex: None,
                file: None,
                repeat: None,
                count: None,
                concat: Some(parts),
            } => {
                let parts: Vec<Option<Bytes>> = parts
                    .get_ref()
                    .iter()
                    .map(|part| self.bytes(part))
                    .collect();
                parts.into_iter().collect::<Option<_>>().map(Bytes::concat)
            }
            _ => self.refuse(
                LoadErrorKind::Conflict,
                span,
                "bytes are one of `text`, `hex`, `file`, `repeat` with `count`, and `concat`",
            ),
        }
    }

    fn hex(&mut self, hex: &Spanned<String>) -> Option<Vec<u8>> {
        match bytes::parse_hex(hex.get_ref()) {
            Ok(bytes) => Some(bytes),
            Err(message) => self.refuse(LoadErrorKind::Bytes, &hex.span(), message),
        }
    }

    /// The path and the bytes of a file beside this one.
    fn file(&mut self, name: &Spanned<String>) -> Option<(String, FileBytes)> {
        let (shown, span) = (name.get_ref(), name.span());
        let is_name = !shown.is_empty() && shown != ".." && !shown.contains(['/', '\\']);
        let Some(beside) = self.beside.as_ref().filter(|_| is_name) else {
            let message = format!(
                "`{}` is no name of a file beside this one",
                qip_contract::quote(shown)
            );
            return self.refuse(LoadErrorKind::File, &span, message);
        };
        let path = join(beside.area, shown);
        let problem = match beside.source.read(&path) {
            Ok(Some(bytes)) => {
                self.used.insert(path.clone());
                return Some((path, bytes));
            }
            Ok(None) => format!("the file `{}` is not there", qip_contract::quote(shown)),
            Err(error) => format!(
                "the file `{}` cannot be read: {error}",
                qip_contract::quote(shown)
            ),
        };
        self.refuse(LoadErrorKind::File, &span, problem)
    }

    /// The picture in a PNG file beside this one.
    pub(crate) fn picture_file(&mut self, name: &Spanned<String>) -> Option<Arc<Image>> {
        if let Some(beside) = &self.beside {
            let path = join(beside.area, name.get_ref());
            if let Some(image) = beside.pictures.get(&path).cloned() {
                self.used.insert(path);
                return Some(image);
            }
        }
        // What is unused is looked for by this ending.
        if !name.get_ref().ends_with(".png") {
            let message = format!(
                "`{}` is no picture: expected a `.png` file",
                qip_contract::quote(name.get_ref())
            );
            return self.refuse(LoadErrorKind::File, &name.span(), message);
        }
        let (path, bytes) = self.file(name)?;
        match png_file::read(&bytes) {
            Ok(image) => {
                let image = Arc::new(image);
                if let Some(beside) = &mut self.beside {
                    beside.pictures.insert(path, Arc::clone(&image));
                }
                Some(image)
            }
            Err(why) => {
                let message = format!("the file `{}` {why}", qip_contract::quote(name.get_ref()));
                self.refuse(LoadErrorKind::Image, &name.span(), message)
            }
        }
    }

    /// Looks for a script beside this file or above it.
    pub(crate) fn script(&mut self, name: &Spanned<String>) -> Option<()> {
        let shown = qip_contract::quote(name.get_ref());
        let Some(beside) = &self.beside else {
            let message = format!("no script `{shown}` can stand beside what is given as text");
            return self.refuse(LoadErrorKind::File, &name.span(), message);
        };
        let problem = match script_path(beside.area, name.get_ref()) {
            Some(path) if beside.source.has_script(&path) => return Some(()),
            Some(_) => format!("the script `{shown}` is not there"),
            None => format!(
                "`{shown}` is no path of a script: expected a file name, after as many `../` \
                 as lead to it"
            ),
        };
        self.refuse(LoadErrorKind::File, &name.span(), problem)
    }

    /// A module, read but not assembled.
    pub(crate) fn module(&mut self, raw: &Spanned<RawModule>) -> Option<Arc<Module>> {
        let table = match raw.get_ref() {
            RawModule::Name(name) => {
                return self.named_module(&Spanned::new(raw.span(), name.clone()));
            }
            RawModule::Table(table) => table,
        };
        match &**table {
            RawBytesTable {
                wat: Some(wat),
                text: None,
                hex: None,
                file: None,
                repeat: None,
                count: None,
                concat: None,
            } => {
                let source = ModuleSource::Text(
                    Cow::Owned(wat.get_ref().clone()),
                    self.first_line(&wat.span()),
                );
                Some(Arc::new(Module::new("inline", source)))
            }
            RawBytesTable {
                wat: None,
                text: None,
                hex: None,
                file: Some(file),
                repeat: None,
                count: None,
                concat: None,
            } => self.raw_file(file),
            RawBytesTable { wat: Some(_), .. } => self.refuse(
                LoadErrorKind::Conflict,
                &raw.span(),
                "a module is a file name or one of `wat`, `text`, `hex`, `file`, `repeat` with \
                 `count`, and `concat`",
            ),
            bytes => {
                let bytes = self.bytes_of_table(bytes, &raw.span())?;
                let bytes = self.bounded(bytes, &raw.span())?;
                self.is_no_text(bytes.iter(), &raw.span())?;
                let source = ModuleSource::Described(bytes);
                Some(Arc::new(Module::new("inline", source)))
            }
        }
    }

    /// The line in which the text of a multi-line string begins: TOML drops a line
    /// break right after the quotes.
    fn first_line(&self, span: &Range<usize>) -> Place {
        let place = self.place(span);
        let raw = &self.text[span.clone()];
        let begins_below = ["'''\n", "'''\r\n", "\"\"\"\n", "\"\"\"\r\n"]
            .iter()
            .any(|quotes| raw.starts_with(quotes));
        Place::new(place.path(), place.line() + usize::from(begins_below))
    }

    /// The module with the file's own stem: text, or a binary where there is no text.
    pub(crate) fn module_of_stem(
        &mut self,
        stem: &str,
        span: &Range<usize>,
    ) -> Option<Arc<Module>> {
        let (text, binary) = (format!("{stem}.wat"), format!("{stem}.wasm"));
        let known = self.known_module(&text, false);
        if known.is_some() {
            return known;
        }
        let is_there = |name: &str| {
            self.beside.as_ref().is_some_and(|beside| {
                matches!(beside.source.read(&join(beside.area, name)), Ok(Some(_)))
            })
        };
        let name = if !is_there(&text) && is_there(&binary) {
            binary
        } else {
            text
        };
        self.named_module(&Spanned::new(span.clone(), name))
    }

    /// The module in a `.wat` or `.wasm` file beside this one.
    pub(crate) fn named_module(&mut self, name: &Spanned<String>) -> Option<Arc<Module>> {
        let is_text = name.get_ref().ends_with(".wat");
        if !is_text && !name.get_ref().ends_with(".wasm") {
            let message = format!(
                "`{}` is no module: expected a `.wat` or `.wasm` file",
                qip_contract::quote(name.get_ref())
            );
            return self.refuse(LoadErrorKind::File, &name.span(), message);
        }
        if let Some(module) = self.known_module(name.get_ref(), false) {
            return Some(module);
        }
        let (path, bytes) = self.file(name)?;
        let source = if is_text {
            let text = match bytes {
                Cow::Borrowed(bytes) => str::from_utf8(bytes).map(Cow::Borrowed),
                Cow::Owned(bytes) => String::from_utf8(bytes)
                    .map(Cow::Owned)
                    .map_err(|error| error.utf8_error()),
            };
            match text {
                Ok(text) => ModuleSource::Text(text, self.place_beside(&path)),
                Err(error) => {
                    let message = format!("the file `{}` is no text: {error}", name.get_ref());
                    return self.refuse(LoadErrorKind::File, &name.span(), message);
                }
            }
        } else {
            ModuleSource::Raw(bytes)
        };
        let module = Arc::new(Module::new(name.get_ref().as_str(), source));
        self.keep_module(path, false, &module);
        Some(module)
    }

    /// A file's bytes as they are.
    fn raw_file(&mut self, name: &Spanned<String>) -> Option<Arc<Module>> {
        if let Some(module) = self.known_module(name.get_ref(), true) {
            return Some(module);
        }
        let (path, bytes) = self.file(name)?;
        self.is_no_text(bytes.iter().copied(), &name.span())?;
        let module = Arc::new(Module::new(name.get_ref(), ModuleSource::Raw(bytes)));
        self.keep_module(path, true, &module);
        Some(module)
    }

    /// Checks bytes that are handed over as they are. A host may take WebAssembly text
    /// where it takes a binary, so bytes that begin like it would not be judged as
    /// what they are.
    fn is_no_text(&mut self, bytes: impl Iterator<Item = u8>, span: &Range<usize>) -> Option<()> {
        let mut bytes = bytes.skip_while(u8::is_ascii_whitespace);
        if matches!(
            (bytes.next(), bytes.next()),
            (Some(b'('), _) | (Some(b';'), Some(b';'))
        ) {
            return self.refuse(
                LoadErrorKind::Module,
                span,
                "these bytes begin like WebAssembly text, which a host may assemble: \
                 expected a beginning other than `(` and `;;`",
            );
        }
        Some(())
    }

    fn known_module(&mut self, name: &str, raw: bool) -> Option<Arc<Module>> {
        let beside = self.beside.as_ref()?;
        let path = join(beside.area, name);
        let module = beside.modules.get(&(path.clone(), raw)).cloned()?;
        self.used.insert(path);
        Some(module)
    }

    fn keep_module(&mut self, path: String, raw: bool, module: &Arc<Module>) {
        if let Some(beside) = &mut self.beside {
            beside.modules.insert((path, raw), Arc::clone(module));
        }
    }

    /// The first line of another file of the corpus.
    fn place_beside(&self, path: &str) -> Place {
        match &self.beside {
            Some(beside) => Place::new(beside.source.shown(path), 1),
            None => Place::new(path, 1),
        }
    }
}

/// The path of a script that an area's file names, relative to the root: `../` leads out
/// of the area, and out of the root where there is nothing left of it.
fn script_path(area: &str, name: &str) -> Option<String> {
    let mut area: Vec<&str> = area.split('/').filter(|part| !part.is_empty()).collect();
    let mut above = String::new();
    let mut name = name;
    while let Some(rest) = name.strip_prefix("../") {
        if area.pop().is_none() {
            above += "../";
        }
        name = rest;
    }
    let is_name = !name.is_empty() && name != ".." && name != "." && !name.contains(['/', '\\']);
    is_name.then(|| above + &join(&area.join("/"), name))
}

/// The path of a file in an area.
pub(crate) fn join(area: &str, name: &str) -> String {
    if area.is_empty() {
        name.to_owned()
    } else {
        format!("{area}/{name}")
    }
}
