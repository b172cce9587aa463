use alloc::vec::Vec;

use crate::{
    encoding::{
        CborGrouping, Content, EncodeError, EncodeOptions, Format, InstanceRecords, RecordRef, Sink,
        cbor::{self, BREAK, NULL, head, major, set_count},
        encode::{order, write_each},
        instance_records::InstanceWriter,
        name::is_prefix,
        record::same_prefix,
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

/// The head of a map without entries; it is corrected when they are counted.
const EMPTY: u8 = major::MAP << 5;
/// The head of a map of indefinite length.
const INDEFINITE: u8 = major::MAP << 5 | 31;

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
    records: impl Iterator<Item = RecordRef<'r>>,
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
    let root = Open {
        path: Path::ROOT,
        start: out.len(),
        count: 0,
    };
    let definite = options.canonical || !options.indefinite_maps;
    let mut writer = Writer {
        target,
        outer,
        map_head: if definite { EMPTY } else { INDEFINITE },
        root,
        open: [root; 3],
        depth: 0,
        last_prefix: "",
        last: Path::ROOT,
        options,
        out,
    };
    writer.out.write(&[writer.map_head])?;
    write_each(records, |record| writer.record(record))?;
    writer.end()
}

struct Writer<'o, 'r, S> {
    target: Path,
    outer: usize,
    map_head: u8,
    // The outermost map, and those inside it: at most one for each identifier but the last.
    root: Open,
    open: [Open; 3],
    depth: usize,
    last_prefix: &'r str,
    last: Path,
    options: &'o EncodeOptions,
    out: &'o mut S,
}

impl<'r, S: Sink> Writer<'_, 'r, S> {
    fn record(&mut self, record: &RecordRef<'r>) -> Result<(), EncodeError> {
        let path = record.path;
        check(self.target, record)?;
        if record.content == Content::Container {
            return Ok(());
        }
        let mut shared = 0;
        if self.root.count > 0 {
            let same = same_prefix(self.last_prefix, record.prefix);
            // Also a value at a path that another lies below would be a key twice.
            let ascends = match same {
                true => self.last < path && !path.starts_with(self.last),
                false => (self.last_prefix.len(), self.last_prefix) < (record.prefix.len(), record.prefix),
            };
            if !ascends {
                return Err(EncodeError::Order { path });
            }
            shared = self.close_outside(same.then_some(path))?;
        }
        self.last_prefix = record.prefix;
        self.last = path;
        match (path.depth() - shared, &record.content) {
            // One more value in a map that is open: what nearly all records are.
            (1, Content::Value(value)) if shared > 0 => {
                self.count();
                write_entry(path.last_id().unwrap_or_default(), value, self.options, self.out)
            }
            // The first value of an instance or of a multiple resource.
            (2, Content::Value(value)) if shared > 0 => {
                self.count();
                let map = path.up_to(shared + 1);
                let key = key(map.last_id().unwrap_or_default());
                self.push(Open {
                    path: map,
                    start: self.out.len() + key.len(),
                    count: 1,
                });
                key.with([self.map_head]).write(self.out)?;
                write_entry(path.last_id().unwrap_or_default(), value, self.options, self.out)
            }
            _ => self.keys(record, shared),
        }
    }

    /// Writes the keys that lead to a value, and the value.
    #[inline(never)]
    fn keys(&mut self, record: &RecordRef<'r>, shared: usize) -> Result<(), EncodeError> {
        let ids = record.path.ids();
        let (mut rest, mut depth) = (ids.get(shared..).unwrap_or_default(), shared);
        loop {
            let take = if depth == 0 { self.outer } else { 1 };
            let (keys, behind) = rest.split_at_checked(take).unwrap_or((rest, &[]));
            self.count();
            let prefix = if depth == 0 { record.prefix } else { "" };
            write_key(prefix, keys, self.out)?;
            depth += keys.len();
            rest = behind;
            if rest.is_empty() {
                break;
            }
            self.begin(record.path.up_to(depth))?;
        }
        match &record.content {
            Content::Value(value) => {
                let (head, content) = cbor::value(value, self.options);
                head.write(self.out)?;
                Ok(self.out.write(content)?)
            }
            _ => Ok(self.out.write(&[NULL])?),
        }
    }

    /// Counts an entry of the innermost map.
    fn count(&mut self) {
        let map = self.depth.checked_sub(1).and_then(|top| self.open.get_mut(top));
        map.unwrap_or(&mut self.root).count += 1;
    }

    fn begin(&mut self, path: Path) -> Result<(), EncodeError> {
        self.push(Open {
            path,
            start: self.out.len(),
            count: 0,
        });
        Ok(self.out.write(&[self.map_head])?)
    }

    fn push(&mut self, map: Open) {
        if let Some(place) = self.open.get_mut(self.depth) {
            *place = map;
            self.depth += 1;
        }
    }

    /// Ends the maps in which a path does not lie, or all but the outermost one. Returns how many identifiers the
    /// innermost one has that is left.
    #[inline(always)]
    fn close_outside(&mut self, path: Option<Path>) -> Result<usize, EncodeError> {
        while let Some(map) = self.depth.checked_sub(1).and_then(|top| self.open.get(top)) {
            if path.is_some_and(|path| path.starts_with(map.path)) {
                return Ok(map.path.depth());
            }
            close(*map, self.map_head, self.out)?;
            self.depth -= 1;
        }
        Ok(0)
    }

    fn end(mut self) -> Result<(), EncodeError> {
        self.close_outside(None)?;
        close(self.root, self.map_head, self.out)
    }
}

