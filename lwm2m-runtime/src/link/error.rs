use core::fmt;

use crate::model::Version;

/// Why a list of links cannot be read: what is wrong, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkError {
    /// What is wrong.
    pub kind: LinkErrorKind,
    /// The byte at which it was noticed.
    pub offset: usize,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.kind)
    }
}

impl core::error::Error for LinkError {}

/// What is wrong with a list of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkErrorKind {
    /// The text is not UTF-8.
    Utf8,
    /// A link does not begin with `<`, or the list ends with a comma.
    MissingTarget,
    /// The target has no `>`, or has a blank, a quote, a control character or a further `<` in it.
    Target,
    /// A parameter's name is empty, or has characters that RFC 6690 does not give to names.
    ParameterName,
    /// A parameter's value without quotes is empty, or has characters that want quotes.
    ParameterValue,
    /// A quoted value does not end, or has a control character in it.
    Quote,
    /// Something other than a comma or a semicolon follows a target or a parameter.
    Separator,
    /// There are more links than [`Links::with_limit`](super::Links::with_limit) allows.
    TooMany,
    /// The bare parameter before the links of a LwM2M 1.0 Bootstrap-Discover is not a version.
    Version,
}

impl fmt::Display for LinkErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "the text is not UTF-8",
            Self::MissingTarget => "a link begins with <",
            Self::Target => "the target of a link is closed by > and has no blanks, quotes or < in it",
            Self::ParameterName => "this is not the name of a parameter",
            Self::ParameterValue => "a value like this stands in quotes",
            Self::Quote => "a quoted value has no end, or a control character in it",
            Self::Separator => "links are separated by commas and parameters by semicolons",
            Self::TooMany => "more links than the limit allows",
            Self::Version => "the version of LwM2M is two numbers with a dot between them, such as lwm2m=1.0",
        })
    }
}

/// Why a parameter of a link, or the attributes together, are refused.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum AttributeError {
    /// The target of the link is not a path of LwM2M, with or without a prefix.
    Target,
    /// The value is not one that the attribute can have, or it has none.
    Value {
        /// The attribute.
        name: &'static str,
    },
    /// The attribute occurs twice.
    Duplicate {
        /// The attribute.
        name: &'static str,
    },
    /// No attribute has the name.
    Unknown,
    /// The attribute came with a later version of LwM2M than the session has.
    Since {
        /// The attribute.
        name: &'static str,
        /// The first version with it.
        since: Version,
    },
    /// The attribute cannot be attached to a path of this level, or to a value of this type.
    NotHere {
        /// The attribute.
        name: &'static str,
    },
    /// `lt` is not below `gt`.
    Thresholds,
    /// `lt` and two steps of `st` are not below `gt`.
    Step,
    /// `epmin` is not below `epmax`.
    EvaluationPeriods,
}

impl fmt::Display for AttributeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target => f.write_str("the target of the link is not a path such as /3/0"),
            Self::Value { name } => write!(f, "the attribute {name} cannot have this value"),
            Self::Duplicate { name } => write!(f, "the attribute {name} occurs twice"),
            Self::Unknown => f.write_str("no attribute has this name"),
            Self::Since { name, since } => write!(f, "the attribute {name} came with LwM2M {since}"),
            Self::NotHere { name } => write!(
                f,
                "the attribute {name} cannot be attached here: conditions on a value need a resource of a fitting type"
            ),
            Self::Thresholds => f.write_str("lt must be below gt"),
            Self::Step => f.write_str("lt and twice st together must be below gt"),
            Self::EvaluationPeriods => f.write_str("epmin must be below epmax"),
        }
    }
}

impl core::error::Error for AttributeError {}
