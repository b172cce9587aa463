//! TLV, content format 11542 (LwM2M Core 1.2, section 7.4.3).
//!
//! An entry is a type byte (bits 7-6: what it is, bit 5: width of the identifier, bits 4-3: width of the length,
//! bits 2-0: the length itself where that has no field), the identifier, the length and the value, all big-endian.
//! Object instances hold resources and multiple resources, the latter hold resource instances.

use alloc::vec::Vec;
use core::str;

use super::{
    Content, DecodeError, DecodeErrorKind, EncodeError, EncodeOptions, FloatWidth, Format, Purpose,
    RecordRef, Sink,
    decode::{Context, container},
    encode::check_grouping,
};
use crate::model::{Objlnk, Path, ResourceType, Time, ValueRef};

/// What an entry is; the number is the two highest bits of the type byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Instance = 0,
    ResourceInstance = 1,
    MultipleResource = 2,
    Resource = 3,
}

impl Kind {
    const fn of(type_byte: u8) -> Self {
        match type_byte >> 6 {
            0 => Self::Instance,
            1 => Self::ResourceInstance,
            2 => Self::MultipleResource,
            _ => Self::Resource,
        }
    }

    /// How many identifiers the path of such an entry has.
    const fn depth(self) -> usize {
        match self {
            Self::Instance => 2,
            Self::MultipleResource | Self::Resource => 3,
            Self::ResourceInstance => 4,
        }
    }
}

struct Header {
    kind: Kind,
    id: u16,
    // Of the value.
    start: usize,
    end: usize,
}

/// Reads the header at `offset` of an entry that ends before `end`.
#[inline]
fn header(bytes: &[u8], offset: usize, end: usize) -> Result<Header, DecodeError> {
    let truncated = DecodeError::new(DecodeErrorKind::Truncated, offset);
    let entry = bytes.get(offset..end).ok_or(truncated)?;
    let (kind, id, length, used) = match entry {
        // The shortest forms are nearly all there is on the wire.
        [type_byte, id, ..] if type_byte & 0b0011_1000 == 0 => (
            Kind::of(*type_byte),
            u16::from(*id),
            usize::from(type_byte & 7),
            2,
        ),
        [type_byte, id, length, ..] if type_byte & 0b0011_1000 == 0b0000_1000 => {
            (Kind::of(*type_byte), u16::from(*id), usize::from(*length), 3)
        }
        [type_byte, rest @ ..] => {
            let (id, rest, id_width) = match (type_byte & 0b0010_0000 != 0, rest) {
                (true, [high, low, rest @ ..]) => (u16::from_be_bytes([*high, *low]), rest, 2),
                (false, [id, rest @ ..]) => (u16::from(*id), rest, 1),
                _ => return Err(truncated),
            };
            let width = usize::from(type_byte >> 3 & 3);
            let length = match width {
                0 => usize::from(type_byte & 7),
                _ => rest
                    .get(..width)
                    .ok_or(truncated)?
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            };
            (Kind::of(*type_byte), id, length, 1 + id_width + width)
        }
        [] => return Err(truncated),
    };
    if id == u16::MAX {
        return Err(DecodeError::new(DecodeErrorKind::InvalidId, offset));
    }
    let start = offset + used;
    match start.checked_add(length) {
        Some(value_end) if value_end <= end => Ok(Header {
            kind,
            id,
            start,
            end: value_end,
        }),
        _ => Err(truncated),
    }
}

/// A container that is being read, or the payload as a whole.
#[derive(Clone, Copy)]
struct Frame {
    path: Path,
    start: usize,
    end: usize,
    // The highest identifier so far, to see duplicates for free while they ascend.
    last: Option<u16>,
    ascending: bool,
}

pub(crate) struct TlvReader<'a> {
    bytes: &'a [u8],
    offset: usize,
    // The payload, an object instance, a multiple resource.
    frames: [Frame; 3],
    depth: usize,
    begun: bool,
}

