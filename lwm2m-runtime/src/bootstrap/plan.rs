use alloc::vec::Vec;

use crate::{configuration::BootstrapConfiguration, encoding::Format, model::Path};

/// What is done with a client that is bootstrapped: its configuration, and the steps until it has it. Bootstrap-Finish
/// follows by itself.
///
/// ```
/// use lwm2m_runtime::{
///     bootstrap::{Plan, Step},
///     configuration::{BootstrapConfiguration, Credentials, ServerAccount},
///     model::Path,
/// };
///
/// let account = ServerAccount::new(1, "coap://server.example.com", Credentials::NoSec);
/// let mut plan = Plan::new(BootstrapConfiguration::new([account]));
/// assert_eq!(plan.steps, [Step::Discover(Path::ROOT), Step::Prune, Step::Write(Path::ROOT)]);
///
/// // Everything anew, whatever the client has.
/// plan.steps = vec![Step::Discover(Path::ROOT), Step::Delete(Path::ROOT), Step::Write(Path::ROOT)];
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What the client gets.
    pub configuration: BootstrapConfiguration,
    /// What is asked of it, in this order. A client that has neither proved its address nor answered anything yet is asked
    /// a Bootstrap-Discover before it is written more than [`amplification`](crate::coap::EndpointConfig::amplification)
    /// times its request: forged addresses gain nothing.
    pub steps: Vec<Step>,
    /// How much one Bootstrap-Write of an object carries.
    pub write_level: WriteLevel,
    /// The format of writes, whatever the client prefers. Best left open: there are clients that answer a format which they
    /// do not have with 4.00 or 5.00, and not with 4.15, after which another one would be tried.
    pub format: Option<Format>,
    /// Whether the client may have the configuration in one answer, as a Bootstrap-Pack (LwM2M 1.2). If not, who asks for
    /// one is answered 4.05.
    pub pack: bool,
    /// Whether to go on when the client refuses a step. Otherwise the session fails. A Bootstrap-Discover that is refused
    /// never ends a session.
    pub tolerant: bool,
}

impl Plan {
    /// A plan that leaves the client nothing but this configuration's accounts: it looks what the client has, deletes
    /// accounts at other servers, and writes. Rules of access are replaced as a whole.
    ///
    /// Accounts that stay are written in place, not deleted before: with an account the client deletes what only its
    /// server could use.
    #[must_use]
    pub fn new(configuration: BootstrapConfiguration) -> Self {
        let mut steps = Vec::from([Step::Discover(Path::ROOT), Step::Prune]);
        if !configuration.rules.is_empty() {
            steps.push(Step::Delete(Path::object(2)));
        }
        steps.push(Step::Write(Path::ROOT));
        Self {
            configuration,
            steps,
            write_level: WriteLevel::default(),
            format: None,
            pack: true,
            tolerant: false,
        }
    }
}

/// Something that is asked of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Bootstrap-Discover of the root or an object. That of the root says where the client has its account at the bootstrap
    /// server; without one before the first write, new accounts are kept away from where it mostly is.
    Discover(Path),
    /// Bootstrap-Read of object 1 or 2, or an instance of them (LwM2M 1.1); an event has the values.
    Read(Path),
    /// Bootstrap-Delete of the root, an object or an instance.
    Delete(Path),
    /// Bootstrap-Delete of each account at a server that the client has and the configuration does not, as far as a
    /// Bootstrap-Discover of the root has shown them.
    Prune,
    /// Bootstrap-Write of what the configuration has at a path and below.
    Write(Path),
}

/// How much one Bootstrap-Write carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WriteLevel {
    /// An instance: what all clients understand.
    #[default]
    Instance,
    /// An object with all its instances.
    Object,
}
