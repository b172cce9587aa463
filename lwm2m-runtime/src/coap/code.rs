use core::fmt;

/// A message's code: a method, a response code, a signal, or nothing (RFC 7252, section 5.2 and 12.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u8);

/// The class of a [`Code`]: its three highest bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeClass {
    /// 0.00: an empty message.
    Empty,
    /// 0.01 to 0.31: a request.
    Request,
    /// 2.xx: a response that says success.
    Success,
    /// 4.xx: a response that blames the client.
    ClientError,
    /// 5.xx: a response that blames the server.
    ServerError,
    /// 7.xx: a signal of a reliable transport (RFC 8323).
    Signal,
    /// 1.xx, 3.xx and 6.xx: not given out.
    Reserved,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $class:literal $detail:literal;)*) => {
        impl Code {
            $($(#[$doc])* pub const $name: Self = Self::new($class, $detail);)*

            /// The code that a receiver acts on: an unknown response code counts as the first one of its class, such as
            /// 4.00 for any 4.xx (RFC 7252, section 5.2.1).
            #[must_use]
            pub const fn effective(self) -> Self {
                match self {
                    $(Self::$name => self,)*
                    _ if self.is_response() => Self(self.0 & 0xe0),
                    _ => self,
                }
            }
        }
    };
}

codes! {
    /// An empty message.
    EMPTY = 0 0;
    /// GET.
    GET = 0 1;
    /// POST.
    POST = 0 2;
    /// PUT.
    PUT = 0 3;
    /// DELETE.
    DELETE = 0 4;
    /// FETCH (RFC 8132).
    FETCH = 0 5;
    /// PATCH (RFC 8132).
    PATCH = 0 6;
    /// iPATCH (RFC 8132).
    IPATCH = 0 7;
    /// Created.
    CREATED = 2 1;
    /// Deleted.
    DELETED = 2 2;
    /// Valid.
    VALID = 2 3;
    /// Changed.
    CHANGED = 2 4;
    /// Content.
    CONTENT = 2 5;
    /// Continue (RFC 7959).
    CONTINUE = 2 31;
    /// Bad Request.
    BAD_REQUEST = 4 0;
    /// Unauthorized.
    UNAUTHORIZED = 4 1;
    /// Bad Option.
    BAD_OPTION = 4 2;
    /// Forbidden.
    FORBIDDEN = 4 3;
    /// Not Found.
    NOT_FOUND = 4 4;
    /// Method Not Allowed.
    METHOD_NOT_ALLOWED = 4 5;
    /// Not Acceptable.
    NOT_ACCEPTABLE = 4 6;
    /// Request Entity Incomplete (RFC 7959).
    REQUEST_ENTITY_INCOMPLETE = 4 8;
    /// Conflict (RFC 8132).
    CONFLICT = 4 9;
    /// Precondition Failed.
    PRECONDITION_FAILED = 4 12;
    /// Request Entity Too Large.
    REQUEST_ENTITY_TOO_LARGE = 4 13;
    /// Unsupported Content-Format.
    UNSUPPORTED_CONTENT_FORMAT = 4 15;
    /// Unprocessable Entity (RFC 8132).
    UNPROCESSABLE_ENTITY = 4 22;
    /// Too Many Requests (RFC 8516).
    TOO_MANY_REQUESTS = 4 29;
    /// Internal Server Error.
    INTERNAL_SERVER_ERROR = 5 0;
    /// Not Implemented.
    NOT_IMPLEMENTED = 5 1;
    /// Bad Gateway.
    BAD_GATEWAY = 5 2;
    /// Service Unavailable.
    SERVICE_UNAVAILABLE = 5 3;
    /// Gateway Timeout.
    GATEWAY_TIMEOUT = 5 4;
    /// Proxying Not Supported.
    PROXYING_NOT_SUPPORTED = 5 5;
    /// Hop Limit Reached (RFC 8768).
    HOP_LIMIT_REACHED = 5 8;
    /// Capabilities and Settings (RFC 8323).
    CSM = 7 1;
    /// Ping (RFC 8323).
    PING = 7 2;
    /// Pong (RFC 8323).
    PONG = 7 3;
    /// Release (RFC 8323).
    RELEASE = 7 4;
    /// Abort (RFC 8323).
    ABORT = 7 5;
}

impl Code {
    /// The code `class.detail`, of which 3 and 5 bits count.
    #[must_use]
    pub const fn new(class: u8, detail: u8) -> Self {
        Self((class & 7) << 5 | detail & 31)
    }

    /// What kind of code it is.
    #[must_use]
    pub const fn class(self) -> CodeClass {
        match (self.0 >> 5, self.0 & 31) {
            (0, 0) => CodeClass::Empty,
            (0, _) => CodeClass::Request,
            (2, _) => CodeClass::Success,
            (4, _) => CodeClass::ClientError,
            (5, _) => CodeClass::ServerError,
            (7, _) => CodeClass::Signal,
            _ => CodeClass::Reserved,
        }
    }

    /// Whether the code is that of a request.
    #[must_use]
    pub const fn is_request(self) -> bool {
        matches!(self.class(), CodeClass::Request)
    }

    /// Whether the code is that of a response.
    #[must_use]
    pub const fn is_response(self) -> bool {
        matches!(
            self.class(),
            CodeClass::Success | CodeClass::ClientError | CodeClass::ServerError
        )
    }

    /// Whether the code is that of a response that says success.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self.class(), CodeClass::Success)
    }
}

impl fmt::Display for Code {
    /// `2.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 >> 5, self.0 & 31)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
