use alloc::vec::Vec;

use crate::random::Hasher;

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

    /// What was written to a slot; nothing where there never was.
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

/// Number and check in front of the bytes.
const HEAD: usize = 16;

impl<S: Slots> Keeper<S> {
    /// Looks what there is: the bytes that were kept last, if any.
    ///
    /// # Errors
    ///
    /// What the medium says.
    pub fn open(mut slots: S) -> Result<(Self, Option<Vec<u8>>), S::Error> {
        let mut newest: Option<(Slot, u64, Vec<u8>)> = None;
        for slot in [Slot::A, Slot::B] {
            let stored = slots.read(slot)?;
            if let Some((number, bytes)) = whole(&stored) {
                if newest.as_ref().is_none_or(|(_, other, _)| number > *other) {
                    newest = Some((slot, number, bytes.into()));
                }
            }
        }
        let place = newest.as_ref().map(|(slot, number, _)| (*slot, *number));
        let keeper = Self { slots, newest: place };
        Ok((keeper, newest.map(|(_, _, bytes)| bytes)))
    }

    /// Keeps bytes in place of those before. If that fails or is cut short, those before are still there.
    ///
    /// # Errors
    ///
    /// What the medium says.
    pub fn keep(&mut self, bytes: &[u8]) -> Result<(), S::Error> {
        let (slot, number) = match self.newest {
            Some((slot, number)) => (slot.other(), number.saturating_add(1)),
            None => (Slot::A, 1),
        };
        let mut stored = Vec::with_capacity(HEAD + bytes.len());
        stored.extend_from_slice(&number.to_be_bytes());
        stored.extend_from_slice(&check(number, bytes).to_be_bytes());
        stored.extend_from_slice(bytes);
        self.slots.write(slot, &stored)?;
        self.newest = Some((slot, number));
        Ok(())
    }
}

/// What a slot holds, if all of it is there.
fn whole(stored: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = stored.split_first_chunk()?;
    let (stored_check, bytes) = rest.split_first_chunk()?;
    let number = u64::from_be_bytes(*number);
    (u64::from_be_bytes(*stored_check) == check(number, bytes)).then_some((number, bytes))
}

/// Against accidents, not against people: who can write to the medium can forge it.
fn check(number: u64, bytes: &[u8]) -> u64 {
    Hasher::new(0).number(number).bytes(bytes).finish()
}
