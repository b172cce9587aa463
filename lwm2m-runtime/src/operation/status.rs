use core::fmt;

use crate::{
    coap::Code,
    encoding::{NegotiationError, PayloadKind},
};

/// How an operation ended: the response codes of LwM2M (Core 1.2, section 6.7; Transport 1.2, section 6.4), whatever
/// transport carries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// 2.01: an instance or a registration was made.
    Created,
    /// 2.02: it is gone.
    Deleted,
    /// 2.04: done.
    Changed,
    /// 2.05: here it is.
    Content,
    /// 4.00: the request cannot be understood, or its values are not allowed.
    BadRequest,
    /// 4.01: the asking server has no right to this.
    Unauthorized,
    /// 4.02: an option that must be understood is not.
    BadOption,
    /// 4.03: the endpoint may not register.
    Forbidden,
    /// 4.04: there is no such thing.
    NotFound,
    /// 4.05: the target does not have this operation.
    MethodNotAllowed,
    /// 4.06: no format that the request accepts; or the configuration is inconsistent.
    NotAcceptable,
    /// 4.08: a block is missing.
    RequestEntityIncomplete,
    /// 4.09: the object list cannot be determined, or the registration conflicts.
    Conflict,
    /// 4.12: the version of LwM2M is not supported.
    PreconditionFailed,
    /// 4.13: the body is too large.
    RequestEntityTooLarge,
    /// 4.15: the format of the body is not supported.
    UnsupportedContentFormat,
    /// 4.29: too many requests.
    TooManyRequests,
    /// 4.xx without a meaning of its own here.
    ClientError,
    /// 5.00: something went wrong in the answering side.
    InternalServerError,
    /// 5.01: the function does not exist.
    NotImplemented,
    /// 5.03: not now.
    ServiceUnavailable,
    /// 5.xx without a meaning of its own here.
    ServerError,
}

impl Status {
    /// Whether the operation succeeded.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(
            self,
            Self::Created | Self::Deleted | Self::Changed | Self::Content
        )
    }

    /// The CoAP code that is sent.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Created => Code::CREATED,
            Self::Deleted => Code::DELETED,
            Self::Changed => Code::CHANGED,
            Self::Content => Code::CONTENT,
            Self::BadRequest | Self::ClientError => Code::BAD_REQUEST,
            Self::Unauthorized => Code::UNAUTHORIZED,
            Self::BadOption => Code::BAD_OPTION,
            Self::Forbidden => Code::FORBIDDEN,
            Self::NotFound => Code::NOT_FOUND,
            Self::MethodNotAllowed => Code::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => Code::NOT_ACCEPTABLE,
            Self::RequestEntityIncomplete => Code::REQUEST_ENTITY_INCOMPLETE,
            Self::Conflict => Code::CONFLICT,
            Self::PreconditionFailed => Code::PRECONDITION_FAILED,
            Self::RequestEntityTooLarge => Code::REQUEST_ENTITY_TOO_LARGE,
            Self::UnsupportedContentFormat => Code::UNSUPPORTED_CONTENT_FORMAT,
            Self::TooManyRequests => Code::TOO_MANY_REQUESTS,
            Self::InternalServerError | Self::ServerError => Code::INTERNAL_SERVER_ERROR,
            Self::NotImplemented => Code::NOT_IMPLEMENTED,
            Self::ServiceUnavailable => Code::SERVICE_UNAVAILABLE,
        }
    }

    /// The meaning of a response's code. An unknown one means what x.00 of its class means; `None` for a code that is
    /// no response, and for a success that no operation of LwM2M ends with.
    #[must_use]
    pub fn from_code(code: Code) -> Option<Self> {
        Some(match code {
            Code::CREATED => Self::Created,
            Code::DELETED => Self::Deleted,
            Code::CHANGED => Self::Changed,
            Code::CONTENT => Self::Content,
            Code::BAD_REQUEST => Self::BadRequest,
            Code::UNAUTHORIZED => Self::Unauthorized,
            Code::BAD_OPTION => Self::BadOption,
            Code::FORBIDDEN => Self::Forbidden,
            Code::NOT_FOUND => Self::NotFound,
            Code::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            Code::NOT_ACCEPTABLE => Self::NotAcceptable,
            Code::REQUEST_ENTITY_INCOMPLETE => Self::RequestEntityIncomplete,
            Code::CONFLICT => Self::Conflict,
            Code::PRECONDITION_FAILED => Self::PreconditionFailed,
            Code::REQUEST_ENTITY_TOO_LARGE => Self::RequestEntityTooLarge,
            Code::UNSUPPORTED_CONTENT_FORMAT => Self::UnsupportedContentFormat,
            Code::TOO_MANY_REQUESTS => Self::TooManyRequests,
            Code::INTERNAL_SERVER_ERROR => Self::InternalServerError,
            Code::NOT_IMPLEMENTED => Self::NotImplemented,
            Code::SERVICE_UNAVAILABLE => Self::ServiceUnavailable,
            other => match other.class() {
                crate::coap::CodeClass::ClientError => Self::ClientError,
                crate::coap::CodeClass::ServerError => Self::ServerError,
                _ => return None,
            },
        })
    }
}

impl From<NegotiationError> for Status {
    /// How a request ends whose body or whose Accept names the wrong format.
    fn from(error: NegotiationError) -> Self {
        match error {
            // The rule of FETCH and iPATCH, which carry the composite requests (RFC 8132, sections 2.1 and 3.4).
            NegotiationError::Missing {
                payload: PayloadKind::CompositePaths | PayloadKind::CompositeWrite { .. },
            }
            | NegotiationError::Unsupported { .. } => Self::UnsupportedContentFormat,
            NegotiationError::Missing { .. } => Self::BadRequest,
            NegotiationError::NotAcceptable { .. } => Self::NotAcceptable,
        }
    }
}

impl fmt::Display for Status {
    /// `4.05 Method Not Allowed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Created => "Created",
            Self::Deleted => "Deleted",
            Self::Changed => "Changed",
            Self::Content => "Content",
            Self::BadRequest => "Bad Request",
            Self::Unauthorized => "Unauthorized",
            Self::BadOption => "Bad Option",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "Not Found",
            Self::MethodNotAllowed => "Method Not Allowed",
            Self::NotAcceptable => "Not Acceptable",
            Self::RequestEntityIncomplete => "Request Entity Incomplete",
            Self::Conflict => "Conflict",
            Self::PreconditionFailed => "Precondition Failed",
            Self::RequestEntityTooLarge => "Request Entity Too Large",
            Self::UnsupportedContentFormat => "Unsupported Content-Format",
            Self::TooManyRequests => "Too Many Requests",
            Self::ClientError => return f.write_str("4.xx"),
            Self::InternalServerError => "Internal Server Error",
            Self::NotImplemented => "Not Implemented",
            Self::ServiceUnavailable => "Service Unavailable",
            Self::ServerError => return f.write_str("5.xx"),
        };
        write!(f, "{} {name}", self.code())
    }
}
