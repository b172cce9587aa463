use std::{string::ToString, vec::Vec};

use super::{ClientBuilder, ServerAccount};
use crate::{
    configuration::{BootstrapConfiguration, BootstrapServerAccount, PresentInstances},
    model::{Path, ResourceType, ValueRef, Version},
    net::{ServerUri, StartError},
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::TreeView,
    tree::Tree,
};

/// The accounts that a client begins with, as long as nothing else was kept.
#[derive(Default)]
pub(super) struct Factory {
    servers: Vec<ServerAccount>,
    configuration: BootstrapConfiguration,
}

/// With which accounts the client begins.
impl ClientBuilder {
    /// Registers with a server: a URI, or a [`ServerAccount`] with a lifetime and more. Several servers are registered
    /// with at the same time; what each of them may do, instances of the Access Control object say.
    pub fn server(mut self, account: impl Into<ServerAccount>) -> Self {
        self.factory.servers.push(account.into());
        self
    }

    /// With an account at a bootstrap server: a URI, or a [`BootstrapServerAccount`] with a hold-off time and more. The
    /// client asks it for accounts where it has none, and where registering with those that it has fails
    /// (LwM2M Core 1.2, section 6.1.3).
    ///
    /// It can be given rules of access, too: the client has the Access Control object then.
    pub fn bootstrap_server(mut self, account: impl Into<BootstrapServerAccount>) -> Self {
        self.factory.configuration.bootstrap_server = Some(account.into());
        self
    }

    /// With a whole configuration from the factory: accounts, rules of access, values of other objects that the client
    /// has. It adds to what [`server`](Self::server) says.
    pub fn configuration(mut self, configuration: BootstrapConfiguration) -> Self {
        let own = &mut self.factory.configuration;
        own.servers.extend(configuration.servers);
        own.bootstrap_server = configuration.bootstrap_server.or(own.bootstrap_server.take());
        own.rules.extend(configuration.rules);
        for (path, value) in configuration.values.below(Path::ROOT) {
            own.values.set(path, value.to_value());
        }
        self
    }
}

impl Factory {
    /// Gives a client its accounts, and the objects that a bootstrap server needs.
    pub(super) fn put_into(self, tree: &mut Tree, versions: &[Version]) -> Result<(), StartError> {
        let Self {
            servers,
            mut configuration,
        } = self;
        for (position, account) in (0..).zip(servers) {
            configuration.servers.push(account.account(position));
        }
        let bootstrapped = configuration.bootstrap_server.is_some();
        if tree.definition(0).is_none() {
            tree.add_type::<Lwm2mSecurity>()?;
        }
        if tree.definition(1).is_none() {
            tree.add_type::<Lwm2mServer>()?;
        }
        if tree.definition(2).is_none() && (bootstrapped || !configuration.rules.is_empty()) {
            tree.add_type::<Lwm2mAccessControl>()?;
        }
        // The lowest version decides what an account has to have.
        let version = versions.iter().min().copied().unwrap_or(Version::V1_0);
        let present = present(tree, version);
        if let Some(account) = &mut configuration.bootstrap_server {
            check_uri(&mut account.security)?;
            let free = || (0..u16::MAX).find(|id| tree.instance(0, *id).is_none());
            let there = present.bootstrap_server().or_else(free);
            account.security_instance = account.security_instance.or(there);
        }
        for account in &mut configuration.servers {
            check_uri(&mut account.security)?;
        }
        let values = configuration.number(Some(&present))?;
        Ok(tree.configure(&values)?)
    }
}

/// What the program itself has put into the tree.
fn present(tree: &Tree, version: Version) -> PresentInstances {
    let mut present = PresentInstances::new(version);
    for (object, _) in TreeView::objects(tree) {
        for id in tree.instances(object) {
            let instance = Path::instance(object, id);
            let short_server_id = match object {
                0 => instance.child(10),
                1 => instance.child(0),
                _ => None,
            };
            let bootstrap = object == 0
                && instance.child(1).and_then(|path| tree.value(path)) == Some(ValueRef::Boolean(true));
            let id = short_server_id
                .filter(|_| !bootstrap)
                .and_then(|path| number(tree, path));
            present.insert(instance, id);
        }
    }
    present
}

fn number(tree: &Tree, path: Path) -> Option<u16> {
    match tree.value(path)?.cast(ResourceType::Integer)? {
        ValueRef::Integer(number) => u16::try_from(number).ok(),
        _ => None,
    }
}

/// Refuses a URI that the client cannot use, before it starts; one of a bootstrap server it only finds out later.
fn check_uri(security: &mut Lwm2mSecurity) -> Result<(), StartError> {
    let uri = security.lwm2m_server_uri.take().unwrap_or_default();
    match uri.parse::<ServerUri>() {
        Ok(checked) => security.lwm2m_server_uri = Some(checked.to_string()),
        Err(error) => return Err(StartError::Uri { uri, error }),
    }
    Ok(())
}
