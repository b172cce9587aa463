//! SenML JSON, content formats 110 and 320 (LwM2M Core 1.2, section 7.4.4; RFC 8428, section 5; RFC 8790).
//!
//! An array of objects, one for each record. In the ETCH form `"v":null` removes what is at a path.

use alloc::{string::String, vec::Vec};

use ::base64::engine::GeneralPurpose;

use super::{
    Content, DecodeError, DecodeErrorKind, EncodeError, EncodeOptions, Format, Purpose, RecordRef, Sink,
    base_name::BaseNames,
    base64,
    decode::Context,
    encode::{Uniqueness, common_time},
    json::{Dialect, EntryWriter, JsonReader, JsonScalar, JsonString, JsonValue, Names},
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

/// The value of a record until the record has ended.
enum Value<'a> {
    Scalar(JsonValue<'a>),
    Text(JsonString<'a>),
    Data(JsonString<'a>),
    Objlnk(JsonString<'a>),
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

    pub(crate) fn next(&mut self, context: &mut Context<'_>) -> Result<Option<RecordRef<'_>>, DecodeError> {
        if self.place == Place::Start {
            // No payload at all is an empty one.
            if self.json.rest().is_empty() {
                return none(0, context);
            }
            self.json.expect(b'[')?;
            self.place = Place::First;
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
        self.record(context).map(Some)
    }

    fn record(&mut self, context: &mut Context<'_>) -> Result<RecordRef<'_>, DecodeError> {
        self.json.expect(b'{')?;
        let mut raw = RawRecord::new(self.json.offset() - 1);
        let (mut base_name, mut name, mut value) = (None, None, None);
        let mut first = true;
        while let Some(member) = self.json.member(first)? {
            first = false;
            let label = match member.plain() {
                Some(name) => Label::from_name(name.as_bytes()),
                None => Label::from_name(member.text().as_bytes()),
            };
            let Some(label) = label else {
                check_unknown(member.text().as_bytes(), member.offset())?;
                self.unknown.insert(member)?;
                self.json.skip()?;
                continue;
            };
            raw.see(label, member.offset())?;
            let offset = self.json.offset();
            let found = self.json.value()?;
            let misplaced = DecodeError::new(DecodeErrorKind::Structure, offset);
            match (label, found) {
                (Label::Name, JsonValue::String(text)) => name = Some(text),
                (Label::Value, found @ (JsonValue::Number(_) | JsonValue::Null)) => {
                    value = Some((Value::Scalar(found), offset));
                }
                (Label::StringValue, JsonValue::String(text)) => {
                    value = Some((Value::Text(text), text.offset()))
                }
                (Label::BooleanValue, found @ JsonValue::Boolean(_)) => {
                    value = Some((Value::Scalar(found), offset));
                }
                (Label::DataValue, JsonValue::String(text)) => {
                    value = Some((Value::Data(text), text.offset()))
                }
                (Label::Objlnk, JsonValue::String(text)) => {
                    value = Some((Value::Objlnk(text), text.offset()))
                }
                (Label::BaseName, JsonValue::String(text)) => base_name = Some(text),
                (
                    Label::BaseTime | Label::Time | Label::BaseVersion | Label::BaseValue,
                    JsonValue::Number(number),
                ) => {
                    let fail = |kind| DecodeError::new(kind, offset);
                    match label {
                        Label::BaseTime => raw.base_time = Some(number.to_f64().map_err(fail)?),
                        Label::Time => raw.time = Some(number.to_f64().map_err(fail)?),
                        Label::BaseValue => raw.base_value = Some(number.value(None).map_err(fail)?),
                        _ => match number.value(Some(ResourceType::Integer)) {
                            Ok(ValueRef::Integer(version)) => raw.base_version = Some(version),
                            _ => return Err(fail(DecodeErrorKind::Version)),
                        },
                    }
                }
                (Label::BaseSum | Label::Sum | Label::UpdateTime, JsonValue::Number(_))
                | (Label::BaseUnit | Label::Unit, JsonValue::String(_)) => {}
                _ => return Err(misplaced),
            }
        }
        self.unknown.clear();
        let limit = context.limits().value;
        let within_limit = |text: JsonString<'_>| match text.len() > limit {
            true => Err(DecodeError::new(DecodeErrorKind::Limit, text.offset())),
            false => Ok(()),
        };
        raw.base_name = base_name.map(|text| text.read_in(&mut self.base_name).as_bytes());
        raw.name = name.map(|text| text.read_in(&mut self.name).as_bytes());
        raw.value = match value {
            None => None,
            Some((value, offset)) => {
                let content = match value {
                    Value::Scalar(JsonValue::Number(number)) => Content::Value(JsonScalar::Number(number)),
                    Value::Scalar(JsonValue::Boolean(flag)) => {
                        Content::Value(JsonScalar::Value(ValueRef::Boolean(flag)))
                    }
                    Value::Scalar(_) => Content::Null,
                    Value::Text(text) => {
                        within_limit(text)?;
                        Content::Value(JsonScalar::Value(ValueRef::String(text.read_in(&mut self.text))))
                    }
                    Value::Data(text) => {
                        within_limit(text)?;
                        let text = text.read_in(&mut self.text);
                        let data = base64::decode_tolerant(text.as_bytes(), &mut self.data)
                            .map_err(|kind| DecodeError::new(kind, offset))?;
                        Content::Value(JsonScalar::Value(ValueRef::Opaque(data)))
                    }
                    Value::Objlnk(text) => {
                        Content::Value(JsonScalar::Value(ValueRef::Objlnk(read_objlnk(text)?)))
                    }
                };
                Some((content, offset))
            }
        };
        self.senml.resolve(raw, context)
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
    const BOOLEAN: &'static [u8] = b"\"vb\":";
    const STRING: &'static [u8] = b"\"vs\":\"";
    const OPAQUE: &'static [u8] = b"\"vd\":\"";
    const OBJLNK: &'static [u8] = b"\"vlo\":\"";
    const BASE64: GeneralPurpose = base64::URL_SAFE;
}

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
        writer.raw(separator);
    }
    writer.raw(b"]");
    writer.flush()
}
