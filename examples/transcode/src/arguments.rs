use std::str::FromStr;

use clap::{Parser, ValueEnum};
use lwm2m_runtime::{
    encoding::{BaseName, CborGrouping, ContentFormat, EncodeOptions, FloatWidth, Format, Purpose},
    model::{ParsePathError, Path, ResourceType, Version},
};

use crate::bytes::Encoding;

/// Reads a payload of one content format of LwM2M from standard input and writes it in another to standard output.
///
/// Types come from the OMNA registry; --type overrides or supplies what it does not know. Errors point at the byte.
#[derive(Debug, Parser)]
#[command(
    disable_version_flag = true,
    after_help = "\
FORMATS
  text, opaque, cbor                  one value            0, 42, 60
  senml-json, senml-cbor              LwM2M 1.1            110, 112
  senml-etch-json, senml-etch-cbor    LwM2M 1.2            320, 322
  tlv, json                           LwM2M 1.0            11542, 11543
  lwm2m-cbor                          LwM2M 1.2            11544
  link                                read only            40
  json-records                        [{path, type, value, time}], for people and scripts
A content-format number says the same as the name.

EXAMPLES
  echo c10964 | transcode --from tlv --to senml-json --path /3/0 --hex
  transcode --from senml-cbor --to json-records --annotate < payload.bin
  echo '[{\"n\":\"/3/0/9\"}]' | transcode --from senml-json --to senml-etch-cbor --composite --hex

EXIT STATUS
  0 written   1 the payload cannot be read or written   2 the arguments are wrong"
)]
pub(crate) struct Arguments {
    /// The format of the input.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Form,

    /// The format of the output.
    #[arg(long, value_name = "FORMAT", default_value = "json-records")]
    pub(crate) to: Form,

    /// The path of the request that the payload belongs to; / for composite operations and Send. It may begin with an
    /// alternate path or the prefix of an end device, as /lwm2m/3/0 does.
    #[arg(long, default_value = "/", value_parser = target)]
    pub(crate) path: Path,

    /// The version of LwM2M, for the versions of core objects that belong to it. Without it, the newest are taken.
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<Version>,

    /// Binary formats are read and written as hexadecimal digits.
    #[arg(long, conflicts_with = "base64")]
    hex: bool,

    /// Binary formats are read and written as base64.
    #[arg(long)]
    base64: bool,

    /// The payload is a list of paths, as Read-Composite and Observe-Composite send it.
    #[arg(long, conflicts_with = "purpose")]
    composite: bool,

    /// What the payload is for. Without it, any of these that the payload can be read for.
    #[arg(long)]
    purpose: Option<PurposeName>,

    /// The type of a resource, such as /3/0/9=integer. Types: string, integer, unsigned, float, boolean, opaque, time,
    /// objlnk, corelnk. It holds for every object instance.
    #[arg(long = "type", value_name = "PATH=TYPE")]
    pub(crate) types: Vec<TypeOverride>,

    /// Adds the names and units of the registry to json-records.
    #[arg(long)]
    pub(crate) annotate: bool,

    /// What names have in common in the output of SenML and JSON.
    #[arg(long, default_value = "target")]
    base_name: BaseNameName,

    /// How LwM2M CBOR divides paths into keys.
    #[arg(long, default_value = "target")]
    grouping: GroupingName,

    /// How wide a Float is in TLV and CBOR formats.
    #[arg(long, default_value = "shortest")]
    float_width: FloatWidthName,

    /// Equal content becomes equal bytes: sorted, shortest forms.
    #[arg(long)]
    canonical: bool,
}

impl Arguments {
    /// How binary formats stand on the command line.
    pub(crate) fn encoding(&self) -> Encoding {
        match (self.hex, self.base64) {
            (true, _) => Encoding::Hex,
            (_, true) => Encoding::Base64,
            _ => Encoding::Raw,
        }
    }

    /// What the payload is for, if it was said.
    pub(crate) fn purpose(&self) -> Option<Purpose> {
        match (self.composite, self.purpose) {
            (true, _) => Some(Purpose::Paths),
            (false, Some(PurposeName::Values)) => Some(Purpose::Values),
            (false, Some(PurposeName::Create)) => Some(Purpose::Create),
            (false, Some(PurposeName::Patch)) => Some(Purpose::Patch),
            (false, None) => None,
        }
    }
}

