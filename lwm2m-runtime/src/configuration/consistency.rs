//! Whether what a client is configured with is of use (LwM2M Core 1.2, section 6.1.7.7): asked by the client before it
//! answers a Bootstrap-Finish.

use alloc::vec::Vec;
use core::fmt;

use crate::{
    model::{Objlnk, Path, ResourceType, ValueRef},
    objects::o0_v1_2::SecurityMode,
    operation::TreeValues,
};

/// Why a client cannot use its configuration: 4.06 to a Bootstrap-Finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inconsistency {
    /// There is more than one account at a bootstrap server.
    SeveralBootstrapServers {
        /// The second one.
        instance: Path,
    },
    /// A mandatory resource of an account is missing.
    Missing {
        /// Which.
        resource: Path,
    },
    /// A Short Server ID is not one of 1 to 65534.
    ShortServerId {
        /// Where.
        resource: Path,
    },
    /// Two instances of an object have the same Short Server ID.
    DuplicateShortServerId {
        /// Where it is for the second time.
        resource: Path,
    },
    /// There is no account at a server: an instance of the Security object and one of the Server object with the same
    /// Short Server ID.
    NoServerAccount,
    /// There are rules of access, which the client does not understand.
    AccessControl,
    /// A link is to an instance that does not exist.
    Link {
        /// Where the link is.
        resource: Path,
    },
    /// A credential that the security mode needs is missing or empty.
    Credentials {
        /// Which.
        resource: Path,
    },
}

impl fmt::Display for Inconsistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralBootstrapServers { instance } => {
                write!(f, "{instance}: there is an account at a bootstrap server already")
            }
            Self::Missing { resource } => write!(f, "{resource} is mandatory and missing"),
            Self::ShortServerId { resource } => write!(f, "{resource} is no Short Server ID of 1 to 65534"),
            Self::DuplicateShortServerId { resource } => {
                write!(f, "{resource} is the Short Server ID of another account")
            }
            Self::NoServerAccount => f.write_str(
                "no instances of objects 0 and 1 have the same Short Server ID: there is no account",
            ),
            Self::AccessControl => {
                f.write_str("there are rules of access, which the client does not support")
            }
            Self::Link { resource } => write!(f, "{resource} is a link to what does not exist"),
            Self::Credentials { resource } => write!(f, "{resource} is needed in this security mode"),
        }
    }
}

impl core::error::Error for Inconsistency {}

/// Looks for the first thing that is wrong with the accounts, the rules and what they refer to. `access_control` says
/// whether the client has the Access Control object.
///
/// # Errors
///
/// [`Inconsistency`].
pub fn check(tree: &impl TreeValues, access_control: bool) -> Result<(), Inconsistency> {
    let securities = securities(tree)?;
    let servers = servers(tree)?;
    let complete = |server: &&Security| server.short_server_id.is_some_and(|id| servers.contains(&id));
    if securities.iter().find(complete).is_none() {
        return Err(Inconsistency::NoServerAccount);
    }
    if !access_control && tree.instances(2).next().is_some() {
        return Err(Inconsistency::AccessControl);
    }
    // A certificate may come from the enrolment that the account at the bootstrap server asks for.
    let enrolled = securities
        .iter()
        .any(|security| security.mode == Some(SecurityMode::CERTIFICATE_WITH_EST.0));
    for security in &securities {
        check_links(tree, security.instance)?;
        check_credentials(tree, security, enrolled)?;
    }
    Ok(())
}

struct Security {
    instance: u16,
    /// `None` for the account at the bootstrap server.
    short_server_id: Option<u16>,
    mode: Option<i64>,
}

