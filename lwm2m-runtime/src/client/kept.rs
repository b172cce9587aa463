//! What has to outlive a restart: what the [tree](Tree::save) says, and the attributes that servers have attached. Not
//! observations: the client registers anew, and a server that still wants to know observes again.
//!
//! 1. How many bytes the tree's snapshot has (32 bits), and these.
//! 2. For each path with attributes: the Short Server ID (16 bits), the path and the attributes as in the query of a
//!    Write-Attributes, each as text with its length (16 bits).
//! 3. For each instance that has come from a smartcard the same with 65535, which no server has, and no attributes.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::Write as _;

use super::{Client, Event};
use crate::{
    link::{AttributeChanges, NotificationAttributes},
    model::Path,
    reporting::AttachedAttributes,
    tree::{Restored, SnapshotError, Tree},
};

/// Stands for a smartcard in place of a server.
const OF_CARD: u16 = u16::MAX;

/// What the engine itself keeps.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// How often attributes have changed, or what a smartcard has provided.
    changes: u64,
    /// Attributes of servers that have no session yet.
    waiting: BTreeMap<u16, Vec<(Path, NotificationAttributes)>>,
}

impl Kept {
    pub(super) fn changed(&mut self) {
        self.changes += 1;
    }

    /// Attributes end with the account of their server.
    pub(super) fn forget_waiting(&mut self) {
        self.waiting.clear();
    }

    /// A server has a session, and what it had attached before the restart.
    pub(super) fn give_back(&mut self, server: u16, attached: &mut AttachedAttributes) {
        for (path, attributes) in self.waiting.remove(&server).unwrap_or_default() {
            // What the configuration has no room for any more.
            let _ = attached.write(path, &AttributeChanges::new(attributes));
        }
    }
}

impl Client {
    /// A server has no registration of this client any more: its attributes end with it (LwM2M Core 1.2, section 7.3).
    pub(super) fn deregistered(&mut self, server: u16) {
        let session = self
            .sessions
            .iter_mut()
            .find(|session| session.server() == server);
        if let Some(session) = session {
            session.attached.clear();
            self.kept.changed();
        }
        self.events.push_back(Event::Deregistered { server });
    }

    /// The number of the last change that is worth [saving](Self::save), as [`Tree::kept_revision`] and for attributes that
    /// servers attach. `None` in the middle of a bootstrap session, when the tree is neither the old nor the new
    /// configuration. May change with every call but the polls.
    ///
    /// [`Tree::kept_revision`]: crate::tree::Tree::kept_revision
    #[must_use]
    pub fn kept_revision(&self) -> Option<u64> {
        (!self.bootstrap.in_session()).then(|| self.tree.kept_revision() + self.kept.changes)
    }

    /// What has to outlive a restart, secrets included. `None` in the middle of a bootstrap session. A
    /// [`ClientKeeper`](crate::storage::ClientKeeper) stores it.
    #[must_use]
    pub fn save(&self) -> Option<Vec<u8>> {
        self.kept_revision()?;
        let mut out = Vec::from([0; 4]);
        self.tree.save(&mut out);
        let length = u32::try_from(out.len() - 4).unwrap_or(u32::MAX);
        if let Some(place) = out.first_chunk_mut() {
            *place = length.to_be_bytes();
        }
        let present = self.sessions.iter().flat_map(|session| {
            let server = session.server();
            let attached = session.attached.iter();
            attached.map(move |(path, attributes)| (server, path, attributes))
        });
        let waiting = self.kept.waiting.iter().flat_map(|(server, attached)| {
            let attached = attached.iter();
            attached.map(|(path, attributes)| (*server, *path, attributes))
        });
        let attached = present.chain(waiting);
        let attached = attached.map(|(server, path, attributes)| (server, path, query(attributes)));
        let of_card = self.smartcard_instances();
        for (server, path, query) in attached.chain(of_card.map(|path| (OF_CARD, path, String::new()))) {
            out.extend_from_slice(&server.to_be_bytes());
            for text in [path.to_string(), query] {
                // Ten attributes have less than 2000 bytes.
                let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
                out.extend_from_slice(&length.to_be_bytes());
                out.extend_from_slice(text.as_bytes().get(..length.into()).unwrap_or_default());
            }
        }
        Some(out)
    }

    /// Puts back what was [saved](Self::save) into a client that has all the program's objects and is not started yet. What
    /// was saved counts, and not the accounts that the program has: those are the factory's. What does not fit the program's
    /// objects is passed over, and reported.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]; nothing has changed then.
    pub fn restore(&mut self, saved: &[u8]) -> Result<Restored, SnapshotError> {
        let malformed = SnapshotError::Malformed;
        let (length, rest) = saved.split_first_chunk().ok_or(malformed)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| malformed)?;
        let (tree, mut rest) = rest.split_at_checked(length).ok_or(malformed)?;
        let mut waiting: BTreeMap<u16, Vec<_>> = BTreeMap::new();
        let mut of_card = Vec::new();
        while let Some((server, after)) = rest.split_first_chunk() {
            rest = after;
            let path = text(&mut rest)
                .and_then(|text| text.parse().ok())
                .ok_or(malformed)?;
            let query = text(&mut rest).ok_or(malformed)?;
            if u16::from_be_bytes(*server) == OF_CARD {
                of_card.push(path);
                continue;
            }
            let changes = AttributeChanges::parse(query.split('&')).map_err(|_| malformed)?;
            let attached = waiting.entry(u16::from_be_bytes(*server)).or_default();
            attached.push((path, *changes.attributes()));
        }
        if !rest.is_empty() {
            return Err(malformed);
        }
        let mut restored = self.tree.restore(tree)?;
        for attached in waiting.values_mut() {
            attached.retain(|(path, _)| {
                let known = knows(&self.tree, *path);
                if !known {
                    restored.lost.push(*path);
                }
                known
            });
        }
        self.kept.waiting = waiting;
        self.restore_smartcard(of_card);
        while self.tree.poll_change().is_some() {}
        Ok(restored)
    }
}

/// Whether attributes can be attached to a path.
fn knows(tree: &Tree, path: Path) -> bool {
    let definition = path.object_id().and_then(|object| tree.definition(object));
    definition.is_some_and(|definition| {
        let instance = path.instance_id();
        let resource = path.resource_id();
        instance.is_none_or(|instance| tree.instance(definition.id(), instance).is_some())
            && resource.is_none_or(|resource| definition.resource(resource).is_some())
    })
}

/// Attributes as in the query of a Write-Attributes.
fn query(attributes: &NotificationAttributes) -> String {
    let mut query = String::new();
    // A String takes whatever is written.
    let _ = attributes.each(|name, value| {
        let and = if query.is_empty() { "" } else { "&" };
        write!(query, "{and}{name}={value}")
    });
    query
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let (length, after) = rest.split_first_chunk()?;
    let (text, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
    *rest = after;
    core::str::from_utf8(text).ok()
}
