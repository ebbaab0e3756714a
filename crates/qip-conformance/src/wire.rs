//! Parts of a task as JSON, under the keys of the host protocol.

use std::fmt;
use std::time::Duration;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use qip_contract::{Limits, Numeric};
use qip_host::Utf8;
use qip_host::engine::Floats;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use crate::image::Image;
use crate::task::TaskOptions;

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
    pub(crate) fn new(limits: &Limits) -> LimitsOfCase {
        let departing = departing_sizes(limits);
        let ending = [
            ("time_ms", limits.time.map(milliseconds)),
            ("fuel", limits.fuel),
        ];
        let ending = ending.into_iter();
        let ending = ending.filter_map(|(key, limit)| Some((key, limit?)));
        LimitsOfCase(ending.chain(departing).collect())
    }
}

/// The limits of LIM-1 that are not the standard ones, by their keys in case files and in
/// the host protocol.
pub fn departing_sizes(limits: &Limits) -> impl Iterator<Item = (&'static str, u64)> {
    let all = sizes(limits).into_iter().zip(sizes(&Limits::standard()));
    all.filter_map(|(size, standard)| (size != standard).then_some(size))
}

/// The limits of LIM-1, by key.
fn sizes(limits: &Limits) -> [(&'static str, u64); 15] {
    let Limits {
        time: _,
        fuel: _,
        module_bytes,
        functions,
        function_bytes,
        locals,
        branch_targets,
        operands,
        params,
        types,
        exports,
        segments,
        table_entries,
        memory_bytes,
        stages,
        image_pixels,
        image_side,
    } = *limits;
    [
        ("module_bytes", module_bytes),
        ("functions", functions),
        ("function_bytes", function_bytes),
        ("locals", locals),
        ("branch_targets", branch_targets),
        ("operands", operands),
        ("params", params),
        ("types", types),
        ("exports", exports),
        ("segments", segments),
        ("table_entries", table_entries),
        ("memory_bytes", memory_bytes),
        ("stages", stages),
        ("image_pixels", image_pixels),
        ("image_side", image_side),
    ]
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

/// Bytes in base64 (RFC 4648, section 4), with padding.
pub(crate) struct Base64<B = Vec<u8>>(pub(crate) B);

impl<B: AsRef<[u8]>> Serialize for Base64<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<B: AsRef<[u8]>> fmt::Display for Base64<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Base64Display::new(self.0.as_ref(), &STANDARD).fmt(f)
    }
}
