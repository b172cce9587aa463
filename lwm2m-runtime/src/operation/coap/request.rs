//! How a request becomes an operation (LwM2M Transport 1.2, section 6.4.2 and 6.4.3).
//!
//! 1. Critical options and the path are read, the alternate path is taken off.
//! 2. The method, the depth of the path, Accept, Observe and Content-Format say which operation it is.
//! 3. The version says whether the operation exists for the path.
//! 4. Only then are queries and formats looked at, so that 4.05 goes before 4.00 and 4.15.

use super::{
    CoapSession,
    fields::{self, Fields},
};
use crate::{
    coap::{Code, Options},
    encoding::ContentFormat,
    link::{AttributeChanges, NotificationAttributes},
    model::{Path, Version},
    operation::{
        Depth, ExecuteInput, Operation, Payload, Request, Status, WriteMode, kind::protected,
        request::holds_values,
    },
};

pub(super) fn read<'a>(
    session: CoapSession<'_>,
    code: Code,
    options: Options<'a>,
    payload: &'a [u8],
    multiple: impl FnOnce(Path) -> bool,
) -> Result<Request<'a>, Status> {
    let fields = Fields::new(options)?;
    let version = session.version();
    let path = path(session, fields, code)?;
    if path.object_id().is_some_and(|object| protected(object, version)) {
        return Err(Status::Unauthorized);
    }
    let operation = operation(version, code, path, fields, payload, multiple)?;
    if !operation.allowed(path, version) {
        return Err(Status::MethodNotAllowed);
    }
    let body = |missing| match fields.content_format() {
        Some(format) => Ok(Payload::new(format, payload)),
        None => Err(missing),
    };
    let attributes = || attributes(fields, path, version);
    let accept = fields.accept();
    // RFC 8132, sections 2.3.1 and 3.1.
    let patch_body = || body(Status::UnsupportedContentFormat);
    Ok(match operation {
        Operation::Discover => Request::Discover {
            path,
            depth: depth(fields, version)?,
        },
        Operation::WriteAttributes => Request::WriteAttributes {
            path,
            changes: changes(fields, path, version)?,
        },
        Operation::Execute => Request::Execute {
            path,
            input: input(fields, payload)?,
        },
        Operation::Observe => Request::Observe {
            path,
            accept,
            attributes: attributes()?,
        },
        Operation::CancelObservation => Request::CancelObservation {
            path,
            accept,
            attributes: attributes()?,
        },
        Operation::ObserveComposite => Request::ObserveComposite {
            paths: patch_body()?,
            accept,
            attributes: attributes()?,
        },
        Operation::CancelObservationComposite => Request::CancelObservationComposite {
            paths: patch_body()?,
            accept,
            attributes: attributes()?,
        },
        other => {
            fields.no_queries()?;
            match other {
                Operation::Read => Request::Read { path, accept },
                Operation::ReadComposite => Request::ReadComposite {
                    paths: patch_body()?,
                    accept,
                },
                Operation::WriteComposite => Request::WriteComposite {
                    payload: patch_body()?,
                },
                Operation::WriteReplace => Request::Write {
                    path,
                    mode: WriteMode::Replace,
                    payload: body(Status::BadRequest)?,
                },
                Operation::WritePartial => Request::Write {
                    path,
                    mode: WriteMode::Partial,
                    payload: body(Status::BadRequest)?,
                },
                Operation::Create => Request::Create {
                    object: path.object_id().ok_or(Status::MethodNotAllowed)?,
                    payload: body(Status::BadRequest)?,
                },
                Operation::Delete => Request::Delete { path },
                _ => return Err(Status::MethodNotAllowed),
            }
        }
    })
}

/// The path below the alternate path. Composite operations name their targets in the body: some servers send them to
/// the alternate path, some to the root.
fn path(session: CoapSession<'_>, fields: Fields<'_>, code: Code) -> Result<Path, Status> {
    let mut segments = fields.segments();
    let composite = matches!(code, Code::FETCH | Code::IPATCH);
    if !(composite && segments.clone().next().is_none()) {
        for expected in session.prefix() {
            if segments.next() != Some(expected.as_bytes()) {
                return Err(Status::NotFound);
            }
        }
    }
    fields::path(segments)
}

