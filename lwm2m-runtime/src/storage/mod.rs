//! Floor 5: what a device keeps over a restart, such as [snapshots](crate::tree::Tree::save) of its tree.
//!
//! | file | what |
//! |---|---|
//! | `slots` | two places to write to, and which one counts: a crash at any byte leaves the older one |
//! | `file` | two files (feature `std`) |
//! | `card` | the files of a smartcard in a directory (feature `std`) |

#[cfg(feature = "std")]
mod card;
#[cfg(feature = "std")]
mod file;
mod slots;

#[cfg(feature = "std")]
pub use card::CardDirectory;
#[cfg(feature = "std")]
pub use file::Files;
pub use slots::{Keeper, Slot, Slots};
