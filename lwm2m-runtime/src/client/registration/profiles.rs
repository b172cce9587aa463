//! Profile identifiers in place of the object list (LwM2M Core 1.2, section 6.2.1.1).
//!
//! 1. A Register names a profile, and has no list.
//! 2. 4.09: the server does not know it. Where it is a hash of the list, the server gets both, and may learn it.
//! 3. 4.09 again, or where it is none: the server gets the list alone, from then on.

use alloc::{string::String, vec::Vec};

use crate::{
    client::{
        Client, ClientConfig, ProfileHash,
        account::Account,
        registration::uplink::{announced, object_list},
        session::{Listing, Session},
    },
    model::Version,
    operation::ProfileId,
    tree::Tree,
};

/// The suite of a hash where the server does not prefer any: 96 bits, which no two lists have in common.
const SUITE: u8 = 4;

/// The profile identifiers that a server is told, and whether the list goes with them.
pub(in crate::client) fn profiles(
    config: &ClientConfig,
    tree: &Tree,
    session: &Session,
) -> (Vec<String>, bool) {
    let version = session.registration.version;
    if version < Version::V1_2 || session.listing == Listing::List {
        return (Vec::new(), true);
    }
    let ids = match config.profile_hash {
        Some(hash) => hashed(config, tree, &session.account, version, hash),
        None => preferred(config, &session.account),
    };
    let with_list = ids.is_empty() || session.listing == Listing::Both;
    (ids, with_list)
}

/// The hash of the object list as it is now.
fn hashed(
    config: &ClientConfig,
    tree: &Tree,
    account: &Account,
    version: Version,
    hash: ProfileHash,
) -> Vec<String> {
    let formats = announced(config, version);
    let text = object_list(config, version, &formats).fingerprint(tree);
    let hash = hash(text.as_bytes());
    let wanted = account.profile_suite.and_then(|suite| u8::try_from(suite).ok());
    let id = wanted.and_then(|suite| ProfileId::hashed(suite, &hash));
    id.or_else(|| ProfileId::hashed(SUITE, &hash))
        .into_iter()
        .collect()
}

/// Those of the configuration: of hashes those of the suite that the server prefers, if there are any.
fn preferred(config: &ClientConfig, account: &Account) -> Vec<String> {
    let ids = config.profile_ids.iter();
    let mut ids: Vec<_> = ids.filter_map(|id| ProfileId::parse(id)).collect();
    let preferred = |id: &ProfileId<'_>| id.suite().map(u64::from) == account.profile_suite;
    if account.profile_suite.is_some() && ids.iter().any(preferred) {
        ids.retain(|id| id.suite().is_none() || preferred(id));
    }
    ids.iter().map(|id| id.as_str().into()).collect()
}

impl Client {
    /// A server does not know a profile: what it gets next. `false` where it was told none.
    pub(in crate::client) fn list_more(&mut self, index: usize) -> bool {
        let Some(session) = self.sessions.get_mut(index) else {
            return false;
        };
        let (ids, _) = profiles(&self.config, &self.tree, session);
        session.listing = match session.listing {
            _ if ids.is_empty() => return false,
            Listing::Profile if self.config.profile_hash.is_some() => Listing::Both,
            _ => Listing::List,
        };
        true
    }
}
