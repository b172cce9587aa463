//! What changed between two versions of an object, and whom it breaks.
//!
//! The facts are compared, not the descriptions. Whom a change breaks is judged for the old program in the new world: a
//! *client* that has the old version and meets a server that expects the new one, and a *server* that expects the old
//! version and meets a client that has the new one. The rule is that of LwM2M's versions (a breaking change asks for a new
//! major version): optional resources and names of values may come; mandatory resources, operations, multiplicity, type,
//! range and units may not change.

mod range;
mod text;

use std::collections::BTreeMap;

use crate::model::{Enumeration, Object, Operations, Resource, ResourceType, Version};

use self::range::{Ranges, compare};

/// The differences between two versions of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Diff {
    /// The object's identifier.
    pub id: u16,
    /// The version that is compared from.
    pub from: Version,
    /// The version that is compared to.
    pub to: Version,
    /// Changes of the object itself, then of its resources by their identifiers.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Compares two definitions, the older one first.
    ///
    /// They are mostly of one object; the identifier is that of the newer one.
    pub fn new(from: &Object, to: &Object) -> Self {
        let mut changes = object_changes(from, to);
        let old: BTreeMap<u16, &Resource> = from
            .resources
            .iter()
            .map(|resource| (resource.id, resource))
            .collect();
        let new: BTreeMap<u16, &Resource> = to
            .resources
            .iter()
            .map(|resource| (resource.id, resource))
            .collect();
        let mut ids: Vec<u16> = old.keys().chain(new.keys()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let found = match (old.get(&id), new.get(&id)) {
                (Some(old), Some(new)) => resource_changes(old, new),
                (Some(old), None) => vec![(
                    What::Removed {
                        mandatory: old.mandatory,
                    },
                    &old.name,
                    Effect::SERVER,
                )],
                (None, Some(new)) => {
                    let effect = if new.mandatory {
                        Effect::CLIENT
                    } else {
                        Effect::None
                    };
                    vec![(
                        What::Added {
                            mandatory: new.mandatory,
                        },
                        &new.name,
                        effect,
                    )]
                }
                (None, None) => continue,
            };
            changes.extend(found.into_iter().map(|(what, name, effect)| Change {
                resource: Some((id, name.clone())),
                what,
                effect,
            }));
        }
        Self {
            id: to.id,
            from: from.version,
            to: to.version,
            changes,
        }
    }

    /// Whether a change breaks a client that has the older version.
    pub fn breaks_client(&self) -> bool {
        self.changes.iter().any(|change| change.effect.breaks_client())
    }

    /// Whether a change breaks a server that expects the older version.
    pub fn breaks_server(&self) -> bool {
        self.changes.iter().any(|change| change.effect.breaks_server())
    }

    /// Whether something breaks though the major version is the same.
    pub fn should_be_major(&self) -> bool {
        self.from.major == self.to.major && (self.breaks_client() || self.breaks_server())
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Identifier and (newer) name of the resource; `None` when the object itself changed.
    pub resource: Option<(u16, String)>,
    /// What changed.
    pub what: What,
    /// Whom it breaks.
    pub effect: Effect,
}

/// What changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// A resource came.
    Added {
        /// Whether it is mandatory.
        mandatory: bool,
    },
    /// A resource went.
    Removed {
        /// Whether it was mandatory.
        mandatory: bool,
    },
    /// The name, before and after.
    Name(String, String),
    /// The data type, before and after.
    Type(Option<ResourceType>, Option<ResourceType>),
    /// The operations, before and after.
    Operations(Operations, Operations),
    /// Single became multiple (true), or the reverse.
    Multiple(bool),
    /// Optional became mandatory (true), or the reverse.
    Mandatory(bool),
    /// The range.
    Range {
        /// The text before; empty where there was none.
        from: String,
        /// The text after; empty where there is none.
        to: String,
        /// How the allowed values changed.
        trend: Trend,
    },
    /// The units, before and after; empty where there were none.
    Units(String, String),
    /// The named values.
    Enumeration {
        /// Codes that got a name.
        added: Vec<i64>,
        /// Codes that lost theirs.
        removed: Vec<i64>,
        /// Codes with another one.
        renamed: Vec<i64>,
    },
    /// The URN beyond its version, before and after.
    Urn(String, String),
    /// The lowest version of LwM2M, before and after.
    Lwm2mVersion(Version, Version),
}

/// How the values that a range allows changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trend {
    /// Only the text did.
    Same,
    /// All old ones stay allowed.
    Widened,
    /// No new ones are allowed.
    Narrowed,
    /// Some came and some went.
    Moved,
    /// One of the texts cannot be read, or the data type changed.
    Unknown,
}

/// Whom a change breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nobody.
    None,
    /// Nobody on the wire; whether the meaning changed is for a person to judge.
    Review,
    /// Programs written for the older version.
    Breaks {
        /// A client with the older version, for a server that expects the newer one.
        client: bool,
        /// A server that expects the older version, for a client with the newer one.
        server: bool,
    },
}

impl Effect {
    const CLIENT: Self = Self::Breaks {
        client: true,
        server: false,
    };
    const SERVER: Self = Self::Breaks {
        client: false,
        server: true,
    };
    const BOTH: Self = Self::Breaks {
        client: true,
        server: true,
    };

    /// Whether a client is broken.
    pub fn breaks_client(self) -> bool {
        matches!(self, Self::Breaks { client: true, .. })
    }

    /// Whether a server is broken.
    pub fn breaks_server(self) -> bool {
        matches!(self, Self::Breaks { server: true, .. })
    }

