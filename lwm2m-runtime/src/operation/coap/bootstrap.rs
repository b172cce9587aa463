use super::fields::{self, Fields};
use crate::{
    coap::{Code, Options},
    encoding::ContentFormat,
    model::Version,
    operation::{BootstrapRequest, Operation, Payload, Status},
};

/// A target that the operation does not have is a bad URI, 4.00; only Bootstrap-Read knows 4.05.
pub(super) fn read<'a>(
    version: Version,
    code: Code,
    options: Options<'a>,
    payload: &'a [u8],
) -> Result<BootstrapRequest<'a>, Status> {
    let fields = Fields::new(options)?;
    if code == Code::POST {
        return match fields.segments().eq([b"bs"]) {
            true => fields.no_queries().map(|()| BootstrapRequest::Finish),
            false => Err(Status::BadRequest),
        };
    }
    let operation = match code {
        Code::GET if fields.accept() == Some(ContentFormat::LINK) => Operation::BootstrapDiscover,
        Code::GET => Operation::BootstrapRead,
        Code::PUT => Operation::BootstrapWrite,
        Code::DELETE => Operation::BootstrapDelete,
        _ => return Err(Status::MethodNotAllowed),
    };
    let path = fields::path(fields.segments())?;
    if !operation.allowed(path, version) {
        return Err(match operation {
            Operation::BootstrapRead => Status::MethodNotAllowed,
            _ => Status::BadRequest,
        });
    }
    fields.no_queries()?;
    Ok(match operation {
        Operation::BootstrapDiscover => BootstrapRequest::Discover { path },
        Operation::BootstrapRead => BootstrapRequest::Read {
            path,
            accept: fields.accept(),
        },
        Operation::BootstrapWrite => BootstrapRequest::Write {
            path,
            payload: Payload::new(fields.content_format().ok_or(Status::BadRequest)?, payload),
        },
        _ => BootstrapRequest::Delete { path },
    })
}
