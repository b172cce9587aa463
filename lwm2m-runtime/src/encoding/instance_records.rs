use super::{
    BaseName, CborGrouping, EncodeError, EncodeOptions, Format, RecordRef, Sink, decode::container, encode,
    lwm2m_cbor, lwm2m_json, senml_cbor, senml_json, tlv,
};
use crate::{
    model::{Operations, Path, ResourceDefinition, ValueRef},
    object::{Field, Instance},
};

/// Every value of an instance as records below `base`, the instance's path, without a tree in between.
pub fn instance_records<'a>(base: Path, instance: &'a dyn Instance) -> InstanceRecords<'a> {
    InstanceRecords {
        base,
        instance,
        resources: instance.definition().resources(),
        keep: None,
        begun: None,
    }
}

/// Records of an instance; see [`instance_records`].
#[derive(Clone)]
pub struct InstanceRecords<'a> {
    base: Path,
    instance: &'a dyn Instance,
    resources: &'static [ResourceDefinition],
    keep: Option<fn(Operations) -> bool>,
    begun: Option<ResourceRecords<'a>>,
}

impl<'a> InstanceRecords<'a> {
    /// Only the resources with certain operations: [`Operations::readable`] for the answer of a Read,
    /// [`Operations::writable`] for a Write.
    #[must_use]
    pub fn only(mut self, keep: fn(Operations) -> bool) -> Self {
        self.keep = Some(keep);
        self
    }

    /// Writes the records as the payload of the instance: the bytes of [`encode`] for the instance's path, in half the
    /// time, because no record is made.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; nothing is left in `out` then.
    pub fn encode(
        self,
        format: Format,
        options: &EncodeOptions,
        out: &mut impl Sink,
    ) -> Result<(), EncodeError> {
        let plain = self.base.depth() == 2 && self.begun.is_none() && !options.canonical;
        let named = plain && options.base_name != BaseName::Omitted;
        let start = out.len();
        let base = self.base;
        let written = match format {
            Format::Tlv if plain => tlv::encode_instance(self, options, out),
            Format::SenmlCbor | Format::SenmlEtchCbor if named => {
                senml_cbor::encode_instance(base, self, options, out)
            }
            Format::Lwm2mCbor
                if plain && options.cbor_grouping == CborGrouping::Target && !options.indefinite_maps =>
            {
                lwm2m_cbor::encode_instance(base, self, options, out)
            }
            Format::SenmlJson | Format::SenmlEtchJson if named => {
                senml_json::encode_instance(base, self, out)
            }
            Format::Json if named => lwm2m_json::encode_instance(base, self, out),
            _ => return encode(format, base, self, options, out),
        };
        if written.is_err() {
            out.truncate(start);
        }
        written
    }

    /// Hands the values to the writer of a format.
    #[inline(always)]
    pub(crate) fn write(self, writer: &mut impl InstanceWriter) -> Result<(), EncodeError> {
        let (Some(object), Some(instance)) = (self.base.object_id(), self.base.instance_id()) else {
            return Ok(());
        };
        for definition in self.resources {
            if self.keep.is_some_and(|keep| !keep(definition.operations())) {
                continue;
            }
            let resource = definition.id();
            let Some(field) = self.instance.field(resource) else {
                continue;
            };
            let path = Path::resource(object, instance, resource);
            let mut entry = field.entry(0);
            match &entry {
                Some((None, value)) => writer.resource(path, value)?,
                Some((Some(_), _)) => {
                    writer.begin_multiple(path)?;
                    let mut index = 0;
                    while let Some((Some(id), value)) = &entry {
                        let path = Path::resource_instance(object, instance, resource, *id);
                        writer.resource_instance(path, value)?;
                        index += 1;
                        entry = field.entry(index);
                    }
                    writer.end_multiple(path)?;
                }
                None if field.is_present() && field.is_multiple() => writer.empty_multiple(path)?,
                None => {}
            }
        }
        Ok(())
    }

    #[inline]
    fn next_resource(&mut self) -> Option<ResourceRecords<'a>> {
        while let [first, rest @ ..] = self.resources {
            self.resources = rest;
            if self.keep.is_some_and(|keep| !keep(first.operations())) {
                continue;
            }
            if let Some(field) = self.instance.field(first.id()) {
                return Some(ResourceRecords {
                    path: self.base.child(first.id())?,
                    field,
                    index: Some(0),
                });
            }
        }
        None
    }
}

impl<'a> Iterator for InstanceRecords<'a> {
    type Item = RecordRef<'a>;

    fn next(&mut self) -> Option<RecordRef<'a>> {
        loop {
            if let Some(record) = self.begun.as_mut().and_then(Iterator::next) {
                return Some(record);
            }
            self.begun = Some(self.next_resource()?);
        }
    }

    #[inline]
    fn fold<B, F>(mut self, init: B, mut f: F) -> B
    where
        F: FnMut(B, RecordRef<'a>) -> B,
    {
        let mut accumulated = init;
        let mut begun = self.begun.take();
        while let Some(resource) = begun.or_else(|| self.next_resource()) {
            for record in resource {
                accumulated = f(accumulated, record);
            }
            begun = None;
        }
        accumulated
    }
}

/// The value of a single resource, those of a multiple one, or that it has none.
#[derive(Clone)]
struct ResourceRecords<'a> {
    path: Path,
    field: &'a dyn Field,
    // Of the next value, if there may be another.
    index: Option<usize>,
}

impl<'a> Iterator for ResourceRecords<'a> {
    type Item = RecordRef<'a>;

    #[inline]
    fn next(&mut self) -> Option<RecordRef<'a>> {
        let index = self.index.take()?;
        match self.field.entry(index) {
            Some((None, value)) => Some(RecordRef::new(self.path, value)),
            Some((Some(id), value)) => {
                self.index = Some(index + 1);
                Some(RecordRef::new(self.path.child(id)?, value))
            }
            None if index == 0 && self.field.is_present() && self.field.is_multiple() => {
                Some(container(self.path))
            }
            None => None,
        }
    }
}

/// What a format does with the values of one instance, which come in ascending order.
pub(crate) trait InstanceWriter {
    /// The value of a single resource.
    fn resource(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError>;

    /// A multiple resource with values begins.
    fn begin_multiple(&mut self, _path: Path) -> Result<(), EncodeError> {
        Ok(())
    }

    /// A value in the multiple resource that was begun.
    fn resource_instance(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError>;

    /// The multiple resource that was begun ends.
    fn end_multiple(&mut self, _path: Path) -> Result<(), EncodeError> {
        Ok(())
    }

    /// A multiple resource without values. Only TLV can say so.
    fn empty_multiple(&mut self, _path: Path) -> Result<(), EncodeError> {
        Ok(())
    }
}
