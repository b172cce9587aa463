use std::vec::Vec;

use crate::{
    link::{Links, NotificationAttributes, ObjectLink},
    model::{Path, Version},
};

/// What a Discover found at one path (LwM2M Core 1.2, section 6.3.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiscoveredLink {
    /// Where.
    pub path: Path,
    /// The version of an object, where it is not the one that everybody would think of.
    pub version: Option<Version>,
    /// How many instances a multiple resource has.
    pub dimension: Option<u16>,
    /// When this server is notified of it, as far as it was said for this path itself.
    pub attributes: NotificationAttributes,
}

/// The links of an answer; `None` if it is no list of links. Links to something else are left out.
pub(super) fn read(payload: &[u8]) -> Option<Vec<DiscoveredLink>> {
    let text = core::str::from_utf8(payload).ok()?;
    let mut found = Vec::new();
    for link in Links::new(text) {
        let Ok(link) = ObjectLink::read(link.ok()?) else {
            continue;
        };
        found.push(DiscoveredLink {
            path: link.path,
            version: link.attributes.ver,
            dimension: link.attributes.dim,
            attributes: link.attributes.notification,
        });
    }
    Some(found)
}