fn securities(tree: &impl TreeValues) -> Result<Vec<Security>, Inconsistency> {
    let mut all: Vec<Security> = Vec::new();
    for instance in tree.instances(0) {
        require(tree, 0, instance, &[0, 1, 2])?;
        let bootstrap = tree.value(Path::resource(0, instance, 1)) == Some(ValueRef::Boolean(true));
        let short_server_id = match bootstrap {
            true if all.iter().any(|other| other.short_server_id.is_none()) => {
                let instance = Path::instance(0, instance);
                return Err(Inconsistency::SeveralBootstrapServers { instance });
            }
            true => None,
            false => {
                let resource = Path::resource(0, instance, 10);
                let id = short_server_id(tree, resource)?;
                if all.iter().any(|other| other.short_server_id == Some(id)) {
                    return Err(Inconsistency::DuplicateShortServerId { resource });
                }
                Some(id)
            }
        };
        all.push(Security {
            instance,
            short_server_id,
            mode: integer(tree, Path::resource(0, instance, 2)),
        });
    }
    Ok(all)
}

/// The Short Server IDs of the Server object.
fn servers(tree: &impl TreeValues) -> Result<Vec<u16>, Inconsistency> {
    let mut all = Vec::new();
    for instance in tree.instances(1) {
        require(tree, 1, instance, &[0, 1, 6, 7])?;
        let resource = Path::resource(1, instance, 0);
        let id = short_server_id(tree, resource)?;
        if all.contains(&id) {
            return Err(Inconsistency::DuplicateShortServerId { resource });
        }
        all.push(id);
    }
    Ok(all)
}

fn require(
    tree: &impl TreeValues,
    object: u16,
    instance: u16,
    resources: &[u16],
) -> Result<(), Inconsistency> {
    let mut paths = resources.iter().map(|id| Path::resource(object, instance, *id));
    match paths.find(|path| tree.value(*path).is_none()) {
        Some(resource) => Err(Inconsistency::Missing { resource }),
        None => Ok(()),
    }
}

fn short_server_id(tree: &impl TreeValues, resource: Path) -> Result<u16, Inconsistency> {
    match integer(tree, resource) {
        None => Err(Inconsistency::Missing { resource }),
        Some(id) => u16::try_from(id)
            .ok()
            .filter(|id| *id != 0 && *id != u16::MAX)
            .ok_or(Inconsistency::ShortServerId { resource }),
    }
}

fn integer(tree: &impl TreeValues, path: Path) -> Option<i64> {
    match tree.value(path)?.cast(ResourceType::Integer)? {
        ValueRef::Integer(value) => Some(value),
        _ => None,
    }
}

/// Links to an OSCORE context, an MQTT server and COSE credentials.
fn check_links(tree: &impl TreeValues, instance: u16) -> Result<(), Inconsistency> {
    for resource in [17, 26, 27] {
        let path = Path::resource(0, instance, resource);
        let ids = tree.resource_instances(0, instance, resource);
        let below = ids.into_iter().flatten().filter_map(|id| path.child(id));
        for path in below.chain([path]) {
            let Some(ValueRef::Objlnk(link)) = tree.value(path) else {
                continue;
            };
            let exists = tree.instances(link.object).any(|id| id == link.instance);
            if link != Objlnk::NULL && !exists {
                return Err(Inconsistency::Link { resource: path });
            }
        }
    }
    Ok(())
}

fn check_credentials(
    tree: &impl TreeValues,
    security: &Security,
    enrolled: bool,
) -> Result<(), Inconsistency> {
    let needed: &[u16] = match security.mode.map(SecurityMode) {
        Some(SecurityMode::PRE_SHARED_KEY) => &[3, 5],
        Some(SecurityMode::CERTIFICATE) if enrolled => &[4],
        Some(SecurityMode::RAW_PUBLIC_KEY | SecurityMode::CERTIFICATE) => &[3, 4, 5],
        Some(SecurityMode::CERTIFICATE_WITH_EST) => &[4],
        _ => &[],
    };
    for id in needed {
        let resource = Path::resource(0, security.instance, *id);
        match tree.value(resource) {
            Some(ValueRef::Opaque(bytes)) if !bytes.is_empty() => {}
            _ => return Err(Inconsistency::Credentials { resource }),
        }
    }
    Ok(())
}
