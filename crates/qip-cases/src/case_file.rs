//! What a case file may say, as serde reads it. Nothing here is checked beyond its
//! type; `case_check.rs` makes cases of it.

use std::fmt;
use std::marker::PhantomData;

use qip_contract::Size;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use toml::Spanned;

use crate::allowance::RawCheck;
use crate::suggest::no_such;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFile {
    pub(crate) summary: Spanned<String>,
    pub(crate) module: Option<Spanned<RawModule>>,
    pub(crate) check: Option<RawCheck>,
    #[serde(default)]
    pub(crate) defaults: Option<RawCase>,
    #[serde(default)]
    pub(crate) case: Vec<Spanned<RawCase>>,
}

/// A case, or the defaults of a file's cases.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCase {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) clauses: Option<Spanned<Vec<Spanned<String>>>>,
    pub(crate) module: Option<Spanned<RawModule>>,
    pub(crate) stages: Option<Spanned<Vec<RawStage>>>,
    pub(crate) uniforms: Option<Spanned<RawUniforms>>,
    pub(crate) input: Option<Spanned<RawBytes>>,
    pub(crate) image: Option<Spanned<RawImage>>,
    pub(crate) content_type: Option<Spanned<String>>,
    pub(crate) requests: Option<Spanned<Vec<Spanned<RawRequest>>>>,
    pub(crate) options: Option<RawOptions>,
    pub(crate) limits: Option<RawLimits>,
    pub(crate) needs: Option<Vec<Spanned<String>>>,
    pub(crate) level: Option<Spanned<String>>,
    pub(crate) kills_none: Option<Spanned<String>>,
    pub(crate) expect: Option<Spanned<RawExpect>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStage {
    pub(crate) module: Option<Spanned<RawModule>>,
    pub(crate) uniforms: Option<Spanned<RawUniforms>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRequest {
    pub(crate) input: Option<Spanned<RawBytes>>,
    pub(crate) image: Option<Spanned<RawImage>>,
    pub(crate) content_type: Option<Spanned<String>>,
    pub(crate) expect: Option<Spanned<RawExpect>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOptions {
    pub(crate) utf8: Option<Spanned<String>>,
    pub(crate) numeric: Option<Spanned<String>>,
    pub(crate) floats: Option<Spanned<String>>,
    pub(crate) reuse: Option<Spanned<bool>>,
    pub(crate) fixed_memory: Option<bool>,
}

/// The limits of a case: of the sizes those that it gives, under their keys.
#[derive(Default)]
pub(crate) struct RawLimits {
    pub(crate) time_ms: Option<RawTime>,
    pub(crate) fuel: Option<u64>,
    pub(crate) sizes: Vec<(Size, u64)>,
}

impl<'de> Deserialize<'de> for RawLimits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawLimits, D::Error> {
        struct LimitsVisitor;

        impl<'de> Visitor<'de> for LimitsVisitor {
            type Value = RawLimits;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of limits")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawLimits, A::Error> {
                let mut limits = RawLimits::default();
                while let Some(key) = map.next_key::<String>()? {
                    match (key.as_str(), Size::from_key(&key)) {
                        ("time_ms", _) => limits.time_ms = Some(map.next_value()?),
                        ("fuel", _) => limits.fuel = Some(map.next_value()?),
                        (_, Some(size)) => limits.sizes.push((size, map.next_value()?)),
                        (_, None) => {
                            let keys = Size::ALL.iter().map(|size| size.as_str());
                            let keys = ["time_ms", "fuel"].into_iter().chain(keys);
                            return Err(de::Error::custom(no_such("limit", &key, keys)));
                        }
                    }
                }
                Ok(limits)
            }
        }

        deserializer.deserialize_map(LimitsVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExpect {
    pub(crate) utf8: Option<Spanned<RawBytes>>,
    pub(crate) bytes: Option<Spanned<RawBytes>>,
    pub(crate) i32: Option<Vec<Spanned<i64>>>,
    pub(crate) scalar: Option<Spanned<i64>>,
    pub(crate) image: Option<Spanned<RawImage>>,
    pub(crate) refused: Option<Spanned<String>>,
    pub(crate) trap: Option<Spanned<String>>,
    pub(crate) stopped: Option<Spanned<String>>,
    pub(crate) any: Option<Spanned<Vec<Spanned<RawExpect>>>>,
    pub(crate) content_type: Option<Spanned<String>>,
    pub(crate) stage: Option<Spanned<i64>>,
    pub(crate) offset: Option<Spanned<u64>>,
    pub(crate) message: Option<Spanned<String>>,
    pub(crate) module_text: Option<Spanned<RawBytes>>,
}

/// Milliseconds, or `"none"`: the code then is not metered, and only the harness waits
/// no longer than it does.
pub(crate) enum RawTime {
    Milliseconds(u64),
    None,
}

impl<'de> Deserialize<'de> for RawTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawTime, D::Error> {
        struct TimeVisitor;

        impl Visitor<'_> for TimeVisitor {
            type Value = RawTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("milliseconds, or \"none\"")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<RawTime, E> {
                let value = u64::try_from(value)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))?;
                Ok(RawTime::Milliseconds(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<RawTime, E> {
                Ok(RawTime::Milliseconds(value))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<RawTime, E> {
                match value {
                    "none" => Ok(RawTime::None),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }

        deserializer.deserialize_any(TimeVisitor)
    }
}

/// A file beside the case file, or a table.
pub(crate) enum RawModule {
    Name(String),
    Table(Box<RawBytesTable>),
}

/// A string for its UTF-8 bytes, or a table.
pub(crate) enum RawBytes {
    Text(String),
    Table(Box<RawBytesTable>),
}

/// Bytes, or the text of a module: only a module has `wat`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBytesTable {
    pub(crate) wat: Option<Spanned<String>>,
    pub(crate) text: Option<Spanned<String>>,
    pub(crate) hex: Option<Spanned<String>>,
    pub(crate) file: Option<Spanned<String>>,
    pub(crate) repeat: Option<Spanned<RawBytes>>,
    pub(crate) count: Option<Spanned<u64>>,
    pub(crate) concat: Option<Spanned<Vec<Spanned<RawBytes>>>>,
}

/// A picture, and where one is expected how much another may differ from it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawImage {
    pub(crate) width: Option<Spanned<u32>>,
    pub(crate) height: Option<Spanned<u32>>,
    pub(crate) rows: Option<Spanned<RawRows>>,
    pub(crate) fill: Option<Spanned<String>>,
    pub(crate) gradient: Option<Spanned<bool>>,
    pub(crate) file: Option<Spanned<String>>,
    pub(crate) made_by: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) patches: Vec<Spanned<RawPatch>>,
    pub(crate) max_difference: Option<Spanned<u64>>,
    pub(crate) max_pixels: Option<Spanned<u64>>,
}

/// A rectangle that is laid over a picture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPatch {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rows: Option<Spanned<RawRows>>,
    pub(crate) fill: Option<Spanned<String>>,
}

/// Rows of pixels in hexadecimal.
pub(crate) type RawRows = Vec<Spanned<String>>;

/// Keys and values in the order in which they stand: a TOML table has none, but a
/// case may be about it.
pub(crate) struct RawUniforms(pub(crate) Vec<(String, Spanned<RawBytes>)>);

impl<'de> Deserialize<'de> for RawModule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawModule, D::Error> {
        deserializer.deserialize_any(StringOrTable {
            expecting: "a file name or a table with `wat`, `text`, `hex`, `file`, `repeat` or `concat`",
            string: RawModule::Name,
            table: |table| RawModule::Table(Box::new(table)),
            marker: PhantomData,
        })
    }
}

