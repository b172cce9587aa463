/// The number of an option (RFC 7252, section 5.10). Its lowest bits say what a receiver may do that does not know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OptionNumber(pub u16);

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $low:literal..=$high:literal $(, $repeatable:ident)?;)*) => {
        impl OptionNumber {
            $($(#[$doc])* pub const $name: Self = Self($number);)*

            /// The shortest and longest value of a known option.
            #[must_use]
            pub const fn length(self) -> Option<(usize, usize)> {
                match self.0 {
                    $($number => Some(($low, $high)),)*
                    _ => None,
                }
            }

            /// Whether a known option may occur several times.
            #[must_use]
            pub const fn repeatable(self) -> bool {
                match self.0 {
                    $($number => options!(@repeatable $($repeatable)?),)*
                    _ => true,
                }
            }
        }
    };
    (@repeatable repeatable) => { true };
    (@repeatable) => { false };
}

options! {
    /// If-Match.
    IF_MATCH = 1, 0..=8, repeatable;
    /// Uri-Host.
    URI_HOST = 3, 1..=255;
    /// ETag.
    ETAG = 4, 1..=8, repeatable;
    /// If-None-Match.
    IF_NONE_MATCH = 5, 0..=0;
    /// Observe (RFC 7641).
    OBSERVE = 6, 0..=3;
    /// Uri-Port.
    URI_PORT = 7, 0..=2;
    /// Location-Path.
    LOCATION_PATH = 8, 0..=255, repeatable;
    /// OSCORE (RFC 8613).
    OSCORE = 9, 0..=255;
    /// Uri-Path.
    URI_PATH = 11, 0..=255, repeatable;
    /// Content-Format.
    CONTENT_FORMAT = 12, 0..=2;
    /// Max-Age.
    MAX_AGE = 14, 0..=4;
    /// Uri-Query.
    URI_QUERY = 15, 0..=255, repeatable;
    /// Hop-Limit (RFC 8768).
    HOP_LIMIT = 16, 1..=1;
    /// Accept.
    ACCEPT = 17, 0..=2;
    /// Location-Query.
    LOCATION_QUERY = 20, 0..=255, repeatable;
    /// Block2 (RFC 7959).
    BLOCK2 = 23, 0..=3;
    /// Block1 (RFC 7959).
    BLOCK1 = 27, 0..=3;
    /// Size2 (RFC 7959).
    SIZE2 = 28, 0..=4;
    /// Proxy-Uri.
    PROXY_URI = 35, 1..=1034;
    /// Proxy-Scheme.
    PROXY_SCHEME = 39, 1..=255;
    /// Size1.
    SIZE1 = 60, 0..=4;
    /// Echo (RFC 9175).
    ECHO = 252, 1..=40;
    /// No-Response (RFC 7967).
    NO_RESPONSE = 258, 0..=1;
    /// Request-Tag (RFC 9175).
    REQUEST_TAG = 292, 0..=8, repeatable;
}

impl OptionNumber {
    /// Whether a receiver that does not understand the option must refuse the message.
    #[must_use]
    pub const fn critical(self) -> bool {
        self.0 & 1 == 1
    }

    /// Whether a proxy that does not understand the option must not forward it.
    #[must_use]
    pub const fn unsafe_to_forward(self) -> bool {
        self.0 & 2 == 2
    }
}
