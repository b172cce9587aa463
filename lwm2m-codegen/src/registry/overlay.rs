use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use crate::{
    model::{Enumeration, EnumerationItem, Object, Resource, ResourceType, Version, range},
    names::Words,
};

use super::source;

/// Reviewed knowledge that definition files do not hold: names of values, readings of odd ranges, the casing of words.
///
/// It is about versions that OMA has published. It applies to a definition from elsewhere as far as that agrees with
/// the published one.
#[derive(Debug)]
pub struct Overlay {
    words: Words,
    /// The range as published, and what to read instead.
    repairs: BTreeMap<Place, (String, String)>,
    enumerations: BTreeMap<Place, Enumeration>,
}

/// Object, version, resource.
type Place = (u16, Version, u16);

impl Overlay {
    /// The overlay of the embedded registry.
    pub fn embedded() -> &'static Self {
        static OVERLAY: OnceLock<Overlay> = OnceLock::new();
        OVERLAY.get_or_init(Self::load)
    }

    /// The casing of words.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Adds to a definition what is known of those of its resources that have the identifier and name of the published
    /// version.
    pub fn apply(&self, object: &mut Object) {
        if !self.knows(object) {
            return;
        }
        let Some(published) = source::published(object.id, object.version) else {
            return;
        };
        let names: BTreeMap<u16, &str> = published
            .resources
            .iter()
            .map(|resource| (resource.id, resource.name.as_str()))
            .collect();
        let (id, version) = (object.id, object.version);
        for resource in &mut object.resources {
            if names.get(&resource.id) == Some(&resource.name.as_str()) {
                self.apply_to_resource((id, version, resource.id), resource);
            }
        }
    }

    /// Adds to a published definition what is known of it.
    pub(super) fn apply_to_published(&self, object: &mut Object) {
        let (id, version) = (object.id, object.version);
        for resource in &mut object.resources {
            self.apply_to_resource((id, version, resource.id), resource);
        }
    }

    fn knows(&self, object: &Object) -> bool {
        let places = (object.id, object.version, 0)..=(object.id, object.version, u16::MAX);
        self.repairs.range(places.clone()).next().is_some()
            || self.enumerations.range(places).next().is_some()
    }

    fn apply_to_resource(&self, place: Place, resource: &mut Resource) {
        if let Some((published, read_as)) = self.repairs.get(&place) {
            if resource.range == *published {
                resource.constraint = range::parse(read_as, resource.resource_type).into_constraint();
            }
        }
        if let Some(enumeration) = self.enumerations.get(&place) {
            if matches!(
                resource.resource_type,
                Some(ResourceType::Integer | ResourceType::Unsigned)
            ) {
                resource.enumeration = Some(enumeration.clone());
            }
        }
    }

    #[expect(
        clippy::expect_used,
        reason = "the overlay is part of this program's data; every test of the registry loads it"
    )]
    fn load() -> Self {
        let file: File =
            toml::from_str(lwm2m_registry_cache::OVERLAY).expect("the overlay has the form of its reader");
        let place =
            |text: &String| place(text).expect("the overlay names resources as OBJECT@VERSION/RESOURCE");
        let repairs = file.repair.iter().flat_map(|repair| {
            let readings = (repair.published.clone(), repair.read_as.clone());
            repair
                .resources
                .iter()
                .map(move |text| (place(text), readings.clone()))
        });
        let enumerations = file.enumeration.iter().flat_map(|entry| {
            let items = entry
                .items
                .iter()
                .map(|(code, identifier, label)| EnumerationItem {
                    code: *code,
                    identifier: identifier.clone(),
                    label: label.clone(),
                });
            let enumeration = Enumeration {
                items: items.collect(),
            };
            entry
                .resources
                .iter()
                .map(move |text| (place(text), enumeration.clone()))
        });
        Self {
            repairs: repairs.collect(),
            enumerations: enumerations.collect(),
            words: Words::new(file.words.snake_case),
        }
    }
}

/// `3@1.2/20`.
fn place(text: &str) -> Option<Place> {
    let (object, resource) = text.split_once('/')?;
    let (id, version) = object.split_once('@')?;
    Some((id.parse().ok()?, Version::parse(version)?, resource.parse().ok()?))
}

/// The form that the head of `overlay.toml` describes.
#[derive(Deserialize)]
struct File {
    words: WordsTable,
    repair: Vec<Repair>,
    enumeration: Vec<Entry>,
}

#[derive(Deserialize)]
struct WordsTable {
    snake_case: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Repair {
    resources: Vec<String>,
    published: String,
    read_as: String,
}

#[derive(Deserialize)]
struct Entry {
    resources: Vec<String>,
    items: Vec<(i64, String, String)>,
}
