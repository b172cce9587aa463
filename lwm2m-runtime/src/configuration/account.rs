use alloc::{string::String, vec::Vec};

use super::{AccessRule, Credentials, Oscore, Values};
use crate::objects::{Lwm2mSecurity, Lwm2mServer};

/// What a client is configured with: its accounts, and values of any other instances (LwM2M Core 1.2, section 6.1).
///
/// ```
/// use lwm2m_runtime::{
///     configuration::{BootstrapConfiguration, Credentials, ServerAccount, check},
///     model::{Path, ValueRef},
/// };
///
/// let mut account = ServerAccount::new(1, "coaps://server.example.com", Credentials::PreSharedKey {
///     identity: b"sensor-7".to_vec(),
///     key: [0x5a; 16].to_vec(),
/// });
/// account.server.default_maximum_period = Some(300);
/// let configuration = BootstrapConfiguration::new([account]);
///
/// // Nothing is known of the client: its account at the bootstrap server may be in /0/0 or /0/1.
/// let values = configuration.number(None)?;
/// assert_eq!(values.get(Path::resource(0, 2, 10)), Some(ValueRef::Integer(1)));
/// assert_eq!(values.get(Path::resource(1, 0, 3)), Some(ValueRef::Integer(300)));
/// assert_eq!(check(&values, true), Ok(()));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BootstrapConfiguration {
    /// The accounts at servers.
    pub servers: Vec<ServerAccount>,
    /// A new account at the bootstrap server, in place of the one that the client has. Mostly none.
    pub bootstrap_server: Option<BootstrapServerAccount>,
    /// The rules of access; needed with several servers.
    pub rules: Vec<AccessRule>,
    /// Anything else, by its paths.
    pub values: Values,
}

impl BootstrapConfiguration {
    /// A configuration with accounts at servers.
    #[must_use]
    pub fn new(servers: impl Into<Vec<ServerAccount>>) -> Self {
        Self {
            servers: servers.into(),
            ..Self::default()
        }
    }
}

/// An account at a server: an instance of the Security object and one of the Server object with the same Short Server ID,
/// and perhaps one of the OSCORE object. Beyond what [`new`](Self::new) sets, every resource of both can be set.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerAccount {
    /// What the instance of the Security object holds. The link to an OSCORE context is set by `oscore`.
    pub security: Lwm2mSecurity,
    /// What the instance of the Server object holds.
    pub server: Lwm2mServer,
    /// A context of OSCORE.
    pub oscore: Option<Oscore>,
    /// The identifier of the instance of the Security object; `None` chooses one that does not get in the way of the
    /// client's account at the bootstrap server.
    pub security_instance: Option<u16>,
    /// The identifier of the instance of the Server object; `None` chooses one.
    pub server_instance: Option<u16>,
}

impl ServerAccount {
    /// An account with a lifetime of a day over UDP, which stores notifications while the client is offline.
    #[must_use]
    pub fn new(short_server_id: u16, uri: impl Into<String>, credentials: Credentials) -> Self {
        let mut security = Lwm2mSecurity {
            lwm2m_server_uri: Some(uri.into()),
            bootstrap_server: Some(false),
            short_server_id: Some(short_server_id.into()),
            ..Lwm2mSecurity::default()
        };
        credentials.apply(&mut security);
        Self {
            security,
            server: Lwm2mServer {
                short_server_id: short_server_id.into(),
                lifetime: 86_400,
                notification_storing_when_disabled_or_offline: true,
                binding: "U".into(),
                ..Lwm2mServer::default()
            },
            oscore: None,
            security_instance: None,
            server_instance: None,
        }
    }

    /// The Short Server ID, if it is one.
    pub(super) fn short_server_id(&self) -> Option<u16> {
        let id = u16::try_from(self.server.short_server_id).ok()?;
        (id != 0 && id != u16::MAX).then_some(id)
    }
}

/// An account at a bootstrap server: an instance of the Security object, and perhaps one of the OSCORE object.
#[derive(Clone, Debug, PartialEq)]
pub struct BootstrapServerAccount {
    /// What the instance of the Security object holds. The link to an OSCORE context is set by `oscore`.
    pub security: Lwm2mSecurity,
    /// A context of OSCORE.
    pub oscore: Option<Oscore>,
    /// The identifier of the instance of the Security object; `None` is that of the account that it replaces, and 0 where
    /// there is none.
    pub security_instance: Option<u16>,
}

impl BootstrapServerAccount {
    /// An account that is kept for ever.
    #[must_use]
    pub fn new(uri: impl Into<String>, credentials: Credentials) -> Self {
        let mut security = Lwm2mSecurity {
            lwm2m_server_uri: Some(uri.into()),
            bootstrap_server: Some(true),
            ..Lwm2mSecurity::default()
        };
        credentials.apply(&mut security);
        Self {
            security,
            oscore: None,
            security_instance: None,
        }
    }

    /// With a Client Hold Off Time, `/0/x/11`: how many seconds the client waits before it asks, once a bootstrap is needed.
    #[must_use]
    pub fn hold_off(mut self, seconds: u32) -> Self {
        self.security.client_hold_off_time = Some(seconds.into());
        self
    }

    /// With a Bootstrap-Server Account Timeout, `/0/x/12`: how many seconds after a bootstrap the account goes; 0 never.
    #[must_use]
    pub fn account_timeout(mut self, seconds: u32) -> Self {
        self.security.bootstrap_server_account_timeout = Some(seconds.into());
        self
    }
}

/// An account by the server's URI alone, without security.
impl From<&str> for BootstrapServerAccount {
    fn from(uri: &str) -> Self {
        Self::new(uri, Credentials::NoSec)
    }
}

/// An account by the server's URI alone, without security.
impl From<String> for BootstrapServerAccount {
    fn from(uri: String) -> Self {
        Self::new(uri, Credentials::NoSec)
    }
}
