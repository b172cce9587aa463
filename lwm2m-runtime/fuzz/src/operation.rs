//! Any CoAP message as every operation it could be.
//!
//! The first byte of an input says how it is read: its two lowest bits the version, the next one whether there is an
//! alternate path, the next one whether the target is a multiple resource. The rest is the message.

use lwm2m_runtime::{
    coap::{Code, Frame, Message, MessageType, Options, Token},
    model::Version,
    operation::{CoapForm, CoapSession, Location, UplinkPeer, read_uplink, read_uplink_response},
};

/// A server where every location is a registration of the version.
struct Server(Version);

impl UplinkPeer for Server {
    fn supports(&self, version: Version) -> bool {
        version == self.0
    }

    fn version_at(&self, _: Location<'_>) -> Option<Version> {
        Some(self.0)
    }
}

/// Reads a message as what servers, bootstrap servers and clients ask and answer. What was read and may be sent is
/// written, over datagrams and streams, and is itself again.
///
/// # Panics
///
/// When it is not: that is the finding.
pub fn message(input: &[u8]) {
    let Some((selector, datagram)) = input.split_first() else {
        return;
    };
    let Ok(message) = Message::parse(datagram) else {
        return;
    };
    let version = Version::new(1, selector & 3);
    let session = CoapSession::new(version).with_alternate_path(if selector & 4 == 0 { "" } else { "lwm2m" });
    let multiple = selector & 8 != 0;
    let (code, options, payload) = (message.code, message.options, message.payload);

    if let Ok(request) = session.read_request(code, options, payload, |_| multiple) {
        let form = session.request(&request).expect("what was read may be sent");
        again(&form, |code, options, payload| {
            assert_eq!(
                session.read_request(code, options, payload, |_| multiple),
                Ok(request)
            );
        });
    }
    if let Ok(request) = session.read_bootstrap_request(code, options, payload) {
        let form = session
            .bootstrap_request(&request)
            .expect("what was read may be sent");
        again(&form, |code, options, payload| {
            assert_eq!(
                session.read_bootstrap_request(code, options, payload),
                Ok(request)
            );
        });
    }
    let server = Server(version);
    if let Ok(uplink) = read_uplink(&server, code, options, payload) {
        // A server does not know whether the session has Send; the client does.
        if let Ok(form) = session.uplink(&uplink) {
            again(&form, |code, options, payload| {
                assert_eq!(read_uplink(&server, code, options, payload), Ok(uplink.clone()));
            });
        }
    }
    if let Some(response) = session.read_response(code, options, payload) {
        again(&session.response(&response, None), |code, options, payload| {
            let again = session.read_response(code, options, payload);
            assert_eq!(
                again.map(|again| (again.payload, again.created)),
                Some((response.payload, response.created))
            );
        });
    }
    if let Some(response) = read_uplink_response(code, options, payload) {
        again(&session.uplink_response(&response), |code, options, payload| {
            let again = read_uplink_response(code, options, payload);
            assert_eq!(
                again.map(|again| (again.payload, again.location)),
                Some((response.payload, response.location))
            );
        });
    }
}

fn again(form: &CoapForm<'_>, read: impl Fn(Code, Options<'_>, &[u8])) {
    let mut datagram = Vec::new();
    form.write_message(&mut datagram, MessageType::Confirmable, 1, Token::from_u64(2));
    let message = Message::parse(&datagram).expect("a form is a message");
    read(message.code, message.options, message.payload);
    let mut bytes = Vec::new();
    form.write_frame(&mut bytes, Token::from_u64(2));
    let (frame, _) = Frame::parse(&bytes, usize::MAX, 8)
        .expect("a form is a frame")
        .expect("the frame is whole");
    read(frame.code, frame.options, frame.payload);
}
