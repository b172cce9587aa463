use super::{Location, Payload, RegisterParameters, UpdateParameters};
use crate::encoding::ContentFormat;

/// What a client asks of a server or bootstrap server (LwM2M Core 1.2, sections 6.1, 6.2 and 6.4.4), whatever
/// transport carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Uplink<'a> {
    /// Register: the client is there.
    Register {
        /// Who it is, and how it is reached.
        parameters: RegisterParameters<'a>,
        /// Its objects and instances as links. Since LwM2M 1.2 it may be absent, where a profile identifier stands
        /// for it.
        links: Option<&'a str>,
    },
    /// Update: the client is still there, and what has changed.
    Update {
        /// Where the server keeps the registration.
        location: Location<'a>,
        /// What has changed.
        parameters: UpdateParameters<'a>,
        /// All objects and instances, if that list has changed.
        links: Option<&'a str>,
    },
    /// De-register: the client goes.
    Deregister {
        /// Where the server keeps the registration.
        location: Location<'a>,
    },
    /// Send: values that the server has not asked for (LwM2M 1.1).
    Send {
        /// The values with their paths.
        payload: Payload<'a>,
    },
    /// Bootstrap-Request: the client wants to be configured.
    BootstrapRequest {
        /// The endpoint client name; from LwM2M 1.1 on it may be absent where the security layer names the client.
        endpoint: Option<&'a str>,
        /// The format in which the client prefers to be written (LwM2M 1.1).
        preferred_format: Option<ContentFormat>,
    },
    /// Bootstrap-Pack-Request: the client wants its whole configuration in one answer (LwM2M 1.2).
    BootstrapPackRequest {
        /// The endpoint client name; it may be absent where the security layer names the client.
        endpoint: Option<&'a str>,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
        /// Links to the instances that hold the client's account at the bootstrap server (LwM2M 1.2.1).
        account: Option<&'a str>,
    },
}

impl<'a> Uplink<'a> {
    /// Its body.
    #[must_use]
    pub const fn payload(&self) -> Option<Payload<'a>> {
        match self {
            Self::Register {
                links: Some(links), ..
            }
            | Self::Update {
                links: Some(links), ..
            } => Some(Payload::new(ContentFormat::LINK, links.as_bytes())),
            Self::Send { payload } => Some(*payload),
            _ => None,
        }
    }
}
