//! What `qip new` writes: the files of a project, by its language and kind. With the feature
//! `templates`, which needs `std`; a module has no use for it.

use std::fmt;
use std::string::{String, ToString};
use std::vec::Vec;

/// A language that modules can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// With this crate, as one file.
    Rust,
    /// With `qip.h`.
    C,
    /// With `qip.zig`.
    Zig,
    /// With constants that are exported; there is no library.
    AssemblyScript,
    /// WebAssembly text; there is no library.
    Wat,
}

/// What a module is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It turns text or bytes into others.
    Content,
    /// It is a filter for pictures.
    Tile,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 5] = [
        Language::Rust,
        Language::C,
        Language::Zig,
        Language::AssemblyScript,
        Language::Wat,
    ];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::C => "c",
            Language::Zig => "zig",
            Language::AssemblyScript => "assemblyscript",
            Language::Wat => "wat",
        }
    }

    /// The name in one's own spelling.
    pub const fn title(self) -> &'static str {
        match self {
            Language::Rust => "Rust",
            Language::C => "C",
            Language::Zig => "Zig",
            Language::AssemblyScript => "AssemblyScript",
            Language::Wat => "WebAssembly text",
        }
    }

    /// The source of a module of this name, in the directory of its project.
    pub fn source(self, name: &str) -> String {
        match self {
            Language::Rust => "src/lib.rs".to_string(),
            Language::C => name.to_string() + ".c",
            Language::Zig => name.to_string() + ".zig",
            Language::AssemblyScript => name.to_string() + ".ts",
            Language::Wat => name.to_string() + ".wat",
        }
    }
}

impl Kind {
    /// Both of them.
    pub const ALL: [Kind; 2] = [Kind::Content, Kind::Tile];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Content => "content",
            Kind::Tile => "tile",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is, seen from the directory of the project, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// What stands in templates where the name of the module goes. There is no other placeholder.
const NAME: &str = "{{name}}";

/// The guest library for C.
pub const C_HEADER: &str = include_str!("../c/qip.h");

/// The guest library for Zig.
pub const ZIG_LIBRARY: &str = include_str!("../zig/qip.zig");

/// The guest library for Rust.
pub const RUST_LIBRARY: &str = include_str!("qip.rs");

/// A template, by its path below `templates/`.
macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../templates/", $path))
    };
}

/// The files of a new project, six at most.
pub fn files(language: Language, kind: Kind, name: &str) -> Vec<File> {
    let (cases, about) = match kind {
        Kind::Content => (template!("content.toml"), template!("content.md")),
        Kind::Tile => (template!("tile.toml"), template!("tile.md")),
    };
    let (source, test) = match (language, kind) {
        (Language::Rust, Kind::Content) => (template!("rust/content.rs"), None),
        (Language::Rust, Kind::Tile) => (template!("rust/tile.rs"), None),
        (Language::C, Kind::Content) => (
            template!("c/content.c"),
            Some(template!("c/content-test.c")),
        ),
        (Language::C, Kind::Tile) => (template!("c/tile.c"), Some(template!("c/tile-test.c"))),
        (Language::Zig, Kind::Content) => (template!("zig/content.zig"), None),
        (Language::Zig, Kind::Tile) => (template!("zig/tile.zig"), None),
        (Language::AssemblyScript, Kind::Content) => (template!("assemblyscript/content.ts"), None),
        (Language::AssemblyScript, Kind::Tile) => (template!("assemblyscript/tile.ts"), None),
        (Language::Wat, Kind::Content) => (template!("wat/content.wat"), None),
        (Language::Wat, Kind::Tile) => (template!("wat/tile.wat"), None),
    };
    let (readme, ignored) = match language {
        Language::Rust => (template!("rust/README.md"), template!("rust/gitignore")),
        Language::C => (template!("c/README.md"), template!("c/gitignore")),
        Language::Zig => (template!("zig/README.md"), template!("zig/gitignore")),
        Language::AssemblyScript => (
            template!("assemblyscript/README.md"),
            template!("assemblyscript/gitignore"),
        ),
        Language::Wat => (template!("wat/README.md"), template!("wat/gitignore")),
    };
    let mut files = Vec::new();
    let mut add = |path: &str, text: &str| {
        files.push(File {
            path: path.replace(NAME, name),
            text: text.replace(NAME, name),
        });
    };
    add(&language.source(name), source);
    if let Some(test) = test {
        add("{{name}}-test.c", test);
    }
    match language {
        Language::Rust => {
            add("src/qip.rs", RUST_LIBRARY);
            // Under this name it would make a package of its directory.
            add("Cargo.toml", template!("rust/Cargo.toml.txt"));
        }
        Language::C => add("qip.h", C_HEADER),
        Language::Zig => add("qip.zig", ZIG_LIBRARY),
        Language::AssemblyScript => add("package.json", template!("assemblyscript/package.json")),
        Language::Wat => {}
    }
    add("{{name}}.toml", cases);
    add("README.md", &[about, readme].concat());
    add(".gitignore", ignored);
    files
}

/// A workflow for GitHub that builds and checks the project.
pub fn github_workflow(language: Language, name: &str) -> File {
    let text = match language {
        Language::Rust => template!("rust/ci.yml"),
        Language::C => template!("c/ci.yml"),
        Language::Zig => template!("zig/ci.yml"),
        Language::AssemblyScript => template!("assemblyscript/ci.yml"),
        Language::Wat => template!("wat/ci.yml"),
    };
    File {
        path: ".github/workflows/ci.yml".to_string(),
        text: text.replace(NAME, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_has_six_files_at_most_and_no_placeholder_left() {
        for language in Language::ALL {
            for kind in Kind::ALL {
                let mut all = files(language, kind, "shout");
                assert!(all.len() <= 6, "{language} {kind}");
                assert_eq!(all[0].path, language.source("shout"));
                all.push(github_workflow(language, "shout"));
                for File { path, text } in all {
                    assert!(!text.is_empty() && !path.contains("{{"), "{path}");
                    assert!(!text.contains(NAME), "{language} {kind}: {path}");
                }
            }
        }
    }
}
