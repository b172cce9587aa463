//! The JSON of LwM2M 1.0, content format 11543 (LwM2M 1.0, section 6.4.4).
//!
//! An object with a base name, a base time and an array of entries. The base members may follow the entries: then the
//! entries are passed over first, and read when the base members are known.

use alloc::{string::String, vec::Vec};

use ::base64::engine::GeneralPurpose;

use super::{
    Content, DecodeError, DecodeErrorKind, EncodeError, EncodeOptions, Format, InstanceRecords, RecordRef,
    Sink,
    base_name::{BaseName, BaseNames},
    base64,
    decode::Context,
    encode::Uniqueness,
    json::{
        self, Dialect, EntryWriter, JsonReader, JsonScalar, JsonString, JsonValue, Names, PlainRecord,
        PlainValue,
    },
    senml::{Label, RawRecord, Senml, is_time},
    senml_json::read_objlnk,
};
use crate::model::{Path, ValueRef};

pub(crate) struct Lwm2mJsonReader<'a> {
    // In the array of entries.
    json: JsonReader<'a>,
    // Behind everything, if the array was passed over before.
    passed: bool,
    first: bool,
    senml: Senml,
    base: Base<'a>,
    base_text: String,
    // Unknown members of the entry.
    unknown: Names<'a>,
    name: String,
    text: String,
    data: Vec<u8>,
}

/// The members around the entries.
#[derive(Default)]
struct Base<'a> {
    name: Option<JsonString<'a>>,
    time: Option<f64>,
    names: Names<'a>,
}

impl<'a> Base<'a> {
    /// Reads a member other than the entries.
    fn read(&mut self, label: JsonString<'a>, json: &mut JsonReader<'a>) -> Result<(), DecodeError> {
        self.names.insert(label)?;
        match &*label.text() {
            "bn" => match json.value()? {
                JsonValue::String(name) => self.name = Some(name),
                _ => return Err(DecodeError::new(DecodeErrorKind::Structure, json.offset())),
            },
            "bt" => match json.value()? {
                JsonValue::Number(time) => {
                    let fail = |kind| DecodeError::new(kind, json.offset());
                    self.time = Some(time.to_f64().map_err(fail)?);
                }
                _ => return Err(DecodeError::new(DecodeErrorKind::Structure, json.offset())),
            },
            _ => json.skip()?,
        }
        Ok(())
    }
}

impl<'a> Lwm2mJsonReader<'a> {
    pub(crate) fn new(payload: &'a [u8], context: &Context<'_>) -> Result<Self, DecodeError> {
        let mut json = JsonReader::new(payload)?;
        let mut base = Base::default();
        json.expect(b'{')?;
        let mut first = true;
        let mut entries = None;
        let mut passed = true;
        while let Some(label) = json.member(first)? {
            first = false;
            if label.text() != "e" {
                base.read(label, &mut json)?;
                continue;
            }
            base.names.insert(label)?;
            let start = json.offset();
            json.expect(b'[')?;
            entries = Some(json.clone());
            if entries_are_last(json.rest()) {
                passed = false;
                break;
            }
            json.skip_from(start)?;
        }
        let Some(entries) = entries else {
            return Err(DecodeError::new(DecodeErrorKind::Structure, json.offset()));
        };
        if passed {
            json.end()?;
        }
        Ok(Self {
            json: entries,
            passed,
            first: true,
            senml: Senml::new(context),
            base,
            base_text: String::new(),
            unknown: Names::default(),
            name: String::new(),
            text: String::new(),
            data: Vec::new(),
        })
    }

