use std::vec::Vec;

use crate::{
    client::SendContent,
    encoding::Record,
    model::Path,
    object::{Object, TypedPath, access::Access},
};

/// What a client sends without being asked: the present values at paths, or values that it has collected.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SendBody {
    /// The present values at and below paths.
    Paths(Vec<Path>),
    /// Values with the times that they are of.
    Records(Vec<Record>),
}

impl SendBody {
    pub(super) fn content(&self) -> SendContent<'_> {
        match self {
            Self::Paths(paths) => SendContent::Paths(paths),
            Self::Records(records) => SendContent::Records(records),
        }
    }
}

impl<O: Object, T, A: Access> From<TypedPath<O, T, A>> for SendBody {
    fn from(path: TypedPath<O, T, A>) -> Self {
        path.path().into()
    }
}

impl From<Path> for SendBody {
    fn from(path: Path) -> Self {
        Self::Paths([path].into())
    }
}

impl From<Vec<Path>> for SendBody {
    fn from(paths: Vec<Path>) -> Self {
        Self::Paths(paths)
    }
}

impl<const N: usize> From<[Path; N]> for SendBody {
    fn from(paths: [Path; N]) -> Self {
        Self::Paths(paths.into())
    }
}

impl From<Vec<Record>> for SendBody {
    fn from(records: Vec<Record>) -> Self {
        Self::Records(records)
    }
}