impl<'a> TlvReader<'a> {
    pub(crate) fn new(bytes: &'a [u8], target: Path) -> Self {
        let frame = Frame {
            path: target,
            start: 0,
            end: bytes.len(),
            last: None,
            ascending: true,
        };
        Self {
            bytes,
            offset: 0,
            frames: [frame; 3],
            depth: 0,
            begun: false,
        }
    }

    // A function by itself: together with those of the other formats it would be one with a frame for all of them.
    #[inline(never)]
    pub(crate) fn next(&mut self, context: &mut Context<'_>) -> Result<Option<RecordRef<'a>>, DecodeError> {
        if !self.begun {
            self.begun = true;
            if self.bytes.is_empty() {
                return self.empty_payload(context);
            }
        }
        while let Some(frame) = self.frames.get_mut(self.depth) {
            if self.offset == frame.end {
                let frame = *frame;
                if !frame.ascending {
                    self.check_duplicates(frame)?;
                }
                let Some(depth) = self.depth.checked_sub(1) else {
                    break;
                };
                self.depth = depth;
                if frame.last.is_none() {
                    context.check_target(frame.path, frame.start)?;
                    context.count(frame.path)?;
                    return Ok(Some(container(frame.path)));
                }
                continue;
            }
            let offset = self.offset;
            let Header { kind, id, start, end } = header(self.bytes, offset, frame.end)?;
            match frame.last {
                Some(last) if id <= last => frame.ascending = false,
                _ => frame.last = Some(id),
            }
            let place_in = match self.depth {
                0 if offset == 0 && end == frame.end => Place::Sole,
                0 => Place::Top,
                _ => Place::Inside,
            };
            let path = place(frame.path, place_in, kind, id, context.purpose())
                .map_err(|kind| DecodeError::new(kind, offset).at(frame.path))?;
            match kind {
                Kind::Instance | Kind::MultipleResource => {
                    self.offset = start;
                    self.depth += 1;
                    let inner = Frame {
                        path,
                        start: offset,
                        end,
                        last: None,
                        ascending: true,
                    };
                    // At most three containers nest: `place` lets each kind in only below a shorter path.
                    *self
                        .frames
                        .get_mut(self.depth)
                        .ok_or(DecodeError::new(DecodeErrorKind::Depth, offset).at(path))? = inner;
                }
                Kind::Resource | Kind::ResourceInstance => {
                    context.check_target(path, offset)?;
                    self.offset = end;
                    let bytes = self.bytes.get(start..end).unwrap_or_default();
                    if bytes.len() > context.limits().value {
                        return Err(DecodeError::new(DecodeErrorKind::Limit, start).at(path));
                    }
                    let resource_type = context.resource_type(path, offset)?;
                    let value = value(bytes, resource_type.unwrap_or(ResourceType::Opaque))
                        .map_err(|kind| DecodeError::new(kind, start).at(path))?;
                    context.count(path)?;
                    return Ok(Some(RecordRef::new(path, value)));
                }
            }
        }
        Ok(None)
    }

    /// An object without instances, an empty instance or a multiple resource without instances.
    fn empty_payload(&self, context: &mut Context<'_>) -> Result<Option<RecordRef<'a>>, DecodeError> {
        let [Frame { path: target, .. }, ..] = self.frames;
        match target.depth() {
            1 => Ok(None),
            3 if context.is_single(target) => Err(DecodeError::new(DecodeErrorKind::Truncated, 0).at(target)),
            2 | 3 => {
                context.count(target)?;
                Ok(Some(container(target)))
            }
            _ => Err(DecodeError::new(DecodeErrorKind::Truncated, 0).at(target)),
        }
    }

    /// Goes over the entries of a container once more; only for those that do not ascend.
    fn check_duplicates(&self, frame: Frame) -> Result<(), DecodeError> {
        let mut ids = Vec::new();
        let mut offset = match self.depth {
            0 => 0,
            _ => header(self.bytes, frame.start, self.bytes.len())?.start,
        };
        while offset < frame.end {
            let header = header(self.bytes, offset, frame.end)?;
            ids.push((header.kind == Kind::Instance, header.id, offset));
            offset = header.end;
        }
        ids.sort_unstable();
        for pair in ids.windows(2) {
            if let [(a_kind, a, _), (b_kind, b, offset)] = pair {
                if (a_kind, a) == (b_kind, b) {
                    return Err(DecodeError::new(DecodeErrorKind::Duplicate, *offset).at(frame.path));
                }
            }
        }
        Ok(())
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is the whole payload.
    Sole,
    /// At the top, beside others.
    Top,
    /// In a container.
    Inside,
}

/// The path of an entry, from the path of what it stands in. What the target already names may be repeated by an entry
/// that holds the whole payload, and in a Create the instance may be left out at the top.
#[inline]
fn place(base: Path, at: Place, kind: Kind, id: u16, purpose: Purpose) -> Result<Path, DecodeErrorKind> {
    let depth = kind.depth();
    if depth == base.depth() + 1 {
        return base.child(id).ok_or(DecodeErrorKind::Depth);
    }
    if depth <= base.depth() {
        if at != Place::Sole {
            return Err(DecodeErrorKind::Structure);
        }
        let named = base.up_to(depth);
        return match named.parent().and_then(|parent| parent.child(id)) == Some(named) {
            true => Ok(named),
            false => Err(DecodeErrorKind::OutsideTarget),
        };
    }
    match (purpose, base.object_id()) {
        (Purpose::Create, Some(object)) if at != Place::Inside && base.depth() == 1 && depth == 3 => {
            Ok(Path::resource(object, u16::MAX, id))
        }
        _ => Err(DecodeErrorKind::Structure),
    }
}

/// The value of a resource or resource instance.
#[inline(always)]
fn value(bytes: &[u8], resource_type: ResourceType) -> Result<ValueRef<'_>, DecodeErrorKind> {
    let wrong_length = DecodeErrorKind::Type {
        expected: resource_type,
    };
    Ok(match resource_type {
        ResourceType::String => ValueRef::String(str::from_utf8(bytes).map_err(|_| DecodeErrorKind::Utf8)?),
        ResourceType::Corelnk => ValueRef::Corelnk(str::from_utf8(bytes).map_err(|_| DecodeErrorKind::Utf8)?),
        ResourceType::Opaque => ValueRef::Opaque(bytes),
        ResourceType::Integer => ValueRef::Integer(integer(bytes).ok_or(wrong_length)?),
        ResourceType::Time => ValueRef::Time(Time(integer(bytes).ok_or(wrong_length)?)),
        ResourceType::Unsigned => ValueRef::Unsigned(match *bytes {
            [a] => u64::from(a),
            [a, b] => u64::from(u16::from_be_bytes([a, b])),
            [a, b, c, d] => u64::from(u32::from_be_bytes([a, b, c, d])),
            [a, b, c, d, e, f, g, h] => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => return Err(wrong_length),
        }),
        ResourceType::Float => ValueRef::Float(match *bytes {
            [a, b, c, d] => f64::from(f32::from_be_bytes([a, b, c, d])),
            [a, b, c, d, e, f, g, h] => f64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => return Err(wrong_length),
        }),
        ResourceType::Boolean => ValueRef::Boolean(match *bytes {
            [0] => false,
            [1] => true,
            _ => return Err(wrong_length),
        }),
        ResourceType::Objlnk => ValueRef::Objlnk(match *bytes {
            [a, b, c, d] => Objlnk::new(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])),
            _ => return Err(wrong_length),
        }),
    })
}

