use alloc::vec::Vec;

use crate::client::{Client, State, engine::Phase};
use crate::time::Instant;

impl Client {
    /// Lets the next server begin whose turn it is: servers with a Registration Priority Order register in ascending
    /// order, each when the one before has its registration, or has failed and does not block the others
    /// (LwM2M Core 1.2, section 6.2.1.3).
    pub(in crate::client) fn advance_order(&mut self, now: Instant) {
        if self.phase != Phase::Started {
            return;
        }
        let mut ordered: Vec<(u64, usize)> = Vec::new();
        for (index, session) in self.sessions.iter().enumerate() {
            if let Some(priority) = session.account.priority.filter(|_| session.wanted) {
                ordered.push((priority, index));
            }
        }
        ordered.sort_unstable();
        for (_, index) in ordered {
            let Some(session) = self.sessions.get(index) else {
                return;
            };
            if session.settled {
                continue;
            }
            if session.registration.state() == State::Waiting {
                self.begin(now, index);
            }
            return;
        }
    }
}