    fn breaks(client: bool, server: bool) -> Self {
        if client || server {
            Self::Breaks { client, server }
        } else {
            Self::None
        }
    }
}

fn object_changes(from: &Object, to: &Object) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut change = |what, effect| {
        changes.push(Change {
            resource: None,
            what,
            effect,
        });
    };
    if from.name != to.name {
        change(What::Name(from.name.clone(), to.name.clone()), Effect::Review);
    }
    if urn_without_version(&from.urn) != urn_without_version(&to.urn) {
        change(What::Urn(from.urn.clone(), to.urn.clone()), Effect::BOTH);
    }
    if from.multiple != to.multiple {
        change(What::Multiple(to.multiple), Effect::BOTH);
    }
    if from.mandatory != to.mandatory {
        // Only these are mandatory, whatever other definitions say.
        let effect = match to.id {
            0 | 1 | 3 => presence(to.mandatory),
            _ => Effect::None,
        };
        change(What::Mandatory(to.mandatory), effect);
    }
    if from.lwm2m_version != to.lwm2m_version {
        change(
            What::Lwm2mVersion(from.lwm2m_version, to.lwm2m_version),
            Effect::Review,
        );
    }
    changes
}

fn urn_without_version(urn: &str) -> Vec<&str> {
    urn.split(':').take(5).collect()
}

fn resource_changes<'r>(from: &Resource, to: &'r Resource) -> Vec<(What, &'r String, Effect)> {
    let mut changes = Vec::new();
    let mut change = |what, effect| changes.push((what, &to.name, effect));
    if from.name != to.name {
        change(What::Name(from.name.clone(), to.name.clone()), Effect::Review);
    }
    if from.resource_type != to.resource_type {
        let effect = match (from.resource_type, to.resource_type) {
            (Some(_), Some(_)) => Effect::BOTH,
            // The type was or is open, or it became executable, which the operations tell.
            _ => Effect::Review,
        };
        change(What::Type(from.resource_type, to.resource_type), effect);
    }
    if from.operations != to.operations {
        let (old, new) = (from.operations, to.operations);
        // An operation of a server that `a` has and `b` lacks.
        let lost = |a: Operations, b: Operations| {
            (readable(a) && !readable(b))
                || (server_writable(a) && !server_writable(b))
                || (a == Operations::E && b != a)
        };
        change(
            What::Operations(old, new),
            Effect::breaks(lost(new, old), lost(old, new)),
        );
    }
    if from.multiple != to.multiple {
        change(What::Multiple(to.multiple), Effect::BOTH);
    }
    if from.mandatory != to.mandatory {
        change(What::Mandatory(to.mandatory), presence(to.mandatory));
    }
    if from.range != to.range {
        let same_type = from.resource_type == to.resource_type;
        let trend = compare(Ranges::of(from), Ranges::of(to))
            .filter(|_| same_type)
            .unwrap_or(Trend::Unknown);
        let what = What::Range {
            from: from.range.clone(),
            to: to.range.clone(),
            trend,
        };
        change(what, range_effect(trend, from.operations, to.operations));
    }
    if from.units != to.units {
        change(What::Units(from.units.clone(), to.units.clone()), Effect::BOTH);
    }
    if let Some((what, effect)) = enumeration_change(from.enumeration.as_ref(), to.enumeration.as_ref()) {
        change(what, effect);
    }
    changes
}

/// An old client may lack what became mandatory; an old server may miss what became optional.
fn presence(now_mandatory: bool) -> Effect {
    Effect::breaks(now_mandatory, !now_mandatory)
}

fn readable(operations: Operations) -> bool {
    matches!(operations, Operations::R | Operations::RW)
}

fn server_writable(operations: Operations) -> bool {
    matches!(operations, Operations::W | Operations::RW)
}

/// By a server, or by a bootstrap server, which sets what servers may not access.
fn writable(operations: Operations) -> bool {
    server_writable(operations) || operations == Operations::None
}

/// Who reads gets values that it did not expect; who writes sends values that are refused.
fn range_effect(trend: Trend, from: Operations, to: Operations) -> Effect {
    let read = readable(from) && readable(to);
    let written = writable(from) && writable(to);
    match trend {
        Trend::Same => Effect::None,
        Trend::Widened => Effect::breaks(written, read),
        Trend::Narrowed => Effect::breaks(read, written),
        Trend::Moved => Effect::breaks(read || written, read || written),
        Trend::Unknown => Effect::Review,
    }
}

fn enumeration_change(from: Option<&Enumeration>, to: Option<&Enumeration>) -> Option<(What, Effect)> {
    let items = |enumeration: Option<&Enumeration>| -> BTreeMap<i64, String> {
        let items = enumeration.map_or(&[][..], |enumeration| &enumeration.items);
        items.iter().map(|item| (item.code, item.label.clone())).collect()
    };
    let (old, new) = (items(from), items(to));
    let added: Vec<i64> = new
        .keys()
        .filter(|code| !old.contains_key(code))
        .copied()
        .collect();
    let removed: Vec<i64> = old
        .keys()
        .filter(|code| !new.contains_key(code))
        .copied()
        .collect();
    let renamed = new
        .iter()
        .filter(|(code, label)| old.get(code).is_some_and(|before| before != *label));
    let renamed: Vec<i64> = renamed.map(|(code, _)| *code).collect();
    let effect = match (removed.is_empty(), renamed.is_empty()) {
        (true, true) if added.is_empty() => return None,
        (true, true) => Effect::None,
        _ => Effect::Review,
    };
    Some((
        What::Enumeration {
            added,
            removed,
            renamed,
        },
        effect,
    ))
}