    // A function by itself: together with those of the other formats it would be one with a frame for all of them.
    #[inline(never)]
    pub(crate) fn next(&mut self, context: &mut Context<'_>) -> Result<Option<RecordRef<'_>>, DecodeError> {
        if !self.first && self.senml.is_plain(context) {
            if let Some(record) = self.json.plain_record(b"\",\"sv\":\"") {
                return resolve_plain(&self.senml, record, &mut self.data, context);
            }
        }
        let first = core::mem::replace(&mut self.first, false);
        if !self.json.element(first)? {
            if !self.passed {
                self.json.expect(b'}')?;
                self.json.end()?;
            }
            return Ok(None);
        }
        self.entry(first, context)
    }

    fn entry(
        &mut self,
        first: bool,
        context: &mut Context<'_>,
    ) -> Result<Option<RecordRef<'_>>, DecodeError> {
        self.json.expect(b'{')?;
        let mut raw = RawRecord::new(self.json.offset() - 1);
        if first {
            let text = &mut self.base_text;
            raw.base_name = self.base.name.map(|name| name.read_in(text).as_bytes());
            raw.base_time = self.base.time;
        }
        let (mut name, mut value) = (None, None);
        let mut first = true;
        while let Some(member) = self.json.member(first)? {
            first = false;
            let label = match member.plain() {
                Some(name) => label(name),
                None => label(&member.text()),
            };
            let Some(label) = label else {
                self.unknown.insert(member)?;
                self.json.skip()?;
                continue;
            };
            raw.see(label, member.offset())?;
            let offset = self.json.offset();
            let found = self.json.value()?;
            match (label, found) {
                (Label::Name, JsonValue::String(text)) => name = Some(text),
                (Label::Value, JsonValue::Number(_))
                | (Label::BooleanValue, JsonValue::Boolean(_))
                | (Label::StringValue | Label::Objlnk, JsonValue::String(_)) => {
                    value = Some((label, found, offset));
                }
                (Label::Time, JsonValue::Number(time)) => {
                    let fail = |kind| DecodeError::new(kind, offset);
                    raw.time = Some(time.to_f64().map_err(fail)?);
                }
                _ => return Err(DecodeError::new(DecodeErrorKind::Structure, offset)),
            }
        }
        self.unknown.clear();
        raw.name = name.map(|text| text.read_in(&mut self.name).as_bytes());
        raw.value = match value {
            None => None,
            Some((label, found, offset)) => {
                let (scalar, offset) = match found {
                    JsonValue::Number(number) => (JsonScalar::Number(number), offset),
                    JsonValue::Boolean(flag) => (JsonScalar::Value(ValueRef::Boolean(flag)), offset),
                    JsonValue::String(text) if label == Label::Objlnk => (
                        JsonScalar::Value(ValueRef::Objlnk(read_objlnk(text)?)),
                        text.offset(),
                    ),
                    JsonValue::String(text) => {
                        if text.len() > context.limits().value {
                            return Err(DecodeError::new(DecodeErrorKind::Limit, text.offset()));
                        }
                        let scalar = JsonScalar::Text(text.read_in(&mut self.text), &mut self.data);
                        (scalar, text.offset())
                    }
                    _ => return Err(DecodeError::new(DecodeErrorKind::Structure, offset)),
                };
                Some((Content::Value(scalar), offset))
            }
        };
        self.senml.resolve(raw, context)
    }
}

#[inline]
fn resolve_plain<'r>(
    senml: &Senml,
    record: PlainRecord<'r>,
    data: &'r mut Vec<u8>,
    context: &mut Context<'_>,
) -> Result<Option<RecordRef<'r>>, DecodeError> {
    let scalar = match record.value {
        PlainValue::Integer(number) => JsonScalar::Integer(number),
        PlainValue::Number(number) => JsonScalar::Number(number),
        PlainValue::Text(text) if text.len() > context.limits().value => {
            return Err(DecodeError::new(DecodeErrorKind::Limit, record.value_offset));
        }
        PlainValue::Text(text) => JsonScalar::Text(text, data),
    };
    senml.resolve_plain(
        record.name.as_bytes(),
        scalar,
        (record.offset, record.value_offset),
        context,
    )
}

/// Members of an entry, by the names of SenML: only the one for text differs.
#[inline]
fn label(name: &str) -> Option<Label> {
    Some(match name {
        "n" => Label::Name,
        "t" => Label::Time,
        "v" => Label::Value,
        "bv" => Label::BooleanValue,
        "sv" => Label::StringValue,
        "ov" => Label::Objlnk,
        _ => return None,
    })
}

/// Whether the array whose beginning was passed is certainly the last member. It is if the payload ends with `]}`
/// and no other bracket closes before, be it in a string.
fn entries_are_last(rest: &[u8]) -> bool {
    let trimmed = rest.trim_ascii_end();
    let Some(inner) = trimmed.strip_suffix(b"}").map(<[u8]>::trim_ascii_end) else {
        return false;
    };
    inner
        .strip_suffix(b"]")
        .is_some_and(|entries| !entries.contains(&b']'))
}

struct Lwm2mDialect;

