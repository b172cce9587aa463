use super::{CoapSession, fields};
use crate::{
    coap::{Code, OptionNumber, Options, uint},
    encoding::ContentFormat,
    model::Path,
    operation::{Location, Payload, Response, Status, UplinkResponse},
};

pub(super) fn read<'a>(
    session: CoapSession<'_>,
    code: Code,
    options: Options<'a>,
    payload: &'a [u8],
) -> Option<Response<'a>> {
    let status = Status::from_code(code)?;
    Some(Response {
        status,
        payload: body(status, options, payload),
        created: match status {
            Status::Created => instance(session, options),
            _ => None,
        },
    })
}

/// Reads what a server answers a client. `None` where the code is that of no response.
#[must_use]
pub fn read_uplink_response<'a>(
    code: Code,
    options: Options<'a>,
    payload: &'a [u8],
) -> Option<UplinkResponse<'a>> {
    let status = Status::from_code(code)?;
    Some(UplinkResponse {
        status,
        payload: body(status, options, payload),
        location: match status {
            Status::Created => Location::from_options(options, OptionNumber::LOCATION_PATH),
            _ => None,
        },
    })
}

/// What a success carries. The payload of an error is for people (RFC 7252, section 5.5.2). Without a format it is
/// taken for text.
fn body<'a>(status: Status, options: Options<'a>, payload: &'a [u8]) -> Option<Payload<'a>> {
    if !status.is_success() {
        return None;
    }
    let format = options.first(OptionNumber::CONTENT_FORMAT).and_then(uint);
    let format = format
        .and_then(|number| u16::try_from(number).ok())
        .map(ContentFormat);
    match format {
        Some(format) => Some(Payload::new(format, payload)),
        None if payload.is_empty() => None,
        None => Some(Payload::new(ContentFormat::TEXT, payload)),
    }
}

/// The instance in a Location-Path; some clients put the alternate path before it.
fn instance(session: CoapSession<'_>, options: Options<'_>) -> Option<Path> {
    let whole = options.all(OptionNumber::LOCATION_PATH);
    let mut segments = whole.clone();
    for expected in session.prefix() {
        if segments.next() != Some(expected.as_bytes()) {
            segments = whole;
            break;
        }
    }
    let path = fields::path(segments).ok()?;
    (path.depth() == 2).then_some(path)
}
