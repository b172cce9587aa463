use alloc::vec::Vec;

use super::{
    Content, DecodeError, DecodeErrorKind, Format, RecordRef, lwm2m_cbor::Lwm2mCborReader,
    lwm2m_json::Lwm2mJsonReader, senml_cbor::SenmlCborReader, senml_json::SenmlJsonReader,
    single::SingleReader, tlv::TlvReader, unique::Unique,
};
use crate::model::{Catalogue, ObjectDefinition, Path, ResourceDefinition, ResourceType, ValueRef};

/// Where a decoder learns the types of resources.
///
/// `()` knows none. A reference to a definition, an array or a `Vec` of them know theirs, a [`Catalogue`] the newest
/// version of each object: `catalogue::LATEST` with feature `catalogue`.
pub trait Definitions {
    /// The definition of an object, in the version that the peer uses.
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition>;
}

impl Definitions for () {
    fn object(&self, _: u16) -> Option<&'static ObjectDefinition> {
        None
    }
}

impl Definitions for &'static ObjectDefinition {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        (self.id() == id).then_some(*self)
    }
}

impl<const N: usize> Definitions for [&'static ObjectDefinition; N] {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        self.iter().find(|definition| definition.id() == id).copied()
    }
}

impl Definitions for Vec<&'static ObjectDefinition> {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        self.iter().find(|definition| definition.id() == id).copied()
    }
}

impl Definitions for Catalogue {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        self.latest(id)
    }
}

/// What a payload is for; some things are legal in one purpose only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Values: the answer of a Read, a notification, a Write, a Send.
    #[default]
    Values,
    /// The instances of a Create. An instance without a number of its own is read as number 65535.
    Create,
    /// A list of paths without values: Read-Composite, Observe-Composite.
    Paths,
    /// A Write-Composite: values, and `null` to remove a resource instance.
    Patch,
}

/// Bounds on what a payload may ask of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The payload's length in bytes; 1 MiB by default.
    pub payload: usize,
    /// The number of records; 65,536 by default.
    pub records: usize,
    /// The length of one String, Opaque or Corelnk value in bytes; 1 MiB by default.
    pub value: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload: 1 << 20,
            records: 1 << 16,
            value: 1 << 20,
        }
    }
}

/// What a payload is expected to be. Cheap to make, one a payload.
#[derive(Clone, Copy)]
pub struct Decoder<'d> {
    format: Format,
    pub(super) target: Path,
    pub(super) purpose: Purpose,
    definitions: &'d dyn Definitions,
    prefixes: bool,
    limits: Limits,
    // Where values are to have the type that the format shows.
    odd: &'d [Path],
}

impl<'d> Decoder<'d> {
    /// Values in `format` below `target`: the path of the request, or [`Path::ROOT`] for a composite one and for
    /// Send. Types are those that the format shows.
    #[must_use]
    pub fn new(format: Format, target: Path) -> Self {
        Self {
            format,
            target,
            purpose: Purpose::Values,
            definitions: &(),
            prefixes: false,
            limits: Limits::default(),
            odd: &[],
        }
    }

    /// For another purpose than values.
    #[must_use]
    pub fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// With types from definitions. A resource that they do not know keeps the type that the format shows.
    #[must_use]
    pub fn with_definitions(mut self, definitions: &'d dyn Definitions) -> Self {
        self.definitions = definitions;
        self
    }

    /// With names that may begin with an end device's prefix or an alternate path.
    #[must_use]
    pub fn with_prefixes(mut self) -> Self {
        self.prefixes = true;
        self
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With paths at which values are to have the type that the format shows.
    pub(super) fn with_odd<'o>(self, odd: &'o [Path]) -> Decoder<'o>
    where
        'd: 'o,
    {
        Decoder { odd, ..self }
    }

