//! Bootstrap from a smartcard (LwM2M Core 1.2, section 6.1.4): the card is read at the start, and looked at again before
//! each Register and Update to a server that came from it.
//!
//! 1. The shell reads the card and calls [`Client::smartcard`], before [`Client::start`].
//! 2. A Register or Update to a server of the card is due: [`Event::CheckSmartcard`], and the message waits.
//! 3. The shell reads the card again and calls [`Client::smartcard`]. For the same card the message goes out.
//! 4. What another card, or one that is gone, has brought goes, with all that belongs to it; what the new one has, comes.

use alloc::vec::Vec;

use crate::{
    client::{
        Client, Event,
        account::{boolean, unsigned},
        engine::Phase,
        registration::Step,
    },
    configuration::SmartcardFile,
    model::Path,
    random::Hasher,
    time::Instant,
    tree::{BootstrapJournal, SmartcardRefusal},
};

/// What the engine knows of a card.
#[derive(Debug)]
pub(in crate::client) struct Card {
    hasher: Hasher,
    /// Of the file on it.
    fingerprint: Option<u64>,
    /// The instances that came from it.
    provided: Vec<Path>,
    /// What waits until it was looked at.
    held: Vec<(u16, Step)>,
}

impl Card {
    pub(in crate::client) const fn new(hasher: Hasher) -> Self {
        Self {
            hasher,
            fingerprint: None,
            provided: Vec::new(),
            held: Vec::new(),
        }
    }

    /// An instance is gone, or is somebody else's now.
    pub(in crate::client) fn forget(&mut self, instance: Path) {
        self.provided.retain(|provided| !provided.starts_with(instance));
    }

    fn fingerprint(&self, file: &SmartcardFile<'_>) -> u64 {
        let mut hasher = self.hasher;
        for object in file.objects() {
            let version = object.version.map_or(0, |version| {
                0x1_0000 | u64::from(version.major()) << 8 | u64::from(version.minor())
            });
            hasher = hasher.number(object.object.into()).number(version);
            hasher = hasher.bytes(object.instances);
        }
        hasher.finish()
    }
}

impl Client {
    /// Takes what a smartcard has: `None` where there is no card, or none that can be read, or none for LwM2M. The
    /// instances of the card that was there before go. Call it before [`start`](Self::start), to answer
    /// [`Event::CheckSmartcard`], and whenever a card was put in or pulled out.
    ///
    /// Where a card comes first, as LwM2M has it, factory accounts are for devices without one: leave them out of the tree
    /// when this succeeds with a card. Without any account left, the client is to be bootstrapped.
    ///
    /// # Errors
    ///
    /// [`SmartcardRefusal`]: nothing has come from the card. [`Busy`](SmartcardRefusal::Busy) needs no answer if the card
    /// was read for the event: there is another one when the session has ended.
    pub fn smartcard(
        &mut self,
        now: Instant,
        card: Option<&SmartcardFile<'_>>,
    ) -> Result<(), SmartcardRefusal> {
        if self.bootstrap.in_session() {
            for (server, step) in core::mem::take(&mut self.card.held) {
                self.bootstrap.put_off(server, step);
            }
            return Err(SmartcardRefusal::Busy);
        }
        let fingerprint = card.map(|file| self.card.fingerprint(file));
        let result = match fingerprint == self.card.fingerprint {
            true => Ok(()),
            false => self.replace_card(now, card, fingerprint),
        };
        self.release(now);
        result
    }

    /// The instances that have come from a card. They are [saved](Self::save), so that after a restart they go if the card
    /// has changed meanwhile.
    pub fn smartcard_instances(&self) -> impl Iterator<Item = Path> {
        self.card.provided.iter().copied()
    }

    /// These instances have come from a card before the restart.
    pub(in crate::client) fn restore_smartcard(&mut self, instances: Vec<Path>) {
        if instances.is_empty() {
            return;
        }
        self.card.provided = instances;
        self.card.provided.retain(|path| path.depth() == 2);
        // Of no file: whatever card is there replaces them.
        self.card.fingerprint = Some(self.card.hasher.number(u64::MAX).finish());
    }

    fn replace_card(
        &mut self,
        now: Instant,
        card: Option<&SmartcardFile<'_>>,
        fingerprint: Option<u64>,
    ) -> Result<(), SmartcardRefusal> {
        self.kept.changed();
        let old = core::mem::take(&mut self.card.provided);
        self.tree.remove_smartcard(&mut BootstrapJournal::new(), &old);
        let mut journal = BootstrapJournal::new();
        let new = match card {
            Some(file) => self.tree.insert_smartcard(&mut journal, file),
            None => Ok(Vec::new()),
        };
        // A card that is refused stays one to be looked at.
        self.card.fingerprint = fingerprint.filter(|_| new.is_ok());
        let result = match new {
            Ok(provided) => {
                self.card.provided = provided;
                Ok(())
            }
            Err(refusal) => {
                journal.roll_back(&mut self.tree);
                Err(refusal)
            }
        };
        self.offer_bootstrap();
        let provided = core::mem::take(&mut self.card.provided);
        self.settle(now);
        self.card.provided = provided;
        if self.phase == Phase::Started && self.sessions.is_empty() {
            self.need_bootstrap(now, None);
        }
        result
    }

    /// Whether a step has to wait until the card was looked at.
    pub(in crate::client) fn hold_for_card(&mut self, server: u16, step: Step) -> bool {
        if !matches!(step, Step::Register | Step::Update) {
            if step != Step::Wait {
                self.card.held.retain(|(held, _)| *held != server);
            }
            return false;
        }
        if !self.came_from_card(server) {
            return false;
        }
        match self.card.held.iter_mut().find(|(held, _)| *held == server) {
            // A Register says all that an Update would.
            Some((_, held)) if step == Step::Register => *held = step,
            Some(_) => {}
            None => {
                self.card.held.push((server, step));
                self.events.push_back(Event::CheckSmartcard { server });
            }
        }
        true
    }

    fn came_from_card(&self, server: u16) -> bool {
        self.card.provided.iter().any(|path| {
            let (Some(object), Some(id)) = (path.object_id(), path.instance_id()) else {
                return false;
            };
            let Some(instance) = self.tree.instance(object, id) else {
                return false;
            };
            let short_server_id = match object {
                0 if boolean(instance, 1) != Some(true) => unsigned(instance, 10),
                1 => unsigned(instance, 0),
                _ => None,
            };
            short_server_id == Some(server.into())
        })
    }

    /// What has waited for the card goes on.
    fn release(&mut self, now: Instant) {
        for (server, step) in core::mem::take(&mut self.card.held) {
            let Some(index) = self.index_of(server) else {
                continue;
            };
            let waits = self
                .sessions
                .get(index)
                .is_some_and(|session| session.peer.is_some() && session.registration.is_to_go_on());
            if waits {
                let next = self.take_step(now, index, step);
                self.drive(now, index, next);
            }
        }
    }

    /// A bootstrap session has made the instances that it has changed its own.
    pub(in crate::client) fn bootstrap_overrides_card(&mut self) {
        let changed: Vec<Path> = self.bootstrap.journal.changed().collect();
        for instance in changed {
            self.card.forget(instance);
        }
        self.card.held.clear();
    }
}
