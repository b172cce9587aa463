use crate::{
    encoding::{DecodeError, DecodeErrorKind},
    operation::Status,
};

/// What a payload that cannot be read is answered with.
pub(super) fn decode_status(error: DecodeError) -> Status {
    match error.kind {
        DecodeErrorKind::Limit => Status::RequestEntityTooLarge,
        DecodeErrorKind::Unsupported { .. } => Status::UnsupportedContentFormat,
        DecodeErrorKind::Executable => Status::MethodNotAllowed,
        _ => Status::BadRequest,
    }
}
