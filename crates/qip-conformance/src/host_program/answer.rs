//! The lines that a host program writes. `host.schema.json` describes them.
//!
//! What is read here is read strictly: no unknown key, no key twice, no `null` for what
//! is left out, no list where there should be an object.

use std::fmt;
use std::marker::PhantomData;
use std::num::{NonZeroU32, NonZeroUsize};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qip_cases::suggest::no_such;
use qip_cases::{Capabilities, Capability, Image, Outcome, OutputKind};
use qip_contract::{Code, TrapKind};
use qip_engine::Exhausted;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::fault::{Fault, its_own};
use super::question::PROTOCOL;

/// The longest name, version and name of an engine, in characters.
const MAX_NAME: usize = 64;

/// The kinds of output.
const KINDS: &[OutputKind] = &[OutputKind::Utf8, OutputKind::Bytes, OutputKind::I32];

/// What can stop a request.
const LIMITS: &[Exhausted] = &[Exhausted::Time, Exhausted::Fuel];

/// How a host program answers to hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hello {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) engine: Option<String>,
    pub(super) capabilities: Capabilities,
}

/// Reads the answer to hello.
pub(super) fn hello(line: &[u8]) -> Result<Hello, Fault> {
    let fault = |what: String| Fault::new(what).line(line);
    let Object(HelloLine { hello: Object(raw) }) = parse(line)
        .map_err(|why| fault(format!("hello is answered with what is no hello: {why}")))?;
    if raw.protocol != PROTOCOL {
        let what = format!(
            "the program speaks version {} of the protocol",
            raw.protocol
        );
        return Err(fault(what).expected(format!("version {PROTOCOL}")));
    }
    if !is_name(&raw.host) {
        let expected = format!(
            "at most {MAX_NAME} ASCII letters, digits, `-`, `_` and `.`, beginning with a letter or digit"
        );
        return Err(fault("`host` is no short name".to_owned()).expected(expected));
    }
    for (key, text) in [
        ("version", Some(&raw.version)),
        ("engine", raw.engine.as_ref()),
    ] {
        if text.is_some_and(|text| !is_short(text)) {
            let expected = format!("1 to {MAX_NAME} characters in one line");
            return Err(fault(format!("`{key}` is no short text")).expected(expected));
        }
    }
    let mut capabilities = Capabilities::new();
    for text in &raw.capabilities {
        let Some(capability) = Capability::from_text(text) else {
            let all = Capability::ALL.iter().map(|capability| capability.as_str());
            return Err(fault(no_such("capability", text, all)));
        };
        if !capabilities.insert(capability) {
            return Err(fault(format!(
                "the capability `{capability}` is claimed twice"
            )));
        }
    }
    Ok(Hello {
        name: raw.host,
        version: raw.version,
        engine: raw.engine,
        capabilities,
    })
}

/// Reads the answer to the case with this ID, which has so many requests.
pub(super) fn answer(line: &[u8], id: &str, requests: usize) -> Result<Vec<Outcome>, Fault> {
    let fault = |what: String| Fault::new(what).line(line);
    let no_answer = |why: String| fault(format!("a line that is no answer: {why}"));
    let Object(raw): Object<AnswerLine> = parse(line).map_err(no_answer)?;
    if raw.id != id {
        let what = format!("an answer for `{}`", its_own(&raw.id));
        return Err(fault(what).expected(format!("one for `{id}`")));
    }
    let outcomes = match (raw.outcome, raw.outcomes) {
        (Some(outcome), None) if requests == 1 => vec![outcome],
        (None, Some(outcomes)) if requests != 1 => outcomes,
        (None, None) => return Err(no_answer("neither `outcome` nor `outcomes`".to_owned())),
        (Some(_), Some(_)) => return Err(no_answer("both `outcome` and `outcomes`".to_owned())),
        (Some(_), None) => {
            let what = "`outcome` for a case with `requests`".to_owned();
            return Err(fault(what).expected("`outcomes`"));
        }
        (None, Some(_)) => {
            let what = "`outcomes` for a case without `requests`".to_owned();
            return Err(fault(what).expected("`outcome`"));
        }
    };
    if outcomes.len() != requests {
        let what = format!("`outcomes` has {} of them", outcomes.len());
        return Err(fault(what).expected(format!("one for each of {requests} requests")));
    }
    let outcomes: Result<Vec<Outcome>, String> =
        outcomes.into_iter().map(OutcomeLine::check).collect();
    outcomes.map_err(no_answer)
}