fn integer(bytes: &[u8]) -> Option<i64> {
    Some(match *bytes {
        [a] => i64::from(i8::from_be_bytes([a])),
        [a, b] => i64::from(i16::from_be_bytes([a, b])),
        [a, b, c, d] => i64::from(i32::from_be_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        _ => return None,
    })
}

/// A container that is being written. Room for the shortest header is left before its content; when the content is
/// known, the header is put there.
#[derive(Clone, Copy)]
struct Open {
    path: Path,
    kind: Kind,
    start: usize,
}

impl Open {
    /// How much room is left: the header of a container of at most 7 bytes.
    const ROOM: usize = 2;

    fn begin(path: Path, kind: Kind, out: &mut impl Sink) -> Result<Self, EncodeError> {
        let start = out.len();
        out.write(&[0; Self::ROOM])?;
        Ok(Self { path, kind, start })
    }

    fn end(self, out: &mut impl Sink) -> Result<(), EncodeError> {
        let id = self.path.ids().last().copied().unwrap_or_default();
        let length = out.len() - self.start - Self::ROOM;
        let (header, used) = make_header(self.kind, id, length, self.path)?;
        let (first, rest) = header.split_at(Self::ROOM);
        out.overwrite(self.start, first);
        match rest.get(..used - Self::ROOM) {
            Some(rest) if !rest.is_empty() => Ok(out.insert(self.start + Self::ROOM, rest)?),
            _ => Ok(()),
        }
    }
}

pub(crate) fn encode<'r>(
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let unsupported = |path| EncodeError::Unsupported {
        path,
        format: Format::Tlv,
    };
    if target.depth() == 0 {
        return Err(unsupported(target));
    }
    let mut instance: Option<Open> = None;
    let mut multiple: Option<Open> = None;
    let mut last = None;
    let mut compared = false;
    let mut each = records.clone();
    // The record is used where it was made; see `Reader::next`.
    while let Some(record) = &each.next() {
        let path = record.path;
        if !path.starts_with(target) {
            return Err(EncodeError::OutsideTarget { path });
        }
        if !record.prefix.is_empty() || record.time.is_some() {
            return Err(unsupported(path));
        }
        if !compared && last.is_some_and(|last| path <= last) {
            compared = true;
            check_grouping(records.clone())?;
        }
        last = Some(path);
        if let Some(open) = multiple.take_if(|open| !path.starts_with(open.path)) {
            open.end(out)?;
        }
        if let Some(open) = instance.take_if(|open| !path.starts_with(open.path)) {
            open.end(out)?;
        }
        if target.depth() == 1 && instance.is_none() && path.instance_id().is_some_and(|id| id != u16::MAX) {
            instance = Some(Open::begin(path.up_to(2), Kind::Instance, out)?);
        }
        match (&record.content, path.resource_id(), path.resource_instance_id()) {
            (Content::Value(value), Some(id), None) => entry(Kind::Resource, id, value, path, options, out)?,
            (Content::Value(value), Some(_), Some(id)) => {
                if multiple.is_none() {
                    multiple = Some(Open::begin(path.up_to(3), Kind::MultipleResource, out)?);
                }
                entry(Kind::ResourceInstance, id, value, path, options, out)?;
            }
            (Content::Container, None, None) if path.depth() == 2 => {}
            (Content::Container, Some(_), None) => {
                multiple = Some(Open::begin(path, Kind::MultipleResource, out)?);
            }
            _ => return Err(unsupported(path)),
        }
    }
    if let Some(open) = multiple {
        open.end(out)?;
    }
    if let Some(open) = instance {
        open.end(out)?;
    }
    Ok(())
}