    /// Begins to read a payload.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Unsupported`] when the format cannot carry the purpose or the target,
    /// [`DecodeErrorKind::Limit`] when the payload is too long, or what the format finds wrong before the first
    /// record.
    #[inline]
    pub fn read<'a>(self, payload: &'a [u8]) -> Result<Reader<'a>, DecodeError>
    where
        'd: 'a,
    {
        if payload.len() > self.limits.payload {
            return Err(DecodeError::new(DecodeErrorKind::Limit, self.limits.payload));
        }
        let context = Context::new(self, payload);
        Ok(Reader {
            format: FormatReader::new(payload, &context)?,
            context,
        })
    }
}

/// Reads records one after the other, borrowing from the payload.
///
/// A mistake late in a payload is reported after the records before it: whoever applies records does so when the
/// reader has come to its end.
pub struct Reader<'a> {
    format: FormatReader<'a>,
    context: Context<'a>,
}

enum FormatReader<'a> {
    Tlv(TlvReader<'a>),
    SenmlJson(SenmlJsonReader<'a>),
    Json(Lwm2mJsonReader<'a>),
    SenmlCbor(SenmlCborReader<'a>),
    Lwm2mCbor(Lwm2mCborReader<'a>),
    Single(SingleReader<'a>),
}

impl<'a> FormatReader<'a> {
    fn new(payload: &'a [u8], context: &Context<'_>) -> Result<Self, DecodeError> {
        let Decoder {
            format,
            purpose,
            target,
            ..
        } = context.decoder;
        Ok(match (format, purpose) {
            (Format::Tlv, Purpose::Values | Purpose::Create) if target.depth() > 0 => {
                Self::Tlv(TlvReader::new(payload, target))
            }
            (Format::SenmlJson, _) | (Format::SenmlEtchJson, Purpose::Paths | Purpose::Patch) => {
                Self::SenmlJson(SenmlJsonReader::new(payload, context)?)
            }
            (Format::Json, Purpose::Values | Purpose::Create) => {
                Self::Json(Lwm2mJsonReader::new(payload, context)?)
            }
            (Format::SenmlCbor, _) | (Format::SenmlEtchCbor, Purpose::Paths | Purpose::Patch) => {
                Self::SenmlCbor(SenmlCborReader::new(payload, context))
            }
            (Format::Lwm2mCbor, Purpose::Values | Purpose::Create | Purpose::Patch) => {
                Self::Lwm2mCbor(Lwm2mCborReader::new(payload))
            }
            (Format::Text | Format::Opaque | Format::Cbor, Purpose::Values)
                if target.depth() == 4 || target.depth() == 3 && !context.is_multiple(target) =>
            {
                Self::Single(SingleReader::new(payload))
            }
            _ => return Err(DecodeError::new(DecodeErrorKind::Unsupported { format }, 0)),
        })
    }

    #[inline]
    fn next(&mut self, context: &mut Context<'_>) -> Result<Option<RecordRef<'_>>, DecodeError> {
        match self {
            Self::Tlv(reader) => reader.next(context),
            Self::SenmlJson(reader) => reader.next(context),
            Self::Json(reader) => reader.next(context),
            Self::SenmlCbor(reader) => reader.next(context),
            Self::Lwm2mCbor(reader) => reader.next(context),
            Self::Single(reader) => reader.next(context),
        }
    }
}

impl Reader<'_> {
    /// The next record; `None` at the end of the payload. After an error, always `None`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the byte and the path at which the payload is wrong.
    #[expect(
        clippy::should_implement_trait,
        reason = "a record may borrow the reader's scratch space"
    )]
    pub fn next(&mut self) -> Result<Option<RecordRef<'_>>, DecodeError> {
        if self.context.done {
            return Ok(None);
        }
        // Until the format gives out a record, so that an error ends the reading. The record is never moved: the format
        // makes it in the caller's memory.
        self.context.done = true;
        self.format.next(&mut self.context)
    }

    /// Reads to the end.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub fn collect(mut self) -> Result<Vec<super::Record>, DecodeError> {
        let mut records = Vec::new();
        while let Some(record) = self.next()? {
            records.push(record.to_record());
        }
        Ok(records)
    }
}

/// Keeps the first records of a payload in `unique`.
#[cold]
fn read_again(
    payload: &[u8],
    decoder: Decoder<'_>,
    records: usize,
    unique: &mut Unique,
) -> Result<(), DecodeError> {
    let mut context = Context::new(decoder, payload);
    context.again = true;
    let mut format = FormatReader::new(payload, &context)?;
    for _ in 0..records {
        let Some(record) = format.next(&mut context)? else {
            break;
        };
        unique
            .insert(record.prefix, record.path, record.time)
            .map_err(|kind| DecodeError::new(kind, 0).at(record.path))?;
    }
    Ok(())
}

/// What the readers of all formats share: the expectation, the types, and the account of the records so far.
pub(crate) struct Context<'d> {
    decoder: Decoder<'d>,
    payload: &'d [u8],
    unique: Unique,
    records: usize,
    // No record more will be given out.
    done: bool,
    // The payload is read for the second time, to find what occurs twice.
    again: bool,
    // The object that was looked up last, known or not: records of one object follow each other.
    object: Option<u16>,
    // Its resources, and those from the one on that was looked up last.
    resources: &'static [ResourceDefinition],
    following: &'static [ResourceDefinition],
    /// Where the record begins that was read last, for complaints about it as a whole.
    pub(crate) record_offset: usize,
}

