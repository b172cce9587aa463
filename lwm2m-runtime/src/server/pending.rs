use alloc::vec::Vec;

use super::record::Linked;
use crate::{
    coap::{Code, ExchangeId, OptionBuffer, Progress},
    model::Path,
    operation::Operation,
    time::Instant,
};

/// A request that is open or queued.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) device: u32,
    pub(super) next: Option<u32>,
    pub(super) task: Task,
    /// Its exchange, once it is its turn.
    pub(super) exchange: Option<ExchangeId>,
    /// Until when it may wait for its turn.
    pub(super) waits_until: Instant,
    /// How often a client that sleeps has not answered it.
    pub(super) unanswered: u8,
    pub(super) progress: Progress,
}

#[derive(Debug)]
pub(super) enum Task {
    /// A request of the application.
    Request(Prepared),
    /// The attributes of an observation are attached to what it observes.
    Attach(u32),
    /// An observation is set up.
    Observe(u32),
    /// An observation is cancelled.
    Stop(u32),
}

impl Task {
    /// Whether asking twice is the same as asking once.
    pub(super) const fn repeatable(&self) -> bool {
        match self {
            Self::Request(prepared) => prepared.repeatable(),
            Self::Attach(_) | Self::Observe(_) | Self::Stop(_) => true,
        }
    }

    /// The observation that it is for.
    pub(super) const fn observation(&self) -> Option<u32> {
        match self {
            Self::Request(_) => None,
            Self::Attach(observation) | Self::Observe(observation) | Self::Stop(observation) => {
                Some(*observation)
            }
        }
    }
}

/// A request as it goes out.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) operation: Operation,
    /// What it is about; the root for a composite one.
    pub(super) target: Path,
    pub(super) code: Code,
    pub(super) options: OptionBuffer,
    pub(super) payload: Vec<u8>,
}

impl Prepared {
    /// Whether asking twice is the same as asking once.
    pub(super) const fn repeatable(&self) -> bool {
        !matches!(
            self.operation,
            Operation::Execute | Operation::Create | Operation::Delete
        )
    }
}

impl Pending {
    pub(super) const fn new(device: u32, task: Task) -> Self {
        Self {
            device,
            next: None,
            task,
            exchange: None,
            waits_until: Instant::NEVER,
            unanswered: 0,
            progress: Progress { sent: 0, received: 0 },
        }
    }
}

impl Linked for Pending {
    fn next(&mut self) -> &mut Option<u32> {
        &mut self.next
    }
}
