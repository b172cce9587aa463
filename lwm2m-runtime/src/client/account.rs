use alloc::{string::String, vec::Vec};
use core::time::Duration;

use super::RetryDefaults;
use crate::{
    model::{Objlnk, ValueRef, Version},
    object::Instance,
    operation::Transport,
    reporting::ServerDefaults,
};

/// A server that the client is to register with: what one instance of the Security object and one of the Server object
/// say together (LwM2M Core 1.2, section 5.2.4). They belong together by their Short Server ID.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Account {
    pub(super) server: u16,
    /// The instance of the Server object.
    pub(super) instance: u16,
    /// `/0/x/0`.
    pub(super) uri: String,
    /// `/1/x/1` in seconds; 0 never ends.
    pub(super) lifetime: u32,
    /// `/1/x/2`, `/1/x/3` and `/1/x/26`.
    pub(super) defaults: ServerDefaults,
    /// `/1/x/5`.
    pub(super) disable_timeout: Duration,
    /// `/1/x/6`.
    pub(super) storing: Option<bool>,
    /// `/1/x/7`.
    pub(super) binding: String,
    /// `/1/x/10`, and `/1/x/24` for where that cannot be used.
    pub(super) apns: Vec<Objlnk>,
    /// `/1/x/13`.
    pub(super) priority: Option<u64>,
    /// `/1/x/14`.
    pub(super) initial_delay: Duration,
    /// `/1/x/15`.
    pub(super) failure_block: bool,
    /// `/1/x/16`, which LwM2M 1.0 does not have.
    pub(super) bootstrap_on_failure: Option<bool>,
    /// `/1/x/17` to `/1/x/20`.
    pub(super) retry: RetryDefaults,
    /// `/1/x/21`.
    pub(super) trigger: bool,
    /// `/0/x/9`.
    pub(super) sms_number: Option<String>,
    /// Whether short messages of the server have to be protected: `/0/x/6`.
    pub(super) sms_protected: bool,
    /// `/1/x/22`.
    pub(super) preferred: Option<Transport>,
    /// `/1/x/23`.
    pub(super) muted: bool,
    /// `/1/x/27`.
    pub(super) profile_suite: Option<u64>,
    /// `/1/x/25`; empty where the server does not say.
    pub(super) versions: Vec<Version>,
}

/// A day, which is what an absent Disable Timeout means.
const DISABLE_TIMEOUT: u64 = 86_400;
/// SMS Security Mode: messages come as they are.
const SMS_NO_SEC: u64 = 3;
/// What an absent or senseless lifetime means.
const LIFETIME: u32 = 86_400;

impl Account {
    /// Puts the two halves of an account together. `None` where they do not belong together, or something that
    /// registering needs is missing.
    pub(super) fn read(
        security: &dyn Instance,
        server: (u16, &dyn Instance),
        defaults: RetryDefaults,
    ) -> Option<Self> {
        let (instance, resources) = server;
        if boolean(security, 1) == Some(true) {
            return None;
        }
        let number = |resource| unsigned(resources, resource);
        let seconds = |resource| number(resource).map(Duration::from_secs);
        let period = |resource| number(resource).map(|period| u32::try_from(period).unwrap_or(u32::MAX));
        let id = unsigned(security, 10)?;
        if Some(id) != number(0) {
            return None;
        }
        Some(Self {
            server: u16::try_from(id).ok().filter(|id| (1..u16::MAX).contains(id))?,
            instance,
            uri: text(security, 0).filter(|uri| !uri.is_empty())?.into(),
            lifetime: period(1).unwrap_or(LIFETIME),
            defaults: ServerDefaults {
                pmin: period(2),
                pmax: period(3),
                con: number(26).map(|mode| mode != 0),
            },
            disable_timeout: seconds(5).unwrap_or(Duration::from_secs(DISABLE_TIMEOUT)),
            storing: boolean(resources, 6),
            binding: text(resources, 7).unwrap_or("U").into(),
            apns: links(resources, 10).chain(links(resources, 24)).collect(),
            priority: number(13),
            initial_delay: seconds(14).unwrap_or_default(),
            failure_block: boolean(resources, 15).unwrap_or(false),
            bootstrap_on_failure: boolean(resources, 16),
            retry: RetryDefaults {
                count: number(17).unwrap_or(defaults.count).max(1),
                timer: seconds(18).unwrap_or(defaults.timer),
                sequence_delay: match number(19) {
                    // MAX_VALUE of 32 bits or more: no further sequence.
                    Some(delay) => (delay < u64::from(u32::MAX)).then(|| Duration::from_secs(delay)),
                    None => defaults.sequence_delay,
                },
                sequence_count: number(20).unwrap_or(defaults.sequence_count).max(1),
            },
            trigger: boolean(resources, 21).unwrap_or(false),
            sms_number: text(security, 9)
                .filter(|number| !number.is_empty())
                .map(Into::into),
            sms_protected: unsigned(security, 6).is_some_and(|mode| mode != SMS_NO_SEC),
            preferred: text(resources, 22).and_then(|text| Transport::parse(text, Version::V1_2)),
            muted: boolean(resources, 23).unwrap_or(true),
            profile_suite: number(27),
            versions: versions(resources),
        })
    }
}

fn value(instance: &dyn Instance, resource: u16) -> Option<ValueRef<'_>> {
    let (_, value) = instance.field(resource)?.entry(0)?;
    Some(value)
}

pub(super) fn unsigned(instance: &dyn Instance, resource: u16) -> Option<u64> {
    match value(instance, resource)? {
        ValueRef::Unsigned(number) => Some(number),
        ValueRef::Integer(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

pub(super) fn boolean(instance: &dyn Instance, resource: u16) -> Option<bool> {
    match value(instance, resource)? {
        ValueRef::Boolean(flag) => Some(flag),
        _ => None,
    }
}

pub(super) fn text(instance: &dyn Instance, resource: u16) -> Option<&str> {
    match value(instance, resource)? {
        ValueRef::String(text) => Some(text),
        _ => None,
    }
}

fn links(instance: &dyn Instance, resource: u16) -> impl Iterator<Item = Objlnk> {
    let values = instance.values();
    values.filter_map(move |(id, _, value)| match value {
        ValueRef::Objlnk(link) if id == resource => Some(link),
        _ => None,
    })
}

/// Supported Server Versions, of which only the first two numbers count.
fn versions(instance: &dyn Instance) -> Vec<Version> {
    let mut versions = Vec::new();
    let Some(field) = instance.field(25) else {
        return versions;
    };
    for (_, value) in (0..field.len()).filter_map(|index| field.entry(index)) {
        let ValueRef::String(text) = value else { continue };
        let end = text.match_indices('.').nth(1).map_or(text.len(), |(end, _)| end);
        versions.extend(text.get(..end).and_then(|text| text.parse::<Version>().ok()));
    }
    versions
}
