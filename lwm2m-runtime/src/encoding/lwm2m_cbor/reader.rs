//! LwM2M CBOR, content format 11544 (LwM2M Core 1.2, section 7.4.6).
//!
//! Maps in maps; the identifiers of a path are all keys from the outermost map inward. A key is one identifier or an
//! array of several. An end device's prefix stands first in an outermost key, as text.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::str;

use super::{
    CborGrouping, Content, DecodeError, DecodeErrorKind, EncodeError, EncodeOptions, Format, Purpose,
    RecordRef, Sink,
    cbor::{BREAK, CborReader, Chunk, Head, Items, Kind, NULL, item, major, set_count, write_value},
    decode::Context,
    encode::order,
    name::is_prefix,
    record::same_prefix,
};
use crate::model::Path;

/// The outermost map, one for each identifier but the last, and one below a prefix that is a key by itself.
const DEPTH: usize = 5;

/// A map that is being read.
#[derive(Clone, Copy)]
struct Frame {
    /// Where it begins.
    start: usize,
    /// The identifiers of the keys that lead to it.
    path: Path,
    items: Items,
    /// The path of its entry before.
    last: Option<Path>,
}

pub(crate) struct Lwm2mCborReader<'a> {
    cbor: CborReader<'a>,
    frames: [Frame; DEPTH],
    depth: usize,
    begun: bool,
    prefix: Cow<'a, str>,
    // All keys so far; more than records need are refused.
    keys: usize,
    // Keys are not in ascending order everywhere, so that one might occur twice.
    unordered: bool,
    space: Vec<u8>,
}

/// A key and where it stands.
struct Entry {
    /// Where its map begins.
    map: usize,
    path: Path,
    offset: usize,
}

impl<'a> Lwm2mCborReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let frame = Frame {
            start: 0,
            path: Path::ROOT,
            items: Items::Definite(0),
            last: None,
        };
        Self {
            cbor: CborReader::new(bytes),
            frames: [frame; DEPTH],
            depth: 0,
            begun: false,
            prefix: Cow::Borrowed(""),
            keys: 0,
            unordered: false,
            space: Vec::new(),
        }
    }

    // A function by itself: together with those of the other formats it would be one with a frame for all of them.
    #[inline(never)]
    pub(crate) fn next<'r>(
        &'r mut self,
        context: &mut Context<'_>,
    ) -> Result<Option<RecordRef<'r>>, DecodeError> {
        loop {
            let Some(entry) = self.entry(context)? else {
                self.cbor.end()?;
                if self.unordered {
                    self.check_keys(context)?;
                }
                return Ok(None);
            };
            let path = entry.path;
            if self.map_follows() {
                self.open(path)?;
                continue;
            }
            context.record_offset = entry.offset;
            context.check_target(path, entry.offset)?;
            let found = item(&mut self.cbor, &mut Some(&mut self.space), context.limits().value)
                .map_err(|error| error.at(path))?;
            let content = match found.kind {
                Kind::Null if context.purpose() == Purpose::Patch && path.depth() >= 3 => Content::Null,
                _ => Content::Value(context.typed(path, found, found.offset)?),
            };
            context.accept(&self.prefix, path, None)?;
            return Ok(Some(RecordRef {
                prefix: &self.prefix,
                path,
                content,
                time: None,
            }));
        }
    }

    fn map_follows(&self) -> bool {
        self.cbor.peek().is_some_and(|first| first >> 5 == major::MAP)
    }

    /// Begins a map in the present one.
    fn open(&mut self, path: Path) -> Result<(), DecodeError> {
        let head = self.cbor.head()?;
        if head.major != major::MAP {
            return Err(head.error(DecodeErrorKind::Structure));
        }
        let too_deep = head.error(DecodeErrorKind::Depth).at(path);
        if path.depth() == 4 {
            return Err(too_deep);
        }
        *self.frames.get_mut(self.depth).ok_or(too_deep)? = Frame {
            start: head.offset,
            path,
            items: self.cbor.items(head, 2)?,
            last: None,
        };
        self.depth += 1;
        Ok(())
    }

    /// The next key, out of the maps that end before it. `None` after the last.
    #[inline(always)]
    fn entry(&mut self, context: &Context<'_>) -> Result<Option<Entry>, DecodeError> {
        if !self.begun {
            self.begun = true;
            self.open(Path::ROOT)?;
        }
        // `depth` counts the open maps.
        while let Some(frame) = self
            .depth
            .checked_sub(1)
            .and_then(|index| self.frames.get_mut(index))
        {
            if !frame.items.another(&mut self.cbor)? {
                self.depth -= 1;
                continue;
            }
            let offset = self.cbor.offset();
            self.keys += 1;
            if self.keys / 4 > context.limits().records {
                return Err(self.cbor.error(DecodeErrorKind::Limit));
            }
            let prefix = (self.depth == 1).then_some(&mut self.prefix);
            let path = key(&mut self.cbor, frame.path, prefix, context)?;
            if frame.last.is_some_and(|last| path <= last) {
                self.unordered = true;
            }
            frame.last = Some(path);
            return Ok(Some(Entry {
                map: frame.start,
                path,
                offset,
            }));
        }
        Ok(None)
    }

    /// Goes over all keys once more, to find one that occurs twice in a map.
    #[cold]
    fn check_keys(&self, context: &Context<'_>) -> Result<(), DecodeError> {
        let mut again = Self::new(self.cbor.bytes());
        let mut keys = Vec::new();
        while let Some(Entry { map, path, offset }) = again.entry(context)? {
            keys.push((map, again.prefix.clone(), path, offset));
            match again.map_follows() {
                true => again.open(path)?,
                false => again.cbor.skip()?,
            }
        }
        keys.sort_unstable();
        for pair in keys.windows(2) {
            if let [(map_a, prefix_a, a, _), (map_b, prefix_b, b, offset)] = pair {
                if (map_a, prefix_a, a) == (map_b, prefix_b, b) {
                    return Err(DecodeError::new(DecodeErrorKind::Duplicate, *offset).at(*b));
                }
            }
        }
        Ok(())
    }
}

