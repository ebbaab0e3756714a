//! The SARIF log: valid by its schema, and pointing where the findings are.

use serde_json::Value;

use super::{SOUND, WRONG, some_modules};
use crate::directory::Directory;

const SCHEMA: &str = include_str!("sarif-schema-2.1.0.json");

fn validator() -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    // The one pattern of the standard's own schema that is no regular expression.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        assert!(
            language
                .as_object_mut()
                .unwrap()
                .remove("pattern")
                .is_some()
        );
    }
    jsonschema::validator_for(&schema).unwrap()
}

/// The log of some paths, which is valid.
#[track_caller]
fn log(directory: &Directory, args: &[&str]) -> Value {
    let answer = directory.qip(&[&["check", "--format", "sarif"], args].concat());
    let log: Value = serde_json::from_str(answer.text()).unwrap();
    let validator = validator();
    let errors: Vec<String> = validator
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    log
}

#[test]
fn the_schema_refuses_what_is_no_log() {
    let validator = validator();
    let mut log = log(&some_modules(), &["src"]);
    log["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&log));
}

#[test]
fn results_name_rule_and_place() {
    let directory = some_modules();
    let log = log(&directory, &["src", "build"]);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let place = |index: usize| &results[index]["locations"][0]["physicalLocation"];
    // In `WRONG` the entry point is the first finding, in line 6.
    assert_eq!(results[0]["ruleId"], "export-shape");
    assert_eq!(place(0)["artifactLocation"]["uri"], "src/wrong.wat");
    assert_eq!(place(0)["region"]["startLine"], 6);
    let binary = results
        .iter()
        .position(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            place["artifactLocation"]["uri"] == "build/wrong.wasm"
        })
        .unwrap();
    assert!(place(binary)["region"]["byteOffset"].is_u64());
}

#[test]
fn nothing_found_is_a_log_too() {
    let directory = Directory::new();
    directory.file("sound.wat", SOUND);
    let log = log(&directory, &["sound.wat"]);
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn paths_are_uris() {
    let directory = Directory::new();
    directory.file("a dir/ü%.wat", WRONG);
    let log = log(&directory, &["a dir"]);
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20dir/%C3%BC%25.wat");
}

/// What concerns no module has no place.
#[test]
fn an_unused_allowance() {
    let directory = Directory::new();
    directory.file("sound.wat", SOUND);
    let log = log(&directory, &["sound.wat", "--allow", "buffers-overlap"]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ruleId"], "unused-allowance");
    assert!(results[0].get("locations").is_none());
}
