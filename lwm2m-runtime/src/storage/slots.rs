use alloc::vec::Vec;
use core::fmt;

use crate::{random::Hasher, tree::SnapshotError};

/// One of two places to write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The first.
    A,
    /// The second.
    B,
}

impl Slot {
    const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Where bytes outlive a restart: two files, two pages of flash.
///
/// A write that is cut short may leave anything in its own slot, and must not touch the other one.
pub trait Slots {
    /// What can go wrong.
    type Error;

    /// What was written to a slot, and whatever is behind it; nothing, or nothing but erased memory, where there never was.
    ///
    /// # Errors
    ///
    /// What the medium says.
    fn read(&mut self, slot: Slot) -> Result<Vec<u8>, Self::Error>;

    /// Writes a slot anew. When it returns, the bytes are there to stay.
    ///
    /// # Errors
    ///
    /// What the medium says.
    fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), Self::Error>;
}

/// Keeps the newest bytes whole, whenever the device crashes: it writes to the slots in turn, each time with a number and a
/// check over everything, and reads the newest one that is whole.
#[derive(Debug)]
pub struct Keeper<S> {
    slots: S,
    /// The slot that counts and its number.
    newest: Option<(Slot, u64)>,
}

/// A keeper, and what was kept.
type Opened<S> = (Keeper<S>, Option<Vec<u8>>);

/// Why what was kept cannot be had. It is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError<E> {
    /// The medium cannot be read.
    Slots(E),
    /// Neither copy is whole.
    Damaged,
    /// What was kept cannot be read by this version of the program.
    Snapshot(SnapshotError),
}

impl<E: fmt::Display> fmt::Display for OpenError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin_anew = "move it away, or begin anew with the factory's accounts";
        match self {
            Self::Slots(error) => write!(f, "what was kept cannot be read: {error}"),
            Self::Damaged => write!(f, "both copies of what was kept are damaged; {begin_anew}"),
            Self::Snapshot(_) => write!(f, "what was kept is not from this program; {begin_anew}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for OpenError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Slots(error) => Some(error),
            Self::Damaged => None,
            Self::Snapshot(error) => Some(error),
        }
    }
}

/// Number, check and length in front of the bytes.
const HEAD: usize = 20;

impl<S: Slots> Keeper<S> {
    /// Looks what there is: the bytes that were kept last, if any.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(mut slots: S) -> Result<Opened<S>, OpenError<S::Error>> {
        let mut newest: Option<(Slot, u64, Vec<u8>)> = None;
        let mut written = 0;
        for slot in [Slot::A, Slot::B] {
            let stored = slots.read(slot).map_err(OpenError::Slots)?;
            written += usize::from(!is_erased(&stored));
            if let Some((number, bytes)) = whole(&stored) {
                if newest.as_ref().is_none_or(|(_, other, _)| number > *other) {
                    newest = Some((slot, number, bytes.into()));
                }
            }
        }
        // A crash in the very first write leaves the other slot as it never was.
        if newest.is_none() && written == 2 {
            return Err(OpenError::Damaged);
        }
        let place = newest.as_ref().map(|(slot, number, _)| (*slot, *number));
        let keeper = Self { slots, newest: place };
        Ok((keeper, newest.map(|(_, _, bytes)| bytes)))
    }

    /// As if nothing had been kept yet: what is there is not looked at, and goes when something new is kept.
    pub const fn anew(slots: S) -> Self {
        Self { slots, newest: None }
    }

    /// Keeps bytes in place of those before. If that fails or is cut short, those before are still there.
    ///
    /// # Errors
    ///
    /// What the medium says.
    pub fn keep(&mut self, bytes: &[u8]) -> Result<(), S::Error> {
        match self.newest {
            Some((slot, number)) => self.write(slot.other(), number.saturating_add(1), bytes),
            // From the first one on there are two.
            None => {
                self.write(Slot::A, 1, bytes)?;
                self.write(Slot::B, 2, bytes)
            }
        }
    }

    fn write(&mut self, slot: Slot, number: u64, bytes: &[u8]) -> Result<(), S::Error> {
        let mut stored = Vec::with_capacity(HEAD + bytes.len());
        stored.extend_from_slice(&number.to_be_bytes());
        stored.extend_from_slice(&check(number, bytes).to_be_bytes());
        // More than 4 GiB do not read as whole.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        stored.extend_from_slice(&length.to_be_bytes());
        stored.extend_from_slice(bytes);
        self.slots.write(slot, &stored)?;
        self.newest = Some((slot, number));
        Ok(())
    }
}

/// Whether nothing was ever written, as far as one can see: flash is erased to ones, files to zeros.
fn is_erased(stored: &[u8]) -> bool {
    stored.iter().all(|byte| matches!(byte, 0 | 0xff))
}

/// What a slot holds, if all of it is there.
fn whole(stored: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = stored.split_first_chunk()?;
    let (stored_check, rest) = rest.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let bytes = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let number = u64::from_be_bytes(*number);
    (u64::from_be_bytes(*stored_check) == check(number, bytes)).then_some((number, bytes))
}

/// Against accidents, not against people: who can write to the medium can forge it.
fn check(number: u64, bytes: &[u8]) -> u64 {
    Hasher::new(0).number(number).bytes(bytes).finish()
}
