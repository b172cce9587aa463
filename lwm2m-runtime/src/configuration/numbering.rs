//! Which identifiers the instances of a configuration get.
//!
//! 1. Those that the configuration names. They must not be those of the client's account at the bootstrap server.
//! 2. An account gets the instances that the client has for the same server already.
//! 3. Else the lowest identifiers that neither the client nor the configuration uses. Of a client of which nothing is
//!    known, neither 0 nor 1 of the Security object is used: one of them is the account at the bootstrap server, in nearly
//!    every client.

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt;

use super::{BootstrapConfiguration, Oscore, PresentInstances, Values};
use crate::{
    model::{Objlnk, Path, Version},
    objects::Lwm2mSecurity,
};

/// Why a configuration cannot be numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberingError {
    /// The configuration writes to the client's account at the bootstrap server without being one.
    BootstrapServer {
        /// Which instance.
        instance: Path,
    },
    /// Two parts of the configuration have the same instance.
    Duplicate {
        /// Which.
        instance: Path,
    },
    /// A rule is for the Server object of an account that the configuration does not have.
    NoAccount {
        /// The Short Server ID.
        short_server_id: u16,
    },
    /// An account has no Short Server ID of 1 to 65534.
    ShortServerId {
        /// What it has.
        value: i64,
    },
    /// No identifier is left.
    Full,
}

impl fmt::Display for NumberingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BootstrapServer { instance } => write!(
                f,
                "{instance} belongs to the client's account at the bootstrap server; leave the number out, or use another"
            ),
            Self::Duplicate { instance } => write!(f, "{instance} is there twice; use each number once"),
            Self::NoAccount { short_server_id } => {
                write!(
                    f,
                    "a rule is for server {short_server_id}, which has no account here"
                )
            }
            Self::ShortServerId { value } => {
                write!(f, "{value} is no Short Server ID; use 1 to 65534")
            }
            Self::Full => f.write_str("no identifier is left; delete instances first"),
        }
    }
}

impl core::error::Error for NumberingError {}

impl BootstrapConfiguration {
    /// The values of every instance, with identifiers that suit what the client has; `None` if that is not known.
    ///
    /// # Errors
    ///
    /// [`NumberingError`].
    pub fn number(&self, present: Option<&PresentInstances>) -> Result<Values, NumberingError> {
        let mut numbers = Numbers::new(present);
        let mut values = Values::new();
        // What has its number comes first.
        for instance in self.values.paths(Path::ROOT, 2) {
            numbers.claim(instance)?;
        }
        for account in &self.servers {
            let named = [(0, account.security_instance), (1, account.server_instance)];
            for (object, instance) in named {
                if let Some(instance) = instance {
                    numbers.claim(Path::instance(object, instance))?;
                }
            }
        }
        if let Some(account) = &self.bootstrap_server {
            let id = account
                .security_instance
                .or(present.and_then(PresentInstances::bootstrap_server))
                .unwrap_or(0);
            numbers.claim_own(Path::instance(0, id))?;
            let oscore = account.oscore.as_ref().map(|oscore| (oscore, None));
            numbers.secure(id, &account.security, oscore, &mut values)?;
        }
        let mut servers = alloc::vec::Vec::new();
        for account in &self.servers {
            let id = account.short_server_id().ok_or(NumberingError::ShortServerId {
                value: account.server.short_server_id,
            })?;
            let security = numbers.of_server(0, id, account.security_instance)?;
            let server = numbers.of_server(1, id, account.server_instance)?;
            let oscore = account.oscore.as_ref().map(|oscore| (oscore, Some(id)));
            numbers.secure(security, &account.security, oscore, &mut values)?;
            values.insert(server, &account.server);
            servers.push((id, server));
        }
        for rule in &self.rules {
            let server = |id| {
                let found = servers.iter().find(|(server, _)| *server == id);
                found.map(|(_, instance)| *instance)
            };
            let instance = rule.instance(server).ok_or(match rule.target {
                super::RuleTarget::Server(short_server_id) => NumberingError::NoAccount { short_server_id },
                _ => NumberingError::Full,
            })?;
            values.insert(numbers.free(2)?, &instance);
        }
        for (path, value) in self.values.below(Path::ROOT) {
            values.set(path, value.to_value());
        }
        Ok(values)
    }
}

