use super::fields::Fields;
use crate::{
    coap::{Code, OptionNumber, Options},
    encoding::ContentFormat,
    model::Version,
    operation::{Location, Payload, RegisterParameters, Status, UpdateParameters, Uplink},
};

/// What a server knows that decides how a client's request is read.
pub trait UplinkPeer {
    /// Whether clients of a version are served. Others are answered 4.12, whatever else they say.
    fn supports(&self, version: Version) -> bool;

    /// The version of the registration at a location; `None` where there is none, which is answered 4.04.
    fn version_at(&self, location: Location<'_>) -> Option<Version>;
}

/// Reads what a client asks of a server or bootstrap server.
///
/// # Errors
///
/// The status that answers the request: 4.00, 4.02, 4.04, 4.05 or 4.12.
pub fn read_uplink<'a>(
    server: &impl UplinkPeer,
    code: Code,
    options: Options<'a>,
    payload: &'a [u8],
) -> Result<Uplink<'a>, Status> {
    let fields = Fields::new(options)?;
    let mut segments = fields.segments();
    match (code, segments.next(), segments.next().is_some()) {
        (Code::POST, Some(b"rd"), false) => register(server, fields, payload),
        (Code::POST, Some(b"rd"), true) => {
            let (location, version) = registered(server, fields)?;
            let parameters = UpdateParameters::parse(fields.raw_queries(), version);
            Ok(Uplink::Update {
                location,
                parameters: parameters.map_err(|_| Status::BadRequest)?,
                links: links(fields, payload)?,
            })
        }
        (Code::DELETE, Some(b"rd"), true) => {
            let (location, _) = registered(server, fields)?;
            fields.no_queries()?;
            Ok(Uplink::Deregister { location })
        }
        (Code::POST, Some(b"dp"), false) => {
            fields.no_queries()?;
            let format = fields.content_format().ok_or(Status::BadRequest)?;
            Ok(Uplink::Send {
                payload: Payload::new(format, payload),
            })
        }
        (Code::POST, Some(b"bs"), false) => {
            let [endpoint, format] = parameters(fields, ["ep", "pct"])?;
            Ok(Uplink::BootstrapRequest {
                endpoint,
                preferred_format: format.map(number).transpose()?,
            })
        }
        (Code::GET, Some(b"bspack"), false) => {
            let [endpoint, account] = parameters(fields, ["ep", "acc"])?;
            Ok(Uplink::BootstrapPackRequest {
                endpoint,
                accept: fields.accept(),
                account,
            })
        }
        (_, Some(b"rd"), _) | (_, Some(b"dp" | b"bs" | b"bspack"), false) => Err(Status::MethodNotAllowed),
        _ => Err(Status::NotFound),
    }
}

fn register<'a>(
    server: &impl UplinkPeer,
    fields: Fields<'a>,
    payload: &'a [u8],
) -> Result<Uplink<'a>, Status> {
    // A later version may have parameters that are unknown here: it is looked at first.
    let version = fields
        .raw_queries()
        .find_map(|query| query.strip_prefix(b"lwm2m="));
    let version = version.and_then(|version| core::str::from_utf8(version).ok()?.parse().ok());
    if version.is_some_and(|version| !server.supports(version)) {
        return Err(Status::PreconditionFailed);
    }
    let parameters = RegisterParameters::parse(fields.raw_queries()).map_err(|_| Status::BadRequest)?;
    // Both became conditional, and then the other one mandatory, in LwM2M 1.1.
    let missing = match parameters.version < Version::V1_1 {
        true => parameters.endpoint.is_none(),
        false => parameters.lifetime.is_none(),
    };
    let links = links(fields, payload)?;
    if missing || (links.is_none() && parameters.version < Version::V1_2) {
        return Err(Status::BadRequest);
    }
    Ok(Uplink::Register { parameters, links })
}

fn registered<'a>(server: &impl UplinkPeer, fields: Fields<'a>) -> Result<(Location<'a>, Version), Status> {
    let location = Location::from_options(fields.options(), OptionNumber::URI_PATH);
    let location = location.ok_or(Status::NotFound)?;
    let version = server.version_at(location).ok_or(Status::NotFound)?;
    Ok((location, version))
}

/// The list of links in a body, whose format need not be said.
fn links<'a>(fields: Fields<'a>, payload: &'a [u8]) -> Result<Option<&'a str>, Status> {
    match fields.content_format() {
        _ if payload.is_empty() => Ok(None),
        None | Some(ContentFormat::LINK) => {
            let text = core::str::from_utf8(payload);
            text.map(Some).map_err(|_| Status::BadRequest)
        }
        Some(_) => Err(Status::BadRequest),
    }
}

/// The values of named parameters, each at most once and none of them empty.
fn parameters<'a, const N: usize>(
    fields: Fields<'a>,
    names: [&str; N],
) -> Result<[Option<&'a str>; N], Status> {
    let mut values = [None; N];
    for query in fields.queries()? {
        let (name, value) = query.split_once('=').ok_or(Status::BadRequest)?;
        let mut slots = names.iter().zip(&mut values);
        let slot = slots.find(|(known, _)| **known == name);
        let (_, slot) = slot.ok_or(Status::BadRequest)?;
        if value.is_empty() || slot.replace(value).is_some() {
            return Err(Status::BadRequest);
        }
    }
    Ok(values)
}

fn number(text: &str) -> Result<ContentFormat, Status> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.map(ContentFormat).ok_or(Status::BadRequest)
}