impl From<&Arguments> for EncodeOptions {
    fn from(arguments: &Arguments) -> Self {
        let mut options = Self::default();
        options.float_width = match arguments.float_width {
            FloatWidthName::Shortest => FloatWidth::Shortest,
            FloatWidthName::Single => FloatWidth::Single,
            FloatWidthName::Double => FloatWidth::Double,
        };
        options.base_name = match arguments.base_name {
            BaseNameName::Target => BaseName::Target,
            BaseNameName::Instance => BaseName::Instance,
            BaseNameName::Omitted => BaseName::Omitted,
        };
        options.cbor_grouping = match arguments.grouping {
            GroupingName::Target => CborGrouping::Target,
            GroupingName::Nested => CborGrouping::Nested,
            GroupingName::Flat => CborGrouping::Flat,
        };
        options.canonical = arguments.canonical;
        options
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PurposeName {
    /// Answers, notifications, Write, Send.
    Values,
    /// Create: an instance without number of its own is read as 65535.
    Create,
    /// Write-Composite: null removes.
    Patch,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BaseNameName {
    Target,
    Instance,
    Omitted,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GroupingName {
    Target,
    Nested,
    Flat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FloatWidthName {
    Shortest,
    Single,
    Double,
}

/// What stands on standard input or output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Payload(Format),
    Links,
    JsonRecords,
}

impl Form {
    /// Whether it is text that a terminal can show.
    pub(crate) const fn is_text(self) -> bool {
        match self {
            Self::Links | Self::JsonRecords => true,
            Self::Payload(format) => {
                matches!(
                    format,
                    Format::Text | Format::SenmlJson | Format::SenmlEtchJson | Format::Json
                )
            }
        }
    }
}

impl FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let format = match text.to_ascii_lowercase().replace('_', "-").as_str() {
            "json-records" | "records" => return Ok(Self::JsonRecords),
            "link" | "links" | "40" => return Ok(Self::Links),
            "text" => Format::Text,
            "opaque" => Format::Opaque,
            "cbor" => Format::Cbor,
            "senml-json" => Format::SenmlJson,
            "senml-cbor" => Format::SenmlCbor,
            "senml-etch-json" | "etch-json" => Format::SenmlEtchJson,
            "senml-etch-cbor" | "etch-cbor" => Format::SenmlEtchCbor,
            "tlv" => Format::Tlv,
            "json" | "lwm2m-json" | "oma-json" => Format::Json,
            "lwm2m-cbor" => Format::Lwm2mCbor,
            other => {
                let number = other
                    .parse()
                    .ok()
                    .map(ContentFormat)
                    .and_then(ContentFormat::format);
                number.ok_or("not a content format of LwM2M; see FORMATS in --help")?
            }
        };
        Ok(Self::Payload(format))
    }
}

/// The path of a request without what stands before its first number.
fn target(text: &str) -> Result<Path, String> {
    split_name(text).and_then(|(_, path)| path.parse().map_err(|error: ParsePathError| error.to_string()))
}

/// A name in two: the prefix before the first number, and the path.
pub(crate) fn split_name(name: &str) -> Result<(&str, &str), String> {
    let numeric = |index: usize| {
        name.get(index + 1..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let start = name
        .starts_with('/')
        .then(|| {
            name.match_indices('/')
                .map(|(index, _)| index)
                .find(|index| numeric(*index))
        })
        .flatten()
        .ok_or("a path begins with a slash, such as /3/0/9")?;
    let (prefix, path) = name.split_at(start);
    Ok((prefix.trim_start_matches('/'), path))
}

/// The type that a resource, or one resource instance, is to have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeOverride {
    pub(crate) path: Path,
    pub(crate) object: u16,
    pub(crate) resource: u16,
    pub(crate) resource_type: ResourceType,
}

impl FromStr for TypeOverride {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, name) = text
            .split_once('=')
            .ok_or("write PATH=TYPE, such as /3/0/9=integer")?;
        let path = target(path)?;
        let (Some(object), Some(resource)) = (path.object_id(), path.resource_id()) else {
            return Err("the path is that of a resource, such as /3/0/9".to_owned());
        };
        let resource_type = type_named(name)
            .ok_or("a type is string, integer, unsigned, float, boolean, opaque, time, objlnk or corelnk")?;
        Ok(Self {
            path,
            object,
            resource,
            resource_type,
        })
    }
}

/// The types by the names that json-records and --type give them.
const TYPES: [(&str, ResourceType); 9] = [
    ("string", ResourceType::String),
    ("integer", ResourceType::Integer),
    ("unsigned", ResourceType::Unsigned),
    ("float", ResourceType::Float),
    ("boolean", ResourceType::Boolean),
    ("opaque", ResourceType::Opaque),
    ("time", ResourceType::Time),
    ("objlnk", ResourceType::Objlnk),
    ("corelnk", ResourceType::Corelnk),
];

pub(crate) fn type_named(name: &str) -> Option<ResourceType> {
    TYPES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, resource_type)| *resource_type)
}

pub(crate) fn name_of(resource_type: ResourceType) -> &'static str {
    TYPES
        .iter()
        .find(|(_, known)| *known == resource_type)
        .map_or("", |(name, _)| name)
}
