use super::NAME;
use crate::{
    encoding::{
        Content, EncodeError, EncodeOptions, Format, InstanceRecords, RecordRef, Sink,
        base_name::{BaseNames, NameText},
        cbor::{self, NULL, head, major, set_count},
        encode::{Uniqueness, common_time, write_each},
        instance_records::InstanceWriter,
        json::Text,
        senml::Shape,
        short::Short,
    },
    model::{Path, ValueRef},
};

#[inline(never)]
pub(crate) fn encode<'r>(
    format: Format,
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let start = out.len();
    out.write(&[EMPTY])?;
    let base_time = common_time(records.clone());
    let mut writer = Writer {
        names: BaseNames::new(target, options),
        shape: Shape::new(format),
        timed: base_time.is_none(),
        base_time,
        count: 0,
        options,
        out,
    };
    let mut unique = Uniqueness::default();
    write_each(records.clone(), |record| {
        writer.shape.check(record)?;
        if record.content == Content::Container {
            return Ok(());
        }
        unique.check(record, &records)?;
        writer.record(record)
    })?;
    set_count(major::ARRAY, start, writer.count, writer.out)
}

/// An array without records; its head is corrected when they are counted.
const EMPTY: u8 = major::ARRAY << 5;
/// A map of two members.
const PAIR: u8 = major::MAP << 5 | 2;

const BASE_NAME: u8 = 0x21;
const BASE_TIME: u8 = 0x22;
const VALUE: u8 = 2;
const STRING_VALUE: u8 = 3;
const BOOLEAN_VALUE: u8 = 4;
const TIME: u8 = 6;
const DATA_VALUE: u8 = 8;
const OBJLNK: [u8; 4] = *b"\x63vlo";

struct Writer<'o, 'r, S> {
    names: BaseNames<'r>,
    shape: Shape,
    // Records have their times themselves.
    timed: bool,
    // The time of all records, until it is written.
    base_time: Option<f64>,
    count: u64,
    options: &'o EncodeOptions,
    out: &'o mut S,
}

impl<'r, S: Sink> Writer<'_, 'r, S> {
    fn record(&mut self, record: &RecordRef<'r>) -> Result<(), EncodeError> {
        self.count += 1;
        match (self.names.continued(record), &record.content) {
            (Some(depth), Content::Value(value)) if record.time.is_none() || !self.timed => {
                let ids = record.path.ids();
                match *ids.get(depth..).unwrap_or_default() {
                    [id] => write_pair(Short::decimal(id), value, self.options, self.out),
                    [a, b] => write_pair(two_ids(a, b), value, self.options, self.out),
                    _ => self.any_record(record),
                }
            }
            _ => self.any_record(record),
        }
    }

    /// A record with any members.
    fn any_record(&mut self, record: &RecordRef<'r>) -> Result<(), EncodeError> {
        let (options, out) = (self.options, &mut *self.out);
        let (base, name) = self.names.next(record)?;
        let base_time = self.base_time.take();
        let time = record.time.filter(|_| self.timed);
        let place = Place::of(&record.content);
        let members = [
            base.is_some(),
            base_time.is_some(),
            name.is_some(),
            time.is_some(),
            place.is_some(),
        ];
        let count = members.into_iter().filter(|member| *member).count();
        head(major::MAP, count as u64).write(out)?;
        if !options.canonical {
            write_name(BASE_NAME, base, out)?;
            write_time(BASE_TIME, base_time, options, out)?;
        }
        write_name(NAME, name, out)?;
        if place == Some(Place::First) {
            write_content(&record.content, options, out)?;
        }
        write_time(TIME, time, options, out)?;
        if place == Some(Place::AfterTime) {
            write_content(&record.content, options, out)?;
        }
        if options.canonical {
            write_name(BASE_NAME, base, out)?;
            write_time(BASE_TIME, base_time, options, out)?;
        }
        if place == Some(Place::Last) {
            write_content(&record.content, options, out)?;
        }
        Ok(())
    }
}

/// Where the value's label stands among the others in bytewise order (RFC 8949, section 4.2.1): name, most values,
/// time, data, base name and time, object link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    AfterTime,
    Last,
}

impl Place {
    const fn of(content: &Content<ValueRef<'_>>) -> Option<Self> {
        match content {
            Content::Value(ValueRef::Opaque(_)) => Some(Self::AfterTime),
            Content::Value(ValueRef::Objlnk(_)) => Some(Self::Last),
            Content::Value(_) | Content::Null => Some(Self::First),
            Content::Path | Content::Container => None,
        }
    }
}

