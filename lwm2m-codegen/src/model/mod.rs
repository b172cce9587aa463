//! What an object definition says, whichever door it came through: XML, the derive, or the embedded registry.
//!
//! Plain data: no XML, no Rust tokens. The emitter and every report read it and nothing else.

pub mod range;
mod write;

use std::fmt;

/// One version of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Object {
    /// The object's identifier.
    pub id: u16,
    /// The name, blanks at its ends removed and inner ones folded to one.
    pub name: String,
    /// The URN as written.
    pub urn: String,
    /// The version of the object; 1.0 where the definition has none.
    pub version: Version,
    /// The lowest version of LwM2M; 1.0 where the definition has none.
    pub lwm2m_version: Version,
    /// Whether the object may have several instances.
    pub multiple: bool,
    /// Whether the definition calls the object mandatory.
    pub mandatory: bool,
    /// What the object is for. Empty in the embedded registry.
    pub description: String,
    /// What follows the resources in the definition file. Empty in the embedded registry.
    pub description2: String,
    /// The resources in the order of the definition file.
    pub resources: Vec<Resource>,
}

impl Object {
    /// An optional, single-instance object of version 1.0 without resources.
    pub fn new(id: u16, name: impl Into<String>, urn: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            urn: urn.into(),
            version: Version::V1_0,
            lwm2m_version: Version::V1_0,
            multiple: false,
            mandatory: false,
            description: String::new(),
            description2: String::new(),
            resources: Vec::new(),
        }
    }
}

/// One resource of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Resource {
    /// The resource's identifier.
    pub id: u16,
    /// The name, blanks at its ends removed and inner ones folded to one.
    pub name: String,
    /// What a server may do.
    pub operations: Operations,
    /// Whether the resource has resource instances.
    pub multiple: bool,
    /// Whether every instance of the object has the resource.
    pub mandatory: bool,
    /// The data type; `None` for executables and where the definition leaves it open.
    pub resource_type: Option<ResourceType>,
    /// The range as written, blanks at its ends removed and inner ones folded; empty where there is none.
    pub range: String,
    /// The range as it is checked; `None` where there is none or it cannot be read.
    pub constraint: Option<Constraint>,
    /// The unit; empty where there is none.
    pub units: String,
    /// What the resource means. Empty in the embedded registry.
    pub description: String,
    /// Names for some of its values.
    pub enumeration: Option<Enumeration>,
}

impl Resource {
    /// Whether debug output of generated code keeps the values to itself: no server can read them, and they are text or
    /// bytes, or whatever a server can only write.
    pub fn is_secret(&self) -> bool {
        match self.operations {
            Operations::W => self.resource_type.is_some(),
            Operations::None => matches!(
                self.resource_type,
                Some(ResourceType::String | ResourceType::Opaque | ResourceType::Corelnk)
            ),
            _ => false,
        }
    }

    /// An optional single resource that a server may not access, without a type.
    pub fn new(id: u16, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            operations: Operations::None,
            multiple: false,
            mandatory: false,
            resource_type: None,
            range: String::new(),
            constraint: None,
            units: String::new(),
            description: String::new(),
            enumeration: None,
        }
    }
}

/// `major.minor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The number before the dot.
    pub major: u8,
    /// The number after the dot.
    pub minor: u8,
}

impl Version {
    /// The version that an absent version stands for.
    pub const V1_0: Self = Self { major: 1, minor: 0 };
    /// The first version with Unsigned Integer and Corelnk.
    pub const V1_1: Self = Self { major: 1, minor: 1 };

    /// Reads `major.minor`, two numbers of 0 to 255.
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let number = |digits: &str| {
            digits
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| digits.parse().ok())?
        };
        Some(Self {
            major: number(major)?,
            minor: number(minor)?,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What a server may do with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operations {
    /// Nothing: mostly set by a bootstrap server.
    None,
    /// Read and observe.
    R,
    /// Write.
    W,
    /// Read, observe and write.
    RW,
    /// Execute.
    E,
}

impl Operations {
    /// As the registry writes them; nothing for [`Operations::None`].
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::R => "R",
            Self::W => "W",
            Self::RW => "RW",
            Self::E => "E",
        }
    }
}

/// The data type of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub fn name(self) -> &'static str {
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

/// A union of inclusive intervals that a value, or its length, must lie in. 64-bit bounds are exact.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// Integer and Time values.
    Integer(Vec<(i64, i64)>),
    /// Unsigned Integer values.
    Unsigned(Vec<(u64, u64)>),
    /// Float values.
    Float(Vec<(f64, f64)>),
    /// The length in bytes of String, Opaque and Corelnk values.
    Length(Vec<(u64, u64)>),
}

/// Names for some values of an Integer or Unsigned Integer resource. Always open: other codes stay legal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumeration {
    /// The names, in ascending order of their codes.
    pub items: Vec<EnumerationItem>,
}

/// One named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumerationItem {
    /// The value on the wire.
    pub code: i64,
    /// The name of the generated constant, in `SCREAMING_SNAKE_CASE`, unique in its enumeration.
    pub identifier: String,
    /// The short name.
    pub label: String,
}
