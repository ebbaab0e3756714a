//! Parts of functions as WebAssembly text, for binaries that say nothing of their source.

use std::io;
use std::ops::Range;

use wasmprinter::{Config, Print};

/// Lines that are shown before and after the one at fault.
const AROUND: usize = 2;

/// The most characters of a line that are kept: nesting and long constants make long ones.
const MOST_LINE_CHARS: usize = 160;

/// What is to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The body of the function.
    pub(crate) body: Range<usize>,
    /// The instruction; the function's head where there is none.
    pub(crate) instruction: Option<usize>,
}

/// A part of a function, and the bytes of it that are at fault.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// The wanted parts, in their order. The module is printed once, and little of it is kept.
pub(crate) fn excerpts(wasm: &[u8], wanted: Vec<Wanted>) -> Vec<Option<Excerpt>> {
    let mut printer = Printer {
        shown: wanted.iter().map(|_| None).collect(),
        wanted,
        head: String::new(),
        before: Vec::new(),
        line: String::new(),
        offset: None,
    };
    // What was found before an error stays found.
    let _ = Config::new().print(wasm, &mut printer);
    printer.finish_line();
    printer
        .shown
        .into_iter()
        .map(|shown| shown.map(Shown::excerpt))
        .collect()
}

/// Lines that are shown.
struct Shown {
    head: Option<String>,
    before: Vec<String>,
    marked: String,
    after: Vec<String>,
    body: Range<usize>,
}

impl Shown {
    fn excerpt(self) -> Excerpt {
        let mut text = String::new();
        let mut push = |line: &str| {
            text.push_str(line);
            text.push('\n');
            text.len()
        };
        if let Some(head) = &self.head {
            push(head);
            if self.before.len() == AROUND {
                push("    ;; …");
            }
        }
        for line in &self.before {
            push(line);
        }
        let end = push(&self.marked) - 1;
        for line in &self.after {
            push(line);
        }
        let start = end - self.marked.trim_start().len();
        Excerpt {
            text,
            span: start..end,
        }
    }
}

struct Printer {
    wanted: Vec<Wanted>,
    shown: Vec<Option<Shown>>,
    /// The first line of the function that is being printed.
    head: String,
    /// The last lines of it.
    before: Vec<String>,
    line: String,
    offset: Option<usize>,
}

impl Printer {
    fn finish_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let is_head = line.trim_start().starts_with("(func ");
        let Some(offset) = self.offset.take() else {
            return;
        };
        for (wanted, shown) in self.wanted.iter().zip(&mut self.shown) {
            match shown {
                Some(shown) if shown.after.len() < AROUND && shown.body.contains(&offset) => {
                    shown.after.push(line.clone());
                }
                Some(_) => {}
                None => {
                    let is_it = match wanted.instruction {
                        Some(instruction) => !is_head && instruction == offset,
                        None => is_head && offset == wanted.body.start,
                    };
                    if is_it {
                        *shown = Some(Shown {
                            head: (!is_head).then(|| self.head.clone()),
                            before: match is_head {
                                true => Vec::new(),
                                false => self.before.clone(),
                            },
                            marked: line.clone(),
                            after: Vec::new(),
                            body: wanted.body.clone(),
                        });
                    }
                }
            }
        }
        if is_head {
            self.head = line;
            self.before.clear();
        } else {
            if self.before.len() == AROUND {
                self.before.remove(0);
            }
            self.before.push(line);
        }
    }
}

impl Print for Printer {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        let length = self.line.chars().count();
        self.line
            .extend(text.chars().take(MOST_LINE_CHARS.saturating_sub(length)));
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        self.finish_line();
        Ok(())
    }

    fn start_line(&mut self, offset: Option<usize>) {
        self.offset = offset;
    }
}

/// A whole function as text.
pub(crate) fn function(wasm: &[u8], body: Range<usize>) -> Option<String> {
    let mut printer = Function {
        body,
        text: String::new(),
        line: String::new(),
        offset: None,
    };
    Config::new().print(wasm, &mut printer).ok()?;
    printer.finish_line();
    (!printer.text.is_empty()).then_some(printer.text)
}

struct Function {
    body: Range<usize>,
    text: String,
    line: String,
    offset: Option<usize>,
}

impl Function {
    fn finish_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Some(offset) = self.offset.take() else {
            return;
        };
        let is_head = line.trim_start().starts_with("(func ");
        let is_in = match is_head {
            true => offset == self.body.start,
            false => !self.text.is_empty() && offset < self.body.end,
        };
        if is_in {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }
}

impl Print for Function {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        self.line.push_str(text);
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        self.finish_line();
        Ok(())
    }

    fn start_line(&mut self, offset: Option<usize>) {
        self.offset = offset;
    }
}