impl Dialect for Lwm2mDialect {
    const BEGIN: &'static [u8] = b"{\"bn\":\"";
    const FIRST_NAME: &'static [u8] = b"\",\"e\":[{\"n\":\"";
    const EMPTY: &'static [u8] = b"{\"e\":[";
    const END: &'static [u8] = b"]}";
    const BOOLEAN: &'static [u8] = b"\"bv\":";
    const STRING: &'static [u8] = b"\"sv\":\"";
    const OPAQUE: &'static [u8] = b"\"sv\":\"";
    const OBJLNK: &'static [u8] = b"\"ov\":\"";
    const BASE64: GeneralPurpose = base64::STANDARD;
}

#[inline(never)]
pub(crate) fn encode<'r>(
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let format = Format::Json;
    let base_name = match options.base_name {
        BaseName::Omitted => BaseName::Omitted,
        BaseName::Target | BaseName::Instance => BaseName::Target,
    };
    let mut names = BaseNames::new(
        target,
        &EncodeOptions {
            base_name,
            ..*options
        },
    );
    let mut writer = EntryWriter::new(out);
    // Either all records have a time or none, because a base time is everybody's.
    let base_time = base_time(records.clone())?;
    let mut unique = Uniqueness::default();
    let mut begun = false;
    for record in records.clone() {
        let path = record.path;
        if record.content == Content::Container {
            continue;
        }
        let Content::Value(value) = record.content else {
            return Err(EncodeError::Unsupported { path, format });
        };
        if path.depth() < 3 {
            return Err(EncodeError::Unsupported { path, format });
        }
        unique.check(&record, &records)?;
        if let Some(depth) = names.continued(&record) {
            writer.begin_named(path.ids().get(depth..).unwrap_or_default())?;
        } else {
            let (base, name) = names.next(&record)?;
            match (begun, base) {
                (false, base) => {
                    if let Some(base) = base {
                        writer.name(b"\"bn\":\"", &base)?;
                    }
                    if let Some(time) = base_time {
                        writer.number(b"\"bt\":", time, path)?;
                    }
                    writer.array(b"\"e\":")?;
                }
                (true, None) => writer.raw(b","),
                // There is no second base name for a second prefix.
                (true, Some(_)) => return Err(EncodeError::Unsupported { path, format }),
            }
            begun = true;
            writer.begin();
            if let Some(name) = name {
                writer.name(b"\"n\":\"", &name)?;
            }
        }
        match (base_time, record.time) {
            (Some(base), Some(time)) if time != base => writer.number(b"\"t\":", time - base, path)?,
            (Some(_), Some(_)) | (None, None) => {}
            _ => return Err(EncodeError::Unsupported { path, format }),
        }
        writer.value::<Lwm2mDialect>(value, path)?;
        writer.end();
    }
    if !begun {
        writer.raw(Lwm2mDialect::EMPTY);
    }
    writer.raw(Lwm2mDialect::END);
    writer.flush()
}

/// Writes the values of one instance, whose path is the base name.
#[inline(never)]
pub(crate) fn encode_instance(
    base: Path,
    records: InstanceRecords<'_>,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    json::encode_instance::<Lwm2mDialect>(base, records, out)
}

/// A base time from which every record's is told exactly: the first record's if possible. It is Unix time or relative to
/// now, and all times with it.
fn base_time<'r>(records: impl Iterator<Item = RecordRef<'r>> + Clone) -> Result<Option<f64>, EncodeError> {
    let mut values = records
        .clone()
        .filter(|record| record.content != Content::Container);
    let Some(RecordRef {
        path,
        time: Some(first),
        ..
    }) = values.next()
    else {
        return Ok(None);
    };
    let times = records.filter_map(|record| Some((record.path, record.time?)));
    let is_unix = |time: f64| time >= UNIX_TIME;
    if let Some((path, _)) = times.clone().find(|(_, time)| is_unix(*time) != is_unix(first)) {
        return Err(EncodeError::Unsupported {
            path,
            format: Format::Json,
        });
    }
    // From a whole second before all of them, or from now, there are no fractions to lose.
    let earliest = times
        .clone()
        .fold(first, |earliest, (_, time)| earliest.min(time));
    let whole = if is_unix(first) {
        earliest - earliest % 1.0
    } else {
        0.0
    };
    let is_exact = |base: f64| {
        times
            .clone()
            .all(|(_, time)| is_time(time) && base + (time - base) == time)
    };
    match [first, whole].into_iter().find(|base| is_exact(*base)) {
        Some(base) => Ok(Some(base)),
        None => Err(EncodeError::Number { path }),
    }
}

/// From here on a time is Unix time.
const UNIX_TIME: f64 = 268_435_456.0;
