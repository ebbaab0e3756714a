//! Parts of a task as JSON, under the keys of the host protocol.

use std::time::Duration;

use qip_cases::{Image, Task, TaskOptions};
use qip_contract::{Floats, Numeric, RequestLimits, Utf8};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use crate::base64::Base64;

/// Texts by key, in the order in which the case gives them.
pub(crate) struct Uniforms<'t>(pub(crate) &'t [(String, String)]);

impl Uniforms<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Uniforms<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Where the caller departs from the strict contract, and nothing else.
#[derive(Serialize)]
pub(crate) struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    utf8: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numeric: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floats: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reuse: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed_memory: Option<bool>,
}

impl Options {
    pub(crate) fn new(options: &TaskOptions) -> Options {
        let TaskOptions {
            utf8,
            numeric,
            floats,
            reuse,
            fixed_memory,
        } = *options;
        Options {
            utf8: match utf8 {
                Utf8::Checked => None,
                Utf8::Unchecked => Some("unchecked"),
            },
            numeric: match numeric {
                Numeric::Strict => None,
                Numeric::Lenient => Some("lenient"),
            },
            floats: match floats {
                Floats::Any => None,
                Floats::Deterministic => Some("deterministic"),
            },
            reuse: reuse.then_some(true),
            fixed_memory: fixed_memory.then_some(true),
        }
    }
}

/// Time and fuel where they are limited, and what departs from LIM-1.
pub(crate) struct LimitsOfCase(Vec<(&'static str, u64)>);

impl LimitsOfCase {
    pub(crate) fn new(task: &Task) -> LimitsOfCase {
        let departing = task.limits.departing();
        let departing = departing.map(|(size, limit)| (size.as_str(), limit));
        let RequestLimits { time, fuel } = task.request_limits;
        let ending = [("time_ms", time.map(milliseconds)), ("fuel", fuel)];
        let ending = ending.into_iter();
        let ending = ending.filter_map(|(key, limit)| Some((key, limit?)));
        LimitsOfCase(ending.chain(departing).collect())
    }
}

/// Whole milliseconds, rounded up.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros().div_ceil(1000)).unwrap_or(u64::MAX)
}

impl Serialize for LimitsOfCase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// A picture with its pixels in base64.
#[derive(Serialize)]
pub(crate) struct Picture<'t> {
    width: u32,
    height: u32,
    rgba: Base64<&'t [u8]>,
}

impl<'t> Picture<'t> {
    pub(crate) fn new(image: &'t Image) -> Picture<'t> {
        Picture {
            width: image.width,
            height: image.height,
            rgba: Base64(&image.pixels),
        }
    }
}
