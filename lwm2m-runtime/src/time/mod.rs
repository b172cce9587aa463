//! Floor 0: time as engines know it, and the timers that they share.
//!
//! Engines own no clock: a caller passes the present [`Instant`], counted in milliseconds since any start that it
//! likes, as long as it never runs backwards.

mod instant;
mod slots;
mod timers;

pub use instant::Instant;
pub(crate) use slots::{SlotId, Slots};
pub use timers::Timers;
