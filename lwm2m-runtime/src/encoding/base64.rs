//! Base64 (RFC 4648) as the text formats use it: exact on output, and on input one rule a format.
//!
//! Bits that are left over in the last character are zero, in every format, or the text is refused: two texts never
//! stand for the same bytes by accident.

use alloc::vec::Vec;

use ::base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{DecodeErrorKind, Full, Sink};

/// The alphabet with `+` and `/`, padded: text/plain and the JSON of LwM2M 1.0.
pub(crate) const STANDARD: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new());

/// The alphabet with `-` and `_`, not padded: SenML (RFC 8428, section 4.3).
pub(crate) const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false),
);

const TOLERANT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const TOLERANT_STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, TOLERANT);
const TOLERANT_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, TOLERANT);

/// Decodes padded text of the standard alphabet and nothing else, into `scratch` in place of what was there.
pub(crate) fn decode_strict<'s>(text: &[u8], scratch: &'s mut Vec<u8>) -> Result<&'s [u8], DecodeErrorKind> {
    decode(&STANDARD, text, scratch)
}

/// Decodes text of either alphabet, but not of both at once, with all of its padding or none.
pub(crate) fn decode_tolerant<'s>(
    text: &[u8],
    scratch: &'s mut Vec<u8>,
) -> Result<&'s [u8], DecodeErrorKind> {
    if text.last() == Some(&b'=') && text.len() % 4 != 0 {
        return Err(DecodeErrorKind::Base64);
    }
    match text.contains(&b'-') || text.contains(&b'_') {
        true => decode(&TOLERANT_URL_SAFE, text, scratch),
        false => decode(&TOLERANT_STANDARD, text, scratch),
    }
}

fn decode<'s>(
    engine: &GeneralPurpose,
    text: &[u8],
    scratch: &'s mut Vec<u8>,
) -> Result<&'s [u8], DecodeErrorKind> {
    scratch.clear();
    match engine.decode_vec(text, scratch) {
        Ok(()) => Ok(scratch),
        Err(_) => Err(DecodeErrorKind::Base64),
    }
}

/// Writes bytes as text, without a copy of the whole in between.
pub(crate) fn encode(engine: &GeneralPurpose, bytes: &[u8], out: &mut impl Sink) -> Result<(), Full> {
    let mut text = [0; 64];
    // 48 bytes are 64 characters and need no padding, so that the pieces join without a seam.
    for piece in bytes.chunks(48) {
        let len = engine.encode_slice(piece, &mut text).map_err(|_| Full)?;
        out.write(text.get(..len).unwrap_or_default())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_left_over_and_partial_padding_are_refused() {
        let mut scratch = Vec::new();
        for text in ["AQI", "AQI=", "AQ", "AQ==", "-_8", "+/8=", ""] {
            decode_tolerant(text.as_bytes(), &mut scratch).unwrap();
        }
        for text in [
            "AQJ", "AR==", "AQ=", "A", "-/8", "+_8", "A=Q=", "AQI=AQI=", "AQ\n", "====", "=",
        ] {
            assert_eq!(
                decode_tolerant(text.as_bytes(), &mut scratch),
                Err(DecodeErrorKind::Base64),
                "{text}"
            );
        }
        for text in ["AQI", "-_8=", "AQ", "AQJ=", " AQI="] {
            assert_eq!(
                decode_strict(text.as_bytes(), &mut scratch),
                Err(DecodeErrorKind::Base64),
                "{text}"
            );
        }
    }

    #[test]
    fn pieces_join_without_a_seam() {
        for len in 0..200 {
            let bytes: Vec<u8> = (0..len).collect();
            let (mut padded, mut url) = (Vec::new(), Vec::new());
            encode(&STANDARD, &bytes, &mut padded).unwrap();
            encode(&URL_SAFE, &bytes, &mut url).unwrap();
            assert_eq!(padded.len(), bytes.len().div_ceil(3) * 4);
            assert!(!url.contains(&b'='));
            let mut scratch = Vec::new();
            assert_eq!(decode_strict(&padded, &mut scratch), Ok(&*bytes));
            assert_eq!(decode_tolerant(&url, &mut scratch), Ok(&*bytes));
        }
    }
}
