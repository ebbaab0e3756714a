//! The built command, from the outside: exit codes, what goes to stdout and stderr,
//! and the texts that people read. What is expected comes from the clauses and the
//! command's own description, not from what it prints.

#[path = "cli/check.rs"]
mod check;
#[path = "cli/closed_pipe.rs"]
mod closed_pipe;
#[path = "cli/command_lines.rs"]
mod command_lines;
#[path = "cli/conformance.rs"]
mod conformance;
#[path = "cli/directory.rs"]
mod directory;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/failures.rs"]
mod failures;
#[path = "cli/five_subjects.rs"]
mod five_subjects;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/hosts.rs"]
mod hosts;
#[path = "cli/image.rs"]
mod image;
#[path = "cli/input.rs"]
mod input;
#[path = "cli/inspect.rs"]
mod inspect;
#[path = "cli/javascript_host.rs"]
mod javascript_host;
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/messages.rs"]
mod messages;
#[path = "cli/modules.rs"]
mod modules;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/output_file.rs"]
mod output_file;
#[path = "cli/pictures.rs"]
mod pictures;
#[path = "cli/projects.rs"]
mod projects;
#[path = "cli/python_host.rs"]
mod python_host;
#[path = "cli/real_modules.rs"]
mod real_modules;
#[path = "cli/recipes.rs"]
mod recipes;
#[path = "cli/rubbish.rs"]
mod rubbish;
#[path = "cli/uniforms.rs"]
mod uniforms;

use qip_host::BuiltIn;

/// The engines; what does not depend on one holds on both.
const ENGINES: [&str; BuiltIn::ALL.len()] = {
    let mut names = [""; BuiltIn::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = BuiltIn::ALL[at].as_str();
        at += 1;
    }
    names
};