/// The identifiers that are taken.
struct Numbers<'p> {
    present: Option<&'p PresentInstances>,
    claimed: BTreeSet<Path>,
    /// Of each object, an identifier below which none is free.
    lowest: BTreeMap<u16, u16>,
}

impl<'p> Numbers<'p> {
    fn new(present: Option<&'p PresentInstances>) -> Self {
        Self {
            present,
            claimed: BTreeSet::new(),
            lowest: BTreeMap::new(),
        }
    }

    /// Takes an instance that the configuration names.
    fn claim(&mut self, instance: Path) -> Result<(), NumberingError> {
        let device = instance == Path::instance(3, 0);
        if !device && self.present.is_some_and(|present| present.is_fixed(instance)) {
            return Err(NumberingError::BootstrapServer { instance });
        }
        self.claim_own(instance)
    }

    /// Takes an instance, perhaps of the account at the bootstrap server.
    fn claim_own(&mut self, instance: Path) -> Result<(), NumberingError> {
        match self.claimed.insert(instance) {
            true => Ok(()),
            false => Err(NumberingError::Duplicate { instance }),
        }
    }

    /// The instance of a server's account: the one that is named, the one that is there, a free one.
    fn of_server(&mut self, object: u16, server: u16, named: Option<u16>) -> Result<u16, NumberingError> {
        if let Some(named) = named {
            return Ok(named);
        }
        let there = self.present.and_then(|present| present.of_server(object, server));
        match there.filter(|id| self.claimed.insert(Path::instance(object, *id))) {
            Some(id) => Ok(id),
            None => self.free(object),
        }
    }

    /// The lowest identifier that nobody uses.
    fn free(&mut self, object: u16) -> Result<u16, NumberingError> {
        let unknown = self.present.is_none() && matches!(object, 0 | 21);
        let first = if unknown { 2 } else { 0 };
        let first = self.lowest.get(&object).copied().unwrap_or(first);
        let used = |path: Path| {
            self.present.is_some_and(|present| present.has_instance(path)) || self.claimed.contains(&path)
        };
        let id = (first..u16::MAX).find(|id| !used(Path::instance(object, *id)));
        let id = id.ok_or(NumberingError::Full)?;
        self.claimed.insert(Path::instance(object, id));
        self.lowest.insert(object, id);
        Ok(id)
    }

    /// Adds an instance of the Security object, and the OSCORE context that it has a link to. A context of no server is that
    /// of the account at the bootstrap server.
    fn secure(
        &mut self,
        id: u16,
        security: &Lwm2mSecurity,
        oscore: Option<(&Oscore, Option<u16>)>,
        values: &mut Values,
    ) -> Result<(), NumberingError> {
        let version = self.present.map(PresentInstances::version);
        let mut security = security.clone();
        // Mandatory ones may be left out since LwM2M 1.2.1 if the mode does not use them; some clients before have to be
        // given every one of them.
        if version.is_none_or(|version| version < Version::V1_2) {
            for key in [
                &mut security.public_key_or_identity,
                &mut security.server_public_key,
                &mut security.secret_key,
            ] {
                key.get_or_insert_default();
            }
        }
        if let Some((oscore, server)) = oscore {
            let instance = match server {
                Some(server) => self.of_server(21, server, None)?,
                None => self.free(21)?,
            };
            oscore.write(instance, version.unwrap_or(Version::V1_2), values);
            security.oscore_security_mode = Some(Objlnk::new(21, instance));
        }
        values.insert(id, &security);
        Ok(())
    }
}
