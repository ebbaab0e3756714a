//! A command that a user gives: words, which no shell reads.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct ShellWords {
    text: String,
    program: String,
    arguments: Vec<String>,
}

impl ShellWords {
    /// Splits a command into words as a POSIX shell does: white space, quotes and
    /// backslashes; nothing is expanded.
    pub(crate) fn parse(text: &str) -> Result<ShellWords, String> {
        let Some(words) = shlex::split(text) else {
            return Err("a quote is not closed, or a backslash stands at the end".to_owned());
        };
        let mut words = words.into_iter();
        match words.next() {
            Some(program) if !program.is_empty() => Ok(ShellWords {
                text: text.to_owned(),
                program,
                arguments: words.collect(),
            }),
            _ => Err("no program is named".to_owned()),
        }
    }

    /// As it was given.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The program, as it was given.
    pub(crate) fn program(&self) -> &str {
        &self.program
    }

    /// The name of the program's file.
    pub(crate) fn file_name(&self) -> String {
        self.part_of_path(Path::file_name)
    }

    /// The same without an extension.
    pub(crate) fn file_stem(&self) -> String {
        self.part_of_path(Path::file_stem)
    }

    fn part_of_path(&self, part: fn(&Path) -> Option<&OsStr>) -> String {
        let part = part(Path::new(&self.program)).unwrap_or(self.program.as_ref());
        part.to_string_lossy().into_owned()
    }

    /// The program with its arguments, to which more may be added.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::ShellWords;

    #[test]
    fn is_split_as_a_shell_does() {
        let words = ShellWords::parse(r#"dir/my\ host 'a b' "c $d" --e"#).unwrap();
        assert_eq!(words.program(), "dir/my host");
        assert_eq!(words.arguments, ["a b", "c $d", "--e"]);
        assert_eq!(words.file_name(), "my host");
        let words = ShellWords::parse("bin/my.host.py").unwrap();
        assert_eq!(
            (&*words.file_name(), &*words.file_stem()),
            ("my.host.py", "my.host")
        );
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for text in ["", "  ", "''", "'' a"] {
            assert_eq!(
                ShellWords::parse(text).unwrap_err(),
                "no program is named",
                "{text}"
            );
        }
        for text in ["a 'b", "a \\", "\"a"] {
            assert!(
                ShellWords::parse(text).unwrap_err().starts_with("a quote"),
                "{text}"
            );
        }
    }
}
