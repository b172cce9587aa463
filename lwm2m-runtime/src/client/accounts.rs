use alloc::vec::Vec;

use super::{
    Client, Event,
    account::Account,
    engine::{Alarm, Phase},
    registration::Step,
    session::Session,
};
use crate::{operation::TreeView, time::Instant};

impl Client {
    /// Reads the accounts anew: sessions come and go with them, and follow what has changed.
    pub(super) fn read_accounts(&mut self, now: Instant) {
        let accounts = self.accounts();
        let mut new = Vec::new();
        for index in (0..self.sessions.len()).rev() {
            let server = self.sessions.get(index).map(Session::server);
            let kept = accounts.iter().any(|account| Some(account.server) == server);
            if !kept {
                self.remove_session(now, index);
            }
        }
        for account in accounts {
            let server = account.server;
            match self.sessions.binary_search_by_key(&server, Session::server) {
                Ok(index) => self.account_changed(now, index, account),
                Err(index) => {
                    let mut session = Session::new(account, &self.config);
                    self.kept.give_back(server, &mut session.attached);
                    self.sessions.insert(index, session);
                    new.push(server);
                }
            }
        }
        if self.phase == Phase::Started && !new.is_empty() {
            self.want(now, &new);
        }
    }

    /// Whether there is an account at a server.
    pub(super) fn has_account(&self) -> bool {
        !self.accounts().is_empty()
    }

    /// Forgets what was with servers, and begins with the accounts that there are now (LwM2M Core 1.2, section 6.1.7.7). A
    /// server without one counts the client as de-registered, no message is needed.
    pub(super) fn start_over(&mut self, now: Instant) {
        let mut registered = Vec::new();
        for index in 0..self.sessions.len() {
            let Some(session) = self.sessions.get_mut(index) else {
                break;
            };
            let server = session.server();
            session.registration.exchange = None;
            if session.registration.state().is_registered() {
                registered.push(server);
            }
            self.deadlines.set(Alarm::Registration(server), None);
            self.end_observations(server);
            self.leave_session(now, index);
        }
        self.sessions.clear();
        self.settle(now);
        self.read_accounts(now);
        for server in registered {
            if self.index_of(server).is_none() {
                self.events.push_back(Event::Deregistered { server });
            }
        }
    }

    /// The accounts in the tree, as many as are served.
    fn accounts(&self) -> Vec<Account> {
        let mut accounts: Vec<Account> = Vec::new();
        for instance in self.tree.instances(1) {
            let Some(resources) = self.tree.instance(1, instance) else {
                continue;
            };
            let security = self
                .tree
                .instances(0)
                .filter_map(|instance| self.tree.instance(0, instance));
            let account = security
                .filter_map(|security| Account::read(security, (instance, resources), self.config.retry))
                .next();
            let Some(account) = account else { continue };
            let known = accounts.iter().any(|known| known.server == account.server);
            if !known && accounts.len() < self.config.max_servers {
                accounts.push(account);
            }
        }
        accounts
    }

    fn account_changed(&mut self, now: Instant, index: usize, account: Account) {
        let Some(session) = self.sessions.get_mut(index) else {
            return;
        };
        if session.account == account {
            return;
        }
        let server = session.server();
        let elsewhere = session.account.uri != account.uri;
        let defaults = session.account.defaults != account.defaults;
        session.account = account;
        let step = match session.registration.state() {
            state if state.is_registered() && elsewhere => session.registration.lost(true),
            _ => Step::Wait,
        };
        if defaults {
            self.conditions_changed(now, server, None);
        }
        self.drive(now, index, step);
    }

    /// The account is gone: the server counts the client as de-registered, no message is needed.
    fn remove_session(&mut self, now: Instant, index: usize) {
        let registered = self
            .sessions
            .get(index)
            .is_some_and(|session| session.registration.state().is_registered());
        let Some(server) = self.sessions.get(index).map(Session::server) else {
            return;
        };
        if let Some(session) = self.sessions.get_mut(index) {
            session.registration.exchange = None;
        }
        if registered {
            self.events.push_back(Event::Deregistered { server });
        }
        self.end_observations(server);
        self.leave_session(now, index);
        self.sessions.retain(|session| session.server() != server);
        self.deadlines.set(Alarm::Registration(server), None);
        self.advance_order(now);
    }
}
