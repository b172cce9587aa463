use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::{RegistrationId, RequestError, RequestId, Server};
use crate::{
    coap::{MessageBuilder, MessageType, Token},
    encoding::ContentFormat,
    model::Path,
    operation::{ArgumentsBuilder, Binding, ExecuteInput, Payload, Request, Transport, write_sms_push},
    time::Instant,
};

/// Resources of the Server object: Registration Update Trigger and Bootstrap-Request Trigger.
const UPDATE_TRIGGER: u16 = 8;
const BOOTSTRAP_TRIGGER: u16 = 9;

/// What a short message has a client do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SmsTrigger {
    /// It updates its registration, `/1/x/8`.
    Update {
        /// By which transport, if that matters.
        over: Option<Transport>,
    },
    /// It asks its bootstrap server for a configuration, `/1/x/9`.
    Bootstrap,
}

/// A short message to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortMessage {
    /// The number without a plus sign, or the external identifier, that the client has told.
    pub to: String,
    /// 8-bit user data of one short message, with its user data header.
    pub user_data: Vec<u8>,
}

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
        let arguments = transport_argument(registration.binding(), over)?;
        self.request(now, id, &execute(instance, UPDATE_TRIGGER, arguments.as_ref()))
    }

    /// The short message that wakes a client, for a program with a gateway to send (LwM2M 1.1): the client has told its
    /// number, and its `/1/x/21` (Trigger) is true. It is not answered: what shows that it has arrived is the Update or
    /// Register that follows, and of [`SmsTrigger::Bootstrap`] nothing at once. `instance` is as in
    /// [`trigger_update`](Self::trigger_update).
    ///
    /// # Errors
    ///
    /// [`RequestError::NotRegistered`], [`RequestError::NoSmsNumber`], and [`RequestError::Transport`] for one that the
    /// client's binding does not list.
    pub fn sms_trigger(
        &mut self,
        id: RegistrationId,
        instance: u16,
        trigger: SmsTrigger,
    ) -> Result<ShortMessage, RequestError> {
        let chance = self.registrations.random().next_u64().to_be_bytes();
        let device = self.registrations.find(id).ok_or(RequestError::NotRegistered)?;
        let record = self
            .registrations
            .get(device)
            .ok_or(RequestError::NotRegistered)?;
        let to = record.texts.sms().ok_or(RequestError::NoSmsNumber)?.into();
        let (resource, arguments) = match trigger {
            SmsTrigger::Update { over } => (UPDATE_TRIGGER, transport_argument(record.binding, over)?),
            SmsTrigger::Bootstrap => (BOOTSTRAP_TRIGGER, None),
        };
        let request = execute(instance, resource, arguments.as_ref());
        let session = record.session();
        let form = session.request(&request)?;
        form.fill(&mut self.options);
        let [high, low, token @ .., _, _] = chance;
        let (id, token) = (
            u16::from_be_bytes([high, low]),
            Token::new(&token).unwrap_or_default(),
        );
        let mut coap = Vec::new();
        let mut message = MessageBuilder::new(&mut coap, MessageType::Confirmable, form.code(), id, token);
        for option in self.options.options() {
            message = message.option(option.number, option.value);
        }
        message.payload(form.payload());
        Ok(ShortMessage {
            to,
            user_data: write_sms_push(&coap),
        })
    }
}

/// The argument that asks for a transport, of those that are listed. Every client has UDP.
fn transport_argument(
    listed: Binding,
    over: Option<Transport>,
) -> Result<Option<ArgumentsBuilder>, RequestError> {
    let Some(transport) = over else {
        return Ok(None);
    };
    if transport != Transport::Udp && !listed.contains(transport) {
        return Err(RequestError::Transport { transport });
    }
    let letter = transport.letter().to_string();
    Ok(ArgumentsBuilder::new().argument_with(0, &letter).ok())
}

fn execute(instance: u16, resource: u16, arguments: Option<&ArgumentsBuilder>) -> Request<'_> {
    let input = arguments.map_or(ExecuteInput::None, |arguments| {
        let text = arguments.as_str().as_bytes();
        ExecuteInput::Payload(Payload::new(ContentFormat::TEXT, text))
    });
    let path = Path::resource(1, instance, resource);
    Request::Execute { path, input }
}
