use super::Kind;
use crate::{
    encoding::{
        Content, EncodeError, EncodeOptions, FloatWidth, Format, InstanceRecords, RecordRef, Sink,
        encode::{check_grouping, write_each},
        instance_records::InstanceWriter,
        short::Short,
    },
    model::{Path, ValueRef},
};

#[inline(never)]
pub(crate) fn encode<'r>(
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    if target.depth() == 0 {
        return Err(unsupported(target));
    }
    let mut writer = Writer {
        target,
        options,
        instance: None,
        multiple: None,
        last: Path::ROOT,
        out,
    };
    let mut compared = false;
    write_each(records.clone(), |record| {
        if !compared && record.path <= writer.last {
            compared = true;
            check_grouping(records.clone())?;
        }
        writer.record(record)
    })?;
    writer.end_multiple()?;
    writer.end_instance()
}

const fn unsupported(path: Path) -> EncodeError {
    EncodeError::Unsupported {
        path,
        format: Format::Tlv,
    }
}

/// Writes the entries of a payload and the containers around them.
struct Writer<'o, S> {
    target: Path,
    options: &'o EncodeOptions,
    // The containers that are open: their paths and where they begin.
    instance: Option<(Path, usize)>,
    multiple: Option<(Path, usize)>,
    last: Path,
    out: &'o mut S,
}

impl<S: Sink> Writer<'_, S> {
    fn record(&mut self, record: &RecordRef<'_>) -> Result<(), EncodeError> {
        let path = record.path;
        if !path.starts_with(self.target) {
            return Err(EncodeError::OutsideTarget { path });
        }
        if !record.prefix.is_empty() || record.time.is_some() {
            return Err(unsupported(path));
        }
        self.last = path;
        if self
            .multiple
            .is_some_and(|(multiple, _)| !path.starts_with(multiple))
        {
            self.end_multiple()?;
        }
        if self.target.depth() == 1
            && self
                .instance
                .is_none_or(|(instance, _)| !path.starts_with(instance))
        {
            self.end_instance()?;
            if path.instance_id().is_some_and(|id| id != u16::MAX) {
                self.instance = Some((path.up_to(2), begin(self.out)?));
            }
        }
        match (&record.content, path.depth()) {
            (Content::Value(value), 3) => write_value(path, value, self.options, self.out),
            (Content::Value(value), 4) => {
                if self.multiple.is_none() {
                    self.multiple = Some((path.up_to(3), begin(self.out)?));
                }
                write_value(path, value, self.options, self.out)
            }
            (Content::Container, 2) => Ok(()),
            (Content::Container, 3) => {
                self.multiple = Some((path, begin(self.out)?));
                Ok(())
            }
            _ => Err(unsupported(path)),
        }
    }

    fn end_multiple(&mut self) -> Result<(), EncodeError> {
        match self.multiple.take() {
            Some((path, start)) => end(Kind::MultipleResource, path, start, self.out),
            None => Ok(()),
        }
    }

    fn end_instance(&mut self) -> Result<(), EncodeError> {
        match self.instance.take() {
            Some((path, start)) => end(Kind::Instance, path, start, self.out),
            None => Ok(()),
        }
    }
}

/// Writes the values of one instance, whose path the payload does not repeat.
#[inline(never)]
pub(crate) fn encode_instance<S: Sink>(
    records: InstanceRecords<'_>,
    options: &EncodeOptions,
    out: &mut S,
) -> Result<(), EncodeError> {
    records.write(&mut Entries {
        options,
        multiple: 0,
        out,
    })
}

struct Entries<'o, S> {
    options: &'o EncodeOptions,
    // Where the entry of the multiple resource begins.
    multiple: usize,
    out: &'o mut S,
}

impl<S: Sink> InstanceWriter for Entries<'_, S> {
    #[inline(always)]
    fn resource(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        write_value(path, value, self.options, self.out)
    }

    #[inline(always)]
    fn begin_multiple(&mut self, _path: Path) -> Result<(), EncodeError> {
        self.multiple = begin(self.out)?;
        Ok(())
    }

    #[inline(always)]
    fn resource_instance(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        write_value(path, value, self.options, self.out)
    }

    #[inline(always)]
    fn end_multiple(&mut self, path: Path) -> Result<(), EncodeError> {
        end(Kind::MultipleResource, path, self.multiple, self.out)
    }

    fn empty_multiple(&mut self, path: Path) -> Result<(), EncodeError> {
        Ok(header(Kind::MultipleResource, path, 0)?.write(self.out)?)
    }
}

/// The header of a container of at most 7 bytes whose identifier is at most 255, the shortest.
const ROOM: usize = 2;

/// Begins a container: leaves room before its content for the header, which is put there when the content is known.
#[inline(always)]
fn begin(out: &mut impl Sink) -> Result<usize, EncodeError> {
    let start = out.len();
    out.write(&[0; ROOM])?;
    Ok(start)
}