impl<'d> Context<'d> {
    fn new(decoder: Decoder<'d>, payload: &'d [u8]) -> Self {
        Self {
            decoder,
            payload,
            unique: Unique::default(),
            records: 0,
            done: false,
            again: false,
            object: None,
            resources: &[],
            following: &[],
            record_offset: 0,
        }
    }
}

impl Context<'_> {
    pub(crate) fn purpose(&self) -> Purpose {
        self.decoder.purpose
    }

    pub(crate) fn format(&self) -> Format {
        self.decoder.format
    }

    pub(crate) fn target(&self) -> Path {
        self.decoder.target
    }

    pub(crate) fn prefixes(&self) -> bool {
        self.decoder.prefixes
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.decoder.limits
    }

    /// Counts a record. Called for each, just before it is given out.
    #[inline(always)]
    pub(crate) fn count(&mut self, path: Path) -> Result<(), DecodeError> {
        self.records += 1;
        if self.records > self.decoder.limits.records {
            return Err(DecodeError::new(DecodeErrorKind::Limit, 0).at(path));
        }
        self.done = false;
        Ok(())
    }

    /// Counts a record and sees to it that it is the first of its path and time. For the formats that do not see to it
    /// by themselves.
    #[inline(always)]
    pub(crate) fn accept(&mut self, prefix: &str, path: Path, time: Option<f64>) -> Result<(), DecodeError> {
        if !self.unique.ascends(prefix, path) {
            self.compare(prefix, path, time)?;
        }
        self.count(path)
    }

    /// Compares a record that is not in order with all before it.
    #[cold]
    fn compare(&mut self, prefix: &str, path: Path, time: Option<f64>) -> Result<(), DecodeError> {
        if self.again {
            return Ok(());
        }
        if !self.unique.is_ready() {
            read_again(self.payload, self.decoder, self.records, &mut self.unique)?;
        }
        self.unique
            .insert(prefix, path, time)
            .map_err(|kind| DecodeError::new(kind, self.record_offset).at(path))
    }

    /// Refuses a path outside the target.
    #[inline]
    pub(crate) fn check_target(&self, path: Path, offset: usize) -> Result<(), DecodeError> {
        match path.starts_with(self.decoder.target) {
            true => Ok(()),
            false => Err(DecodeError::new(DecodeErrorKind::OutsideTarget, offset).at(path)),
        }
    }

    /// Gives a value the type that the definitions give to its resource.
    #[inline(always)]
    pub(crate) fn typed<'v>(
        &mut self,
        path: Path,
        value: impl Untyped<'v>,
        offset: usize,
    ) -> Result<ValueRef<'v>, DecodeError> {
        if path.depth() < 3 {
            return Err(DecodeError::new(DecodeErrorKind::Structure, offset).at(path));
        }
        let resource_type = self.resource_type(path, offset)?;
        value
            .typed(resource_type)
            .map_err(|kind| DecodeError::new(kind, offset).at(path))
    }

    /// The type that the definitions give to a resource; `None` where they do not know it.
    #[inline(always)]
    pub(crate) fn resource_type(
        &mut self,
        path: Path,
        offset: usize,
    ) -> Result<Option<ResourceType>, DecodeError> {
        let (Some(object), Some(resource)) = (path.object_id(), path.resource_id()) else {
            return Ok(None);
        };
        if self.object != Some(object) {
            let definition = self.decoder.definitions.object(object);
            self.object = Some(object);
            self.resources = definition.map_or(&[], ObjectDefinition::resources);
            self.following = match self.decoder.odd {
                [] => self.resources,
                // Each is looked at.
                _ => &[],
            };
        }
        // The same resource again, or the next: payloads are mostly in order.
        let found = match self.following {
            [same, ..] if same.id() == resource => Some(same),
            [_, next, ..] if next.id() == resource => {
                self.following = self.following.get(1..).unwrap_or_default();
                Some(next)
            }
            _ => self.search(path, resource),
        };
        let Some(found) = found else {
            return Ok(None);
        };
        if found.operations().executable() {
            return Err(DecodeError::new(DecodeErrorKind::Executable, offset).at(path));
        }
        Ok(found.resource_type())
    }

    fn search(&mut self, path: Path, resource: u16) -> Option<&'static ResourceDefinition> {
        if !self.decoder.odd.is_empty() {
            let odd = self.decoder.odd.contains(&path);
            let found = self
                .resources
                .binary_search_by_key(&resource, ResourceDefinition::id);
            return self.resources.get(found.ok()?).filter(|_| !odd);
        }
        // Those between are most often left out.
        let near = self
            .following
            .iter()
            .take(6)
            .position(|definition| definition.id() >= resource);
        let following = match near.and_then(|near| self.following.get(near..)) {
            Some(following @ [first, ..]) if first.id() == resource => following,
            _ => {
                let found = self
                    .resources
                    .binary_search_by_key(&resource, ResourceDefinition::id);
                self.resources.get(found.ok()?..)?
            }
        };
        self.following = following;
        following.first()
    }

    /// Whether the definitions say that a resource is single.
    pub(crate) fn is_single(&self, path: Path) -> bool {
        self.resource(path).is_some_and(|resource| !resource.multiple())
    }

    /// Whether the definitions say that a resource is multiple.
    pub(crate) fn is_multiple(&self, path: Path) -> bool {
        self.resource(path).is_some_and(ResourceDefinition::multiple)
    }

    fn resource(&self, path: Path) -> Option<&'static ResourceDefinition> {
        let definition = self.decoder.definitions.object(path.object_id()?)?;
        definition.resource(path.resource_id()?)
    }
}

