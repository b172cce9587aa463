//! Values that come to the application block by block.
//!
//! 1. The first block of a resource begins, whatever came of it before, from whichever server.
//! 2. Further blocks count only of the body that began last: the application gets them in order and without gaps.
//! 3. The last block, or an error, ends it. If blocks stop coming, or the session ends, the application is told.

use alloc::vec::Vec;

use crate::{coap::BodyId, model::Path};

/// Which body each resource is being written from.
#[derive(Debug, Default)]
pub(super) struct Streams {
    open: Vec<(Path, BodyId)>,
    /// Those of which no more comes, of which the application does not know yet.
    abandoned: Vec<Path>,
}

impl Streams {
    /// A block of a resource has come: whether it is the application's. `None` stands for a body of one block.
    pub(super) fn takes(&mut self, path: Path, body: Option<BodyId>, offset: u64) -> bool {
        if offset > 0 {
            return self
                .open
                .iter()
                .any(|open| Some(*open) == body.map(|body| (path, body)));
        }
        self.end(path);
        self.open.extend(body.map(|body| (path, body)));
        true
    }

    /// A resource has its last block, or an error.
    pub(super) fn end(&mut self, path: Path) {
        self.open.retain(|(open, _)| *open != path);
        self.abandoned.retain(|open| *open != path);
    }

    /// No more comes of a body.
    pub(super) fn abandon(&mut self, body: BodyId) {
        let Some(index) = self.open.iter().position(|(_, open)| *open == body) else {
            return;
        };
        let (path, _) = self.open.swap_remove(index);
        self.abandoned.push(path);
    }

    /// Whether the application is to be told of something.
    pub(super) fn has_abandoned(&self) -> bool {
        !self.abandoned.is_empty()
    }

    /// What the application is to be told of.
    pub(super) fn take_abandoned(&mut self) -> Vec<Path> {
        core::mem::take(&mut self.abandoned)
    }
}