fn operation(
    version: Version,
    code: Code,
    path: Path,
    fields: Fields<'_>,
    payload: &[u8],
    multiple: impl FnOnce(Path) -> bool,
) -> Result<Operation, Status> {
    let format = fields.content_format();
    Ok(match (code, fields.observe()) {
        (Code::GET, Some(true)) => Operation::Observe,
        (Code::GET, Some(false)) => Operation::CancelObservation,
        (Code::GET, None) if fields.accept() == Some(ContentFormat::LINK) => Operation::Discover,
        (Code::GET, None) => Operation::Read,
        (Code::FETCH, Some(true)) => Operation::ObserveComposite,
        (Code::FETCH, Some(false)) => Operation::CancelObservationComposite,
        (Code::FETCH, None) => Operation::ReadComposite,
        (Code::IPATCH, _) => Operation::WriteComposite,
        (Code::PUT, _) if format.is_some() || !payload.is_empty() => Operation::WriteReplace,
        (Code::PUT, _) => Operation::WriteAttributes,
        (Code::POST, _) => match path.depth() {
            1 => Operation::Create,
            2 => Operation::WritePartial,
            3 if version >= Version::V1_2 && format.is_some_and(holds_values) && multiple(path) => {
                Operation::WritePartial
            }
            _ => Operation::Execute,
        },
        (Code::DELETE, _) => Operation::Delete,
        _ => return Err(Status::MethodNotAllowed),
    })
}

/// The parameter `depth`, which clients before LwM2M 1.2 pass over.
fn depth(fields: Fields<'_>, version: Version) -> Result<Option<Depth>, Status> {
    let mut depth = None;
    for query in fields.queries()? {
        let levels = query.strip_prefix("depth=").ok_or(Status::BadRequest)?;
        if version < Version::V1_2 {
            continue;
        }
        let levels = match levels.as_bytes() {
            [digit @ b'0'..=b'3'] => Depth::new(digit - b'0'),
            _ => None,
        };
        if depth.replace(levels.ok_or(Status::BadRequest)?).is_some() {
            return Err(Status::BadRequest);
        }
    }
    Ok(depth)
}

fn changes(fields: Fields<'_>, path: Path, version: Version) -> Result<AttributeChanges, Status> {
    let changes = AttributeChanges::parse(fields.queries()?).map_err(|_| Status::BadRequest)?;
    match changes.check(path, version) {
        Ok(()) if !changes.is_empty() => Ok(changes),
        _ => Err(Status::BadRequest),
    }
}

/// The attributes of an Observe, which nothing can be unset by.
fn attributes(fields: Fields<'_>, path: Path, version: Version) -> Result<NotificationAttributes, Status> {
    if version < Version::V1_2 {
        fields.no_queries()?;
        return Ok(NotificationAttributes::default());
    }
    let mut queries = fields.queries()?;
    if queries.clone().any(|query| !query.contains('=')) {
        return Err(Status::BadRequest);
    }
    let changes = AttributeChanges::parse(&mut queries).map_err(|_| Status::BadRequest)?;
    let attributes = *changes.attributes();
    match attributes.check(path, version) {
        Ok(()) => Ok(attributes),
        Err(_) => Err(Status::BadRequest),
    }
}

/// What an Execute is told: text, if no format says otherwise.
fn input<'a>(fields: Fields<'a>, payload: &'a [u8]) -> Result<ExecuteInput<'a>, Status> {
    let mut queries = fields.queries()?;
    match (payload, queries.next(), queries.next()) {
        ([], None, _) => Ok(ExecuteInput::None),
        ([], Some(query), None) => Ok(ExecuteInput::Query(query)),
        (bytes, None, _) => {
            let format = fields.content_format().unwrap_or(ContentFormat::TEXT);
            Ok(ExecuteInput::Payload(Payload::new(format, bytes)))
        }
        _ => Err(Status::BadRequest),
    }
}
