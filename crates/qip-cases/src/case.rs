//! A case, once it has been checked. What a file may say is in `case_file.rs`.

use std::fmt;
use std::sync::Arc;

use crate::capability::{Capabilities, Capability};
use crate::expectation::Expectation;
use crate::load_error::Place;
use crate::task::Task;

/// One case: what a subject is asked, and what must come back.
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
    /// Why it kills no mutant, if none can be made: it is there for engines, say.
    pub kills_none: Option<String>,
    /// What a subject is asked.
    pub task: Arc<Task>,
    /// What a subject must be able to do to be judged by it.
    pub needs: Capabilities,
    /// What must come back, for each request of the task.
    pub expectations: Vec<Expectation>,
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

impl Case {
    /// The kinds of assertion that it makes, over all requests.
    pub fn assertions(&self) -> impl Iterator<Item = &'static str> {
        self.expectations.iter().flat_map(Expectation::assertions)
    }

    /// What speaks against a subject with these capabilities that answers the case by
    /// saying that it lacks this one; nothing, where the case needs it.
    ///
    /// A case is only put to a subject that claims all that the case says it needs. What
    /// is left is what a module turns out to be: a tile filter.
    pub fn cannot_lack(&self, claimed: &Capabilities, capability: Capability) -> Option<String> {
        if claimed.contains(&capability) {
            return Some(format!(
                "says that it lacks `{capability}`, which it claims to have"
            ));
        }
        let is_needed = self.needs.contains(&capability)
            || (capability == Capability::Image && self.task.has_sound_tile_filter());
        (!is_needed)
            .then(|| format!("says that it lacks `{capability}`, which the case does not need"))
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