fn write_name(label: u8, name: Option<NameText<'_>>, out: &mut impl Sink) -> Result<(), EncodeError> {
    let Some(name) = name else { return Ok(()) };
    let mut path = Text::default();
    name.push_path(&mut path);
    let path = path.as_bytes();
    let slash = usize::from(!name.prefix.is_empty());
    let len = slash + name.prefix.len() + path.len();
    Short::new([label])
        .then(head(major::TEXT, len as u64))
        .write(out)?;
    if slash > 0 {
        out.write(b"/")?;
        out.write(name.prefix.as_bytes())?;
    }
    Ok(out.write(path)?)
}

fn write_time(
    label: u8,
    time: Option<f64>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    match time {
        Some(time) => Ok(Short::new([label])
            .then(cbor::seconds(time, options))
            .write(out)?),
        None => Ok(()),
    }
}

fn write_content(
    content: &Content<ValueRef<'_>>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    match content {
        Content::Value(value) => write_value(value, options, out),
        _ => Ok(out.write(&[VALUE, NULL])?),
    }
}

/// The label and the value.
#[inline(always)]
fn write_value(
    value: &ValueRef<'_>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let label = match value {
        ValueRef::String(_) | ValueRef::Corelnk(_) => Short::new([STRING_VALUE]),
        ValueRef::Boolean(_) => Short::new([BOOLEAN_VALUE]),
        ValueRef::Opaque(_) => Short::new([DATA_VALUE]),
        ValueRef::Objlnk(_) => Short::new(OBJLNK),
        _ => Short::new([VALUE]),
    };
    let (head, content) = cbor::value(value, options);
    label.then(head).write(out)?;
    if !content.is_empty() {
        out.write(content)?;
    }
    Ok(())
}

/// The rest of a name: a resource and its instance, or an instance and its resource.
#[inline(always)]
const fn two_ids(a: u16, b: u16) -> Short {
    Short::decimal(a).with(*b"/").then(Short::decimal(b))
}

/// A record that is a name of at most 11 bytes and a value, as nearly all are.
#[inline(always)]
fn write_pair(
    name: Short,
    value: &ValueRef<'_>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    Short::new([PAIR, NAME, major::TEXT << 5 | name.len() as u8])
        .then(name)
        .write(out)?;
    write_value(value, options, out)
}

/// Writes the values of one instance, whose path is the base name.
#[inline(never)]
pub(crate) fn encode_instance<S: Sink>(
    base: Path,
    records: InstanceRecords<'_>,
    options: &EncodeOptions,
    out: &mut S,
) -> Result<(), EncodeError> {
    let start = out.len();
    out.write(&[EMPTY])?;
    let mut pairs = Pairs {
        base,
        count: 0,
        options,
        out,
    };
    records.write(&mut pairs)?;
    set_count(major::ARRAY, start, pairs.count, pairs.out)
}

struct Pairs<'o, S> {
    base: Path,
    count: u64,
    options: &'o EncodeOptions,
    out: &'o mut S,
}

impl<S: Sink> Pairs<'_, S> {
    #[inline(always)]
    fn pair(&mut self, name: Short, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        if self.count == 0 {
            return self.first(name, value);
        }
        self.count += 1;
        write_pair(name, value, self.options, self.out)
    }

    /// The first record, which has the base name.
    #[inline(never)]
    fn first(&mut self, name: Short, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        self.count = 1;
        let mut base = Text::default();
        base.push(b'/');
        base.push_ids(&self.base.ids());
        base.push(b'/');
        let base = base.as_bytes();
        self.out
            .write(&[PAIR + 1, BASE_NAME, major::TEXT << 5 | base.len() as u8])?;
        self.out.write(base)?;
        Short::new([NAME, major::TEXT << 5 | name.len() as u8])
            .then(name)
            .write(self.out)?;
        write_value(value, self.options, self.out)
    }
}

impl<S: Sink> InstanceWriter for Pairs<'_, S> {
    #[inline(always)]
    fn resource(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        self.pair(Short::decimal(path.resource_id().unwrap_or_default()), value)
    }

    #[inline(always)]
    fn resource_instance(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        let resource = path.resource_id().unwrap_or_default();
        self.pair(two_ids(resource, path.last_id().unwrap_or_default()), value)
    }
}
