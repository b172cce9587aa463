use core::fmt;
use std::{
    boxed::Box,
    string::{String, ToString as _},
};

use super::{ClientBuilder, ClientTrouble, command::Command, task::Task};
use crate::{
    client,
    configuration::{Smartcard, SmartcardData, read_bootstrap_data},
    time::Instant,
    tree::SmartcardRefusal,
};

/// What a card has for the client, or why it cannot be read.
pub(super) type CardData = Result<Option<SmartcardData>, String>;
/// Reads a card.
pub(super) type ReadCard = Box<dyn FnMut() -> CardData + Send>;

/// The card of a client.
#[derive(Default)]
pub(super) struct Card {
    read: Option<ReadCard>,
    /// Whether it is read at the moment, by a thread that may block.
    is_read: bool,
}

impl ClientBuilder {
    /// With a smartcard (LwM2M Core 1.2, section 6.1.4). It is read when the client starts: what it has takes the place of
    /// the factory's accounts, which are for devices without a card. It is read again before each Register and Update to a
    /// server that came from it; what another card, or none, does not have, is gone then. Reading may take its time: a
    /// thread of its own does it.
    ///
    /// What goes wrong with it is a [`ClientTrouble::Smartcard`].
    pub fn smartcard<C>(mut self, mut card: C) -> Self
    where
        C: Smartcard + Send + 'static,
        C::Error: fmt::Display,
    {
        self.card.read = Some(Box::new(move || {
            read_bootstrap_data(&mut card).map_err(|error| error.to_string())
        }));
        self
    }
}

impl Card {
    /// Reads the card. Without one there is nothing on it.
    pub(super) async fn read(self) -> (Self, CardData) {
        let Some(mut read) = self.read else {
            return (self, Ok(None));
        };
        let reading = tokio::task::spawn_blocking(move || {
            let data = read();
            (read, data)
        });
        match reading.await {
            Ok((read, data)) => {
                let card = Self {
                    read: Some(read),
                    is_read: false,
                };
                (card, data)
            }
            // It has panicked, and would again.
            Err(error) => (Self::default(), Err(error.to_string())),
        }
    }
}

/// Gives a client what its card has. `false` if that is not taken.
pub(super) fn take(
    client: &mut client::Client,
    now: Instant,
    data: &CardData,
    mut trouble: impl FnMut(ClientTrouble),
) -> bool {
    let mut troubled = |reason| trouble(ClientTrouble::Smartcard { reason });
    let data = match data {
        Ok(data) => data.as_ref(),
        Err(reason) => {
            troubled(reason.clone());
            None
        }
    };
    let file = data.and_then(|data| data.contents().ok());
    match client.smartcard(now, file.as_ref()) {
        Ok(()) => file.is_some(),
        // The engine asks again.
        Err(SmartcardRefusal::Busy) => false,
        Err(refusal) => {
            troubled(refusal.to_string());
            false
        }
    }
}

impl Task {
    /// Reads the card beside everything else.
    pub(super) fn check_card(&mut self) {
        if self.card.is_read {
            return;
        }
        let card = core::mem::take(&mut self.card);
        self.card.is_read = true;
        let back = self.lookups.clone();
        tokio::spawn(async move {
            let (card, data) = card.read().await;
            if let Some(back) = back.upgrade() {
                // A client that has stopped has no use for it.
                let _ = back.send(Command::Smartcard { card, data }).await;
            }
        });
    }

    pub(super) fn card_was_read(&mut self, card: Card, data: &CardData) {
        self.card = card;
        let now = self.wire.now();
        let outlets = &mut self.outlets;
        take(&mut self.device.client, now, data, |trouble| {
            outlets.trouble(trouble)
        });
    }
}
