//! Modules and their uniforms as they stand on the command line:
//! `module.wasm '?key=value&key2=value2' next.wasm` (UNI-5).

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use qip_host::{Host, Stage, text};
use sha2::{Digest, Sha256};

use crate::exit::Failure;
use crate::message::Messages;

/// One stage: a file, and the uniforms that follow it.
#[derive(Debug, PartialEq, Eq)]
struct StageArgument {
    path: PathBuf,
    uniforms: BTreeMap<String, String>,
}

/// A stage with its module's bytes.
pub(crate) struct LoadedStage {
    argument: StageArgument,
    module: Vec<u8>,
}

impl LoadedStage {
    /// The file that it was read from.
    pub(crate) fn path(&self) -> &Path {
        &self.argument.path
    }

    /// What the file holds.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.module
    }

    /// As the host takes it: text where the file holds text.
    pub(crate) fn stage(&self) -> Stage<'_> {
        let stage = match text::is_text(&self.module) {
            true => Stage::text(&self.module),
            false => Stage::new(&self.module),
        };
        let stage = stage.named(self.argument.path.display().to_string());
        let uniforms = self.argument.uniforms.iter();
        uniforms.fold(stage, |stage, (key, value)| stage.uniform(key, value))
    }
}

/// Reads the modules that a command line names, and says of what and for which engine.
pub(crate) fn load(
    arguments: &[OsString],
    host: &Host,
    messages: &Messages,
) -> Result<Vec<LoadedStage>, Failure> {
    let info = host.engine().info();
    messages.detail(|| format!("engine {} {}", info.name, info.version));
    let most = host.limits().module_bytes;
    let stages = read(arguments, most)?;
    for stage in &stages {
        messages.detail(|| describe(stage, most));
    }
    Ok(stages)
}

/// Reads the modules that a command line names, and of each little more than `most` bytes.
pub(crate) fn read(arguments: &[OsString], most: u64) -> Result<Vec<LoadedStage>, Failure> {
    let load = |argument: StageArgument| {
        let module = read_file(&argument.path, most)?;
        Ok(LoadedStage { argument, module })
    };
    parse(arguments)?.into_iter().map(load).collect()
}

fn describe(LoadedStage { argument, module }: &LoadedStage, most: u64) -> String {
    let path = argument.path.display();
    if module.len() as u64 > most {
        // It was not read to its end.
        return format!("module `{path}`, over {most} bytes");
    }
    let digest: String = Sha256::digest(module)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("module `{path}`, {} bytes, sha256 {digest}", module.len())
}

/// Sorts arguments into stages. What starts with `?` belongs to the module before.
fn parse(arguments: &[OsString]) -> Result<Vec<StageArgument>, Failure> {
    let mut stages: Vec<StageArgument> = Vec::new();
    for argument in arguments {
        let Some(query) = query(argument) else {
            stages.push(StageArgument {
                path: argument.into(),
                uniforms: BTreeMap::new(),
            });
            continue;
        };
        let Some(stage) = stages.last_mut() else {
            return Err(Failure::Usage(
                format!("the uniforms `{}` follow no module", argument.display()),
                "write the module first: module.wasm '?key=value'".to_owned(),
            ));
        };
        // Percent and `+` are decoded; a later value for a key replaces an earlier one.
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            stage.uniforms.insert(key.into_owned(), value.into_owned());
        }
    }
    Ok(stages)
}

fn query(argument: &OsStr) -> Option<&str> {
    argument.to_str()?.strip_prefix('?')
}

/// Reads a file, but never much more than `most` bytes: what is longer is for the
/// caller to refuse.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    Ok(read().with_context(|| format!("cannot read `{}`", path.display()))?)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::parse;

    fn stages(arguments: &[&str]) -> Vec<(String, Vec<(String, String)>)> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        parse(&arguments)
            .unwrap()
            .into_iter()
            .map(|stage| {
                let path = stage.path.display().to_string();
                (path, stage.uniforms.into_iter().collect())
            })
            .collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn uniforms_belong_to_the_module_before() {
        assert_eq!(
            stages(&["a.wasm", "?x=1&y=2", "b.wasm", "c.wasm", "?z=3"]),
            [
                ("a.wasm".to_owned(), vec![pair("x", "1"), pair("y", "2")]),
                ("b.wasm".to_owned(), vec![]),
                ("c.wasm".to_owned(), vec![pair("z", "3")]),
            ]
        );
    }

    #[test]
    fn percent_and_plus_are_decoded_and_the_last_key_wins() {
        assert_eq!(
            stages(&["a.wasm", "?a%20b=1+%2B2&k=1&k=2", "?k=3"]),
            [(
                "a.wasm".to_owned(),
                vec![pair("a b", "1 +2"), pair("k", "3")]
            )]
        );
    }

    #[test]
    fn uniforms_without_a_module_are_a_usage_error() {
        assert!(parse(&["?x=1".into(), "a.wasm".into()]).is_err());
    }
}
