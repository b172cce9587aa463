use alloc::boxed::Box;
use core::time::Duration;

use super::{
    Answer,
    record::{Chain, Linked},
    registrations::Registrations,
};
use crate::{
    coap::{ExchangeId, ObserveOrder, Token, Unmatched, UnmatchedHandle},
    encoding::ContentFormat,
    link::NotificationAttributes,
    model::{Path, Version},
    operation::{Payload, Request},
    time::{Instant, Slots},
};

/// An observation, with what it takes to set it up again.
#[derive(Debug)]
pub(super) struct Observation {
    pub(super) device: u32,
    pub(super) next: Option<u32>,
    pub(super) path: Path,
    /// The list of paths of an Observe-Composite.
    paths: Option<(ContentFormat, Box<[u8]>)>,
    accept: Option<ContentFormat>,
    attributes: Option<Box<NotificationAttributes>>,
    /// Whether the attributes may be attached by Write-Attributes, and whether they are.
    pub(super) attaches: bool,
    pub(super) attached: bool,
    /// The token of its notifications, once it has begun.
    pub(super) token: Option<Token>,
    pub(super) order: ObserveOrder,
    /// The same of the registration before, under which the client may still tell what it has stored.
    pub(super) before: Option<Box<(Token, ObserveOrder)>>,
    /// The request that sets it up or cancels it.
    pub(super) task: Option<u32>,
    pub(super) stopping: bool,
    /// The exchange that fetches the rest of a notification, and the number of that.
    pub(super) completing: Option<(ExchangeId, u32)>,
}

impl Linked for Observation {
    fn next(&mut self) -> &mut Option<u32> {
        &mut self.next
    }
}

impl Observation {
    pub(super) fn new(device: u32, request: &Request<'_>, attach: bool) -> Option<Self> {
        let (attributes, paths) = match request {
            Request::Observe { attributes, .. } => (attributes, None),
            Request::ObserveComposite {
                attributes, paths, ..
            } => (attributes, Some((paths.format, paths.bytes.into()))),
            _ => return None,
        };
        Some(Self {
            device,
            next: None,
            path: request.path(),
            paths,
            accept: request.accept(),
            attributes: (!attributes.is_empty()).then(|| Box::new(*attributes)),
            attaches: attach && !attributes.is_empty() && matches!(request, Request::Observe { .. }),
            attached: false,
            token: None,
            order: ObserveOrder::new(),
            before: None,
            task: None,
            stopping: false,
            completing: None,
        })
    }

    /// Has to be set up again: what comes under its token belongs to the registration before.
    pub(super) fn begin_again(&mut self) {
        let order = core::mem::take(&mut self.order);
        if let Some(token) = self.token.take() {
            self.before = Some(Box::new((token, order)));
        }
        self.attached = false;
    }

    /// The order of notifications under a token; `late` where those of the registration before still count.
    pub(super) fn order_of(&mut self, token: Token, late: bool) -> Option<&mut ObserveOrder> {
        match &mut self.before {
            _ if self.token == Some(token) => Some(&mut self.order),
            Some(before) if late && before.0 == token => Some(&mut before.1),
            _ => None,
        }
    }

    /// The request that sets it up, or cancels it.
    pub(super) fn request(&self, cancel: bool) -> Request<'_> {
        let (path, accept) = (self.path, self.accept);
        let attributes = self.attributes.as_deref().filter(|_| !self.attached);
        let attributes = attributes.copied().unwrap_or_default();
        let paths = self.paths.as_ref();
        match paths.map(|(format, bytes)| Payload::new(*format, bytes)) {
            None if cancel => Request::CancelObservation {
                path,
                accept,
                attributes,
            },
            None => Request::Observe {
                path,
                accept,
                attributes,
            },
            Some(paths) if cancel => Request::CancelObservationComposite {
                paths,
                accept,
                attributes,
            },
            Some(paths) => Request::ObserveComposite {
                paths,
                accept,
                attributes,
            },
        }
    }

    /// The request that attaches its attributes.
    pub(super) fn attach(&self) -> Request<'_> {
        Request::WriteAttributes {
            path: self.path,
            changes: self.attributes.as_deref().copied().unwrap_or_default().into(),
        }
    }

    /// Whether its attributes are to be attached before it is set up.
    pub(super) fn attaches_first(&self, version: Version) -> bool {
        self.attaches && !self.attached && version < Version::V1_2
    }
}

/// A notification with the observation that it belongs to.
pub(super) struct Notified {
    pub(super) device: u32,
    pub(super) index: u32,
    pub(super) handle: UnmatchedHandle,
    pub(super) token: Token,
    /// Whether it may be what the client had stored under the registration before.
    pub(super) late: bool,
    pub(super) number: Option<u32>,
    /// Whether it is only the first block.
    pub(super) more: bool,
    pub(super) answer: Answer,
}

impl Notified {
    /// Finds the observation of a response that belongs to no exchange, by its token and its peer. What the client had
    /// stored may come under the token of the registration before, if it is confirmable, as long as an exchange lives that
    /// began before the Register.
    pub(super) fn read(
        now: Instant,
        registrations: &Registrations,
        observations: &Slots<Observation>,
        exchange_lifetime: Duration,
        unmatched: Unmatched<'_>,
    ) -> Result<Self, UnmatchedHandle> {
        let find = || {
            let device = registrations.of_peer(unmatched.peer)?;
            let record = registrations.get(device)?;
            let token = Token::new(unmatched.token)?;
            let late = unmatched.confirmable && now < record.registered_at + exchange_lifetime;
            let index = members(observations, record.observations).find(|index| {
                let observation = observations.get(*index);
                let before = observation.and_then(|observation| observation.before.as_ref());
                observation.is_some_and(|observation| observation.token == Some(token))
                    || late && before.is_some_and(|before| before.0 == token)
            })?;
            let session = record.session();
            let answer = session.read_response(unmatched.code, unmatched.options, unmatched.payload)?;
            Some((device, index, token, late, Answer::from(answer)))
        };
        let Some((device, index, token, late, answer)) = find() else {
            return Err(unmatched.handle);
        };
        Ok(Self {
            device,
            index,
            token,
            late,
            number: unmatched.observe(),
            more: unmatched.more,
            answer,
            handle: unmatched.handle,
        })
    }
}

/// The observations of a client.
pub(super) fn members(observations: &Slots<Observation>, chain: Chain) -> impl Iterator<Item = u32> + '_ {
    core::iter::successors(chain.first, |index| observations.get(*index)?.next)
}