/// Ends a container that began at `start`.
#[inline(always)]
fn end(kind: Kind, path: Path, start: usize, out: &mut impl Sink) -> Result<(), EncodeError> {
    let length = out.len() - start - ROOM;
    match (last_id(path), length) {
        (id @ 0..=0xff, 0..=7) => {
            out.overwrite(start, &[kind.bits() | length as u8, id as u8]);
            Ok(())
        }
        (id @ 0..=0xff, 8..=0xff) => {
            out.overwrite(start, &[kind.bits() | 0x08, id as u8]);
            Ok(out.insert(start + ROOM, &[length as u8])?)
        }
        _ => end_long(header(kind, path, length)?, start, out),
    }
}

#[inline(never)]
fn end_long(header: Short, start: usize, out: &mut impl Sink) -> Result<(), EncodeError> {
    let bytes = header.to_bytes();
    let bytes = bytes.get(..header.len()).unwrap_or_default();
    let (room, rest) = bytes.split_at_checked(ROOM).unwrap_or_default();
    out.overwrite(start, room);
    Ok(out.insert(start + ROOM, rest)?)
}

/// One entry with a value: of a resource, or of a resource instance where the path is one's.
#[inline(always)]
fn write_value(
    path: Path,
    value: &ValueRef<'_>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let (number, width) = match *value {
        ValueRef::String(text) | ValueRef::Corelnk(text) => return write_bytes(path, text.as_bytes(), out),
        ValueRef::Opaque(bytes) => return write_bytes(path, bytes, out),
        ValueRef::Integer(number) => (number as u64, signed_width(number)),
        ValueRef::Time(time) => (time.0 as u64, signed_width(time.0)),
        ValueRef::Unsigned(number) => (number, unsigned_width(number)),
        ValueRef::Float(number) => {
            let narrow = number as f32;
            let exact = f64::from(narrow) == number || number.is_nan();
            match options.float_width {
                FloatWidth::Shortest | FloatWidth::Single if exact => (u64::from(narrow.to_bits()), 4),
                _ => (number.to_bits(), 8),
            }
        }
        ValueRef::Boolean(flag) => (u64::from(flag), 1),
        ValueRef::Objlnk(link) => (u64::from(link.object) << 16 | u64::from(link.instance), 4),
    };
    // At most 4 bytes of header: header and number are one piece.
    let header = header(kind_of(path), path, width as usize)?;
    Ok(header.then(Short::big_endian(number, width)).write(out)?)
}

/// One entry with text or bytes.
#[inline(always)]
fn write_bytes(path: Path, bytes: &[u8], out: &mut impl Sink) -> Result<(), EncodeError> {
    header(kind_of(path), path, bytes.len())?.write(out)?;
    Ok(out.write(bytes)?)
}

/// What the entry of a value is.
#[inline(always)]
const fn kind_of(path: Path) -> Kind {
    match path.depth() {
        4 => Kind::ResourceInstance,
        _ => Kind::Resource,
    }
}

#[inline(always)]
fn last_id(path: Path) -> u16 {
    path.last_id().unwrap_or_default()
}

/// The bytes that a signed number takes: 1, 2, 4 or 8.
#[inline]
const fn signed_width(number: i64) -> u32 {
    match number {
        -0x80..=0x7f => 1,
        -0x8000..=0x7fff => 2,
        -0x8000_0000..=0x7fff_ffff => 4,
        _ => 8,
    }
}

/// The bytes that an unsigned number takes: 1, 2, 4 or 8.
#[inline]
const fn unsigned_width(number: u64) -> u32 {
    match number {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

/// The shortest header: type byte, identifier, length.
#[inline(always)]
fn header(kind: Kind, path: Path, length: usize) -> Result<Short, EncodeError> {
    let id = last_id(path);
    let [high, low] = id.to_be_bytes();
    let bits = kind.bits();
    match (high, length) {
        // Nearly all there is.
        (0, 0..=7) => Ok(Short::new([bits | length as u8, low])),
        (0, 8..=0xff) => Ok(Short::new([bits | 0x08, low, length as u8])),
        (_, 0..=7) => Ok(Short::new([bits | 0x20 | length as u8, high, low])),
        (_, 8..=0xff) => Ok(Short::new([bits | 0x28, high, low, length as u8])),
        _ => long_header(kind, id, length).ok_or(EncodeError::TooLong { path }),
    }
}

/// The header of more than 255 bytes; `None` if their length does not fit 24 bits.
#[inline(never)]
fn long_header(kind: Kind, id: u16, length: usize) -> Option<Short> {
    let (id_bit, id) = match id {
        0..=0xff => (0, Short::big_endian(id.into(), 1)),
        _ => (0x20, Short::big_endian(id.into(), 2)),
    };
    let width = match length {
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => return None,
    };
    let header = Short::new([kind.bits() | id_bit | (width as u8) << 3]).then(id);
    Some(header.then(Short::big_endian(length as u64, width)))
}
