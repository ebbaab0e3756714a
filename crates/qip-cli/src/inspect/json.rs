//! One module as a JSON object in one line, for programs. What only running the module tells
//! is left out.

use qip_check::inspect::{ContentType, Inspection, Memory, Size};
use qip_contract::{InputKind, Kind, OutputForm};
use serde_json::{Map, Value, json};

use super::Inspected;
use super::human;

const VERSION: u32 = 1;

pub(super) fn line(inspected: &Inspected) -> String {
    let mut value = module(&inspected.path, &inspected.inspection);
    remove_nulls(&mut value);
    format!("{value}\n")
}

fn module(path: &str, it: &Inspection) -> Value {
    let content_type = |declared: &Option<ContentType>| match declared {
        Some(ContentType::Known(text)) => Some(text.clone()),
        _ => None,
    };
    let input = it.input.as_ref().map(|input| {
        json!({
            "kind": match input.kind {
                InputKind::Utf8 => "utf8",
                InputKind::Bytes => "bytes",
            },
            "pointer": input.pointer,
            "capacity": input.capacity,
            "content_type": content_type(&input.content_type),
        })
    });
    let output = json!({
        "form": match it.output.form {
            OutputForm::Utf8 => "utf8",
            OutputForm::Bytes => "bytes",
            OutputForm::I32 => "i32",
            OutputForm::Scalar => "scalar",
        },
        "pointer": it.output.pointer,
        "capacity": it.output.capacity,
        "content_type": content_type(&it.output.content_type),
    });
    let uniforms = it.uniforms.iter().map(|uniform| {
        json!({
            "key": uniform.key,
            "type": uniform.ty.map(|ty| ty.to_string()),
            "default": uniform.default.map(human::value),
        })
    });
    json!({
        "version": VERSION,
        "module": path,
        "bytes": it.bytes,
        "kind": match it.kind {
            Kind::Content => "content",
            Kind::Tile => "tile",
        },
        "entry": it.entry.as_str(),
        "input": input,
        "output": Some(output).filter(|_| it.kind == Kind::Content),
        "halo": it.halo.filter(|_| it.kind == Kind::Tile),
        "uniforms": uniforms.collect::<Vec<Value>>(),
        "imports": it.imports,
        "features": it.features.iter().map(|feature| feature.as_str()).collect::<Vec<_>>(),
        "has_names": it.has_names,
        "has_lines": it.has_lines,
        "memory": it.memory.as_ref().map(memory),
        "sections": sizes(&it.sections),
        "functions": sizes(&it.functions),
    })
}

fn memory(memory: &Memory) -> Value {
    let regions = memory.regions.iter().map(|region| {
        json!({
            "what": region.what.as_str(),
            "start": region.range.start,
            "end": region.range.end,
        })
    });
    json!({
        "bytes": memory.bytes,
        "most": memory.most,
        "grows": memory.grows,
        "regions": regions.collect::<Vec<Value>>(),
    })
}

fn sizes(sizes: &[Size]) -> Vec<Value> {
    let sizes = sizes.iter();
    sizes
        .map(|size| json!({ "what": size.what, "bytes": size.bytes }))
        .collect()
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            *object = std::mem::take(object)
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect::<Map<_, _>>();
            object.values_mut().for_each(remove_nulls);
        }
        Value::Array(values) => values.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}
