use core::{
    pin::Pin,
    task::{Context, Poll},
};
use std::vec::Vec;

use futures_core::Stream;
use tokio::sync::mpsc;

use super::{Device, RegistrationInfo, command::Command};
use crate::{
    encoding::{Oddity, Record},
    net::inbox::Inbox,
    server::{Changes, EndReason},
};

/// What became of a device's registration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ServerEvent {
    /// A device has registered.
    Registered {
        /// The device.
        device: Device,
        /// Its registration.
        registration: RegistrationInfo,
        /// Whether it was registered before. Its observations go on, and are being set up again.
        again: bool,
    },
    /// A device has updated its registration.
    Updated {
        /// The device.
        device: Device,
        /// What is different; nothing where only the lifetime began anew.
        changes: Changes,
    },
    /// A device is registered no more.
    Ended {
        /// The device.
        device: Device,
        /// Why.
        reason: EndReason,
    },
}

/// What a device has sent without being asked (Send, LwM2M 1.1).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SentValues {
    /// The device.
    pub device: Device,
    /// The values with their paths, and perhaps with times. Types are those of the definitions that the server's
    /// configuration knows, else those that the format shows.
    pub records: Vec<Record>,
    /// Which of them are not as their definitions have them.
    pub oddities: Vec<Oddity>,
}

macro_rules! stream {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        ///
        /// A reader that falls behind loses the oldest, and [`take_missed`](Self::take_missed) counts them: a server
        /// waits for nobody.
        #[derive(Debug)]
        pub struct $name {
            inbox: Inbox<$item>,
            /// The server lives as long as somebody listens.
            _commands: mpsc::Sender<Command>,
        }

        impl $name {
            pub(super) const fn new(inbox: Inbox<$item>, commands: mpsc::Sender<Command>) -> Self {
                Self {
                    inbox,
                    _commands: commands,
                }
            }

            /// The next one; `None` once the server has stopped.
            pub async fn next(&mut self) -> Option<$item> {
                self.inbox.next().await
            }

            /// How many were lost since this was asked last, because nobody took them.
            pub fn take_missed(&mut self) -> u64 {
                self.inbox.take_missed()
            }
        }

        impl Stream for $name {
            type Item = $item;

            fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<$item>> {
                self.inbox.poll_next(context)
            }
        }
    };
}

stream! {
    /// Registrations, as they come and go.
    ServerEvents of ServerEvent
}

stream! {
    /// What devices send without being asked.
    Sends of SentValues
}
