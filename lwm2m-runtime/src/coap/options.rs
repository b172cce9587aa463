use super::OptionNumber;

/// The options of a message: an iterator in ascending order of their numbers over bytes that were checked before.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    bytes: &'a [u8],
    number: u16,
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionValue<'a> {
    /// What it is.
    pub number: OptionNumber,
    /// Its value.
    pub value: &'a [u8],
}

impl OptionValue<'_> {
    /// The value as an unsigned number; `None` for more than 4 bytes. Leading zero bytes are accepted.
    #[must_use]
    pub fn uint(&self) -> Option<u32> {
        uint(self.value)
    }
}

/// A number as an option of format `uint` writes it: big-endian, without leading zero bytes (RFC 7252, section 3.2).
pub(crate) fn with_uint<T>(value: u32, write: impl FnOnce(&[u8]) -> T) -> T {
    let skip = value.leading_zeros() as usize / 8;
    write(value.to_be_bytes().get(skip..).unwrap_or_default())
}

/// The number that an option of format `uint` holds; `None` for more than 4 bytes.
#[must_use]
pub fn uint(value: &[u8]) -> Option<u32> {
    (value.len() <= 4).then(|| {
        value
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte))
    })
}

impl<'a> Options<'a> {
    /// Checks the options at the start of `bytes`, up to a payload marker or the end. Returns them and the payload.
    /// `None` where they are malformed: reserved nibbles, values past the end, numbers above 65535, a payload marker
    /// without payload.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut rest = bytes;
        let mut number = 0_u16;
        while let [first, tail @ ..] = rest {
            if *first == 0xff {
                let options = bytes.get(..bytes.len() - rest.len())?;
                return (!tail.is_empty()).then_some((
                    Self {
                        bytes: options,
                        number: 0,
                    },
                    tail,
                ));
            }
            let (delta, tail) = extended(first >> 4, tail)?;
            let (length, tail) = extended(first & 15, tail)?;
            number = number.checked_add(delta)?;
            rest = tail.get(usize::from(length)..)?;
        }
        Some((Self { bytes, number: 0 }, &[]))
    }

    /// Options that were checked or written before.
    pub(super) const fn checked(bytes: &'a [u8]) -> Self {
        Self { bytes, number: 0 }
    }

    /// The encoded options, where none was taken yet: they can stand in any message.
    pub(super) const fn encoded(self) -> Option<&'a [u8]> {
        if self.number == 0 { Some(self.bytes) } else { None }
    }

    /// The first option of a number.
    #[must_use]
    pub fn first(self, number: OptionNumber) -> Option<&'a [u8]> {
        let mut options = self;
        options
            .find(|option| option.number >= number)
            .filter(|option| option.number == number)
            .map(|option| option.value)
    }

    /// Every option of a number, in the order of the message.
    pub fn all(self, number: OptionNumber) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.filter(move |option| option.number == number)
            .map(|option| option.value)
    }

    /// The first critical option that a receiver must refuse: one that `known` does not name, that is too short or
    /// too long, or that is repeated though it must not be (RFC 7252, section 5.4).
    #[must_use]
    pub fn refused(self, known: &[OptionNumber]) -> Option<OptionNumber> {
        let mut last = None;
        self.filter(|option| {
            let number = option.number;
            let repeated = last.replace(number) == Some(number);
            let length = option.value.len();
            let fits = number
                .length()
                .is_some_and(|(low, high)| low <= length && length <= high);
            number.critical() && !(fits && known.contains(&number) && (!repeated || number.repeatable()))
        })
        .map(|option| option.number)
        .next()
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = OptionValue<'a>;

    fn next(&mut self) -> Option<OptionValue<'a>> {
        let (first, rest) = self.bytes.split_first()?;
        // The bytes were checked by `parse`: none of these is ever missing.
        let (delta, rest) = extended(first >> 4, rest)?;
        let (length, rest) = extended(first & 15, rest)?;
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        self.number = self.number.checked_add(delta)?;
        self.bytes = rest;
        Some(OptionValue {
            number: OptionNumber(self.number),
            value,
        })
    }
}

/// A nibble of an option's first byte with the bytes that extend it; `None` for 15 and past the end.
fn extended(nibble: u8, rest: &[u8]) -> Option<(u16, &[u8])> {
    match (nibble, rest) {
        (0..=12, _) => Some((u16::from(nibble), rest)),
        (13, [byte, rest @ ..]) => Some((u16::from(*byte) + 13, rest)),
        (14, [high, low, rest @ ..]) => Some((u16::from_be_bytes([*high, *low]).checked_add(269)?, rest)),
        _ => None,
    }
}