#[inline]
fn check(target: Path, record: &RecordRef<'_>) -> Result<(), EncodeError> {
    let path = record.path;
    if !path.starts_with(target) {
        return Err(EncodeError::OutsideTarget { path });
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

#[inline]
fn close(map: Open, map_head: u8, out: &mut impl Sink) -> Result<(), EncodeError> {
    match map_head {
        INDEFINITE => Ok(out.write(&[BREAK])?),
        _ => set_count(major::MAP, map.start, map.count, out),
    }
}

/// One identifier as it is, several or a prefix as an array.
fn write_key(prefix: &str, ids: &[u16], out: &mut impl Sink) -> Result<(), EncodeError> {
    if let ([id], true) = (ids, prefix.is_empty()) {
        return Ok(key(*id).write(out)?);
    }
    let elements = ids.len() + usize::from(!prefix.is_empty());
    head(major::ARRAY, elements as u64).write(out)?;
    if !prefix.is_empty() {
        head(major::TEXT, prefix.len() as u64).write(out)?;
        out.write(prefix.as_bytes())?;
    }
    for id in ids {
        key(*id).write(out)?;
    }
    Ok(())
}

/// A key of one identifier.
#[inline(always)]
const fn key(id: u16) -> Short {
    head(major::UNSIGNED, id as u64)
}

/// A key of one identifier and its value.
#[inline(always)]
fn write_entry(
    id: u16,
    value: &ValueRef<'_>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let (head, content) = cbor::value(value, options);
    key(id).then(head).write(out)?;
    if !content.is_empty() {
        out.write(content)?;
    }
    Ok(())
}

/// Writes the values of one instance, whose path is a key.
#[inline(never)]
pub(crate) fn encode_instance<S: Sink>(
    base: Path,
    records: InstanceRecords<'_>,
    options: &EncodeOptions,
    out: &mut S,
) -> Result<(), EncodeError> {
    let mut entries = Entries {
        base,
        start: out.len(),
        count: 0,
        multiple: 0,
        multiple_count: 0,
        options,
        out,
    };
    entries.out.write(&[EMPTY])?;
    records.write(&mut entries)?;
    match entries.count {
        0 => Ok(()),
        count => set_count(major::MAP, entries.start, count, entries.out),
    }
}

struct Entries<'o, S> {
    base: Path,
    // Where the map of the instance begins, and its entries.
    start: usize,
    count: u64,
    // Those of the multiple resource.
    multiple: usize,
    multiple_count: u64,
    options: &'o EncodeOptions,
    out: &'o mut S,
}

impl<S: Sink> Entries<'_, S> {
    #[inline(always)]
    fn count(&mut self) -> Result<(), EncodeError> {
        if self.count == 0 {
            self.begin()?;
        }
        self.count += 1;
        Ok(())
    }

    /// The one entry of the outermost map.
    #[inline(never)]
    fn begin(&mut self) -> Result<(), EncodeError> {
        self.out.overwrite(self.start, &[EMPTY | 1]);
        write_key("", &self.base.ids(), self.out)?;
        self.start = self.out.len();
        Ok(self.out.write(&[EMPTY])?)
    }
}

impl<S: Sink> InstanceWriter for Entries<'_, S> {
    #[inline(always)]
    fn resource(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        self.count()?;
        write_entry(path.last_id().unwrap_or_default(), value, self.options, self.out)
    }

    #[inline(always)]
    fn begin_multiple(&mut self, path: Path) -> Result<(), EncodeError> {
        self.count()?;
        let key = key(path.last_id().unwrap_or_default());
        self.multiple = self.out.len() + key.len();
        self.multiple_count = 0;
        Ok(key.with([EMPTY]).write(self.out)?)
    }

    #[inline(always)]
    fn resource_instance(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        self.multiple_count += 1;
        write_entry(path.last_id().unwrap_or_default(), value, self.options, self.out)
    }

    #[inline(always)]
    fn end_multiple(&mut self, _path: Path) -> Result<(), EncodeError> {
        set_count(major::MAP, self.multiple, self.multiple_count, self.out)
    }
}
