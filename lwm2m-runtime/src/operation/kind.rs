use core::fmt;

use crate::model::{Path, Version};

/// What a server can ask of a client, without its parameters (LwM2M Core 1.2, sections 6.1, 6.3 and 6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Read.
    Read,
    /// Read-Composite.
    ReadComposite,
    /// Discover.
    Discover,
    /// Write that replaces.
    WriteReplace,
    /// Write that adds and overwrites.
    WritePartial,
    /// Write-Composite.
    WriteComposite,
    /// Write-Attributes.
    WriteAttributes,
    /// Execute.
    Execute,
    /// Create.
    Create,
    /// Delete.
    Delete,
    /// Observe.
    Observe,
    /// Observe-Composite.
    ObserveComposite,
    /// Cancel Observation.
    CancelObservation,
    /// Cancel Observation-Composite.
    CancelObservationComposite,
    /// Bootstrap-Discover.
    BootstrapDiscover,
    /// Bootstrap-Read.
    BootstrapRead,
    /// Bootstrap-Write.
    BootstrapWrite,
    /// Bootstrap-Delete.
    BootstrapDelete,
    /// Bootstrap-Finish.
    BootstrapFinish,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 19] = [
        Self::Read,
        Self::ReadComposite,
        Self::Discover,
        Self::WriteReplace,
        Self::WritePartial,
        Self::WriteComposite,
        Self::WriteAttributes,
        Self::Execute,
        Self::Create,
        Self::Delete,
        Self::Observe,
        Self::ObserveComposite,
        Self::CancelObservation,
        Self::CancelObservationComposite,
        Self::BootstrapDiscover,
        Self::BootstrapRead,
        Self::BootstrapWrite,
        Self::BootstrapDelete,
        Self::BootstrapFinish,
    ];

    /// The first version of LwM2M in which the operation has targets with so many identifiers: 0 for the root to 4
    /// for a resource instance. `None` where no version has.
    #[must_use]
    pub const fn since(self, depth: usize) -> Option<Version> {
        const ANY: Option<Version> = Some(Version::V1_0);
        const V11: Option<Version> = Some(Version::V1_1);
        const V12: Option<Version> = Some(Version::V1_2);
        const NO: Option<Version> = None;
        // The root, an object, an instance, a resource, a resource instance.
        let levels = match self {
            Self::Read | Self::Observe | Self::CancelObservation => [NO, ANY, ANY, ANY, V11],
            Self::ReadComposite
            | Self::WriteComposite
            | Self::ObserveComposite
            | Self::CancelObservationComposite => [V11, NO, NO, NO, NO],
            Self::Discover => [NO, ANY, ANY, ANY, NO],
            Self::WriteReplace => [NO, NO, ANY, ANY, V11],
            Self::WritePartial => [NO, NO, ANY, V12, NO],
            Self::WriteAttributes => [NO, ANY, ANY, ANY, V11],
            Self::Execute => [NO, NO, NO, ANY, NO],
            Self::Create => [NO, ANY, NO, NO, NO],
            Self::Delete => [NO, NO, ANY, NO, V12],
            Self::BootstrapDiscover => [ANY, ANY, NO, NO, NO],
            Self::BootstrapRead => [NO, V11, V11, NO, NO],
            Self::BootstrapWrite => [NO, ANY, ANY, ANY, NO],
            Self::BootstrapDelete => [ANY, ANY, ANY, NO, NO],
            Self::BootstrapFinish => [ANY, NO, NO, NO, NO],
        };
        match levels {
            [since, ..] if depth == 0 => since,
            [_, since, ..] if depth == 1 => since,
            [_, _, since, ..] if depth == 2 => since,
            [_, _, _, since, _] if depth == 3 => since,
            [_, _, _, _, since] if depth == 4 => since,
            _ => NO,
        }
    }

    /// Whether a session of `version` has the operation on such a target. A Bootstrap-Read is for the Server and the
    /// Access Control object.
    #[must_use]
    pub fn allowed(self, path: Path, version: Version) -> bool {
        let readable = self != Self::BootstrapRead || matches!(path.object_id(), Some(1 | 2));
        readable && self.since(path.depth()).is_some_and(|since| since <= version)
    }

    /// Whether it belongs to the bootstrap interface.
    #[must_use]
    pub const fn is_bootstrap(self) -> bool {
        matches!(
            self,
            Self::BootstrapDiscover
                | Self::BootstrapRead
                | Self::BootstrapWrite
                | Self::BootstrapDelete
                | Self::BootstrapFinish
        )
    }

    /// The specification's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::ReadComposite => "Read-Composite",
            Self::Discover => "Discover",
            Self::WriteReplace => "Write (Replace)",
            Self::WritePartial => "Write (Partial Update)",
            Self::WriteComposite => "Write-Composite",
            Self::WriteAttributes => "Write-Attributes",
            Self::Execute => "Execute",
            Self::Create => "Create",
            Self::Delete => "Delete",
            Self::Observe => "Observe",
            Self::ObserveComposite => "Observe-Composite",
            Self::CancelObservation => "Cancel Observation",
            Self::CancelObservationComposite => "Cancel Observation-Composite",
            Self::BootstrapDiscover => "Bootstrap-Discover",
            Self::BootstrapRead => "Bootstrap-Read",
            Self::BootstrapWrite => "Bootstrap-Write",
            Self::BootstrapDelete => "Bootstrap-Delete",
            Self::BootstrapFinish => "Bootstrap-Finish",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether an object holds secrets, so that every request of a server for it is answered 4.01 and no object list has
/// it: Security, OSCORE (LwM2M 1.1) and COSE (LwM2M 1.2).
#[must_use]
pub const fn protected(object: u16, version: Version) -> bool {
    let minor = version.minor();
    let major = version.major();
    match object {
        0 => true,
        21 => major > 1 || minor >= 1,
        23 => major > 1 || minor >= 2,
        _ => false,
    }
}
