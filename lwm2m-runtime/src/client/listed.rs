use alloc::vec::Vec;

use crate::{
    model::Version,
    operation::{TreeView, protected},
    tree::Tree,
};

/// What object lists say about the tree. It has a number, another one when lists say something else: so a server is told
/// about what is different, and not about what has changed and is as it was, as after a bootstrap that has failed.
#[derive(Debug)]
pub(super) struct Listed {
    number: u64,
    objects: Vec<(u16, Version)>,
    /// By object and instance.
    instances: Vec<(u16, u16)>,
    /// Of the versions that the client registers with, that which lists most.
    version: Version,
}

impl Listed {
    pub(super) fn new(tree: &Tree, versions: &[Version]) -> Self {
        let version = versions.iter().min().copied().unwrap_or(Version::V1_0);
        let mut listed = Self {
            number: 0,
            objects: Vec::new(),
            instances: Vec::new(),
            version,
        };
        listed.look(tree);
        listed
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the objects, if not their instances, are those that are listed.
    pub(super) fn has_objects(&self, tree: &Tree) -> bool {
        self.objects.iter().copied().eq(self.objects_of(tree))
    }

    /// Compares with the tree. Whether lists say something else now.
    pub(super) fn look(&mut self, tree: &Tree) -> bool {
        let objects: Vec<_> = self.objects_of(tree).collect();
        let instances: Vec<_> = objects
            .iter()
            .flat_map(|(object, _)| tree.instances(*object).map(|instance| (*object, instance)))
            .collect();
        if objects == self.objects && instances == self.instances {
            return false;
        }
        self.objects = objects;
        self.instances = instances;
        self.number += 1;
        true
    }

    fn objects_of(&self, tree: &Tree) -> impl Iterator<Item = (u16, Version)> {
        let version = self.version;
        tree.objects()
            .filter(move |(object, _)| !protected(*object, version))
    }
}
