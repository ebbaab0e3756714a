//! A sound host: the model on wasmi. It holds all that it reads and writes against the
//! schemas.

use std::io::{self, BufRead as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qip_cases::{Bytes, Image, Module, Outcome, Request, Stage, Subject as _, Task, TaskOptions};
use qip_contract::{Floats, Limits, Numeric, RequestLimits, Size, Utf8};
use qip_model::Model;
use serde_json::{Value, json};

use crate::schema::Schema;

pub(crate) fn run() -> ExitCode {
    let model = Model::new(qip_host::wasmi::Wasmi::new());
    let schemas = Schema::both();
    let check = |which: fn(&(Schema, Schema)) -> &Schema, message: &Value| {
        let problem = schemas
            .as_ref()
            .and_then(|both| which(both).problem(message));
        problem.map(|problem| format!("{problem}: {message:.300}"))
    };
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let mut problem = check(|(harness, _)| harness, &question);
        let case = &question["case"];
        let mut answer = match case {
            Value::Null => json!({ "hello": {
                "protocol": 1,
                "host": "sound",
                "version": env!("CARGO_PKG_VERSION"),
                "engine": "wasmi 2",
                "capabilities": model.capabilities().iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            } }),
            case => answer(&model, case),
        };
        problem = problem.or_else(|| check(|(_, host)| host, &answer));
        if let Some(problem) = problem {
            answer = json!({ "id": case["id"], "outcome": { "broken": { "why": problem } } });
        }
        super::say(&answer.to_string());
    }
    ExitCode::SUCCESS
}

fn answer(model: &Model, case: &Value) -> Value {
    let outcomes: Vec<Value> = model.answer(&task(case)).into_iter().map(outcome).collect();
    match case.get("requests") {
        Some(_) => json!({ "id": case["id"], "outcomes": outcomes }),
        None => json!({ "id": case["id"], "outcome": outcomes[0] }),
    }
}

fn task(case: &Value) -> Task {
    let stages = case["stages"].as_array().unwrap().iter().map(|stage| {
        let uniforms = stage.get("uniforms").and_then(Value::as_object);
        let uniforms = uniforms.into_iter().flatten();
        Stage {
            module: Arc::new(Module::from_bytes("module", bytes(&stage["wasm"]))),
            uniforms: uniforms
                .map(|(key, value)| (key.clone(), text(value)))
                .collect(),
        }
    });
    let request = |request: &Value| Request {
        input: match request.get("image") {
            Some(picture) => image(picture).into(),
            None => Bytes::literal(bytes(&request["input"])).into(),
        },
        content_type: request.get("content_type").map(text),
    };
    let options = &case["options"];
    Task {
        stages: stages.collect(),
        options: TaskOptions {
            utf8: if options.get("utf8").is_some() {
                Utf8::Unchecked
            } else {
                Utf8::Checked
            },
            numeric: if options.get("numeric").is_some() {
                Numeric::Lenient
            } else {
                Numeric::Strict
            },
            floats: if options.get("floats").is_some() {
                Floats::Deterministic
            } else {
                Floats::Any
            },
            reuse: options.get("reuse").is_some(),
            fixed_memory: options.get("fixed_memory").is_some(),
        },
        limits: limits(&case["limits"]),
        request_limits: request_limits(&case["limits"]),
        requests: match case.get("requests") {
            Some(requests) => requests.as_array().unwrap().iter().map(request).collect(),
            None => vec![request(case)],
        },
    }
}

fn limit(given: &Value, key: &str) -> Option<u64> {
    given.get(key).map(|limit| limit.as_u64().unwrap())
}

fn request_limits(given: &Value) -> RequestLimits {
    RequestLimits {
        time: limit(given, "time_ms").map(Duration::from_millis),
        fuel: limit(given, "fuel"),
    }
}

fn limits(given: &Value) -> Limits {
    let mut limits = Limits::standard();
    for size in Size::ALL {
        if let Some(given) = limit(given, size.as_str()) {
            *limits.size_mut(*size) = given;
        }
    }
    limits
}

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

fn image(value: &Value) -> Image {
    let side = |key: &str| u32::try_from(value[key].as_u64().unwrap()).unwrap();
    Image::new(side("width"), side("height"), bytes(&value["rgba"])).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn outcome(outcome: Outcome) -> Value {
    let (key, all) = match outcome {
        Outcome::Output {
            kind,
            bytes,
            content_type,
        } => (
            "output",
            json!({ "kind": kind.as_str(), "bytes": STANDARD.encode(bytes), "content_type": content_type }),
        ),
        Outcome::Scalar {
            value,
            content_type,
        } => (
            "scalar",
            json!({ "value": value, "content_type": content_type }),
        ),
        Outcome::Image(image) => (
            "image",
            json!({
                "width": image.width,
                "height": image.height,
                "rgba": STANDARD.encode(image.pixels),
            }),
        ),
        Outcome::Refused {
            code,
            message,
            stage,
            offset,
        } => (
            "refused",
            json!({ "code": code.as_str(), "message": message, "stage": stage, "offset": offset }),
        ),
        Outcome::Trapped {
            kind,
            stage,
            message,
        } => (
            "trapped",
            json!({ "kind": kind.as_str(), "stage": stage, "message": message }),
        ),
        Outcome::Stopped {
            exhausted,
            stage,
            message,
        } => (
            "stopped",
            json!({ "by": exhausted.as_str(), "stage": stage, "message": message }),
        ),
        Outcome::Unsupported { capability } => {
            ("unsupported", json!({ "capability": capability.as_str() }))
        }
        other => ("broken", json!({ "why": other.to_string() })),
    };
    let Value::Object(mut all) = all else {
        unreachable!("made above")
    };
    // What is not known is left out.
    all.retain(|_, value| !value.is_null());
    json!({ key: all })
}
