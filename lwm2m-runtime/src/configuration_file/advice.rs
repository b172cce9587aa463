//! What can be said and should not be (LwM2M Core 1.2, section 6.1; LwM2M Transport Binding 1.2, section 5).

use core::ops::Range;
use std::{
    collections::{BTreeMap, BTreeSet},
    format,
    vec::Vec,
};

use super::{
    problem::{Context, quoted},
    table::Entry,
};
use crate::{
    configuration::{BootstrapServerAccount, Credentials, Oscore, ServerAccount},
    objects::Lwm2mSecurity,
};

/// The schemes of LwM2M, and whether they are secured by themselves.
const SCHEMES: [(&str, bool); 9] = [
    ("coap", false),
    ("coaps", true),
    ("coap+tcp", false),
    ("coaps+tcp", true),
    ("mqtt", false),
    ("mqtts", true),
    ("http", false),
    ("https", true),
    ("lorawan", false),
];

pub(super) fn uri(
    context: &mut Context<'_>,
    entry: &Entry<'_>,
    text: &str,
    credentials: &Credentials,
    oscore: bool,
) {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    let known = SCHEMES.iter().find(|(known, _)| Some(*known) == scheme);
    let Some((scheme, secured)) = known else {
        let message = format!(
            "{} is no URI of a server: write coap://HOST or coaps://HOST",
            quoted(text)
        );
        return context.error(&entry.at, message);
    };
    if text.len() > 255 {
        context.error(&entry.at, "a URI has up to 255 bytes");
    }
    match (secured, credentials) {
        (true, Credentials::NoSec) => context.error(
            &entry.at,
            format!("{scheme}:// is secured: say by `security` how, or write the scheme without its s"),
        ),
        (false, Credentials::NoSec) => {}
        (false, _) if oscore => {}
        (false, _) => context.warn(
            &entry.at,
            format!(
                "{scheme}:// is not secured, and `security` is of no use to it; write the scheme with an s"
            ),
        ),
        (true, _) => {}
    }
}

/// A key should be hard to guess.
pub(super) fn pre_shared_key(context: &mut Context<'_>, entry: &Entry<'_>, key: &[u8]) {
    let mut seen = [false; 256];
    for byte in key {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    let different = seen.iter().filter(|seen| **seen).count();
    let advice = "make one by `openssl rand -hex 16`";
    if key.is_empty() || key.len() > 64 {
        let message = format!(
            "a pre-shared key has 16 to 64 bytes, and this one has {}",
            key.len()
        );
        context.error(&entry.at, message);
    } else if key.len() < 16 {
        let message = format!(
            "a pre-shared key should have 16 bytes or more, and this one has {}; {advice}",
            key.len()
        );
        context.warn(&entry.at, message);
    } else if key
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace())
    {
        context.warn(
            &entry.at,
            "this key is a text of hexadecimal digits, and each digit counts as a byte: write { hex = \"..\" }, or a file \
             of the bytes themselves",
        );
    } else if different < 8 {
        context.warn(&entry.at, format!("this key looks easy to guess; {advice}"));
    }
}

/// The resources about TLS go to a client only with values that its server takes.
pub(super) fn tls(
    context: &mut Context<'_>,
    at: &Range<usize>,
    security: &Lwm2mSecurity,
    credentials: Option<&Credentials>,
) {
    let numbers = security.signature_algorithms_to_use_by_client.iter();
    let wanted = numbers.flat_map(|all| all.iter().map(|(_, number)| *number));
    let served = security.signature_algorithms_supported_by_server.as_ref();
    let served: Option<BTreeSet<_>> = served.map(|all| all.iter().map(|(_, number)| *number).collect());
    for number in wanted {
        if served.as_ref().is_some_and(|served| !served.contains(&number)) {
            let message = format!(
                "{} has {number}, which is not one of {}: the server would refuse it",
                quoted("signature-algorithms-to-use-by-client"),
                quoted("signature-algorithms-supported-by-server")
            );
            context.error(at, message);
        }
    }
    let extensions = (
        security.tls_extensions_to_use_by_client,
        security.tls_extensions_supported_by_server,
    );
    if let (Some(wanted), Some(served)) = extensions {
        if wanted & !served != 0 {
            let message = format!(
                "{} has bits that {} does not have: the server would refuse them",
                quoted("tls-extensions-to-use-by-client"),
                quoted("tls-extensions-supported-by-server")
            );
            context.error(at, message);
        }
    }
    let any = security.dtls_tls_ciphersuite.is_some()
        || security.groups_to_use_by_client.is_some()
        || security.signature_algorithms_supported_by_server.is_some()
        || security.signature_algorithms_to_use_by_client.is_some()
        || security.signature_algorithm_certs_supported_by_server.is_some()
        || security.tls_1_3_features_to_use_by_client.is_some()
        || extensions != (None, None);
    if any && matches!(credentials, Some(Credentials::NoSec)) {
        context.error(
            at,
            "an account without security has no use for resources about TLS; leave them out",
        );
    }
}

