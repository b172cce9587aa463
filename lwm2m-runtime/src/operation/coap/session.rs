use crate::{
    coap::{Code, Options},
    model::{Path, Version},
    operation::{BootstrapRequest, InvalidRequest, Request, Response, Status, Uplink, UplinkResponse},
};

use super::{CoapForm, bootstrap, request, response};

/// What decides how an operation looks in CoAP: what client and server have agreed on at registration.
///
/// ```
/// use lwm2m_runtime::{
///     coap::{Message, MessageBuilder, MessageType, Token},
///     model::{Path, Version},
///     operation::{CoapSession, Request},
/// };
///
/// let session = CoapSession::new(Version::V1_1).with_alternate_path("lwm2m");
/// let request = Request::Read { path: Path::resource(3, 0, 9), accept: None };
///
/// let form = session.request(&request)?;
/// let mut datagram = Vec::new();
/// form.write_message(&mut datagram, MessageType::Confirmable, 7, Token::from_u64(1));
///
/// let message = Message::parse(&datagram)?;
/// let received = session.read_request(message.code, message.options, message.payload, |_| false);
/// assert_eq!(received, Ok(request));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoapSession<'s> {
    version: Version,
    alternate_path: &'s str,
}

impl<'s> CoapSession<'s> {
    /// A session with the objects below the root.
    #[must_use]
    pub const fn new(version: Version) -> Self {
        Self {
            version,
            alternate_path: "",
        }
    }

    /// With the objects below an alternate path. Slashes around it make no difference.
    #[must_use]
    pub const fn with_alternate_path(self, alternate_path: &'s str) -> Self {
        Self {
            alternate_path,
            ..self
        }
    }

    /// The version of LwM2M.
    #[must_use]
    pub const fn version(self) -> Version {
        self.version
    }

    /// The segments of the alternate path.
    pub(super) fn prefix(self) -> impl Iterator<Item = &'s str> + Clone {
        self.alternate_path
            .split('/')
            .filter(|segment| !segment.is_empty())
    }

    /// Reads what a server asks of a client on the management and reporting interfaces.
    ///
    /// `multiple` says whether a path is a multiple resource: since LwM2M 1.2 a POST on it is a Write if its format
    /// carries several values, and else an Execute.
    ///
    /// # Errors
    ///
    /// The status that answers the request: 4.00, 4.01 for objects with secrets, 4.02, 4.04, 4.05 or 4.15. Whether the
    /// target exists, and formats can be read and written, is the receiver's to say.
    pub fn read_request<'a>(
        &self,
        code: Code,
        options: Options<'a>,
        payload: &'a [u8],
        multiple: impl FnOnce(Path) -> bool,
    ) -> Result<Request<'a>, Status> {
        request::read(*self, code, options, payload, multiple)
    }

    /// Reads what a bootstrap server asks of a client.
    ///
    /// # Errors
    ///
    /// The status that answers the request: 4.00, 4.02 or 4.05.
    pub fn read_bootstrap_request<'a>(
        &self,
        code: Code,
        options: Options<'a>,
        payload: &'a [u8],
    ) -> Result<BootstrapRequest<'a>, Status> {
        bootstrap::read(self.version, code, options, payload)
    }

    /// Reads what a client answers. `None` where the code is that of no response.
    #[must_use]
    pub fn read_response<'a>(
        &self,
        code: Code,
        options: Options<'a>,
        payload: &'a [u8],
    ) -> Option<Response<'a>> {
        response::read(*self, code, options, payload)
    }

    /// A request as CoAP carries it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`]: the session cannot have it.
    pub fn request<'r>(&self, request: &'r Request<'r>) -> Result<CoapForm<'r>, InvalidRequest>
    where
        's: 'r,
    {
        request.check(self.version)?;
        CoapForm::request(*self, request)
    }

    /// A request of a bootstrap server as CoAP carries it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`]: the session cannot have it.
    pub fn bootstrap_request<'r>(
        &self,
        request: &'r BootstrapRequest<'r>,
    ) -> Result<CoapForm<'r>, InvalidRequest> {
        request.check(self.version)?;
        Ok(CoapForm::bootstrap(request))
    }

    /// A client's request as CoAP carries it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::Since`] or [`InvalidRequest::TooLong`].
    pub fn uplink<'r>(&self, uplink: &'r Uplink<'r>) -> Result<CoapForm<'r>, InvalidRequest> {
        CoapForm::uplink(self.version, uplink)
    }

    /// A client's answer as CoAP carries it. `observe` is the number of a notification, and of the answer that begins
    /// an observation.
    #[must_use]
    pub fn response<'r>(&self, response: &'r Response<'r>, observe: Option<u32>) -> CoapForm<'r> {
        CoapForm::response(response, observe)
    }

    /// A server's answer as CoAP carries it.
    #[must_use]
    pub fn uplink_response<'r>(&self, response: &'r UplinkResponse<'r>) -> CoapForm<'r> {
        CoapForm::uplink_response(response)
    }
}
