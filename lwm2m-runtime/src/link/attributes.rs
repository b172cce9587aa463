use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use super::{AttributeError, LinkWriter, NotificationAttributes, Parameters, notification::digits};
use crate::model::Version;

/// The parameters of links that LwM2M knows, with their types.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinkAttributes<'a> {
    /// Resource types, separated by blanks: [`ALTERNATE_PATH`](super::ALTERNATE_PATH) marks the link below which the
    /// objects are.
    pub rt: Option<Cow<'a, str>>,
    /// The content formats that the target has, by their numbers.
    pub ct: Vec<u16>,
    /// Enabler Version of LwM2M, on the root link of a Bootstrap-Discover.
    pub lwm2m: Option<Version>,
    /// Dimension: how many instances a multiple resource has.
    pub dim: Option<u16>,
    /// Object Version.
    pub ver: Option<Version>,
    /// Short Server ID, 1 to 65534, in a Bootstrap-Discover.
    pub ssid: Option<u16>,
    /// Server URI, in a Bootstrap-Discover (LwM2M 1.1).
    pub uri: Option<Cow<'a, str>>,
    /// When a server wants to be notified.
    pub notification: NotificationAttributes,
}

impl<'a> LinkAttributes<'a> {
    /// Reads parameters. Unknown ones are passed over; quotes make no difference.
    ///
    /// # Errors
    ///
    /// [`AttributeError::Value`] or [`AttributeError::Duplicate`].
    pub fn read(parameters: Parameters<'a>) -> Result<Self, AttributeError> {
        let mut attributes = Self::default();
        let mut seen = 0_u32;
        for parameter in parameters {
            let Some(index) = NAMES.iter().position(|name| *name == parameter.name) else {
                continue;
            };
            let name = NAMES.get(index).copied().unwrap_or_default();
            if seen & 1 << index != 0 {
                return Err(AttributeError::Duplicate { name });
            }
            seen |= 1 << index;
            let invalid = AttributeError::Value { name };
            let value = parameter.value().ok_or(invalid)?;
            match name {
                "rt" => attributes.rt = Some(value),
                "ct" => {
                    let numbers = value.split_ascii_whitespace().map(digits);
                    attributes.ct = numbers.collect::<Option<Vec<_>>>().ok_or(invalid)?;
                    if attributes.ct.is_empty() {
                        return Err(invalid);
                    }
                }
                "lwm2m" => attributes.lwm2m = Some(value.parse().map_err(|_| invalid)?),
                "dim" => attributes.dim = Some(digits(&value).ok_or(invalid)?),
                "ver" => attributes.ver = Some(value.parse().map_err(|_| invalid)?),
                "ssid" => match digits(&value) {
                    Some(ssid @ 1..=65_534) => attributes.ssid = Some(ssid),
                    _ => return Err(invalid),
                },
                "uri" => attributes.uri = Some(value),
                _ => {
                    attributes.notification.set(name, Some(&value))?;
                }
            }
        }
        Ok(attributes)
    }

    /// Writes those that are set: `rt`, `uri` and lists in quotes, all others without.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn write(&self, links: &mut LinkWriter<impl fmt::Write>) -> fmt::Result {
        if let Some(rt) = &self.rt {
            links.quoted("rt", rt)?;
        }
        match &*self.ct {
            [] => {}
            [format] => links.token("ct", format)?,
            formats => links.quoted("ct", List(formats))?,
        }
        if let Some(version) = self.lwm2m {
            links.token("lwm2m", version)?;
        }
        if let Some(dim) = self.dim {
            links.token("dim", dim)?;
        }
        if let Some(version) = self.ver {
            links.token("ver", version)?;
        }
        if let Some(ssid) = self.ssid {
            links.token("ssid", ssid)?;
        }
        if let Some(uri) = &self.uri {
            links.quoted("uri", uri)?;
        }
        self.notification.write(links)
    }
}

/// The names that are read; those of notifications are [`NotificationAttributes::set`]'s.
const NAMES: [&str; 17] = [
    "rt", "ct", "lwm2m", "dim", "ver", "ssid", "uri", "pmin", "pmax", "gt", "lt", "st", "epmin", "epmax",
    "edge", "con", "hqmax",
];

/// Numbers with blanks between them.
struct List<'a>(&'a [u16]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, number) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{number}")?;
        }
        Ok(())
    }
}
