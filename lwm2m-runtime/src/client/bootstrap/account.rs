//! The account at the bootstrap server, and how long it stays (LwM2M Core 1.2, section 6.1.7.7 and object 0, resource 12).
//!
//! The time-out counts from the last bootstrap. Over a restart it goes on where there is a clock and `/1/x/12` says when
//! that was; else it begins anew, as nobody knows how long the device was off.

use alloc::{string::String, vec::Vec};
use core::{fmt::Write as _, time::Duration};

use crate::{
    client::{
        BootstrapState, Client, Event,
        account::{boolean, unsigned},
        engine::Alarm,
    },
    model::{Path, ValueRef},
    object::Instance,
    operation::TreeView,
    time::Instant,
};

/// What is known of the time for which the account is kept.
#[derive(Debug, Default)]
pub(in crate::client) struct KeptAccount {
    /// When the time-out began, as far as this process knows.
    since: Option<Instant>,
    /// Whether that was a bootstrap, and not the start of the process.
    bootstrapped: bool,
}

impl Client {
    pub(in crate::client) fn bootstrap_account(&self) -> Option<(u16, &dyn Instance)> {
        let mut accounts = self
            .tree
            .instances(0)
            .filter_map(|id| Some((id, self.tree.instance(0, id)?)));
        accounts.find(|(_, account)| boolean(*account, 1) == Some(true))
    }

    /// A server can have the client bootstrapped as long as there is an account for it.
    pub(in crate::client) fn offer_bootstrap(&mut self) {
        let _ = match self.bootstrap_account().is_some() {
            true => self.tree.enable(1, 9),
            false => self.tree.disable(1, 9),
        };
    }

    /// Links to the instances that hold the account at the bootstrap server.
    pub(in crate::client) fn bootstrap_account_links(&self) -> String {
        let mut links = String::new();
        let Some((id, account)) = self.bootstrap_account() else {
            return links;
        };
        // A String takes whatever is written.
        let _ = write!(links, "<{}>", Path::instance(0, id));
        for (object, instance) in linked(account) {
            let _ = write!(links, ",<{}>", Path::instance(object, instance));
        }
        links
    }

    /// The client begins with an account that it has from before.
    pub(in crate::client) fn keep_bootstrap_account(&mut self, now: Instant) {
        if self.has_account() {
            self.bootstrap.kept.since.get_or_insert(now);
        }
        self.time_bootstrap_account(now);
    }

    /// There was a bootstrap.
    pub(in crate::client) fn renew_bootstrap_account(&mut self, now: Instant) {
        self.bootstrap.kept = KeptAccount {
            since: Some(now),
            bootstrapped: true,
        };
        self.time_bootstrap_account(now);
    }

    /// Finds out when the account goes.
    pub(in crate::client) fn time_bootstrap_account(&mut self, now: Instant) {
        let timeout = self
            .bootstrap_account()
            .and_then(|(_, account)| unsigned(account, 12))
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs);
        let end = self.bootstrap.kept.since.zip(timeout).map(|(since, timeout)| {
            let latest = since + timeout;
            let age = match self.bootstrap.kept.bootstrapped {
                true => None,
                false => self.since_last_bootstrapped(now),
            };
            age.map_or(latest, |age| latest.min(now + timeout.saturating_sub(age)))
        });
        self.deadlines.set(Alarm::BootstrapAccount, end);
    }

    /// The account was for a while only. What it has links to goes with it.
    pub(in crate::client) fn purge_bootstrap_account(&mut self, now: Instant) {
        if self.bootstrap.state != BootstrapState::Idle {
            // It is needed once more. A bootstrap that succeeds says anew how long it stays.
            let again = now + self.session_timeout();
            self.deadlines.set(Alarm::BootstrapAccount, Some(again));
            return;
        }
        let Some((id, account)) = self.bootstrap_account() else {
            return;
        };
        let linked = linked(account);
        self.tree.remove(0, id);
        if self.listens_to_bootstrap_server() {
            self.leave_bootstrap_server(now);
        }
        for (object, instance) in linked {
            self.tree.remove(object, instance);
        }
        self.offer_bootstrap();
        self.events.push_back(Event::BootstrapAccountRemoved);
        self.settle(now);
    }
}

/// The instances with the account's credentials: OSCORE, MQTT, COSE.
fn linked(account: &dyn Instance) -> Vec<(u16, u16)> {
    let mut linked = Vec::new();
    for (resource, _, value) in account.values() {
        if let (17 | 26 | 27, ValueRef::Objlnk(link)) = (resource, value) {
            linked.push((link.object, link.instance));
        }
    }
    linked
}
