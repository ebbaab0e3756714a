//! A finding as files that can be committed: modules in WebAssembly text, and a case
//! file beside them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use qip_cases::{CaseId, Image, Outcome, OutputKind, RequestInput, Task, TaskOptions};
use qip_contract::{Code, Floats, Numeric, Utf8};

use crate::arena::{Answers, PREDICTION, class, told};
use crate::campaign::Finding;

/// Files that belong together, named after what went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixture {
    /// What their names begin with.
    pub stem: String,
    /// The case file.
    pub case: String,
    /// Each module: the end of its file's name, and its bytes or text.
    pub modules: Vec<Module>,
}

/// The end of a module's file name, and its bytes or text.
type Module = (String, Vec<u8>);

/// The answers that count as right, and why.
struct Expected<'a> {
    answer: &'a Answers,
    because: String,
}

impl Fixture {
    /// The fixture of a finding, under a name that is free in this directory. `None`
    /// where nothing tells right from wrong: every subject is at fault.
    pub fn of(finding: &Finding, directory: &Path) -> Option<Fixture> {
        let expected = expected(&finding.answers)?;
        let wrong = finding
            .answers
            .iter()
            .find(|answer| answer.who != PREDICTION && classes(answer) != classes(expected.answer));
        let wrong = wrong.or_else(|| finding.answers.last())?;
        let (found, right) = (classes(wrong), classes(expected.answer));
        let summary = if found == right {
            format!("{} gives another {right}", wrong.who)
        } else {
            format!("{} gives {found}, not {right}", wrong.who)
        };
        let stem = free_name(&slug(&summary), directory);
        let mut head = format!(
            "# Found by `cargo xtask fuzz`: {}, seed {}, trial {}.\n",
            finding.generator, finding.seed, finding.number
        );
        for line in told(&finding.answers) {
            let _ = writeln!(head, "#   {}", line.escape_debug());
        }
        let _ = writeln!(head, "# {}", expected.because);
        let _ = writeln!(head, "summary = {}", string(&summary));
        let task = &finding.trial.task;
        let modules = modules(task);
        let case = case(task, &expected.answer.outcomes, &stem, &modules);
        Some(Fixture {
            case: head + &case,
            modules,
            stem,
        })
    }

    /// A task alone, for another process to run: what it expects means nothing.
    pub(crate) fn of_task(task: &Task) -> Fixture {
        let nothing = Outcome::Scalar {
            value: 0,
            content_type: None,
        };
        let expected = vec![nothing; task.requests.len()];
        let modules = modules(task);
        Fixture {
            stem: "task".to_owned(),
            case: "summary = \"a task\"\n".to_owned() + &case(task, &expected, "task", &modules),
            modules,
        }
    }

    /// Writes the files into a directory, and gives back the path of the case file.
    ///
    /// # Errors
    ///
    /// Where they cannot be written.
    pub fn write(&self, directory: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(directory)?;
        for (ending, bytes) in &self.modules {
            fs::write(directory.join(format!("{}{ending}", self.stem)), bytes)?;
        }
        let path = directory.join(format!("{}.toml", self.stem));
        fs::write(&path, &self.case)?;
        Ok(path)
    }
}

/// This name, or with a number where a file of a directory has it.
fn free_name(name: &str, directory: &Path) -> String {
    let is_free = |name: &String| {
        let mut endings = ["toml", "wat", "wasm"].iter();
        endings.all(|ending| !directory.join(format!("{name}.{ending}")).exists())
    };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_else(|| name.to_owned())
}

/// The prediction; without one, what most subjects answer; without most, the first.
fn expected(answers: &[Answers]) -> Option<Expected<'_>> {
    let is_sound = |answer: &&Answers| {
        let mut outcomes = answer.outcomes.iter();
        outcomes.all(|outcome| !matches!(outcome, Outcome::Broken { .. }))
    };
    let first = answers.iter().find(is_sound)?;
    if first.who == PREDICTION {
        return Some(Expected {
            answer: first,
            because: "The clauses predict what is expected here.".to_owned(),
        });
    }
    let votes = |answer: &Answers| {
        answers
            .iter()
            .filter(|other| other.agree_with(answer))
            .count()
    };
    let most = answers
        .iter()
        .filter(is_sound)
        .find(|answer| votes(answer) > 1);
    let answer = most.unwrap_or(first);
    Some(Expected {
        because: format!(
            "Expected is what {} answers. Hold it against the WebAssembly specification \
             before this is committed.",
            answer.who
        ),
        answer,
    })
}

