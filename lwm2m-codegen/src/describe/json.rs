use serde::Serialize;

use crate::{
    diff::{Diff, What},
    model::{Constraint, Enumeration, Object, Resource, ResourceType},
    names::{ObjectNames, Words},
};

/// An object as one line of JSON, without a line feed.
///
/// Absent units, ranges and types are `null`; `constraint` is `null` without a range, and of quantity `none` where the
/// range is text only. Bounds are exact: a reader must take integers of 64 bits.
pub fn object(object: &Object, words: &Words) -> String {
    let names = ObjectNames::new(object, words);
    let resources = object.resources.iter().zip(&names.resources);
    line(&ObjectFacts {
        id: object.id,
        name: &object.name,
        urn: &object.urn,
        version: object.version.to_string(),
        lwm2m_version: object.lwm2m_version.to_string(),
        multiple: object.multiple,
        mandatory: object.mandatory,
        resources: resources
            .map(|(resource, names)| ResourceFacts::new(resource, &names.field))
            .collect(),
    })
}

/// The difference of two versions as one line of JSON, without a line feed.
pub fn diff(diff: &Diff) -> String {
    let changes = diff.changes.iter().map(|change| ChangeFacts {
        resource: change.resource.as_ref().map(|(id, _)| *id),
        name: change.resource.as_ref().map(|(_, name)| name.as_str()),
        change: kind(&change.what),
        text: change.what.to_string(),
        effect: change.effect.to_string(),
        breaks_client: change.effect.breaks_client(),
        breaks_server: change.effect.breaks_server(),
    });
    line(&DiffFacts {
        id: diff.id,
        from: diff.from.to_string(),
        to: diff.to.to_string(),
        breaks_client: diff.breaks_client(),
        breaks_server: diff.breaks_server(),
        should_be_major: diff.should_be_major(),
        changes: changes.collect(),
    })
}

#[expect(
    clippy::expect_used,
    reason = "JSON fails on maps with odd keys and on failing writers; neither is here"
)]
fn line(facts: &impl Serialize) -> String {
    serde_json::to_string(facts).expect("plain structs of texts and numbers")
}

#[derive(Serialize)]
struct ObjectFacts<'a> {
    id: u16,
    name: &'a str,
    urn: &'a str,
    version: String,
    lwm2m_version: String,
    multiple: bool,
    mandatory: bool,
    resources: Vec<ResourceFacts<'a>>,
}

#[derive(Serialize)]
struct ResourceFacts<'a> {
    id: u16,
    name: &'a str,
    identifier: &'a str,
    #[serde(rename = "type")]
    resource_type: Option<&'static str>,
    operations: &'static str,
    multiple: bool,
    mandatory: bool,
    units: Option<&'a str>,
    range_raw: Option<&'a str>,
    constraint: Option<ConstraintFacts<'a>>,
    enumeration: Option<EnumerationFacts<'a>>,
}

impl<'a> ResourceFacts<'a> {
    fn new(resource: &'a Resource, identifier: &'a str) -> Self {
        let text = |text: &'a str| (!text.is_empty()).then_some(text);
        Self {
            id: resource.id,
            name: &resource.name,
            identifier,
            resource_type: resource.resource_type.map(ResourceType::name),
            operations: resource.operations.name(),
            multiple: resource.multiple,
            mandatory: resource.mandatory,
            units: text(&resource.units),
            range_raw: text(&resource.range),
            constraint: ConstraintFacts::new(resource),
            enumeration: resource.enumeration.as_ref().map(EnumerationFacts::new),
        }
    }
}

#[derive(Serialize)]
struct ConstraintFacts<'a> {
    quantity: &'static str,
    set: Option<Set<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Set<'a> {
    Signed(&'a [(i64, i64)]),
    Unsigned(&'a [(u64, u64)]),
    Float(&'a [(f64, f64)]),
}

impl<'a> ConstraintFacts<'a> {
    fn new(resource: &'a Resource) -> Option<Self> {
        let (quantity, set) = match &resource.constraint {
            None if resource.range.is_empty() => return None,
            None => ("none", None),
            Some(Constraint::Integer(set)) => ("value", Some(Set::Signed(set))),
            Some(Constraint::Unsigned(set)) => ("value", Some(Set::Unsigned(set))),
            Some(Constraint::Float(set)) => ("value", Some(Set::Float(set))),
            Some(Constraint::Length(set)) => ("length_bytes", Some(Set::Unsigned(set))),
        };
        Some(Self { quantity, set })
    }
}

#[derive(Serialize)]
struct EnumerationFacts<'a> {
    open: bool,
    items: Vec<ItemFacts<'a>>,
}

#[derive(Serialize)]
struct ItemFacts<'a> {
    code: i64,
    identifier: &'a str,
    label: &'a str,
}

impl<'a> EnumerationFacts<'a> {
    fn new(enumeration: &'a Enumeration) -> Self {
        let items = enumeration.items.iter().map(|item| ItemFacts {
            code: item.code,
            identifier: &item.identifier,
            label: &item.label,
        });
        Self {
            // Every enumeration is: codes without a name stay legal.
            open: true,
            items: items.collect(),
        }
    }
}

#[derive(Serialize)]
struct DiffFacts<'a> {
    id: u16,
    from: String,
    to: String,
    breaks_client: bool,
    breaks_server: bool,
    should_be_major: bool,
    changes: Vec<ChangeFacts<'a>>,
}

#[derive(Serialize)]
struct ChangeFacts<'a> {
    resource: Option<u16>,
    name: Option<&'a str>,
    change: &'static str,
    text: String,
    effect: String,
    breaks_client: bool,
    breaks_server: bool,
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Added { .. } => "added",
        What::Removed { .. } => "removed",
        What::Name(..) => "name",
        What::Type(..) => "type",
        What::Operations(..) => "operations",
        What::Multiple(_) => "multiple",
        What::Mandatory(_) => "mandatory",
        What::Range { .. } => "range",
        What::Units(..) => "units",
        What::Enumeration { .. } => "enumeration",
        What::Urn(..) => "urn",
        What::Lwm2mVersion(..) => "lwm2m_version",
    }
}
