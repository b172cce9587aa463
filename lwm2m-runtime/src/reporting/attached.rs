use alloc::collections::BTreeMap;
use core::fmt;

use crate::{
    link::{AttributeChanges, NotificationAttributes},
    model::Path,
};

/// What applies where no attribute is set: resources of the Server object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerDefaults {
    /// Default Minimum Period, `/1/x/2`, in seconds; absent means 0.
    pub pmin: Option<u32>,
    /// Default Maximum Period, `/1/x/3`, in seconds; absent and 0 mean none.
    pub pmax: Option<u32>,
    /// Default Notification Mode, `/1/x/26` (LwM2M 1.2): whether notifications are confirmable.
    pub con: Option<bool>,
}

impl ServerDefaults {
    const fn attributes(self) -> NotificationAttributes {
        NotificationAttributes {
            pmin: self.pmin,
            pmax: self.pmax,
            con: self.con,
            gt: None,
            lt: None,
            st: None,
            epmin: None,
            epmax: None,
            edge: None,
            hqmax: None,
        }
    }
}

/// The attributes that one server has attached to paths of a client. No other server sees them.
#[derive(Clone, Debug)]
pub struct AttachedAttributes {
    paths: BTreeMap<Path, NotificationAttributes>,
    max_paths: usize,
}

impl AttachedAttributes {
    /// None, and room for those of so many paths.
    #[must_use]
    pub const fn new(max_paths: usize) -> Self {
        Self {
            paths: BTreeMap::new(),
            max_paths,
        }
    }

    /// Changes what is attached to a path.
    ///
    /// # Errors
    ///
    /// [`AttachError`] if too many paths have attributes; nothing has changed then.
    pub fn write(&mut self, path: Path, changes: &AttributeChanges) -> Result<(), AttachError> {
        let mut attributes = self.at(path);
        changes.apply(&mut attributes);
        if attributes.is_empty() {
            self.paths.remove(&path);
            return Ok(());
        }
        if self.paths.len() >= self.max_paths && !self.paths.contains_key(&path) {
            return Err(AttachError);
        }
        self.paths.insert(path, attributes);
        Ok(())
    }

    /// What is attached to the path itself.
    #[must_use]
    pub fn at(&self, path: Path) -> NotificationAttributes {
        self.paths.get(&path).copied().unwrap_or_default()
    }

    /// What is attached to the path or to those above it; the nearest one counts.
    #[must_use]
    pub fn inherited(&self, path: Path) -> NotificationAttributes {
        NotificationAttributes::inherited(path, |path| self.at(path))
    }

    /// What applies to an Observe of a path. `requested` are the attributes in the request; if there are any, nothing
    /// else applies (LwM2M 1.2).
    #[must_use]
    pub fn of_observe(
        &self,
        path: Path,
        requested: &NotificationAttributes,
        defaults: ServerDefaults,
    ) -> NotificationAttributes {
        match requested.is_empty() {
            true => self.inherited(path).or(&defaults.attributes()),
            false => *requested,
        }
    }

    /// What applies to one path of an Observe-Composite. `requested` are the attributes in the request; if there are
    /// any, nothing else applies of what such a request can have: the periods and `con` (LwM2M 1.2).
    #[must_use]
    pub fn of_observe_composite(
        &self,
        path: Path,
        requested: &NotificationAttributes,
        defaults: ServerDefaults,
    ) -> NotificationAttributes {
        let inherited = self.inherited(path);
        if requested.is_empty() {
            return inherited.or(&defaults.attributes());
        }
        NotificationAttributes {
            pmin: requested.pmin,
            pmax: requested.pmax,
            epmin: requested.epmin,
            epmax: requested.epmax,
            con: requested.con,
            ..inherited
        }
    }

    /// Whether `hqmax` is attached to any path: then only what has it is stored.
    #[must_use]
    pub fn has_hqmax(&self) -> bool {
        self.paths.values().any(|attributes| attributes.hqmax.is_some())
    }

    /// Removes what is attached to a path and below it: it was deleted.
    pub fn remove(&mut self, path: Path) {
        self.paths.retain(|attached, _| !attached.starts_with(path));
    }

    /// Removes everything: the server has de-registered the client, or is no more.
    pub fn clear(&mut self) {
        self.paths.clear();
    }

    /// Every path with its own attributes.
    pub fn iter(&self) -> impl Iterator<Item = (Path, &NotificationAttributes)> {
        self.paths.iter().map(|(path, attributes)| (*path, attributes))
    }
}

/// Too many paths have attributes. A client answers 5.00 or raises its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachError;

impl fmt::Display for AttachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many paths have attributes of this server; unset some or raise the limit")
    }
}

impl core::error::Error for AttachError {}
