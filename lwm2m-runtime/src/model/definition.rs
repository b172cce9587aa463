use core::fmt;

use super::{Constraint, Version};

/// The data type of a resource (LwM2M Core 1.2, appendix C).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceType {
    /// UTF-8 text.
    String,
    /// Signed integer of up to 64 bits.
    Integer,
    /// Unsigned integer of up to 64 bits (LwM2M 1.1).
    Unsigned,
    /// Floating point number of up to 64 bits.
    Float,
    /// True or false.
    Boolean,
    /// Bytes.
    Opaque,
    /// Seconds since 1970-01-01T00:00:00Z.
    Time,
    /// The address of an object instance.
    Objlnk,
    /// CoRE links as text (LwM2M 1.1).
    Corelnk,
}

impl ResourceType {
    /// The name as the registry writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Integer => "Integer",
            Self::Unsigned => "Unsigned Integer",
            Self::Float => "Float",
            Self::Boolean => "Boolean",
            Self::Opaque => "Opaque",
            Self::Time => "Time",
            Self::Objlnk => "Objlnk",
            Self::Corelnk => "Corelnk",
        }
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a server may do with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operations {
    /// Nothing. Mostly set by a bootstrap server; in rare objects carried by Send only.
    None,
    /// Read, Observe, Discover.
    R,
    /// Write.
    W,
    /// Read and Write.
    RW,
    /// Execute.
    E,
}

impl Operations {
    /// Whether a server may read and observe.
    #[must_use]
    pub const fn readable(self) -> bool {
        matches!(self, Self::R | Self::RW)
    }

    /// Whether a server may write.
    #[must_use]
    pub const fn writable(self) -> bool {
        matches!(self, Self::W | Self::RW)
    }

    /// Whether a server may execute.
    #[must_use]
    pub const fn executable(self) -> bool {
        matches!(self, Self::E)
    }

    /// As the registry writes them: `R`, `W`, `RW`, `E` or nothing.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::R => "R",
            Self::W => "W",
            Self::RW => "RW",
            Self::E => "E",
        }
    }
}

impl fmt::Display for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One object version as the registry defines it (LwM2M Core 1.2, appendix D).
///
/// Made by generated code; every definition is a `static`.
#[derive(Debug, PartialEq)]
pub struct ObjectDefinition {
    id: u16,
    name: &'static str,
    urn: &'static str,
    version: Version,
    lwm2m_version: Version,
    multiple: bool,
    mandatory: bool,
    resources: &'static [ResourceDefinition],
}

impl ObjectDefinition {
    /// A definition in its most common form: one instance at most, optional, version 1.0, no resources.
    #[must_use]
    pub const fn new(id: u16, name: &'static str, urn: &'static str) -> Self {
        Self {
            id,
            name,
            urn,
            version: Version::V1_0,
            lwm2m_version: Version::V1_0,
            multiple: false,
            mandatory: false,
            resources: &[],
        }
    }

    /// With this object version.
    #[must_use]
    pub const fn with_version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// With this lowest version of LwM2M.
    #[must_use]
    pub const fn with_lwm2m_version(mut self, version: Version) -> Self {
        self.lwm2m_version = version;
        self
    }

    /// With any number of instances.
    #[must_use]
    pub const fn with_multiple(mut self) -> Self {
        self.multiple = true;
        self
    }

    /// Mandatory by its definition file.
    #[must_use]
    pub const fn with_mandatory(mut self) -> Self {
        self.mandatory = true;
        self
    }

    /// With these resources, which must be in ascending order of their identifiers.
    ///
    /// # Panics
    ///
    /// At compile time, when two identifiers are equal or out of order.
    #[must_use]
    pub const fn with_resources(mut self, resources: &'static [ResourceDefinition]) -> Self {
        let mut rest = resources;
        while let [first, tail @ ..] = rest {
            if let [second, ..] = tail {
                assert!(
                    first.id < second.id,
                    "resources are in ascending order of their identifiers"
                );
            }
            rest = tail;
        }
        self.resources = resources;
        self
    }

    /// The object's identifier.
    #[must_use]
    pub const fn id(&self) -> u16 {
        self.id
    }

    /// The name in the registry, blanks at its ends removed.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The URN in the registry.
    #[must_use]
    pub const fn urn(&self) -> &'static str {
        self.urn
    }

    /// The version of the object.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The lowest version of LwM2M that the object needs.
    #[must_use]
    pub const fn lwm2m_version(&self) -> Version {
        self.lwm2m_version
    }

    /// Whether the object may have any number of instances, or only instance 0.
    #[must_use]
    pub const fn multiple(&self) -> bool {
        self.multiple
    }

    /// Whether the definition calls the object mandatory. Only objects 0, 1 and 3 are so in LwM2M.
    #[must_use]
    pub const fn mandatory(&self) -> bool {
        self.mandatory
    }

    /// The resources in ascending order of their identifiers.
    #[must_use]
    pub const fn resources(&self) -> &'static [ResourceDefinition] {
        self.resources
    }

    /// The resource of that identifier.
    #[must_use]
    pub fn resource(&self, id: u16) -> Option<&'static ResourceDefinition> {
        let index = self
            .resources
            .binary_search_by_key(&id, |resource| resource.id)
            .ok()?;
        self.resources.get(index)
    }
}

