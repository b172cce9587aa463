//! Floor 5: what a device keeps over a restart: [`ClientKeeper`] for what an engine of a client has to find again.
//!
//! | file | what |
//! |---|---|
//! | `client` | what a client keeps, and when |
//! | `pace` | when the medium is written next |
//! | `slots` | two places to write to, and which one counts: a crash at any byte leaves the older one |
//! | `file` | two files (feature `std`) |
//! | `card` | the files of a smartcard in a directory (feature `std`) |

#[cfg(feature = "std")]
mod card;
mod client;
#[cfg(feature = "std")]
mod file;
mod pace;
mod slots;

#[cfg(feature = "std")]
pub use card::CardDirectory;
pub use client::{ClientKeeper, Saved};
#[cfg(feature = "std")]
pub use file::Files;
pub use pace::Pace;
pub use slots::{Keeper, OpenError, Slot, Slots};
