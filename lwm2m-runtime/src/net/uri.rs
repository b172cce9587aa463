use core::{fmt, net::IpAddr};
use std::{
    borrow::ToOwned,
    io,
    net::SocketAddr,
    string::{String, ToString},
    vec::Vec,
};

/// Where a LwM2M server is: `coap://host[:port]`, resource 0 of the Security object (LwM2M Core 1.2, appendix E.1).
///
/// ```
/// use lwm2m_runtime::net::{ServerUri, UriError};
///
/// let uri: ServerUri = "coap://leshan.example".parse()?;
/// assert_eq!((uri.host(), uri.port()), ("leshan.example", 5683));
/// assert_eq!("mqtt://leshan.example".parse::<ServerUri>(), Err(UriError::Scheme));
/// # Ok::<(), UriError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUri {
    host: String,
    port: u16,
}

/// The port of CoAP without security.
const COAP_PORT: u16 = 5683;

impl ServerUri {
    /// Its name or address, without the brackets of IPv6.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port; 5683 where the URI has none.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its address, if the URI has one and not a name.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        let ip = self.host.parse::<IpAddr>().ok()?;
        Some(SocketAddr::new(ip, self.port))
    }

    /// The addresses of the host, in the order in which the system prefers them.
    ///
    /// # Errors
    ///
    /// What the system says; `NotFound` when the name has no address.
    pub async fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        if let Some(address) = self.address() {
            return Ok([address].into());
        }
        let addresses: Vec<_> = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await?
            .collect();
        match addresses.is_empty() {
            true => Err(io::ErrorKind::NotFound.into()),
            false => Ok(addresses),
        }
    }
}

impl core::str::FromStr for ServerUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        let (scheme, rest) = text.split_once("://").ok_or(UriError::Scheme)?;
        if scheme.eq_ignore_ascii_case("coaps") {
            return Err(UriError::Secure);
        }
        if !scheme.eq_ignore_ascii_case("coap") {
            return Err(UriError::Scheme);
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return Err(UriError::Rest);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(v6) => {
                let (host, port) = v6.split_once(']').ok_or(UriError::Host)?;
                let address = host.split_once('%').map_or(host, |(address, _)| address);
                address
                    .parse::<core::net::Ipv6Addr>()
                    .map_err(|_| UriError::Host)?;
                let port = match port {
                    "" => None,
                    port => Some(port.strip_prefix(':').ok_or(UriError::Host)?),
                };
                (host, port)
            }
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        if host.is_empty() {
            return Err(UriError::Host);
        }
        let port = match port {
            None | Some("") => COAP_PORT,
            Some(port) => port.parse().map_err(|_| UriError::Port)?,
        };
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for ServerUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "coap://[{}]:{}", self.host, self.port),
            false => write!(f, "coap://{}:{}", self.host, self.port),
        }
    }
}

impl From<SocketAddr> for ServerUri {
    fn from(address: SocketAddr) -> Self {
        Self {
            host: address.ip().to_string(),
            port: address.port(),
        }
    }
}

/// Why a text is not where a server can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriError {
    /// It does not begin with `coap://`.
    Scheme,
    /// It begins with `coaps://`, and there is no security yet.
    Secure,
    /// There is no host, or the address is none.
    Host,
    /// The port is no number of 0 to 65535.
    Port,
    /// Something stands behind the host and port.
    Rest,
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "a server's URI begins with coap://, such as coap://localhost:5683",
            Self::Secure => "coaps:// needs DTLS, which is not there yet; use coap://",
            Self::Host => "a server's URI needs a host name or address, IPv6 in brackets: coap://[::1]:5683",
            Self::Port => "the port of a server's URI is a number of 0 to 65535",
            Self::Rest => "a server's URI ends with the host and port: no user, path or query",
        })
    }
}

impl core::error::Error for UriError {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn hosts_and_ports_are_told_apart() {
        for (text, host, port) in [
            ("coap://leshan.example", "leshan.example", 5683),
            ("COAP://leshan.example:1234/", "leshan.example", 1234),
            ("coap://192.0.2.1:", "192.0.2.1", 5683),
            ("coap://[2001:db8::1]", "2001:db8::1", 5683),
            ("coap://[fe80::1%eth0]:7", "fe80::1%eth0", 7),
        ] {
            let uri: ServerUri = text.parse().unwrap();
            assert_eq!((uri.host(), uri.port()), (host, port), "{text}");
            assert_eq!(uri.to_string().parse(), Ok(uri));
        }
    }

    #[test]
    fn what_is_no_place_of_a_server_says_why() {
        for (text, error) in [
            ("leshan.example", UriError::Scheme),
            ("coap+tcp://leshan.example", UriError::Scheme),
            ("coaps://leshan.example", UriError::Secure),
            ("coap://", UriError::Host),
            ("coap://:5683", UriError::Host),
            ("coap://[::1", UriError::Host),
            ("coap://[192.0.2.1]", UriError::Host),
            ("coap://[::1]5683", UriError::Host),
            ("coap://a:b", UriError::Port),
            ("coap://a:65536", UriError::Port),
            ("coap://a/rd", UriError::Rest),
            ("coap://a?x", UriError::Rest),
            ("coap://user@a", UriError::Rest),
        ] {
            assert_eq!(text.parse::<ServerUri>(), Err(error), "{text}");
        }
    }
}