/// Reads a key below `base`. A prefix is legal where there is a place for it.
#[inline(always)]
fn key<'a>(
    cbor: &mut CborReader<'a>,
    base: Path,
    prefix: Option<&mut Cow<'a, str>>,
    context: &Context<'_>,
) -> Result<Path, DecodeError> {
    let head = cbor.head()?;
    if head.major == major::UNSIGNED {
        if let Some(prefix) = prefix {
            *prefix = Cow::Borrowed("");
        }
        return child(base, head, context);
    }
    long_key(cbor, head, base, prefix, context)
}

/// A key that is an array, or a prefix alone.
#[inline(never)]
fn long_key<'a>(
    cbor: &mut CborReader<'a>,
    head: Head,
    base: Path,
    prefix: Option<&mut Cow<'a, str>>,
    context: &Context<'_>,
) -> Result<Path, DecodeError> {
    let mut path = base;
    let mut found = Cow::Borrowed("");
    let mut elements = match head.major {
        major::ARRAY => cbor.items(head, 1)?,
        major::TEXT if prefix.is_some() && context.prefixes() => {
            found = prefix_text(cbor, head)?;
            Items::Definite(0)
        }
        _ => return Err(head.error(DecodeErrorKind::InvalidId)),
    };
    while elements.another(cbor)? {
        let element = cbor.head()?;
        match element.major {
            major::UNSIGNED => path = child(path, element, context)?,
            major::TEXT
                if prefix.is_some() && context.prefixes() && found.is_empty() && path.depth() == 0 =>
            {
                found = prefix_text(cbor, element)?;
            }
            _ => return Err(element.error(DecodeErrorKind::InvalidId).at(path)),
        }
    }
    // An array names something.
    if path == base && found.is_empty() {
        return Err(head.error(DecodeErrorKind::InvalidId).at(path));
    }
    if let Some(prefix) = prefix {
        *prefix = found;
    }
    Ok(path)
}

/// A prefix, joined where it comes in pieces.
fn prefix_text<'a>(cbor: &mut CborReader<'a>, head: Head) -> Result<Cow<'a, str>, DecodeError> {
    let text = if head.indefinite() {
        let mut joined = Vec::new();
        cbor.string(head, &mut Some(&mut joined))?;
        Cow::Owned(String::from_utf8(joined).map_err(|_| head.error(DecodeErrorKind::Utf8))?)
    } else {
        Cow::Borrowed(
            str::from_utf8(cbor.string(head, &mut None)?).map_err(|_| head.error(DecodeErrorKind::Utf8))?,
        )
    };
    match is_prefix(&text) {
        true => Ok(text),
        false => Err(head.error(DecodeErrorKind::InvalidName)),
    }
}

#[inline(always)]
fn child(path: Path, head: Head, context: &Context<'_>) -> Result<Path, DecodeError> {
    match u16::try_from(head.argument) {
        Ok(u16::MAX) if !(context.purpose() == Purpose::Create && path.depth() == 1) => {}
        Ok(id) => {
            return path.child(id).ok_or(head.error(DecodeErrorKind::Depth).at(path));
        }
        Err(_) => {}
    }
    Err(head.error(DecodeErrorKind::InvalidId).at(path))
}

pub(crate) fn encode<'r>(
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let start = out.len();
    match write(target, records.clone(), options, out) {
        Err(EncodeError::Order { .. }) => {}
        result => return result,
    }
    // A map holds its keys in any order but each only once: bring together what belongs together.
    out.truncate(start);
    let mut sorted: Vec<_> = records.collect();
    sorted.sort_by_key(order);
    write(target, sorted.iter().copied(), options, out)
}

/// A map that is being written.
#[derive(Clone, Copy)]
struct Open {
    path: Path,
    start: usize,
    count: u64,
}