/// The account by which a client finds back to its bootstrap server.
pub(super) fn bootstrap_account(
    context: &mut Context<'_>,
    at: &Range<usize>,
    account: &BootstrapServerAccount,
) {
    let timeout = account.security.bootstrap_server_account_timeout;
    if account.security.secret_key.is_some() && timeout.is_some_and(|seconds| seconds > 0) {
        context.warn(
            at,
            "an account with a key of its own can stay for ever; without it nobody can reach the client again: leave \
             `bootstrap-server-account-timeout` out",
        );
    }
}

/// What one account says about the others.
pub(super) fn accounts(context: &mut Context<'_>, servers: &[(ServerAccount, Range<usize>)]) {
    let blocking = servers
        .iter()
        .any(|(account, _)| account.server.registration_failure_block == Some(true));
    for (account, at) in servers {
        if account.server.bootstrap_on_registration_failure == Some(true) && !blocking {
            context.warn(
                at,
                "`bootstrap-on-registration-failure = true` belongs to a server whose failure stops the others: set \
                 `registration-failure-block = true` for one",
            );
        }
    }
}

/// The keys of all accounts of a file. Each should be there once.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// With whether the account is one at a bootstrap server.
    seen: BTreeMap<Vec<u8>, bool>,
}

impl Keys {
    /// Takes the keys of a configuration, which may be one for many devices.
    pub(super) fn add(
        &mut self,
        context: &mut Context<'_>,
        servers: &[(ServerAccount, Range<usize>)],
        bootstrap_server: Option<&(BootstrapServerAccount, Range<usize>)>,
        many: bool,
    ) {
        for (account, at) in servers {
            for key in keys(&account.security, account.oscore.as_ref()) {
                self.add_key(context, at, key, false, many);
            }
        }
        if let Some((account, at)) = bootstrap_server {
            for key in keys(&account.security, account.oscore.as_ref()) {
                self.add_key(context, at, key, true, many);
            }
        }
    }

    fn add_key(
        &mut self,
        context: &mut Context<'_>,
        at: &Range<usize>,
        key: &[u8],
        bootstrap: bool,
        many: bool,
    ) {
        let before = self.seen.insert(key.to_vec(), bootstrap);
        match (many, bootstrap, before) {
            (true, true, _) => context.error(
                at,
                "the key to the bootstrap server is each device's own, and a pattern is for many: write a plan with \
                 `endpoint` for each device",
            ),
            (true, false, _) => context.warn(
                at,
                "every device of the pattern gets the same key: who has one device can pass for all; keys belong into \
                 a plan with `endpoint`",
            ),
            (false, true, Some(_)) | (false, false, Some(true)) => context.error(
                at,
                "another account has the same key, and that to the bootstrap server is for one device and one account; \
                 make another one",
            ),
            (false, false, Some(false)) => context.warn(
                at,
                "another account has the same key: who learns one knows both; make another one",
            ),
            (false, _, None) => {}
        }
    }
}

fn keys<'a>(security: &'a Lwm2mSecurity, oscore: Option<&'a Oscore>) -> impl Iterator<Item = &'a [u8]> {
    let secret = security.secret_key.as_deref();
    let master = oscore.map(|oscore| oscore.master_secret.as_slice());
    secret.into_iter().chain(master)
}
