use alloc::string::ToString;

use super::{RegistrationId, RequestError, RequestId, Server};
use crate::{
    encoding::ContentFormat,
    model::Path,
    operation::{ArgumentsBuilder, ExecuteInput, Payload, Request, Transport},
    time::Instant,
};

/// Registration Update Trigger of the Server object.
const UPDATE_TRIGGER: u16 = 8;

impl Server {
    /// Has a client update its registration: an Execute of `/1/x/8`, where `instance` is that of this server in the
    /// client's Server object. With `over` it is asked to come by that transport, by an argument in the payload (LwM2M 1.1);
    /// one on another transport connects anew for it.
    ///
    /// The end is that of any [`request`](Self::request).
    ///
    /// # Errors
    ///
    /// [`RequestError::Transport`] for one that the client's binding does not list, and those of
    /// [`request`](Self::request).
    pub fn trigger_update(
        &mut self,
        now: Instant,
        id: RegistrationId,
        instance: u16,
        over: Option<Transport>,
    ) -> Result<RequestId, RequestError> {
        let registration = self.registration(id).ok_or(RequestError::NotRegistered)?;
        let binding = registration.binding();
        if let Some(transport) = over.filter(|one| !(*one == Transport::Udp || binding.contains(*one))) {
            return Err(RequestError::Transport { transport });
        }
        let letter = over.map(|transport| transport.letter().to_string());
        let arguments = letter.and_then(|letter| ArgumentsBuilder::new().argument_with(0, &letter).ok());
        let input = match &arguments {
            Some(arguments) => {
                ExecuteInput::Payload(Payload::new(ContentFormat::TEXT, arguments.as_str().as_bytes()))
            }
            None => ExecuteInput::None,
        };
        let path = Path::resource(1, instance, UPDATE_TRIGGER);
        self.request(now, id, &Request::Execute { path, input })
    }
}