fn classes(answer: &Answers) -> String {
    let mut classes: Vec<String> = answer.outcomes.iter().map(class).collect();
    classes.dedup();
    classes.join(" and ")
}

fn slug(text: &str) -> String {
    let id = CaseId::new("a", "b", text);
    id.map_or_else(|| "found".to_owned(), |id| id.slug().to_owned())
}

/// The modules' endings and bytes: text where the text assembles to the very bytes.
fn modules(task: &Task) -> Vec<Module> {
    let stages = task.stages.iter().enumerate();
    let modules = stages.map(|(index, stage)| {
        let number = match index {
            0 => String::new(),
            _ => format!("-stage-{}", index + 1),
        };
        let wasm = stage.module.binary().unwrap_or_default();
        match text(wasm) {
            Some(text) => (format!("{number}.wat"), text.into_bytes()),
            None => (format!("{number}.wasm"), wasm.to_vec()),
        }
    });
    modules.collect()
}

/// The module as text, where that assembles to the very same bytes.
fn text(wasm: &[u8]) -> Option<String> {
    let text = wasmprinter::print_bytes(wasm).ok()?;
    let again = wat::parse_str(&text).ok()?;
    (again == wasm).then_some(text)
}

/// The part of a case file after its summary.
fn case(task: &Task, expected: &[Outcome], stem: &str, modules: &[Module]) -> String {
    let mut text = String::from("\n[[case]]\nname = \"as it was found\"\n");
    let clauses = expected.iter().map(clause).collect::<Vec<_>>();
    let mut named = Vec::new();
    for clause in clauses {
        if !named.contains(&clause) {
            named.push(clause);
        }
    }
    let named: Vec<String> = named.into_iter().map(string).collect();
    let _ = writeln!(text, "clauses = [{}]", named.join(", "));
    stages(&mut text, task, stem, modules);
    options(&mut text, &task.options);
    limits(&mut text, task);
    if let ([request], [outcome]) = (&task.requests[..], expected) {
        let _ = writeln!(text, "{}", input(&request.input));
        if let Some(content_type) = &request.content_type {
            let _ = writeln!(text, "content_type = {}", string(content_type));
        }
        let _ = writeln!(text, "expect = {}", expectation(outcome));
        return text;
    }
    text += "requests = [\n";
    for (request, outcome) in task.requests.iter().zip(expected) {
        let _ = write!(text, "  {{ {}", input(&request.input));
        if let Some(content_type) = &request.content_type {
            let _ = write!(text, ", content_type = {}", string(content_type));
        }
        let _ = writeln!(text, ", expect = {} }},", expectation(outcome));
    }
    text += "]\n";
    text
}

/// What goes in, as a key and its value.
fn input(input: &RequestInput) -> String {
    match input {
        RequestInput::Bytes(input) => format!("input = {}", bytes(&input.to_vec())),
        RequestInput::Image(input) => format!("image = {}", image(input)),
    }
}

/// A picture as rows of pixels.
fn image(image: &Image) -> String {
    let (pixels, _) = image.pixels.as_chunks::<4>();
    let hex = |pixel: &[u8; 4]| format!("{:08x}", u32::from_be_bytes(*pixel));
    let rows = pixels.chunks(image.width.max(1) as usize).map(|row| {
        let row: Vec<String> = row.iter().map(hex).collect();
        string(&row.join(" "))
    });
    let rows: Vec<String> = rows.collect();
    let Image { width, height, .. } = image;
    let rows = rows.join(", ");
    format!("{{ width = {width}, height = {height}, rows = [{rows}] }}")
}

/// The clause that says most about an outcome.
fn clause(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Output { .. } => "OUT-3",
        Outcome::Scalar { .. } => "OUT-8",
        Outcome::Image(_) => "IMG-3",
        Outcome::Trapped { .. } => "TRAP-1",
        Outcome::Stopped { .. } => "RUN-6",
        _ => "ORD-2",
    }
}

fn stages(text: &mut String, task: &Task, stem: &str, modules: &[Module]) {
    let files = modules.iter().map(|(ending, _)| format!("{stem}{ending}"));
    let stages = task.stages.iter().zip(files).map(|(stage, file)| {
        let uniforms = stage.uniforms.iter();
        let uniforms: Vec<String> = uniforms
            .map(|(key, value)| format!("{} = {}", string(key), string(value)))
            .collect();
        let uniforms = uniforms.join(", ");
        format!(
            "{{ module = {}, uniforms = {{ {uniforms} }} }}",
            string(&file)
        )
    });
    let stages: Vec<String> = stages.collect();
    let _ = writeln!(text, "stages = [{}]", stages.join(", "));
}

