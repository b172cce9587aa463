use core::{
    fmt::{self, Write as _},
    ops::BitOr,
};

use crate::operation::Operation;

/// A set of rights, as an entry of resource 2 of the Access Control object holds it (LwM2M Core 1.2, section 8.2).
///
/// ```
/// use lwm2m_runtime::access_control::Rights;
///
/// let rights = Rights::READ | Rights::EXECUTE;
/// assert_eq!(rights.bits(), 5);
/// assert!(Rights::FULL.contains(rights));
/// assert_eq!(Rights::from_bits(0x21), Rights::READ); // reserved bits mean nothing
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rights(u8);

const LETTERS: [(Rights, char); 5] = [
    (Rights::READ, 'R'),
    (Rights::WRITE, 'W'),
    (Rights::EXECUTE, 'E'),
    (Rights::DELETE, 'D'),
    (Rights::CREATE, 'C'),
];

impl Rights {
    /// No right.
    pub const NONE: Self = Self(0);
    /// Read, Observe, Write-Attributes, Notify, Send, and what of composite operations reads.
    pub const READ: Self = Self(1);
    /// Write, and Write-Composite.
    pub const WRITE: Self = Self(2);
    /// Execute.
    pub const EXECUTE: Self = Self(4);
    /// Delete.
    pub const DELETE: Self = Self(8);
    /// Create; only in a rule for an object itself.
    pub const CREATE: Self = Self(16);
    /// Every right on an object instance: all but Create.
    pub const FULL: Self = Self(15);

    /// The rights of an entry's value. Reserved bits are left out.
    #[must_use]
    pub const fn from_bits(bits: i64) -> Self {
        Self((bits & 0x1f) as u8)
    }

    /// The value of an entry.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// Whether all of these rights are in the set.
    #[must_use]
    pub const fn contains(self, rights: Self) -> bool {
        self.0 & rights.0 == rights.0
    }

    /// Whether no right is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Reads the letters R, W, E, D and C in any order, or `-` for no right; `None` for anything else.
    ///
    /// ```
    /// use lwm2m_runtime::access_control::Rights;
    ///
    /// assert_eq!(Rights::parse("RW"), Some(Rights::READ | Rights::WRITE));
    /// assert_eq!(Rights::parse("-"), Some(Rights::NONE));
    /// assert_eq!(Rights::parse("X"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "" => None,
            "-" => Some(Self::NONE),
            letters => letters.chars().try_fold(Self::NONE, |rights, letter| {
                let (right, _) = LETTERS.iter().find(|(_, known)| *known == letter)?;
                Some(rights | *right)
            }),
        }
    }

    /// What an operation needs; `None` for one that needs no right: Discover, and all of the bootstrap interface.
    #[must_use]
    pub const fn needed_by(operation: Operation) -> Option<Self> {
        match operation {
            Operation::Read
            | Operation::ReadComposite
            | Operation::Observe
            | Operation::ObserveComposite
            | Operation::CancelObservation
            | Operation::CancelObservationComposite
            | Operation::WriteAttributes => Some(Self::READ),
            Operation::WriteReplace | Operation::WritePartial | Operation::WriteComposite => {
                Some(Self::WRITE)
            }
            Operation::Execute => Some(Self::EXECUTE),
            Operation::Delete => Some(Self::DELETE),
            Operation::Create => Some(Self::CREATE),
            Operation::Discover
            | Operation::BootstrapDiscover
            | Operation::BootstrapRead
            | Operation::BootstrapWrite
            | Operation::BootstrapDelete
            | Operation::BootstrapFinish => None,
        }
    }
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Rights {
    /// `RW`: the letters of the rights, `-` for none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("-");
        }
        LETTERS
            .iter()
            .filter(|(right, _)| self.contains(*right))
            .try_for_each(|(_, letter)| f.write_char(*letter))
    }
}