impl<'de> Deserialize<'de> for RawBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawBytes, D::Error> {
        deserializer.deserialize_any(StringOrTable {
            expecting: "a string or a table with `text`, `hex`, `file`, `repeat` or `concat`",
            string: RawBytes::Text,
            table: |table| RawBytes::Table(Box::new(table)),
            marker: PhantomData,
        })
    }
}

/// Serde's own untagged enums forget where a value stands and what was wrong with it.
struct StringOrTable<S, T, Table> {
    expecting: &'static str,
    string: S,
    table: T,
    marker: PhantomData<Table>,
}

impl<'de, Raw, Table, S, T> Visitor<'de> for StringOrTable<S, T, Table>
where
    Table: Deserialize<'de>,
    S: FnOnce(String) -> Raw,
    T: FnOnce(Table) -> Raw,
{
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Raw, E> {
        Ok((self.string)(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Raw, E> {
        Ok((self.string)(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Raw, A::Error> {
        Table::deserialize(MapAccessDeserializer::new(map)).map(self.table)
    }
}

impl<'de> Deserialize<'de> for RawUniforms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawUniforms, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = RawUniforms;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of keys and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawUniforms, A::Error> {
                let mut entries: Vec<(Spanned<String>, Spanned<RawBytes>)> = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                entries.sort_by_key(|(key, _)| key.span().start);
                let entries = entries.into_iter();
                Ok(RawUniforms(
                    entries
                        .map(|(key, value)| (key.into_inner(), value))
                        .collect(),
                ))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
