//! The command line of a host program: words, which no shell reads.

use std::path::Path;
use std::process::Command;

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(super) struct CommandLine {
    text: String,
    program: String,
    arguments: Vec<String>,
}

impl CommandLine {
    /// Splits a command into words as a POSIX shell does: white space, quotes and
    /// backslashes; nothing is expanded.
    pub(super) fn parse(text: &str) -> Result<CommandLine, String> {
        let Some(words) = shlex::split(text) else {
            return Err("a quote is not closed, or a backslash stands at the end".to_owned());
        };
        let mut words = words.into_iter();
        match words.next() {
            Some(program) if !program.is_empty() => Ok(CommandLine {
                text: text.to_owned(),
                program,
                arguments: words.collect(),
            }),
            _ => Err("no program is named".to_owned()),
        }
    }

    /// As it was given.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The program, as it was given.
    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// What the program is called before it has said its name.
    pub(super) fn label(&self) -> String {
        let name = Path::new(&self.program).file_name();
        name.map_or_else(
            || self.program.clone(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::CommandLine;

    #[test]
    fn is_split_as_a_shell_does() {
        let line = CommandLine::parse(r#"dir/my\ host 'a b' "c $d" --e"#).unwrap();
        assert_eq!(line.program(), "dir/my host");
        assert_eq!(line.arguments, ["a b", "c $d", "--e"]);
        assert_eq!(line.label(), "my host");
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for text in ["", "  ", "''", "'' a"] {
            assert_eq!(
                CommandLine::parse(text).unwrap_err(),
                "no program is named",
                "{text}"
            );
        }
        for text in ["a 'b", "a \\", "\"a"] {
            assert!(
                CommandLine::parse(text).unwrap_err().starts_with("a quote"),
                "{text}"
            );
        }
    }
}
