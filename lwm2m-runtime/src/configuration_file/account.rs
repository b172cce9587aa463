//! Accounts at servers (`[[server]]`) and at the bootstrap server (`[bootstrap-server]`).

use core::ops::Range;
use std::{format, string::String, vec::Vec};

use toml::de::DeTable;

use super::{
    advice, credentials,
    problem::{Context, quoted},
    scalar::resources,
    table::{Entry, Table},
};
use crate::{
    configuration::{BootstrapServerAccount, Credentials, Oscore, ServerAccount},
    objects::Lwm2mSecurity,
};

/// What of the Security object has keys of its own: URI, kind of server, mode and credentials, Short Server ID, OSCORE.
const OWN_OF_SECURITY: [u16; 8] = [0, 1, 2, 3, 4, 5, 10, 17];

/// What of the Server object has.
const OWN_OF_SERVER: [u16; 1] = [0];

/// What both kinds of accounts begin with.
struct Common {
    uri: String,
    credentials: Credentials,
    oscore: Option<Oscore>,
    security_instance: Option<u16>,
}

fn common(context: &mut Context<'_>, table: &mut Table<'_>) -> Option<Common> {
    let uri = table.require(context, "uri");
    let security = table.take("security");
    let oscore = table.take("oscore");
    let named = table.take("security-instance");
    let credentials = match &security {
        Some(entry) => credentials::credentials(context, entry),
        None => Some(Credentials::NoSec),
    };
    let with_oscore = oscore.is_some();
    let oscore = oscore.map(|entry| credentials::oscore(context, &entry));
    let security_instance = named.map(|entry| entry.integer(context, 0..u16::MAX));
    let uri_text = uri.as_ref().and_then(|uri| uri.string(context));
    if let (Some(entry), Some(text), Some(credentials)) = (&uri, uri_text, &credentials) {
        advice::uri(context, entry, text, credentials, with_oscore);
    }
    Some(Common {
        uri: uri_text?.into(),
        credentials: credentials?,
        oscore: oscore.map_or(Some(None), |oscore| oscore.map(Some))?,
        security_instance: security_instance.map_or(Some(None), |instance| instance.map(Some))?,
    })
}

/// An account at the bootstrap server, and where it is in the file.
pub(super) fn bootstrap_server<'t>(
    context: &mut Context<'_>,
    entry: &Entry<'t>,
    defaults: Option<&'t DeTable<'t>>,
) -> Option<(BootstrapServerAccount, Range<usize>)> {
    let table = Table::of("the account at the bootstrap server", context, entry)?;
    let mut table = table.with_defaults(defaults);
    let common = common(context, &mut table);
    let mut security = Lwm2mSecurity::default();
    resources(context, &mut table, &mut security, &OWN_OF_SECURITY);
    advice::tls(
        context,
        &table.at,
        &security,
        common.as_ref().map(|common| &common.credentials),
    );
    let at = table.at.clone();
    table.finish(context);
    let common = common?;
    let mut account = BootstrapServerAccount::new(common.uri, common.credentials);
    account.security = merged(security, account.security);
    account.oscore = common.oscore;
    account.security_instance = common.security_instance;
    advice::bootstrap_account(context, &at, &account);
    Some((account, at))
}

/// An account at a server.
pub(super) fn server(context: &mut Context<'_>, mut table: Table<'_>) -> Option<ServerAccount> {
    let id = table.require(context, "short-server-id");
    let id = id.and_then(|id| id.integer(context, 1..u16::MAX));
    let common = common(context, &mut table);
    let named = table.take("server-instance");
    let server_instance = named.map(|entry| entry.integer(context, 0..u16::MAX));
    // What is wrong with resources is told whatever else is.
    let mut account = ServerAccount::new(id.unwrap_or(1), "", Credentials::NoSec);
    let mut security = Lwm2mSecurity::default();
    resources(context, &mut table, &mut security, &OWN_OF_SECURITY);
    resources(context, &mut table, &mut account.server, &OWN_OF_SERVER);
    advice::tls(
        context,
        &table.at,
        &security,
        common.as_ref().map(|common| &common.credentials),
    );
    table.finish(context);
    let (id, common) = (id?, common?);
    let fresh = ServerAccount::new(id, common.uri, common.credentials);
    account.security = merged(security, fresh.security);
    account.oscore = common.oscore;
    account.security_instance = common.security_instance;
    account.server_instance = server_instance.flatten();
    Some(account)
}

/// The resources that were read by their names, with those that have keys of their own.
fn merged(read: Lwm2mSecurity, own: Lwm2mSecurity) -> Lwm2mSecurity {
    Lwm2mSecurity {
        lwm2m_server_uri: own.lwm2m_server_uri,
        bootstrap_server: own.bootstrap_server,
        security_mode: own.security_mode,
        public_key_or_identity: own.public_key_or_identity,
        server_public_key: own.server_public_key,
        secret_key: own.secret_key,
        short_server_id: own.short_server_id,
        ..read
    }
}

/// Every account of an array of tables, with what the defaults say about accounts of the same Short Server ID; then the
/// accounts that only the defaults have.
pub(super) fn servers(context: &mut Context<'_>, layers: &[Entry<'_>]) -> Vec<(ServerAccount, Range<usize>)> {
    let mut layers = layers
        .iter()
        .map(|entry| entry.tables(context))
        .collect::<Vec<_>>()
        .into_iter();
    let own = layers.next().unwrap_or_default();
    let mut defaults = layers.next().unwrap_or_default();
    let mut all: Vec<(ServerAccount, Range<usize>)> = Vec::new();
    let mut add = |context: &mut Context<'_>, table: Table<'_>| {
        let at = table.at.clone();
        let Some(account) = server(context, table) else {
            return;
        };
        let id = account.server.short_server_id;
        match all.iter().any(|(other, _)| other.server.short_server_id == id) {
            true => context.error(
                &at,
                format!(
                    "there is an account of {} already; give each its own number",
                    quoted(&format!("short-server-id = {id}"))
                ),
            ),
            false => all.push((account, at)),
        }
    };
    for (at, table) in own {
        let number = short_server_id(table);
        let same = defaults
            .iter()
            .position(|(_, other)| number.is_some() && short_server_id(other) == number);
        let default = same.map(|index| defaults.remove(index).1);
        add(
            context,
            Table::new("a server's account", at, table).with_defaults(default),
        );
    }
    for (at, table) in defaults {
        add(context, Table::new("a server's account", at, table));
    }
    all.sort_by_key(|(account, _)| account.server.short_server_id);
    all
}

fn short_server_id(table: &DeTable<'_>) -> Option<u16> {
    let number = table.get("short-server-id")?.get_ref().as_integer()?;
    u16::from_str_radix(number.as_str(), number.radix()).ok()
}