/// One resource as the registry defines it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResourceDefinition {
    id: u16,
    name: &'static str,
    resource_type: Option<ResourceType>,
    operations: Operations,
    multiple: bool,
    mandatory: bool,
    units: &'static str,
    range: &'static str,
    constraint: Constraint,
    enumeration: Option<&'static EnumerationDefinition>,
}

impl ResourceDefinition {
    /// A definition in its most common form: single, optional, no units, any value.
    ///
    /// `resource_type` is `None` for an executable resource, and for the rare one whose type the registry leaves
    /// open.
    #[must_use]
    pub const fn new(
        id: u16,
        name: &'static str,
        resource_type: Option<ResourceType>,
        operations: Operations,
    ) -> Self {
        Self {
            id,
            name,
            resource_type,
            operations,
            multiple: false,
            mandatory: false,
            units: "",
            range: "",
            constraint: Constraint::None,
            enumeration: None,
        }
    }

    /// With any number of resource instances.
    #[must_use]
    pub const fn with_multiple(mut self) -> Self {
        self.multiple = true;
        self
    }

    /// Mandatory.
    #[must_use]
    pub const fn with_mandatory(mut self) -> Self {
        self.mandatory = true;
        self
    }

    /// With this unit.
    #[must_use]
    pub const fn with_units(mut self, units: &'static str) -> Self {
        self.units = units;
        self
    }

    /// With this range: as the registry writes it, and as it is checked.
    #[must_use]
    pub const fn with_range(mut self, range: &'static str, constraint: Constraint) -> Self {
        self.range = range;
        self.constraint = constraint;
        self
    }

    /// With these named values.
    #[must_use]
    pub const fn with_enumeration(mut self, enumeration: &'static EnumerationDefinition) -> Self {
        self.enumeration = Some(enumeration);
        self
    }

    /// The resource's identifier.
    #[must_use]
    pub const fn id(&self) -> u16 {
        self.id
    }

    /// The name in the registry, blanks at its ends removed and inner ones folded.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The data type; `None` for an executable resource or where the registry leaves it open.
    #[must_use]
    pub const fn resource_type(&self) -> Option<ResourceType> {
        self.resource_type
    }

    /// What a server may do with the resource.
    #[must_use]
    pub const fn operations(&self) -> Operations {
        self.operations
    }

    /// Whether the resource has resource instances.
    #[must_use]
    pub const fn multiple(&self) -> bool {
        self.multiple
    }

    /// Whether every instance of the object has the resource.
    #[must_use]
    pub const fn mandatory(&self) -> bool {
        self.mandatory
    }

    /// Whether debug output keeps the values to itself: no server can read them, and they are text or bytes (keys, and
    /// what else only a bootstrap server writes), or whatever a server can only write (a PIN may be a number).
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        use ResourceType::{Corelnk, Opaque, String};
        matches!(
            (self.operations, self.resource_type),
            (Operations::W, _) | (Operations::None, Some(String | Opaque | Corelnk))
        )
    }

    /// Whether the resource exists in every instance that a server can see: it is mandatory and readable, so that a
    /// typed object holds it without an `Option`.
    pub(crate) const fn always_exists(&self) -> bool {
        self.mandatory && self.operations.readable()
    }

    /// The unit, mostly a SenML one (RFC 8428, RFC 8798); empty where there is none.
    #[must_use]
    pub const fn units(&self) -> &'static str {
        self.units
    }

    /// The range as the registry writes it; empty where there is none.
    #[must_use]
    pub const fn range(&self) -> &'static str {
        self.range
    }

    /// The range as it is checked. [`Constraint::None`] also where the registry's text cannot be read.
    #[must_use]
    pub const fn constraint(&self) -> Constraint {
        self.constraint
    }

    /// The named values. Other values stay legal: an enumeration is open.
    #[must_use]
    pub const fn enumeration(&self) -> Option<&'static EnumerationDefinition> {
        self.enumeration
    }
}

/// Names for some values of an Integer or Unsigned Integer resource.
#[derive(Debug, PartialEq)]
pub struct EnumerationDefinition {
    items: &'static [EnumerationItem],
}

impl EnumerationDefinition {
    /// An enumeration of these items, which must be in ascending order of their codes.
    ///
    /// # Panics
    ///
    /// At compile time, when two codes are equal or out of order.
    #[must_use]
    pub const fn new(items: &'static [EnumerationItem]) -> Self {
        let mut rest = items;
        while let [first, tail @ ..] = rest {
            if let [second, ..] = tail {
                assert!(
                    first.code < second.code,
                    "items are in ascending order of their codes"
                );
            }
            rest = tail;
        }
        Self { items }
    }

    /// The items in ascending order of their codes.
    #[must_use]
    pub const fn items(&self) -> &'static [EnumerationItem] {
        self.items
    }

    /// The label of a code, if it has one.
    #[must_use]
    pub fn label(&self, code: i64) -> Option<&'static str> {
        let index = self.items.binary_search_by_key(&code, |item| item.code).ok()?;
        self.items.get(index).map(|item| item.label)
    }
}

/// One named value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumerationItem {
    /// The value on the wire.
    pub code: i64,
    /// Its short name.
    pub label: &'static str,
}
