use super::{
    ClientConfig, State, account::Account, observations::stored::Stored, registration::Registration,
};
use crate::{
    coap::Peer, encoding::Negotiation, model::Version, operation::Transport, reporting::AttachedAttributes,
    tree::Asker,
};

/// Everything that belongs to one server.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) account: Account,
    pub(super) registration: Registration,
    /// What the session goes over, or the next one is to.
    pub(super) transport: Transport,
    /// What the server has asked the next session to go over.
    pub(super) asked: Option<Transport>,
    /// Who is at the other end, while there is a connection.
    pub(super) peer: Option<Peer>,
    /// What both sides can read and write.
    pub(super) formats: Negotiation,
    pub(super) attached: AttachedAttributes,
    pub(super) stored: Stored,
    pub(super) listing: Listing,
    /// Whether a registration is wanted.
    pub(super) wanted: bool,
    /// Whether the order of servers does not wait for this one any more.
    pub(super) settled: bool,
}

/// How a server learns of the objects, where there is a profile for them (LwM2M 1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Listing {
    /// By profile identifiers.
    #[default]
    Profile,
    /// By a hash and the list that it stands for: the server does not know the hash, and can learn it.
    Both,
    /// By the list: the server does not know the profile, and does not learn it.
    List,
}

impl Session {
    pub(super) fn new(account: Account, config: &ClientConfig) -> Self {
        let version = versions(config, &account).next().unwrap_or(Version::V1_0);
        Self {
            registration: Registration::new(version),
            transport: Transport::Udp,
            asked: None,
            peer: None,
            formats: Negotiation::with_server(version, config.formats),
            attached: AttachedAttributes::new(config.max_attached_paths),
            stored: Stored::new(config.max_stored, config.max_stored_bytes),
            listing: Listing::default(),
            wanted: false,
            settled: false,
            account,
        }
    }

    pub(super) const fn server(&self) -> u16 {
        self.account.server
    }

    /// Whether the server can be notified now: it knows the client, and there is a connection.
    pub(super) const fn is_online(&self) -> bool {
        self.registration.state().is_registered() && self.peer.is_some()
    }

    /// Whether every attempt to register has failed, or none is wanted.
    pub(super) fn has_failed(&self) -> bool {
        !self.wanted || self.registration.state() == State::Failed
    }

    /// The server as the one that asks.
    pub(super) fn asker<'a>(&'a self, config: &'a ClientConfig) -> Asker<'a> {
        Asker::new(self.account.server, &self.formats).with_alternate_path(&config.alternate_path)
    }
}

/// The versions to register with, the preferred one first; where the server says which it has, only those.
pub(super) fn versions<'a>(
    config: &'a ClientConfig,
    account: &'a Account,
) -> impl Iterator<Item = Version> + 'a {
    let common = |version: &Version| account.versions.contains(version);
    let any = config.versions.iter().any(common);
    config
        .versions
        .iter()
        .copied()
        .filter(move |version| !any || common(version))
}
