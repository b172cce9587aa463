use alloc::{borrow::Cow, string::String, vec::Vec};
use core::str;

use crate::{
    encoding::{
        Content, DecodeError, DecodeErrorKind, Purpose, RecordRef,
        cbor::{CborReader, Head, Items, Kind, item, major},
        decode::Context,
        name::is_prefix,
    },
    model::Path,
};

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
