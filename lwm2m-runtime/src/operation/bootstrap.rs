use super::{
    Operation, Payload,
    request::{InvalidRequest, check_target},
};
use crate::{
    encoding::ContentFormat,
    model::{Path, Version},
};

/// What a bootstrap server asks of a client (LwM2M Core 1.2, section 6.1.7). Paths never carry an alternate path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BootstrapRequest<'a> {
    /// Bootstrap-Discover: which objects and instances there are.
    Discover {
        /// The root or an object.
        path: Path,
    },
    /// Bootstrap-Read: the values of the Server or the Access Control object (LwM2M 1.1).
    Read {
        /// The object or an instance of it.
        path: Path,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
    },
    /// Bootstrap-Write: values of an object, an instance or a resource, whether they exist or not.
    Write {
        /// To what.
        path: Path,
        /// The values.
        payload: Payload<'a>,
    },
    /// Bootstrap-Delete: an instance, the instances of an object, or all.
    Delete {
        /// Which.
        path: Path,
    },
    /// Bootstrap-Finish: the configuration is complete.
    Finish,
}

impl<'a> BootstrapRequest<'a> {
    /// Which operation it is.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Discover { .. } => Operation::BootstrapDiscover,
            Self::Read { .. } => Operation::BootstrapRead,
            Self::Write { .. } => Operation::BootstrapWrite,
            Self::Delete { .. } => Operation::BootstrapDelete,
            Self::Finish => Operation::BootstrapFinish,
        }
    }

    /// Its target.
    #[must_use]
    pub const fn path(&self) -> Path {
        match self {
            Self::Discover { path }
            | Self::Read { path, .. }
            | Self::Write { path, .. }
            | Self::Delete { path } => *path,
            Self::Finish => Path::ROOT,
        }
    }

    /// The format in which the answer is wanted.
    #[must_use]
    pub const fn accept(&self) -> Option<ContentFormat> {
        match self {
            Self::Discover { .. } => Some(ContentFormat::LINK),
            Self::Read { accept, .. } => *accept,
            _ => None,
        }
    }

    /// Its body.
    #[must_use]
    pub const fn payload(&self) -> Option<Payload<'a>> {
        match self {
            Self::Write { payload, .. } => Some(*payload),
            _ => None,
        }
    }

    /// Whether a session of `version` can have the request.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`].
    pub fn check(&self, version: Version) -> Result<(), InvalidRequest> {
        check_target(self.operation(), self.path(), version)?;
        match self {
            Self::Read {
                accept: Some(format @ ContentFormat::LINK),
                ..
            } => Err(InvalidRequest::Format { format: *format }),
            _ => Ok(()),
        }
    }
}
