//! The rules of `schema/object-definition.xsd` as tables.

/// An element of an object definition.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) field: Field,
    pub(super) content: Content,
    pub(super) absence: Absence,
    /// The attribute that must be there.
    pub(super) attribute: Option<&'static str>,
}

/// Which element it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Lwm2m,
    Object,
    Resources,
    Item,
    Name,
    Description,
    Description1,
    Description2,
    ObjectId,
    ObjectUrn,
    Lwm2mVersion,
    ObjectVersion,
    MultipleInstances,
    Mandatory,
    Operations,
    Type,
    RangeEnumeration,
    Units,
}

impl Field {
    /// Whether the element may be there more than once.
    pub(super) fn is_repeatable(self) -> bool {
        matches!(self, Self::Object | Self::Item)
    }
}

/// What stands inside an element.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// These elements in this order, and blanks.
    Elements(&'static [Rule]),
    /// `xs:string`
    Text,
    /// `xs:unsignedShort`
    Number,
    /// One of these, exactly.
    OneOf(&'static [&'static str]),
}

/// What it means that an element is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// The schema wants it, and nothing can stand for it.
    Error,
    /// The schema wants it, but lenient reading takes it for empty.
    Empty,
    /// The schema does not want it.
    Allowed,
}

/// The root element.
pub(super) static LWM2M: Rule = elements("LWM2M", Field::Lwm2m, OBJECTS, None);

static OBJECTS: &[Rule] = &[elements("Object", Field::Object, OBJECT, Some("ObjectType"))];

static OBJECT: &[Rule] = &[
    leaf("Name", Field::Name, Content::Text, Absence::Error),
    leaf("Description1", Field::Description1, Content::Text, Absence::Empty),
    leaf("ObjectID", Field::ObjectId, Content::Number, Absence::Error),
    leaf("ObjectURN", Field::ObjectUrn, Content::Text, Absence::Error),
    leaf(
        "LWM2MVersion",
        Field::Lwm2mVersion,
        Content::Text,
        Absence::Allowed,
    ),
    leaf(
        "ObjectVersion",
        Field::ObjectVersion,
        Content::Text,
        Absence::Allowed,
    ),
    leaf(
        "MultipleInstances",
        Field::MultipleInstances,
        MULTIPLICITY,
        Absence::Error,
    ),
    leaf("Mandatory", Field::Mandatory, PRESENCE, Absence::Error),
    elements("Resources", Field::Resources, RESOURCES, None),
    leaf("Description2", Field::Description2, Content::Text, Absence::Empty),
];

static RESOURCES: &[Rule] = &[elements("Item", Field::Item, ITEM, Some("ID"))];

static ITEM: &[Rule] = &[
    leaf("Name", Field::Name, Content::Text, Absence::Error),
    leaf("Operations", Field::Operations, OPERATIONS, Absence::Error),
    leaf(
        "MultipleInstances",
        Field::MultipleInstances,
        MULTIPLICITY,
        Absence::Error,
    ),
    leaf("Mandatory", Field::Mandatory, PRESENCE, Absence::Error),
    leaf("Type", Field::Type, TYPES, Absence::Error),
    leaf(
        "RangeEnumeration",
        Field::RangeEnumeration,
        Content::Text,
        Absence::Empty,
    ),
    leaf("Units", Field::Units, Content::Text, Absence::Empty),
    leaf("Description", Field::Description, Content::Text, Absence::Empty),
];

const MULTIPLICITY: Content = Content::OneOf(&["Multiple", "Single"]);
const PRESENCE: Content = Content::OneOf(&["Mandatory", "Optional"]);
const OPERATIONS: Content = Content::OneOf(&["R", "W", "RW", "E", ""]);
const TYPES: Content = Content::OneOf(&[
    "String",
    "Integer",
    "Float",
    "Boolean",
    "Opaque",
    "Time",
    "Objlnk",
    "Unsigned Integer",
    "Corelnk",
    "",
]);

const fn leaf(name: &'static str, field: Field, content: Content, absence: Absence) -> Rule {
    Rule {
        name,
        field,
        content,
        absence,
        attribute: None,
    }
}

const fn elements(
    name: &'static str,
    field: Field,
    children: &'static [Rule],
    attribute: Option<&'static str>,
) -> Rule {
    Rule {
        name,
        field,
        content: Content::Elements(children),
        absence: Absence::Error,
        attribute,
    }
}

/// Reads `xs:unsignedShort` as widely deployed validators do: digits only.
///
/// XML Schema would let blanks surround the digits; libxml2 refuses them, and so does this reader.
pub(super) fn unsigned_short(text: &str) -> Option<u16> {
    let is_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

/// Whether `xsi:type` may replace the type of a content by the XML Schema type `name`, and `value` is of that type.
///
/// Only built-in types derived from the declared one may. The lists of values are types without a name: nothing
/// is derived from them.
pub(super) fn is_substitute(content: Content, name: &str, value: &str) -> bool {
    use super::character::{is_name, is_name_token};

    let collapsed = value.trim_matches(super::character::is_blank);
    match (content, name) {
        (Content::Text, "string" | "normalizedString" | "token") => true,
        (Content::Text, "NMTOKEN") => is_name_token(collapsed),
        (Content::Text, "Name") => is_name(collapsed),
        (Content::Text, "NCName" | "ID" | "IDREF") => is_name(collapsed) && !collapsed.contains(':'),
        (Content::Text, "language") => is_language(collapsed),
        (Content::Number, "unsignedShort") => true,
        (Content::Number, "unsignedByte") => unsigned_short(value).is_some_and(|number| number <= 255),
        _ => false,
    }
}

fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(index, part)| {
        let is_letter = |b: u8| b.is_ascii_alphabetic() || (index > 0 && b.is_ascii_digit());
        (1..=8).contains(&part.len()) && part.bytes().all(is_letter)
    })
}
