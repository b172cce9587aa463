//! What the console asks, as a request with its payload.

use lwm2m_runtime::{
    encoding::{Content, ContentFormat, EncodeOptions, PayloadKind, Record, RecordRef, encode},
    model::{Path, ResourceDefinition, Value},
    net::RegistrationInfo,
    operation::{Arguments, ExecuteInput, Payload, Request, WriteMode},
};

use crate::{ask::Ask, values::Models};

/// Writes the payload into `payload` and hands out the request.
pub(crate) fn build<'a>(
    ask: &Ask,
    format: Option<ContentFormat>,
    registration: &RegistrationInfo,
    payload: &'a mut Vec<u8>,
) -> Result<Request<'a>, String> {
    let models = Models(registration);
    let values = |kind, target, records: &[Record], payload: &'a mut Vec<u8>| {
        let records = records.iter().map(Record::as_ref);
        encoded(kind, target, records, format, registration, payload)
    };
    Ok(match ask {
        Ask::Read(path) => Request::Read {
            path: *path,
            accept: format,
        },
        Ask::Write {
            path,
            values: assignments,
            partial,
        } => {
            let records = models.records(*path, assignments)?;
            let kind = match records.as_slice() {
                [one] if one.path == *path && path.depth() >= 3 => {
                    PayloadKind::Value(models.resource(*path).and_then(ResourceDefinition::resource_type))
                }
                _ => PayloadKind::Values,
            };
            Request::Write {
                path: *path,
                mode: match partial {
                    true => WriteMode::Partial,
                    false => WriteMode::Replace,
                },
                payload: values(kind, *path, &records, payload)?,
            }
        }
        Ask::Execute { path, arguments } => {
            payload.extend_from_slice(arguments.as_bytes());
            let arguments = Arguments::parse(payload)
                .map_err(|error| format!("{arguments:?}: {error}; arguments look like 0='a',1"))?;
            Request::Execute {
                path: *path,
                input: ExecuteInput::new(arguments),
            }
        }
        Ask::Create {
            object,
            instance,
            values: assignments,
        } => {
            // An instance of this number is numbered by the device.
            let base = Path::instance(*object, instance.unwrap_or(u16::MAX));
            let mut records = models.records(base, assignments)?;
            if let ([], Some(_)) = (records.as_slice(), instance) {
                // That there is to be an instance with nothing in it, which TLV can say.
                let mut empty = Record::new(base, Value::Boolean(false));
                empty.content = Content::Container;
                records.push(empty);
            }
            Request::Create {
                object: *object,
                payload: values(PayloadKind::Values, Path::object(*object), &records, payload)?,
            }
        }
        Ask::Delete(path) => Request::Delete { path: *path },
        Ask::Discover { path, depth } => Request::Discover {
            path: *path,
            depth: *depth,
        },
        Ask::Attributes { path, changes } => Request::WriteAttributes {
            path: *path,
            changes: *changes,
        },
        Ask::ReadComposite(paths) => Request::ReadComposite {
            paths: encoded(
                PayloadKind::CompositePaths,
                Path::ROOT,
                paths.iter().copied().map(RecordRef::path),
                format,
                registration,
                payload,
            )?,
            accept: format,
        },
        Ask::WriteComposite(assignments) => {
            let records = models.records(Path::ROOT, assignments)?;
            let kind = PayloadKind::CompositeWrite { removes: false };
            Request::WriteComposite {
                payload: values(kind, Path::ROOT, &records, payload)?,
            }
        }
        Ask::Observe { .. } => return Err("observations have a command of their own".to_owned()),
    })
}

/// A payload in the format that was asked for, or the one that suits the device best.
fn encoded<'a, 'r>(
    kind: PayloadKind,
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    format: Option<ContentFormat>,
    registration: &RegistrationInfo,
    payload: &'a mut Vec<u8>,
) -> Result<Payload<'a>, String> {
    let format = match format {
        Some(format) => format.format(),
        None => registration.formats.preferred(kind),
    };
    let format = format.ok_or_else(|| {
        format!(
            "no content format of LwM2M {} can carry this",
            registration.version
        )
    })?;
    encode(format, target, records, &EncodeOptions::default(), payload).map_err(|error| {
        format!("the values cannot be written as {format:?}: {error}; choose another format=")
    })?;
    Ok(Payload::new(format.content_format(), payload))
}
