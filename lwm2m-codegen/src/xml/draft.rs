use std::ops::Range;

use super::{
    schema::Field,
    text::{Text, folded},
};
use crate::model::{Object, Operations, Resource, ResourceType, Version, range};

/// The texts of an element's children.
#[derive(Default)]
pub(super) struct Values<'a>(Vec<(Field, Text<'a>)>);

impl<'a> Values<'a> {
    pub(super) fn put(&mut self, field: Field, text: Text<'a>) {
        self.0.push((field, text));
    }

    pub(super) fn get(&self, field: Field) -> Option<&Text<'a>> {
        self.0
            .iter()
            .find(|(found, _)| *found == field)
            .map(|(_, text)| text)
    }

    /// The text as written; empty where there is none.
    pub(super) fn str(&self, field: Field) -> &str {
        self.get(field).map_or("", |text| &text.value)
    }

    /// The text as written, if it says anything.
    pub(super) fn non_blank(&self, field: Field) -> Option<&Text<'a>> {
        self.get(field).filter(|text| !text.value.trim().is_empty())
    }

    pub(super) fn is_multiple(&self) -> Option<bool> {
        Some(self.get(Field::MultipleInstances)?.value == "Multiple")
    }

    pub(super) fn is_mandatory(&self) -> Option<bool> {
        Some(self.get(Field::Mandatory)?.value == "Mandatory")
    }

    /// A version; 1.0 where it is absent or malformed.
    pub(super) fn version(&self, field: Field) -> Version {
        Version::parse(self.str(field).trim()).unwrap_or(Version::V1_0)
    }
}

/// An Object while it is being read.
pub(super) struct ObjectDraft<'a> {
    pub(super) tag: Range<usize>,
    /// Whether it calls itself the list of reusable resources.
    pub(super) is_common: bool,
    pub(super) values: Values<'a>,
    pub(super) items: Vec<Item<'a>>,
}

impl ObjectDraft<'_> {
    pub(super) fn id(&self) -> Option<u16> {
        self.values.str(Field::ObjectId).parse().ok()
    }

    /// The object without its resources, unless something is missing that nothing can stand for.
    pub(super) fn object(&self) -> Option<Object> {
        let values = &self.values;
        let name = folded(&values.get(Field::Name)?.value);
        let urn = values.get(Field::ObjectUrn)?.value.clone();
        let mut object = Object::new(self.id()?, name, urn);
        object.version = values.version(Field::ObjectVersion);
        object.lwm2m_version = values.version(Field::Lwm2mVersion);
        object.multiple = values.is_multiple()?;
        object.mandatory = values.is_mandatory()?;
        object.description = values.str(Field::Description1).to_owned();
        object.description2 = values.str(Field::Description2).to_owned();
        Some(object)
    }
}

/// An Item while it is being read, and what it turned out to be.
pub(super) struct Item<'a> {
    pub(super) tag: Range<usize>,
    /// The attribute ID and where it stands.
    pub(super) id: Option<(u16, Range<usize>)>,
    pub(super) values: Values<'a>,
}

impl Item<'_> {
    /// The resource, unless something is missing that nothing can stand for.
    pub(super) fn resource(&self) -> Option<Resource> {
        let (id, _) = self.id.as_ref()?;
        let values = &self.values;
        values.get(Field::Name)?;
        let mut resource = Resource::new(*id, folded(values.str(Field::Name)));
        resource.operations = operations(&values.get(Field::Operations)?.value)?;
        resource.multiple = values.is_multiple()?;
        resource.mandatory = values.is_mandatory()?;
        values.get(Field::Type)?;
        resource.resource_type = resource_type(values.str(Field::Type));
        resource.range = folded(values.str(Field::RangeEnumeration));
        resource.constraint = range::parse(&resource.range, resource.resource_type).into_constraint();
        resource.units = folded(values.str(Field::Units));
        resource.description = values.str(Field::Description).to_owned();
        Some(resource)
    }
}

fn operations(text: &str) -> Option<Operations> {
    use Operations::{E, None, R, RW, W};

    [None, R, W, RW, E]
        .into_iter()
        .find(|operations| operations.name() == text)
}

fn resource_type(text: &str) -> Option<ResourceType> {
    use ResourceType::{Boolean, Corelnk, Float, Integer, Objlnk, Opaque, String, Time, Unsigned};

    [
        String, Integer, Unsigned, Float, Boolean, Opaque, Time, Objlnk, Corelnk,
    ]
    .into_iter()
    .find(|resource_type| resource_type.name() == text)
}
