//! The accounts that a device leaves the factory with.

use std::{collections::BTreeSet, str::FromStr};

use lwm2m_runtime::{
    configuration::{
        BootstrapConfiguration, BootstrapServerAccount, Credentials, PresentInstances, ServerAccount, Values,
    },
    configuration_file::ConfigurationFile,
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

/// What a device is configured with at first.
#[derive(Clone, Debug)]
pub(crate) struct Factory {
    pub(crate) values: Values,
    /// What is doubtful about it.
    pub(crate) warnings: Vec<String>,
}

impl Factory {
    /// The accounts of the command line and of the file that it names.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, String> {
        let mut configuration = BootstrapConfiguration::default();
        let mut warnings = Vec::new();
        if let Some(path) = &arguments.accounts.file {
            let file = ConfigurationFile::open(path).and_then(|file| file.accounts());
            let checked = file.map_err(|error| error.to_string())?;
            let warning = |problem| format!("{}:{problem}", path.display());
            warnings.extend(checked.warnings.iter().map(warning));
            configuration = checked.value;
        }
        add_servers(arguments, &mut configuration)?;
        add_bootstrap_server(arguments, &mut configuration)?;
        // The lowest version decides what an account has to have.
        let version = arguments.version.unwrap_or(Version::V1_0);
        let values = configuration
            .number(Some(&PresentInstances::new(version)))
            .map_err(|error| error.to_string())?;
        Ok(Self { values, warnings })
    }
}

/// Adds the servers of the command line; the one of this host where there is no other account.
fn add_servers(arguments: &Arguments, configuration: &mut BootstrapConfiguration) -> Result<(), String> {
    let accounts = &arguments.accounts;
    let mut named = accounts.servers.clone();
    if named.is_empty()
        && accounts.bootstrap.is_none()
        && accounts.file.is_none()
        && accounts.smartcard.is_none()
    {
        named.extend("coap://localhost:5683".parse::<Named>());
    }
    let of_file = configuration.servers.iter();
    let mut taken: BTreeSet<u16> = of_file
        .filter_map(|account| u16::try_from(account.server.short_server_id).ok())
        .collect();
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
        account.server.lifetime = i64::from(accounts.lifetime);
        account.server.mute_send = Some(false);
        account.server.binding = arguments.binding().to_owned();
        configuration.servers.push(account);
    }
    Ok(())
}

fn add_bootstrap_server(
    arguments: &Arguments,
    configuration: &mut BootstrapConfiguration,
) -> Result<(), String> {
    let Some(uri) = &arguments.accounts.bootstrap else {
        return Ok(());
    };
    let mut account = BootstrapServerAccount::new(uri.to_string(), Credentials::NoSec);
    account.security.client_hold_off_time = arguments.accounts.hold_off.map(i64::from);
    match configuration.bootstrap_server.replace(account) {
        None => Ok(()),
        Some(_) => Err(
            "a device has one bootstrap server; name it by --bootstrap or in the file of --accounts"
                .to_owned(),
        ),
    }
}
