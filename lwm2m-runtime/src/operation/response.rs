use super::{Location, Payload, Status};
use crate::model::Path;

/// What a client answers a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// How the operation ended.
    pub status: Status,
    /// What was asked for.
    pub payload: Option<Payload<'a>>,
    /// The instance that a Create made, where the client chose its identifier.
    pub created: Option<Path>,
}

impl<'a> Response<'a> {
    /// A status alone.
    #[must_use]
    pub const fn new(status: Status) -> Self {
        Self {
            status,
            payload: None,
            created: None,
        }
    }

    /// 2.05 with what was asked for.
    #[must_use]
    pub const fn content(payload: Payload<'a>) -> Self {
        Self {
            payload: Some(payload),
            ..Self::new(Status::Content)
        }
    }

    /// 2.01 with the path of the instance that the client made.
    #[must_use]
    pub const fn created(instance: Path) -> Self {
        Self {
            created: Some(instance),
            ..Self::new(Status::Created)
        }
    }
}

impl From<Status> for Response<'_> {
    fn from(status: Status) -> Self {
        Self::new(status)
    }
}

/// What a server answers a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UplinkResponse<'a> {
    /// How the operation ended.
    pub status: Status,
    /// A Bootstrap-Pack.
    pub payload: Option<Payload<'a>>,
    /// Where the registration is updated and ended.
    pub location: Option<Location<'a>>,
}

impl<'a> UplinkResponse<'a> {
    /// A status alone.
    #[must_use]
    pub const fn new(status: Status) -> Self {
        Self {
            status,
            payload: None,
            location: None,
        }
    }

    /// 2.01 with the location of the registration.
    #[must_use]
    pub const fn registered(location: Location<'a>) -> Self {
        Self {
            location: Some(location),
            ..Self::new(Status::Created)
        }
    }

    /// 2.05 with a Bootstrap-Pack.
    #[must_use]
    pub const fn content(payload: Payload<'a>) -> Self {
        Self {
            payload: Some(payload),
            ..Self::new(Status::Content)
        }
    }
}

impl From<Status> for UplinkResponse<'_> {
    fn from(status: Status) -> Self {
        Self::new(status)
    }
}