/// A value as a format writes it, before the type of its resource is known.
pub(crate) trait Untyped<'v> {
    /// The value in a type; in the type that the format shows if `None` is known.
    fn typed(self, resource_type: Option<ResourceType>) -> Result<ValueRef<'v>, DecodeErrorKind>;

    /// The value as one to be added to another: an integral number is exact, however the format shows it.
    fn summand(self) -> Result<ValueRef<'v>, DecodeErrorKind>
    where
        Self: Sized,
    {
        self.typed(None)
    }
}

impl<'v> Untyped<'v> for ValueRef<'v> {
    /// A Time is one that was marked as such; it becomes nothing else.
    #[inline]
    fn typed(self, resource_type: Option<ResourceType>) -> Result<ValueRef<'v>, DecodeErrorKind> {
        let found = self.resource_type();
        match resource_type {
            None => Ok(self),
            Some(expected) if expected == found => Ok(self),
            Some(expected) => match self.cast(expected) {
                Some(value) if found != ResourceType::Time => Ok(value),
                _ => Err(DecodeErrorKind::Type { expected }),
            },
        }
    }
}

/// A record that only says that something exists.
pub(crate) const fn container<'a>(path: Path) -> RecordRef<'a> {
    RecordRef {
        prefix: "",
        path,
        content: Content::Container,
        time: None,
    }
}