/// Writes records that are in ascending order.
fn write<'r>(
    target: Path,
    mut records: impl Iterator<Item = RecordRef<'r>>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    // How many identifiers an outermost key has; those further in have one.
    let outer = match options.cbor_grouping {
        CborGrouping::Nested => 1,
        CborGrouping::Flat if !options.canonical => 4,
        _ if target.depth() > 0 => target.depth(),
        _ => 2,
    };
    let definite = options.canonical || !options.indefinite_maps;
    let map_head = if definite { 0xa0 } else { 0xbf };
    let mut root = Open {
        path: Path::ROOT,
        start: out.len(),
        count: 0,
    };
    let mut maps = Maps {
        open: [root; 3],
        depth: 0,
    };
    let mut chunk = Chunk::new();
    chunk.push([map_head]);
    let mut last: Option<(&'r str, Path)> = None;
    // The record is used where it was made; see `Reader::next`.
    while let Some(record) = &records.next() {
        let path = record.path;
        check(target, record)?;
        if record.content == Content::Container {
            continue;
        }
        let mut shared = 0;
        if let Some((last_prefix, last)) = last {
            // Also a value at a path that another lies below would be a key twice.
            let same = same_prefix(last_prefix, record.prefix);
            let ascends = match same {
                true => last < path && !path.starts_with(last),
                false => (last_prefix.len(), last_prefix) < (record.prefix.len(), record.prefix),
            };
            if !ascends {
                return Err(EncodeError::Order { path });
            }
            while let Some(map) = maps.top() {
                if same && path.starts_with(map.path) {
                    shared = map.path.depth();
                    break;
                }
                close(map, definite, &mut chunk, out)?;
                maps.depth -= 1;
            }
        }
        last = Some((record.prefix, path));
        let ids = path.ids();
        loop {
            let take = if shared == 0 { outer } else { 1 };
            let rest = ids.get(shared..).unwrap_or_default();
            let keys = rest.get(..take).unwrap_or(rest);
            match maps.top_mut() {
                Some(map) => map.count += 1,
                None => root.count += 1,
            }
            let prefix = if shared == 0 { record.prefix } else { "" };
            write_key(&mut chunk, prefix, keys, out)?;
            shared += keys.len();
            if shared >= ids.len() {
                break;
            }
            maps.push(Open {
                path: path.up_to(shared),
                start: out.len() + chunk.len(),
                count: 0,
            });
            chunk.push([map_head]);
        }
        match &record.content {
            Content::Value(value) => {
                let content = write_value(&mut chunk, value, options);
                chunk.flush(out)?;
                if !content.is_empty() {
                    out.write(content)?;
                }
            }
            _ => {
                chunk.push([NULL]);
                chunk.flush(out)?;
            }
        }
    }
    while let Some(map) = maps.top() {
        close(map, definite, &mut chunk, out)?;
        maps.depth -= 1;
    }
    chunk.flush(out)?;
    close(root, definite, &mut chunk, out)?;
    Ok(chunk.flush(out)?)
}

/// The maps inside the outermost one: at most one for each identifier but the last.
struct Maps {
    open: [Open; 3],
    depth: usize,
}

impl Maps {
    fn top(&self) -> Option<Open> {
        self.open.get(self.depth.checked_sub(1)?).copied()
    }

    fn top_mut(&mut self) -> Option<&mut Open> {
        self.open.get_mut(self.depth.checked_sub(1)?)
    }

    fn push(&mut self, map: Open) {
        if let Some(place) = self.open.get_mut(self.depth) {
            *place = map;
            self.depth += 1;
        }
    }
}

fn check(target: Path, record: &RecordRef<'_>) -> Result<(), EncodeError> {
    let path = record.path;
    if !path.starts_with(target) {
        return Err(EncodeError::OutsideTarget { path });
    }
    if !record.prefix.is_empty() && !is_prefix(record.prefix) {
        return Err(EncodeError::Prefix { path });
    }
    if !record.prefix.is_empty() && !is_prefix(record.prefix) {
        return Err(EncodeError::Prefix { path });
    }
    let legal = match record.content {
        Content::Value(_) | Content::Null => path.depth() >= 3,
        Content::Container => true,
        Content::Path => false,
    };
    match legal && record.time.is_none() {
        true => Ok(()),
        false => Err(EncodeError::Unsupported {
            path,
            format: Format::Lwm2mCbor,
        }),
    }
}

#[inline(always)]
fn close(map: Open, definite: bool, chunk: &mut Chunk, out: &mut impl Sink) -> Result<(), EncodeError> {
    match definite {
        true => set_count(major::MAP, map.start, map.count, out),
        false => {
            chunk.push([BREAK]);
            Ok(())
        }
    }
}

/// One identifier as it is, several or a prefix as an array.
#[inline(always)]
fn write_key(chunk: &mut Chunk, prefix: &str, ids: &[u16], out: &mut impl Sink) -> Result<(), EncodeError> {
    if let ([id], true) = (ids, prefix.is_empty()) {
        chunk.head(major::UNSIGNED, u64::from(*id));
        return Ok(());
    }
    let elements = ids.len() + usize::from(!prefix.is_empty());
    chunk.head(major::ARRAY, elements as u64);
    if !prefix.is_empty() {
        chunk.head(major::TEXT, prefix.len() as u64);
        chunk.flush(out)?;
        out.write(prefix.as_bytes())?;
    }
    for id in ids {
        chunk.head(major::UNSIGNED, u64::from(*id));
    }
    Ok(())
}
