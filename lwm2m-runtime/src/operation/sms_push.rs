//! The envelope of a CoAP message that wakes a client by a short message: a WAP push (LwM2M Core 1.2, object 1,
//! resource 21; Core 1.0, appendix L).
//!
//! | bytes | what |
//! |---|---|
//! | `06 05 04 0B84 C002` | user data header: the port of WAP push, 2948, and one to answer to |
//! | `01 06` | number of the transaction; push |
//! | `03 C4 AF9A` | length of the headers; content type; X-Wap-Application-Id: LwM2M |
//! | .. | the CoAP message |

use alloc::vec::Vec;

/// The element of a user data header that has ports of 16 bits.
const PORTS: u8 = 5;
/// The port of WAP push.
const PUSH_PORT: [u8; 2] = 2948_u16.to_be_bytes();
const PUSH: u8 = 6;
/// X-Wap-Application-Id, and the number of LwM2M there: both are short integers.
const APPLICATION: [u8; 2] = [0xaf, 0x9a];

/// The user data of a short message, of which one carries 140 bytes, around a CoAP message.
#[must_use]
pub fn write_sms_push(coap: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(ENVELOPE.len() + coap.len());
    data.extend_from_slice(&ENVELOPE);
    data.extend_from_slice(coap);
    data
}

const ENVELOPE: [u8; 13] = [6, PORTS, 4, 0x0b, 0x84, 0xc0, 0x02, 1, PUSH, 3, 0xc4, 0xaf, 0x9a];

/// The CoAP message in the user data of a short message; `None` if that is no push for LwM2M.
#[must_use]
pub fn read_sms_push(user_data: &[u8]) -> Option<&[u8]> {
    let (length, rest) = user_data.split_first()?;
    let (header, rest) = rest.split_at_checked(usize::from(*length))?;
    if !is_for_push(header) {
        return None;
    }
    let [_transaction, PUSH, rest @ ..] = rest else {
        return None;
    };
    let (length, rest) = number(rest)?;
    let (headers, message) = rest.split_at_checked(length)?;
    let fields = after_content_type(headers)?;
    fields
        .windows(APPLICATION.len())
        .any(|field| field == APPLICATION)
        .then_some(message)
}

/// Whether one of the elements of a header says the port of WAP push.
fn is_for_push(mut header: &[u8]) -> bool {
    while let [kind, length, rest @ ..] = header {
        let Some((data, rest)) = rest.split_at_checked(usize::from(*length)) else {
            return false;
        };
        if *kind == PORTS {
            return data.len() == 4 && data.starts_with(&PUSH_PORT);
        }
        header = rest;
    }
    false
}

/// A number in groups of seven bits (WAP-230, uintvar), as small as a short message.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [last @ 0..=127, rest @ ..] => Some((usize::from(*last), rest)),
        [first, last @ 0..=127, rest @ ..] => {
            Some((usize::from(*first & 127) << 7 | usize::from(*last), rest))
        }
        _ => None,
    }
}

/// The headers without the content type before them: a short number, a length and that much, or a text.
fn after_content_type(headers: &[u8]) -> Option<&[u8]> {
    let (first, rest) = headers.split_first()?;
    match first {
        0..=30 => rest.get(usize::from(*first)..),
        31 => {
            let (length, rest) = number(rest)?;
            rest.get(length..)
        }
        32..=127 => {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest.get(end + 1..)
        }
        128.. => Some(rest),
    }
}
