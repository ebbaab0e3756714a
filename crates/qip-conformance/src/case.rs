//! A case, once it has been checked. What a file may say is in `case_file.rs`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qip_contract::{Limits, Numeric};
use qip_host::Utf8;
use qip_host::engine::Floats;

use crate::bytes::Bytes;
use crate::capability::Capabilities;
use crate::expectation::Expectation;
use crate::load_error::Place;
use crate::module::Module;

/// How long a request may take where its case does not say, so that a subject
/// that never answers fails.
pub const DEFAULT_TIME: Duration = Duration::from_millis(10_000);

/// One case: a module or recipe, one request or more, and what must come back.
#[derive(Debug)]
pub struct Case {
    /// Its ID.
    pub id: CaseId,
    /// What is expected, in words.
    pub name: String,
    /// What its file is about.
    pub summary: String,
    /// The clauses that it holds a subject to.
    pub clauses: Vec<String>,
    /// Whether the clause says must or should.
    pub level: Level,
    /// The stages, none for the empty recipe. A module alone is one stage.
    pub stages: Vec<Stage>,
    /// Where the caller departs from the strict contract.
    pub options: CaseOptions,
    /// What the host allows. The time limit is always there.
    pub limits: Limits,
    /// What a subject must be able to do to be judged by it.
    pub needs: Capabilities,
    /// The requests, in order; one at least.
    pub requests: Vec<Request>,
    /// Where it stands.
    pub place: Place,
}

/// `<area>/<stem>#<slug>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId {
    text: String,
    hash: usize,
}

/// Whether a clause must or should be kept; judged apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It must.
    #[default]
    Must,
    /// It should.
    Should,
}

/// A stage of a recipe.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The module.
    pub module: Arc<Module>,
    /// Uniforms as text, in the order in which the case gives them.
    pub uniforms: Vec<(String, String)>,
}

/// Where a caller departs from the strict contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseOptions {
    /// Whether text is checked (IN-6).
    pub utf8: Utf8,
    /// Which types pointers, capacities and sizes may have (MOD-4).
    pub numeric: Numeric,
    /// How NaN comes about (DET-1).
    pub floats: Floats,
    /// Whether all requests share an instance for each stage (RUN-4).
    pub reuse: bool,
    /// Whether memory that can grow is refused (MOD-7).
    pub fixed_memory: bool,
}

/// A request and what must come back.
#[derive(Clone, Debug)]
pub struct Request {
    /// The bytes.
    pub input: Bytes,
    /// The content type that they are said to have.
    pub content_type: Option<String>,
    /// What must come back.
    pub expect: Expectation,
}

impl Case {
    /// The time that each request may take.
    pub fn time(&self) -> Duration {
        self.limits.time.unwrap_or(DEFAULT_TIME)
    }

    /// The kinds of assertion that it makes, over all requests.
    pub fn assertions(&self) -> impl Iterator<Item = &'static str> {
        self.requests
            .iter()
            .flat_map(|request| request.expect.assertions())
    }
}

impl CaseId {
    /// The ID of a case with this name, or `None` where the name has no letter
    /// and no digit.
    pub fn new(area: &str, stem: &str, name: &str) -> Option<CaseId> {
        let slug = slug(name);
        let file = format!("{area}/{stem}");
        (!slug.is_empty()).then(|| CaseId {
            hash: file.len(),
            text: file + "#" + &slug,
        })
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The area: the directory of the file.
    pub fn area(&self) -> &str {
        self.file().rsplit_once('/').map_or("", |(area, _)| area)
    }

    /// The stem of the file's name.
    pub fn stem(&self) -> &str {
        self.file()
            .rsplit_once('/')
            .map_or(self.file(), |(_, stem)| stem)
    }

    /// The name as a slug.
    pub fn slug(&self) -> &str {
        &self.text[self.hash + 1..]
    }

    fn file(&self) -> &str {
        &self.text[..self.hash]
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Level {
    /// The stable text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Must => "must",
            Level::Should => "should",
        }
    }
}

/// Lower-case, with every run of other characters than ASCII letters and digits
/// as one `-`, none at the ends.
fn slug(name: &str) -> String {
    let words = name
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    words.join("-")
}
