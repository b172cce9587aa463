//! SenML JSON, content formats 110 and 320 (LwM2M Core 1.2, section 7.4.4; RFC 8428, section 5; RFC 8790).
//!
//! An array of objects, one for each record. In the ETCH form `"v":null` removes what is at a path.

use alloc::{string::String, vec::Vec};

use ::base64::engine::GeneralPurpose;

use super::{
    Content, DecodeError, DecodeErrorKind, EncodeError, EncodeOptions, Format, InstanceRecords, Purpose,
    RecordRef, Sink,
    base_name::BaseNames,
    base64,
    decode::Context,
    encode::{Uniqueness, common_time},
    json::{
        self, Dialect, EntryWriter, JsonNumber, JsonReader, JsonScalar, JsonString, JsonValue, Names,
        PlainRecord, PlainValue,
    },
    senml::{Label, RawRecord, Senml, Shape, check_unknown},
};
use crate::model::{Objlnk, Path, ResourceType, ValueRef};

pub(crate) struct SenmlJsonReader<'a> {
    json: JsonReader<'a>,
    senml: Senml,
    place: Place,
    // Unknown members of the record.
    unknown: Names<'a>,
    // Space for what has escapes.
    base_name: String,
    name: String,
    text: String,
    // Space for what was base64.
    data: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    First,
    Further,
}

/// The names of a record until the record has ended.
#[derive(Default)]
struct Strings<'a> {
    base_name: Option<JsonString<'a>>,
    name: Option<JsonString<'a>>,
}

