//! A page of Markdown, taken apart: why, what is wrong, and what to write instead.

/// What a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// Why it is wrong, and how it comes about.
    pub why: String,
    /// Modules that are wrong: several make a recipe, none stands for what needs no module.
    pub wrong: Vec<Example>,
    /// What to do instead.
    pub instead: String,
    /// The same modules without the mistake, where that is a matter of the module.
    pub mended: Vec<Example>,
}

/// A module on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Example {
    /// The module: WebAssembly text, or bytes that are none.
    pub module: String,
    /// How to see it, such as `input="hello"`: keys with values in quotes.
    pub request: String,
}

impl Example {
    /// The value of a key of the request.
    pub fn value(&self, key: &str) -> Option<&str> {
        let (_, rest) = self.request.split_once(&format!("{key}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }
}

impl Page {
    /// Takes a page apart: a heading, and two parts of prose with blocks of code between
    /// them.
    pub(super) fn parse(text: &str) -> Page {
        let (_, body) = text.split_once('\n').unwrap_or_default();
        let (first, second) = body.split_once("\n## Instead\n").unwrap_or((body, ""));
        let (why, wrong) = part(first);
        let (instead, mended) = part(second);
        Page {
            why,
            wrong,
            instead,
            mended,
        }
    }
}

/// The prose of a part, and its blocks.
fn part(text: &str) -> (String, Vec<Example>) {
    const FENCE: &str = "```";
    let mut prose = Vec::new();
    let mut blocks: Vec<Example> = Vec::new();
    let mut is_in_block = false;
    for line in text.lines() {
        match line.strip_prefix(FENCE) {
            Some(_) if is_in_block => is_in_block = false,
            Some(info) => {
                is_in_block = true;
                let (_, request) = info.split_once(' ').unwrap_or_default();
                blocks.push(Example {
                    module: String::new(),
                    request: request.to_owned(),
                });
            }
            None => match blocks.last_mut().filter(|_| is_in_block) {
                Some(block) => {
                    block.module.push_str(line);
                    block.module.push('\n');
                }
                None => prose.push(line),
            },
        }
    }
    (prose.join("\n").trim().to_owned(), blocks)
}