fn options(text: &mut String, options: &TaskOptions) {
    let TaskOptions {
        utf8,
        numeric,
        floats,
        reuse,
        fixed_memory,
    } = options;
    let all = [
        (*utf8 == Utf8::Unchecked, "utf8 = \"unchecked\""),
        (*numeric == Numeric::Lenient, "numeric = \"lenient\""),
        (
            *floats == Floats::Deterministic,
            "floats = \"deterministic\"",
        ),
        (*reuse, "reuse = true"),
        (*fixed_memory, "fixed_memory = true"),
    ];
    let given: Vec<&str> = all
        .into_iter()
        .filter_map(|(given, text)| given.then_some(text))
        .collect();
    if !given.is_empty() {
        let _ = writeln!(text, "options = {{ {} }}", given.join(", "));
    }
}

fn limits(text: &mut String, task: &Task) {
    let mut given = Vec::new();
    given.push(match task.request_limits.time {
        Some(time) => format!("time_ms = {}", time.as_millis()),
        // An artefact without a clock is another than one with it.
        None => "time_ms = \"none\"".to_owned(),
    });
    if let Some(fuel) = task.request_limits.fuel {
        given.push(format!("fuel = {fuel}"));
    }
    let sizes = task.limits.departing();
    given.extend(sizes.map(|(size, limit)| format!("{} = {limit}", size.as_str())));
    let _ = writeln!(text, "limits = {{ {} }}", given.join(", "));
}

fn expectation(outcome: &Outcome) -> String {
    let mut parts = match outcome {
        Outcome::Output {
            kind, bytes: found, ..
        } => match kind {
            OutputKind::I32 => {
                let (elements, _) = found.as_chunks::<4>();
                let elements = elements.iter().map(|element| i32::from_le_bytes(*element));
                let elements: Vec<String> = elements.map(|element| element.to_string()).collect();
                vec![format!("i32 = [{}]", elements.join(", "))]
            }
            _ => vec![format!("{kind} = {}", bytes(found))],
        },
        Outcome::Scalar { value, .. } => vec![format!("scalar = {value}")],
        Outcome::Image(found) => vec![format!("image = {}", image(found))],
        Outcome::Refused { code, offset, .. } => {
            let mut parts = vec![format!("refused = \"{code}\"")];
            if let (Code::InputNotUtf8 | Code::OutputNotUtf8, Some(offset)) = (code, offset) {
                parts.push(format!("offset = {offset}"));
            }
            parts
        }
        Outcome::Trapped { kind, .. } => vec![format!("trap = \"{kind}\"")],
        Outcome::Stopped { exhausted, .. } => {
            vec![format!("stopped = \"{}\"", exhausted.as_str())]
        }
        // A fixture expects none of the others.
        _ => Vec::new(),
    };
    parts.extend(outcome.stage().map(|stage| format!("stage = {stage}")));
    if let Some(content_type) = outcome.content_type() {
        parts.push(format!("content_type = {}", string(content_type)));
    }
    format!("{{ {} }}", parts.join(", "))
}

/// How many of the same byte in a row are worth a `repeat`.
const MANY: usize = 24;

/// Bytes as a case file tells them: as text where they are printable, and long runs of
/// one byte as such.
fn bytes(all: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(all)
        && !text.chars().any(char::is_control)
    {
        return string(text);
    }
    let mut parts = Vec::new();
    let mut plain = String::new();
    for run in all.chunk_by(|a, b| a == b) {
        if run.len() < MANY {
            for byte in run {
                let _ = write!(plain, "{byte:02x}");
            }
            continue;
        }
        if !plain.is_empty() {
            parts.push(format!("{{ hex = \"{}\" }}", std::mem::take(&mut plain)));
        }
        parts.push(format!(
            "{{ repeat = {{ hex = \"{:02x}\" }}, count = {} }}",
            run[0],
            run.len()
        ));
    }
    if !plain.is_empty() || parts.is_empty() {
        parts.push(format!("{{ hex = \"{plain}\" }}"));
    }
    match &parts[..] {
        [only] => only.clone(),
        _ => format!("{{ concat = [{}] }}", parts.join(", ")),
    }
}

/// A TOML string.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            character if character.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted + "\""
}
