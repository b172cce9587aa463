//! The accounts that a device leaves the factory with.

use std::{collections::BTreeSet, str::FromStr};

use lwm2m_runtime::{
    configuration::{
        BootstrapConfiguration, BootstrapServerAccount, Credentials, PresentInstances, ServerAccount, Values,
    },
    model::Version,
    net::ServerUri,
};

use crate::arguments::Arguments;

/// A server as `--server` names it: a URI, and perhaps a Short Server ID before it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    id: Option<u16>,
    uri: ServerUri,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, uri) = match text.split_once('=') {
            Some((id, uri)) if !id.contains(':') => (Some(id), uri),
            _ => (None, text),
        };
        let id = id
            .map(|id| {
                id.parse()
                    .ok()
                    .filter(|id| (1..=65_534).contains(id))
                    .ok_or_else(|| format!("{id} is no Short Server ID; name the server as 2=coap://host"))
            })
            .transpose()?;
        let uri: ServerUri = uri.parse().map_err(|error| format!("{uri}: {error}"))?;
        Ok(Self { id, uri })
    }
}

/// A server that the device knows from the start.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// `None` for the bootstrap server.
    pub(crate) server: Option<u16>,
    pub(crate) uri: String,
}

/// What a device is configured with at first.
#[derive(Clone, Debug)]
pub(crate) struct Factory {
    pub(crate) values: Values,
    pub(crate) known: Vec<Known>,
}

impl Factory {
    /// The accounts of the command line.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, String> {
        let configuration = configuration(arguments)?;
        let uri = |uri: &Option<String>| uri.clone().unwrap_or_default();
        let servers = configuration.servers.iter().map(|account| Known {
            server: u16::try_from(account.server.short_server_id).ok(),
            uri: uri(&account.security.lwm2m_server_uri),
        });
        let bootstrap = configuration.bootstrap_server.iter().map(|account| Known {
            server: None,
            uri: uri(&account.security.lwm2m_server_uri),
        });
        let known = bootstrap.chain(servers).collect();
        let version = arguments.version.unwrap_or(Version::V1_2);
        let values = configuration
            .number(Some(&PresentInstances::new(version)))
            .map_err(|error| error.to_string())?;
        Ok(Self { values, known })
    }
}

fn configuration(arguments: &Arguments) -> Result<BootstrapConfiguration, String> {
    let named = &arguments.accounts.servers;
    let localhost;
    let named = match (named.as_slice(), &arguments.accounts.bootstrap) {
        ([], None) => {
            localhost = ["coap://localhost:5683".parse()?];
            &localhost[..]
        }
        (named, _) => named,
    };
    let mut configuration = BootstrapConfiguration::default();
    let mut taken: BTreeSet<u16> = BTreeSet::new();
    for id in named.iter().filter_map(|named| named.id) {
        if !taken.insert(id) {
            return Err(format!(
                "two servers have the Short Server ID {id}; give each its own"
            ));
        }
    }
    for Named { id, uri } in named {
        let id = id
            .or_else(|| (1..u16::MAX).find(|id| !taken.contains(id)))
            .ok_or("there are no more Short Server IDs")?;
        taken.insert(id);
        let mut account = ServerAccount::new(id, uri.to_string(), Credentials::NoSec);
        account.server.lifetime = i64::from(arguments.accounts.lifetime);
        account.server.mute_send = Some(false);
        account.server.binding = arguments.binding().to_owned();
        configuration.servers.push(account);
    }
    configuration.bootstrap_server = arguments.accounts.bootstrap.as_ref().map(|uri| {
        let mut account = BootstrapServerAccount::new(uri.to_string(), Credentials::NoSec);
        account.security.client_hold_off_time = arguments.accounts.hold_off.map(i64::from);
        account
    });
    Ok(configuration)
}
