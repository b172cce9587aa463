use alloc::vec::Vec;
use core::str;

use super::Kind;
use crate::{
    encoding::{
        DecodeError, DecodeErrorKind, Purpose, RecordRef,
        decode::{Context, container},
    },
    model::{Objlnk, Path, ResourceType, Time, ValueRef},
};

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
    // One more than the highest identifier so far, to see duplicates for free while they ascend; 0 before the first.
    next: u32,
    ascending: bool,
    // Whatever is in it lies in the target.
    inside: bool,
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
            next: 0,
            ascending: true,
            inside: true,
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
            let offset = self.offset;
            if offset == frame.end {
                let frame = *frame;
                if !frame.ascending {
                    self.check_duplicates(frame)?;
                }
                let Some(depth) = self.depth.checked_sub(1) else {
                    break;
                };
                self.depth = depth;
                if frame.next == 0 {
                    context.check_target(frame.path, frame.start)?;
                    context.count(frame.path)?;
                    return Ok(Some(container(frame.path)));
                }
                continue;
            }
            let Header { kind, id, start, end } = header(self.bytes, offset, frame.end)?;
            match u32::from(id) >= frame.next {
                true => frame.next = u32::from(id) + 1,
                false => frame.ascending = false,
            }
            let (path, inside) = match frame.path.child(id) {
                Some(path) if path.depth() == kind.depth() => (path, frame.inside),
                _ => {
                    let at = match self.depth {
                        0 if offset == 0 && end == frame.end => Place::Sole,
                        0 => Place::Top,
                        _ => Place::Inside,
                    };
                    let path = place(frame.path, at, kind, id, context.purpose())
                        .map_err(|kind| DecodeError::new(kind, offset).at(frame.path))?;
                    (path, false)
                }
            };
            if matches!(kind, Kind::Resource | Kind::ResourceInstance) {
                if !inside {
                    context.check_target(path, offset)?;
                }
                self.offset = end;
                let bytes = self.bytes.get(start..end).unwrap_or_default();
                return record(path, bytes, (offset, start), context);
            }
            self.offset = start;
            self.depth += 1;
            let inner = Frame {
                path,
                start: offset,
                end,
                next: 0,
                ascending: true,
                inside,
            };
            // At most three containers nest: each kind is only in below a shorter path.
            *self
                .frames
                .get_mut(self.depth)
                .ok_or(DecodeError::new(DecodeErrorKind::Depth, offset).at(path))? = inner;
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

/// The record of an entry with a value. The offsets are where the entry and the value begin.
#[inline(always)]
fn record<'a>(
    path: Path,
    bytes: &'a [u8],
    (offset, start): (usize, usize),
    context: &mut Context<'_>,
) -> Result<Option<RecordRef<'a>>, DecodeError> {
    let fail = |kind| DecodeError::new(kind, start).at(path);
    if bytes.len() > context.limits().value {
        return Err(fail(DecodeErrorKind::Limit));
    }
    let resource_type = context
        .resource_type(path, offset)?
        .unwrap_or(ResourceType::Opaque);
    let wrong = DecodeErrorKind::Type {
        expected: resource_type,
    };
    // The frequent types by themselves: then each is put where the record is to be, and not first together with others.
    match resource_type {
        ResourceType::String => match str::from_utf8(bytes) {
            Ok(text) => give(path, ValueRef::String(text), context),
            Err(_) => Err(fail(DecodeErrorKind::Utf8)),
        },
        ResourceType::Integer => match integer(bytes) {
            Some(number) => give(path, ValueRef::Integer(number), context),
            None => Err(fail(wrong)),
        },
        ResourceType::Float => match float(bytes) {
            Some(number) => give(path, ValueRef::Float(number), context),
            None => Err(fail(wrong)),
        },
        _ => match value(bytes, resource_type) {
            Ok(value) => give(path, value, context),
            Err(kind) => Err(fail(kind)),
        },
    }
}

#[inline(always)]
fn give<'a>(
    path: Path,
    value: ValueRef<'a>,
    context: &mut Context<'_>,
) -> Result<Option<RecordRef<'a>>, DecodeError> {
    context.count(path)?;
    Ok(Some(RecordRef::new(path, value)))
}

/// The value of a resource or resource instance.
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
        ResourceType::Float => ValueRef::Float(float(bytes).ok_or(wrong_length)?),
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

#[inline]
fn float(bytes: &[u8]) -> Option<f64> {
    match *bytes {
        [a, b, c, d] => Some(f64::from(f32::from_be_bytes([a, b, c, d]))),
        [a, b, c, d, e, f, g, h] => Some(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
        _ => None,
    }
}

#[inline]
fn integer(bytes: &[u8]) -> Option<i64> {
    Some(match *bytes {
        [a] => i64::from(i8::from_be_bytes([a])),
        [a, b] => i64::from(i16::from_be_bytes([a, b])),
        [a, b, c, d] => i64::from(i32::from_be_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        _ => return None,
    })
}
