//! How an account is secured: the table `security`, and the table `oscore`.

use std::{format, vec::Vec};

use super::{
    advice,
    bytes::{Kind, bytes},
    problem::{Context, quoted},
    table::{Entry, Table},
};
use crate::configuration::{Credentials, Oscore};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    NoSec,
    PreSharedKey,
    RawPublicKey,
    Certificate,
    Est,
}

const MODES: [(&str, Mode); 5] = [
    ("no-sec", Mode::NoSec),
    ("pre-shared-key", Mode::PreSharedKey),
    ("raw-public-key", Mode::RawPublicKey),
    ("certificate", Mode::Certificate),
    ("certificate-with-est", Mode::Est),
];

/// Every key but `mode`.
const KEYS: [(&str, Kind); 7] = [
    ("identity", Kind::Text),
    ("key", Kind::Secret),
    ("public-key", Kind::Public),
    ("certificate", Kind::Public),
    ("private-key", Kind::Secret),
    ("server-public-key", Kind::Public),
    ("server-certificate", Kind::Public),
];

pub(super) fn credentials(context: &mut Context<'_>, entry: &Entry<'_>) -> Option<Credentials> {
    let mut table = Table::of("`security`", context, entry)?;
    let mode = table.require(context, "mode");
    let mode = mode.and_then(|mode| mode.word(context, &MODES));
    let mut given: Vec<(&str, Option<Vec<u8>>)> = Vec::new();
    for (key, kind) in KEYS {
        let Some(entry) = table.take(key) else { continue };
        if mode.is_some_and(|mode| !used(mode, key)) {
            let message = format!("{} is not used in this security mode; leave it out", quoted(key));
            context.error(&entry.at, message);
        }
        let value = bytes(context, &entry, kind);
        if let (Some(value), "key") = (&value, key) {
            advice::pre_shared_key(context, &entry, value);
        }
        given.push((key, value));
    }
    let at = table.at.clone();
    table.finish(context);
    let mut all = true;
    let mut field = |key: &str| match given.iter_mut().find(|(given, _)| *given == key) {
        Some((_, value)) => {
            all &= value.is_some();
            value.take().unwrap_or_default()
        }
        None => {
            all = false;
            context.error(&at, format!("this security mode needs `{key}`"));
            Vec::new()
        }
    };
    let credentials = match mode? {
        Mode::NoSec => Credentials::NoSec,
        Mode::PreSharedKey => Credentials::PreSharedKey {
            identity: field("identity"),
            key: field("key"),
        },
        Mode::RawPublicKey => Credentials::RawPublicKey {
            public_key: field("public-key"),
            private_key: field("private-key"),
            server_public_key: field("server-public-key"),
        },
        Mode::Certificate => Credentials::Certificate {
            certificate: field("certificate"),
            private_key: field("private-key"),
            server_certificate: field("server-certificate"),
        },
        Mode::Est => Credentials::Est {
            server_certificate: field("server-certificate"),
        },
    };
    all.then_some(credentials)
}

fn used(mode: Mode, key: &str) -> bool {
    match mode {
        Mode::NoSec => false,
        Mode::PreSharedKey => matches!(key, "identity" | "key"),
        Mode::RawPublicKey => matches!(key, "public-key" | "private-key" | "server-public-key"),
        Mode::Certificate => matches!(key, "certificate" | "private-key" | "server-certificate"),
        Mode::Est => key == "server-certificate",
    }
}

pub(super) fn oscore(context: &mut Context<'_>, entry: &Entry<'_>) -> Option<Oscore> {
    let mut table = Table::of("`oscore`", context, entry)?;
    let mut required = |context: &mut Context<'_>, key, kind| {
        let entry = table.require(context, key)?;
        bytes(context, &entry, kind)
    };
    let master_secret = required(context, "master-secret", Kind::Secret);
    let sender_id = required(context, "sender-id", Kind::Text);
    let recipient_id = required(context, "recipient-id", Kind::Text);
    let [aead_algorithm, hmac_algorithm] = ["aead-algorithm", "hmac-algorithm"].map(|key| {
        let entry = table.take(key)?;
        entry.integer(context, 0..u16::MAX).map(i64::from)
    });
    let [master_salt, id_context] = ["master-salt", "id-context"].map(|key| {
        let entry = table.take(key)?;
        bytes(context, &entry, Kind::Text)
    });
    table.finish(context);
    Some(Oscore {
        aead_algorithm,
        hmac_algorithm,
        master_salt,
        id_context,
        ..Oscore::new(master_secret?, sender_id?, recipient_id?)
    })
}