/// The value of a record until the record has ended.
enum Value<'a> {
    Integer(i64),
    Number(JsonNumber<'a>),
    Boolean(bool),
    Text(JsonString<'a>),
    Data(JsonString<'a>),
    Objlnk(JsonString<'a>),
    Null,
}

impl<'a> SenmlJsonReader<'a> {
    pub(crate) fn new(payload: &'a [u8], context: &Context<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            json: JsonReader::new(payload)?,
            senml: Senml::new(context),
            place: Place::Start,
            unknown: Names::default(),
            base_name: String::new(),
            name: String::new(),
            text: String::new(),
            data: Vec::new(),
        })
    }

    // A function by itself: together with those of the other formats it would be one with a frame for all of them.
    #[inline(never)]
    pub(crate) fn next(&mut self, context: &mut Context<'_>) -> Result<Option<RecordRef<'_>>, DecodeError> {
        if self.place == Place::Start {
            // No payload at all is an empty one.
            if self.json.rest().is_empty() {
                return none(0, context);
            }
            self.json.expect(b'[')?;
            self.place = Place::First;
        }
        if self.place == Place::Further && self.senml.is_plain(context) {
            if let Some(record) = self.json.plain_record(b"\",\"vs\":\"") {
                return resolve_plain(&self.senml, record, context);
            }
        }
        let first = self.place == Place::First;
        self.place = Place::Further;
        if !self.json.element(first)? {
            self.json.end()?;
            return match first {
                true => none(self.json.offset(), context),
                false => Ok(None),
            };
        }
        self.record(context)
    }

    fn record(&mut self, context: &mut Context<'_>) -> Result<Option<RecordRef<'_>>, DecodeError> {
        self.json.expect(b'{')?;
        let mut raw = RawRecord::new(self.json.offset() - 1);
        let mut strings = Strings::default();
        let mut value = None;
        let mut first = true;
        loop {
            let label = match short_label(&mut self.json, first) {
                Some(label) => label,
                None => match self.label(first)? {
                    Member::Known(label) => label,
                    Member::Unknown => {
                        first = false;
                        continue;
                    }
                    Member::None => break,
                },
            };
            first = false;
            let offset = self.json.offset();
            raw.see(label, offset)?;
            match label {
                Label::Value => {
                    value = Some((
                        match self.json.short_integer() {
                            Some(number) => Value::Integer(number),
                            None => match self.json.value()? {
                                JsonValue::Number(number) => Value::Number(number),
                                JsonValue::Null => Value::Null,
                                _ => return Err(misplaced(offset)),
                            },
                        },
                        offset,
                    ));
                }
                Label::Name => strings.name = Some(string(&mut self.json)?),
                Label::BaseName => strings.base_name = Some(string(&mut self.json)?),
                Label::StringValue => value = Some((Value::Text(string(&mut self.json)?), offset)),
                Label::DataValue => value = Some((Value::Data(string(&mut self.json)?), offset)),
                Label::Objlnk => value = Some((Value::Objlnk(string(&mut self.json)?), offset)),
                Label::BooleanValue => match self.json.value()? {
                    JsonValue::Boolean(flag) => value = Some((Value::Boolean(flag), offset)),
                    _ => return Err(misplaced(offset)),
                },
                _ => read_other(&mut self.json, label, &mut raw)?,
            }
        }
        self.unknown.clear();
        raw.base_name = strings
            .base_name
            .map(|text| text.read_in(&mut self.base_name).as_bytes());
        raw.name = strings.name.map(|text| text.read_in(&mut self.name).as_bytes());
        if let Some((value, offset)) = value {
            let limit = context.limits().value;
            let scalar = match value {
                Value::Integer(number) => JsonScalar::Integer(number),
                Value::Number(number) => JsonScalar::Number(number),
                Value::Boolean(flag) => JsonScalar::Value(ValueRef::Boolean(flag)),
                Value::Text(text) | Value::Data(text) if text.len() > limit => {
                    return Err(DecodeError::new(DecodeErrorKind::Limit, offset));
                }
                Value::Text(text) => JsonScalar::Value(ValueRef::String(text.read_in(&mut self.text))),
                Value::Data(text) => {
                    let text = text.read_in(&mut self.text);
                    let data = base64::decode_tolerant(text.as_bytes(), &mut self.data)
                        .map_err(|kind| DecodeError::new(kind, offset))?;
                    JsonScalar::Value(ValueRef::Opaque(data))
                }
                Value::Objlnk(text) => JsonScalar::Value(ValueRef::Objlnk(read_objlnk(text)?)),
                Value::Null => {
                    raw.value = Some((Content::Null, offset));
                    return self.senml.resolve(raw, context);
                }
            };
            raw.value = Some((Content::Value(scalar), offset));
        }
        self.senml.resolve(raw, context)
    }

    /// The next member, if its label is not one of those that are most often written, or not as they are.
    fn label(&mut self, first: bool) -> Result<Member, DecodeError> {
        let Some(member) = self.json.member(first)? else {
            return Ok(Member::None);
        };
        let name = member.text();
        if let Some(label) = Label::from_name(name.as_bytes()) {
            self.json.skip_blanks();
            return Ok(Member::Known(label));
        }
        check_unknown(name.as_bytes(), member.offset())?;
        self.unknown.insert(member)?;
        self.json.skip()?;
        Ok(Member::Unknown)
    }
}

enum Member {
    Known(Label),
    // It has been passed over.
    Unknown,
    None,
}

/// Passes the label of a member, if it is a frequent one without blanks or escapes.
#[inline]
pub(crate) fn short_label(json: &mut JsonReader<'_>, first: bool) -> Option<Label> {
    let rest = match (json.rest(), first) {
        (rest, true) => rest,
        ([b',', rest @ ..], false) => rest,
        _ => return None,
    };
    let (label, len) = match rest {
        [b'"', b'n', b'"', b':', ..] => (Label::Name, 4),
        [b'"', b'v', b'"', b':', ..] => (Label::Value, 4),
        [b'"', b'v', b's', b'"', b':', ..] => (Label::StringValue, 5),
        [b'"', b'v', b'b', b'"', b':', ..] => (Label::BooleanValue, 5),
        [b'"', b'v', b'd', b'"', b':', ..] => (Label::DataValue, 5),
        [b'"', b't', b'"', b':', ..] => (Label::Time, 4),
        _ => return None,
    };
    json.advance(len + usize::from(!first));
    Some(label)
}

#[inline]
pub(crate) fn string<'a>(json: &mut JsonReader<'a>) -> Result<JsonString<'a>, DecodeError> {
    if let Some(text) = json.short_string()? {
        return Ok(text);
    }
    let offset = json.offset();
    match json.value()? {
        JsonValue::String(text) => Ok(text),
        _ => Err(misplaced(offset)),
    }
}

/// Reads a member that is not a name and not a value.
fn read_other<V>(
    json: &mut JsonReader<'_>,
    label: Label,
    raw: &mut RawRecord<'_, V>,
) -> Result<(), DecodeError> {
    let offset = json.offset();
    let fail = |kind| DecodeError::new(kind, offset);
    match (label, json.value()?) {
        (Label::BaseTime, JsonValue::Number(time)) => raw.base_time = Some(time.to_f64().map_err(fail)?),
        (Label::Time, JsonValue::Number(time)) => raw.time = Some(time.to_f64().map_err(fail)?),
        (Label::BaseValue, JsonValue::Number(number)) => {
            raw.base_value = Some(number.exact().map_err(fail)?);
        }
        (Label::BaseVersion, JsonValue::Number(version)) => {
            match version.value(Some(ResourceType::Integer)) {
                Ok(ValueRef::Integer(version)) => raw.base_version = Some(version),
                _ => return Err(fail(DecodeErrorKind::Version)),
            }
        }
        (Label::BaseSum | Label::Sum | Label::UpdateTime, JsonValue::Number(_))
        | (Label::BaseUnit | Label::Unit, JsonValue::String(_)) => {}
        _ => return Err(misplaced(offset)),
    }
    Ok(())
}

/// A value that its label does not have.
pub(crate) const fn misplaced(offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Structure, offset)
}

