use alloc::vec::Vec;

use crate::coap::{Code, MessageType, OptionNumber, Options, message::OptionWriter};

/// What stands before the options of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) message_type: MessageType,
    pub(super) code: Code,
    pub(super) id: u16,
    pub(super) token: &'a [u8],
}

impl Head<'_> {
    pub(super) const fn empty(message_type: MessageType, id: u16) -> Self {
        Head {
            message_type,
            code: Code::EMPTY,
            id,
            token: &[],
        }
    }

    /// Writes an empty message.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let [high, low] = self.id.to_be_bytes();
        let length = self.token.len();
        // A token was read from a message or is our own: it is at most 65,804 bytes long (RFC 8974, section 2.1).
        let (nibble, extension): (u8, &[u8]) = match length {
            0..=12 => (length as u8, &[]),
            13..=268 => (13, &[(length - 13) as u8]),
            _ => (14, &((length - 269) as u16).to_be_bytes()),
        };
        out.extend_from_slice(&[
            0x40 | self.message_type.bits() << 4 | nibble,
            self.code.0,
            high,
            low,
        ]);
        out.extend_from_slice(extension);
        out.extend_from_slice(self.token);
    }

    /// Writes a message. Where `extra` has an option, those of the same number in `options` are left out, and so is
    /// `omitted`.
    pub(super) fn write_message(
        self,
        out: &mut Vec<u8>,
        options: Options<'_>,
        extra: Options<'_>,
        omitted: Option<OptionNumber>,
        payload: &[u8],
    ) {
        self.write(out);
        let none_extra = extra.encoded().is_some_and(<[u8]>::is_empty) && omitted.is_none();
        match options.encoded() {
            Some(bytes) if none_extra => out.extend_from_slice(bytes),
            _ => merge(out, options, extra, omitted),
        }
        if !payload.is_empty() {
            out.push(0xff);
            out.extend_from_slice(payload);
        }
    }
}

fn merge(out: &mut Vec<u8>, options: Options<'_>, extra: Options<'_>, omitted: Option<OptionNumber>) {
    let mut writer = OptionWriter::new(out.len());
    let mut added = extra.peekable();
    for option in options {
        while let Some(add) = added.next_if(|add| add.number < option.number) {
            writer.write(out, add.number, add.value);
        }
        if Some(option.number) != omitted && extra.first(option.number).is_none() {
            writer.write(out, option.number, option.value);
        }
    }
    for add in added {
        writer.write(out, add.number, add.value);
    }
}