fn parse<'de, T: Deserialize<'de>>(line: &'de [u8]) -> Result<T, String> {
    if line.trim_ascii().is_empty() {
        return Err("the line is empty".to_owned());
    }
    if let Err(error) = str::from_utf8(line) {
        return Err(format!("no UTF-8 at byte {}", error.valid_up_to()));
    }
    serde_json::from_slice(line).map_err(|error| {
        // There is one line only, and where a column is not known it is 0.
        let text = error.to_string().replace("at line 1 column", "at column");
        let text = its_own(text.strip_suffix(" at column 0").unwrap_or(&text));
        if error.is_data() {
            text
        } else {
            format!("no JSON: {text}")
        }
    })
}

/// Whether expectation files and reports can go by it.
fn is_name(text: &str) -> bool {
    let is_inner =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    text.len() <= MAX_NAME
        && text.starts_with(|character: char| character.is_ascii_alphanumeric())
        && text.chars().all(is_inner)
}

fn is_short(text: &str) -> bool {
    let length = text.chars().count();
    (1..=MAX_NAME).contains(&length) && !text.chars().any(char::is_control)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelloLine {
    hello: Object<HelloObject>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelloObject {
    protocol: u32,
    host: String,
    version: String,
    #[serde(default, deserialize_with = "given")]
    engine: Option<String>,
    capabilities: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerLine {
    id: String,
    #[serde(default, deserialize_with = "given")]
    outcome: Option<OutcomeLine>,
    #[serde(default, deserialize_with = "given")]
    outcomes: Option<Vec<OutcomeLine>>,
}

/// An object with exactly one of these keys.
enum OutcomeLine {
    Output(Object<OutputObject>),
    Scalar(Object<ScalarObject>),
    Image(Object<ImageObject>),
    Refused(Object<RefusedObject>),
    Trapped(Object<TrappedObject>),
    Stopped(Object<StoppedObject>),
    Unsupported(Object<UnsupportedObject>),
    Broken(Object<BrokenObject>),
}

/// The keys of an outcome.
const OUTCOMES: &[&str] = &[
    "output",
    "scalar",
    "image",
    "refused",
    "trapped",
    "stopped",
    "unsupported",
    "broken",
];

impl<'de> Deserialize<'de> for OutcomeLine {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<OutcomeLine, D::Error> {
        struct OfMap;

        impl<'de> Visitor<'de> for OfMap {
            type Value = OutcomeLine;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an outcome: an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OutcomeLine, A::Error> {
                let Some(key) = map.next_key::<String>()? else {
                    return Err(de::Error::custom("an outcome without a key"));
                };
                let outcome = match &*key {
                    "output" => OutcomeLine::Output(map.next_value()?),
                    "scalar" => OutcomeLine::Scalar(map.next_value()?),
                    "image" => OutcomeLine::Image(map.next_value()?),
                    "refused" => OutcomeLine::Refused(map.next_value()?),
                    "trapped" => OutcomeLine::Trapped(map.next_value()?),
                    "stopped" => OutcomeLine::Stopped(map.next_value()?),
                    "unsupported" => OutcomeLine::Unsupported(map.next_value()?),
                    "broken" => OutcomeLine::Broken(map.next_value()?),
                    other => {
                        let problem = no_such("outcome", other, OUTCOMES.iter().copied());
                        return Err(de::Error::custom(problem));
                    }
                };
                match map.next_key::<String>()? {
                    None => Ok(outcome),
                    Some(second) => Err(de::Error::custom(format!(
                        "an outcome with a second key `{}`",
                        its_own(&second)
                    ))),
                }
            }
        }

        from.deserialize_map(OfMap)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutputObject {
    kind: String,
    bytes: Base64,
    #[serde(default, deserialize_with = "given")]
    content_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScalarObject {
    value: i32,
    #[serde(default, deserialize_with = "given")]
    content_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageObject {
    width: NonZeroU32,
    height: NonZeroU32,
    rgba: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedObject {
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default, deserialize_with = "given")]
    stage: Option<NonZeroUsize>,
    #[serde(default, deserialize_with = "given")]
    offset: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrappedObject {
    kind: String,
    #[serde(default)]
    message: String,
    #[serde(default, deserialize_with = "given")]
    stage: Option<NonZeroUsize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoppedObject {
    by: String,
    #[serde(default)]
    message: String,
    #[serde(default, deserialize_with = "given")]
    stage: Option<NonZeroUsize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnsupportedObject {
    capability: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BrokenObject {
    why: String,
}

impl OutcomeLine {
    /// The outcome, or what is wrong with a text that is one of a list.
    fn check(self) -> Result<Outcome, String> {
        Ok(match self {
            OutcomeLine::Output(Object(output)) => {
                let kind = look_up("kind of output", &output.kind, KINDS, OutputKind::as_str)?;
                let Base64(bytes) = output.bytes;
                if kind == OutputKind::I32 && bytes.len() % 4 != 0 {
                    let length = bytes.len();
                    return Err(format!("{length} bytes are no elements of 32 bits"));
                }
                Outcome::Output {
                    kind,
                    bytes,
                    content_type: known_type(output.content_type)?,
                }
            }
            OutcomeLine::Scalar(Object(scalar)) => Outcome::Scalar {
                value: scalar.value,
                content_type: known_type(scalar.content_type)?,
            },
            OutcomeLine::Image(Object(image)) => {
                let (width, height) = (image.width.get(), image.height.get());
                let rgba = decoded("rgba", &image.rgba)?;
                let image = Image::new(width, height, rgba);
                Outcome::Image(image.map_err(|error| error.to_string())?)
            }
            OutcomeLine::Refused(Object(refused)) => Outcome::Refused {
                code: look_up("failure code", &refused.code, Code::ALL, Code::as_str)?,
                message: refused.message,
                stage: refused.stage.map(NonZeroUsize::get),
                offset: refused.offset,
            },
            OutcomeLine::Trapped(Object(trapped)) => Outcome::Trapped {
                kind: look_up("trap kind", &trapped.kind, TrapKind::ALL, TrapKind::as_str)?,
                stage: trapped.stage.map(NonZeroUsize::get),
                message: trapped.message,
            },
            OutcomeLine::Stopped(Object(stopped)) => Outcome::Stopped {
                exhausted: look_up("limit", &stopped.by, LIMITS, Exhausted::as_str)?,
                stage: stopped.stage.map(NonZeroUsize::get),
                message: stopped.message,
            },
            OutcomeLine::Unsupported(Object(UnsupportedObject { capability })) => {
                Outcome::Unsupported {
                    capability: look_up(
                        "capability",
                        &capability,
                        Capability::ALL,
                        Capability::as_str,
                    )?,
                }
            }
            OutcomeLine::Broken(Object(BrokenObject { why })) => Outcome::broken(its_own(&why)),
        })
    }
}

fn look_up<T: Copy>(
    what: &str,
    given: &str,
    all: &[T],
    text_of: fn(T) -> &'static str,
) -> Result<T, String> {
    let found = all.iter().copied().find(|one| text_of(*one) == given);
    found.ok_or_else(|| no_such(what, given, all.iter().copied().map(text_of)))
}

fn known_type(content_type: Option<String>) -> Result<Option<String>, String> {
    match content_type {
        Some(text) if text.is_empty() => {
            Err("`content_type` is empty, but it is left out where it is unknown".to_owned())
        }
        content_type => Ok(content_type),
    }
}

/// The bytes of the base64 under this key.
fn decoded(key: &str, text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| {
        let error = error.to_string();
        let error = error.trim_end_matches('.');
        format!("`{key}` is no base64 with padding: {error}")
    })
}

/// What is there is no `null`.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// An object: what is derived for a struct would take a list as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Object<T>, D::Error> {
        struct OfMap<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMap<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        from.deserialize_map(OfMap(PhantomData))
    }
}

/// Bytes in base64 (RFC 4648, section 4), with padding.
struct Base64(Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Base64, D::Error> {
        struct OfText;

        impl Visitor<'_> for OfText {
            type Value = Base64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Base64, E> {
                decoded("bytes", text).map(Base64).map_err(E::custom)
            }
        }

        from.deserialize_str(OfText)
    }
}
