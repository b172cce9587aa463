use std::string::String;

use crate::{
    configuration::{self, Credentials},
    objects::Lwm2mServer,
};

/// A server that a client registers with: what becomes an instance of the Security object and one of the Server object
/// (LwM2M Core 1.2, section 5.2.4).
///
/// A URI alone is an account, too: `"coap://leshan.example".into()`.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerAccount {
    uri: String,
    server: Lwm2mServer,
}

/// A day.
const LIFETIME: i64 = 86_400;

impl ServerAccount {
    /// A server by its URI, `coap://host[:port]`. It is registered with for a day at a time over UDP; values that it
    /// should have been notified of are kept for it while it cannot be reached, and it takes values that it has not
    /// asked for (Send).
    #[must_use]
    pub fn new(uri: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            server: Lwm2mServer {
                lifetime: LIFETIME,
                notification_storing_when_disabled_or_offline: true,
                binding: "U".into(),
                mute_send: Some(false),
                ..Lwm2mServer::default()
            },
        }
    }

    /// With a lifetime in seconds: the server forgets a device that it has not heard of for so long. 0 never ends.
    #[must_use]
    pub const fn lifetime(mut self, seconds: u32) -> Self {
        self.server.lifetime = seconds as i64;
        self
    }

    /// With a Short Server ID, 1 to 65534. Default: the first account has 1, the second 2, ..
    #[must_use]
    pub const fn short_server_id(mut self, id: u16) -> Self {
        self.server.short_server_id = id as i64;
        self
    }

    /// With other values of the Server object: default periods, retries, priorities, ..
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Lwm2mServer)) -> Self {
        change(&mut self.server);
        self
    }

    /// The account, being the one at a position.
    pub(super) fn account(self, position: u16) -> configuration::ServerAccount {
        let Self { uri, mut server } = self;
        if server.short_server_id == 0 {
            server.short_server_id = i64::from(position) + 1;
        }
        let mut account = configuration::ServerAccount::new(0, uri, Credentials::NoSec);
        account.security.short_server_id = Some(server.short_server_id);
        account.server = server;
        account
    }
}

impl From<&str> for ServerAccount {
    fn from(uri: &str) -> Self {
        Self::new(uri)
    }
}

impl From<String> for ServerAccount {
    fn from(uri: String) -> Self {
        Self::new(uri)
    }
}