#[inline]
fn resolve_plain<'r>(
    senml: &Senml,
    record: PlainRecord<'r>,
    context: &mut Context<'_>,
) -> Result<Option<RecordRef<'r>>, DecodeError> {
    let offsets = (record.offset, record.value_offset);
    match record.value {
        PlainValue::Integer(number) => senml.resolve_plain(
            record.name.as_bytes(),
            JsonScalar::Integer(number),
            offsets,
            context,
        ),
        PlainValue::Number(number) => senml.resolve_plain(
            record.name.as_bytes(),
            JsonScalar::Number(number),
            offsets,
            context,
        ),
        PlainValue::Text(text) if text.len() > context.limits().value => {
            Err(DecodeError::new(DecodeErrorKind::Limit, record.value_offset))
        }
        PlainValue::Text(text) => {
            senml.resolve_plain(record.name.as_bytes(), ValueRef::String(text), offsets, context)
        }
    }
}

/// A payload without records: only a list of paths must have some.
fn none<'r>(offset: usize, context: &Context<'_>) -> Result<Option<RecordRef<'r>>, DecodeError> {
    match context.purpose() {
        Purpose::Paths => Err(DecodeError::new(DecodeErrorKind::Empty, offset)),
        _ => Ok(None),
    }
}

/// The object link that a string holds.
pub(crate) fn read_objlnk(text: JsonString<'_>) -> Result<Objlnk, DecodeError> {
    let expected = ResourceType::Objlnk;
    text.text()
        .parse()
        .map_err(|_| DecodeError::new(DecodeErrorKind::Type { expected }, text.offset()))
}

struct SenmlDialect;

impl Dialect for SenmlDialect {
    const BEGIN: &'static [u8] = b"[{\"bn\":\"";
    const FIRST_NAME: &'static [u8] = b"\",\"n\":\"";
    const EMPTY: &'static [u8] = b"[";
    const END: &'static [u8] = b"]";
    const BOOLEAN: &'static [u8] = b"\"vb\":";
    const STRING: &'static [u8] = b"\"vs\":\"";
    const OPAQUE: &'static [u8] = b"\"vd\":\"";
    const OBJLNK: &'static [u8] = b"\"vlo\":\"";
    const BASE64: GeneralPurpose = base64::URL_SAFE;
}

#[inline(never)]
pub(crate) fn encode<'r>(
    format: Format,
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let mut names = BaseNames::new(target, options);
    let mut base_time = common_time(records.clone());
    let timed = base_time.is_none();
    let mut writer = EntryWriter::new(out);
    let mut unique = Uniqueness::default();
    let mut shape = Shape::new(format);
    let mut separator = b"[";
    for record in records.clone() {
        let path = record.path;
        shape.check(&record)?;
        if record.content == Content::Container {
            continue;
        }
        unique.check(&record, &records)?;
        if let Some(depth) = names.continued(&record) {
            writer.begin_named(path.ids().get(depth..).unwrap_or_default())?;
        } else {
            writer.raw(separator);
            separator = b",";
            writer.begin();
            let (base, name) = names.next(&record)?;
            if let Some(base) = base {
                writer.name(b"\"bn\":\"", &base)?;
            }
            if let Some(time) = base_time.take() {
                writer.number(b"\"bt\":", time, path)?;
            }
            if let Some(name) = name {
                writer.name(b"\"n\":\"", &name)?;
            }
        }
        match record.content {
            Content::Value(value) => writer.value::<SenmlDialect>(value, path)?,
            Content::Null => writer.null(b"\"v\":")?,
            Content::Path | Content::Container => {}
        }
        if let Some(time) = record.time.filter(|_| timed) {
            writer.number(b"\"t\":", time, path)?;
        }
        writer.end();
    }
    if separator == b"[" {
        writer.raw(SenmlDialect::EMPTY);
    }
    writer.raw(SenmlDialect::END);
    writer.flush()
}

/// Writes the values of one instance, whose path is the base name.
#[inline(never)]
pub(crate) fn encode_instance(
    base: Path,
    records: InstanceRecords<'_>,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    json::encode_instance::<SenmlDialect>(base, records, out)
}
