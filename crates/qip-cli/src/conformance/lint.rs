//! `qip conformance --lint`: is the conversation with a host program sound?

use qip_cases::{Capability, Subject as _};
use qip_conformance::{Exchange, HostProgram, LintReply};

use crate::bar::Bar;
use crate::exit::{Exit, Failure};
use crate::message::Messages;

use super::{not_started, print, settings};

/// Talks to each of the programs, and tells what it hears as it hears it.
pub(super) fn run(commands: &[String], messages: &Messages) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for (index, command) in commands.iter().enumerate() {
        if index > 0 {
            print("\n")?;
        }
        if !is_sound(command, messages)? {
            exit = Exit::Findings;
        }
    }
    Ok(exit)
}

fn is_sound(command: &str, messages: &Messages) -> Result<bool, Failure> {
    let host = match HostProgram::start_with(command, settings(messages, &Bar::hidden())) {
        Ok(host) => host,
        Err(error) => {
            let Some(fault) = error.fault() else {
                return Err(not_started(error));
            };
            let hello = Exchange {
                asked: "hello".to_owned(),
                reply: LintReply::Fault(fault.clone()),
            };
            print(&format!("{hello}\n\n1 fault; nothing else was asked\n"))?;
            return Ok(false);
        }
    };
    print(&capabilities(&host))?;
    let (mut faults, mut answers, mut not_asked, mut given_up) = (0, 0, 0, 0);
    for exchange in host.lint() {
        print(&format!("{exchange}\n"))?;
        match exchange.reply {
            LintReply::Fault(_) => faults += 1,
            LintReply::Answered(_) => answers += 1,
            LintReply::NotAsked(_) => not_asked += 1,
            LintReply::GivenUp => given_up += 1,
            LintReply::Left => {}
        }
    }
    let mut asked = format!("{answers} answered, {not_asked} not asked");
    if given_up > 0 {
        asked += &format!(", {given_up} more not asked after ten restarts");
    }
    print(&match (faults, answers) {
        // As red as a run in which no case is judged.
        (0, 0) => format!(
            "\nnothing was asked: it does not claim `{}`\n",
            Capability::Content
        ),
        (0, _) => format!("\nsound: {asked}\n"),
        (1, _) => format!("\n1 fault; {asked}\n"),
        (faults, _) => format!("\n{faults} faults; {asked}\n"),
    })?;
    Ok(faults == 0 && answers > 0)
}

/// Who it is, and what it can and cannot do.
fn capabilities(host: &HostProgram) -> String {
    let on = host.engine().map(|engine| format!(" on {engine}"));
    let mut text = format!(
        "{} {}{}\n",
        host.name(),
        host.version(),
        on.unwrap_or_default()
    );
    let claimed = |capability: &&Capability| host.capabilities().contains(capability);
    let (claims, lacks): (Vec<&Capability>, Vec<&Capability>) =
        Capability::ALL.iter().partition(claimed);
    for (head, list) in [
        ("it claims", claims),
        (
            "it does not claim, so that what needs it is not asked",
            lacks,
        ),
    ] {
        text += &format!("\n  {head}\n");
        for capability in &list {
            text += &format!(
                "    {:<20}  {}\n",
                capability.as_str(),
                capability.meaning()
            );
        }
        if list.is_empty() {
            text += "    nothing\n";
        }
    }
    text + "\n"
}