/// One entry with a value.
#[inline(always)]
fn entry(
    kind: Kind,
    id: u16,
    value: &ValueRef<'_>,
    path: Path,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let (number, width) = match *value {
        ValueRef::String(text) | ValueRef::Corelnk(text) => {
            return write(kind, id, text.as_bytes(), path, out);
        }
        ValueRef::Opaque(bytes) => return write(kind, id, bytes, path, out),
        ValueRef::Integer(number) => (number as u64, signed_width(number)),
        ValueRef::Time(time) => (time.0 as u64, signed_width(time.0)),
        ValueRef::Unsigned(number) => {
            let width = match number {
                0..=0xff => 1,
                0x100..=0xffff => 2,
                0x1_0000..=0xffff_ffff => 4,
                _ => 8,
            };
            (number, width)
        }
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
    write_number(kind, id, number, width, out)
}

/// The bytes that a signed number takes: 1, 2, 4 or 8.
#[inline]
const fn signed_width(number: i64) -> usize {
    match number {
        -0x80..=0x7f => 1,
        -0x8000..=0x7fff => 2,
        -0x8000_0000..=0x7fff_ffff => 4,
        _ => 8,
    }
}

/// An entry of the last `width` bytes of a number, in one piece.
#[inline]
fn write_number(
    kind: Kind,
    id: u16,
    number: u64,
    width: usize,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let [high, low] = id.to_be_bytes();
    let [b7, b6, b5, b4, b3, b2, b1, b0] = number.to_be_bytes();
    let short = (kind as u8) << 6 | width as u8;
    // Eight bytes have a length field; so many the three bits beside the type cannot say.
    let long = (kind as u8) << 6 | 0x08;
    match (high, width) {
        (0, 1) => out.write(&[short, low, b0]),
        (0, 2) => out.write(&[short, low, b1, b0]),
        (0, 4) => out.write(&[short, low, b3, b2, b1, b0]),
        (0, _) => out.write(&[long, low, 8, b7, b6, b5, b4, b3, b2, b1, b0]),
        (_, 1) => out.write(&[short | 0x20, high, low, b0]),
        (_, 2) => out.write(&[short | 0x20, high, low, b1, b0]),
        (_, 4) => out.write(&[short | 0x20, high, low, b3, b2, b1, b0]),
        (_, _) => out.write(&[long | 0x20, high, low, 8, b7, b6, b5, b4, b3, b2, b1, b0]),
    }?;
    Ok(())
}

/// An entry of any length.
#[inline]
fn write(kind: Kind, id: u16, bytes: &[u8], path: Path, out: &mut impl Sink) -> Result<(), EncodeError> {
    let (header, used) = make_header(kind, id, bytes.len(), path)?;
    out.write(header.get(..used).unwrap_or_default())?;
    Ok(out.write(bytes)?)
}

/// The shortest header: type byte, identifier, length.
#[inline]
fn make_header(kind: Kind, id: u16, length: usize, path: Path) -> Result<([u8; 6], usize), EncodeError> {
    let kind = (kind as u8) << 6;
    // Big-endian: the low byte of each number is the last.
    let [high, low] = id.to_be_bytes();
    let length_bytes = u32::try_from(length)
        .map_err(|_| EncodeError::TooLong { path })?
        .to_be_bytes();
    let [_, l2, l1, l0] = length_bytes;
    let width = match length {
        0..=7 => 0,
        8..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => return Err(EncodeError::TooLong { path }),
    };
    let type_byte = kind | if width == 0 { l0 } else { (width as u8) << 3 };
    Ok(match (high == 0, width) {
        (true, 0) => ([type_byte, low, 0, 0, 0, 0], 2),
        (true, 1) => ([type_byte, low, l0, 0, 0, 0], 3),
        (true, 2) => ([type_byte, low, l1, l0, 0, 0], 4),
        (true, _) => ([type_byte, low, l2, l1, l0, 0], 5),
        (false, 0) => ([type_byte | 0x20, high, low, 0, 0, 0], 3),
        (false, 1) => ([type_byte | 0x20, high, low, l0, 0, 0], 4),
        (false, 2) => ([type_byte | 0x20, high, low, l1, l0, 0], 5),
        (false, _) => ([type_byte | 0x20, high, low, l2, l1, l0], 6),
    })
}
