//! What a bootstrap server asks in a session (LwM2M Core 1.2, section 6.1.7).
//!
//! 1. CoAP hands over a request of the bootstrap server's peer.
//! 2. The tree does it, and notes in the session's journal how it was before.
//! 3. The answer goes out. What was done makes the session's time begin anew.
//! 4. Bootstrap-Finish ends the session if the configuration is one that the client can use; else it goes on.

use crate::{
    client::{Client, bootstrap},
    coap::{Peer, Received, Responder},
    encoding::ContentFormat,
    operation::{BootstrapRequest, CoapSession, Payload, Response, Status},
    time::Instant,
};

impl Client {
    /// Takes a datagram of the bootstrap server.
    pub(in crate::client) fn receive_of_bootstrap_server(
        &mut self,
        now: Instant,
        from: Peer,
        datagram: &[u8],
    ) {
        if crate::client::engine::is_request(datagram) && !self.may_ask_bootstrap() {
            self.counters.early = self.counters.early.saturating_add(1);
            return;
        }
        let may_ask = self.bootstrap.in_session() || self.listens_to_bootstrap_server();
        let Self {
            endpoint,
            tree,
            bootstrap,
            ..
        } = self;
        match endpoint.receive(now, from, datagram) {
            None => {}
            Some(Received::Request(request)) => {
                self.payload.clear();
                let coap = CoapSession::new(bootstrap.formats.version());
                let read = coap.read_bootstrap_request(request.code, request.options, request.payload);
                let finish = matches!(read, Ok(BootstrapRequest::Finish));
                let (status, format) = match read {
                    // What is repeated CoAP answers by itself; this is new.
                    _ if !may_ask => (Status::BadRequest, None),
                    Err(status) => (status, None),
                    Ok(asked) => {
                        let formats = bootstrap.formats;
                        let outcome =
                            tree.bootstrap(&mut bootstrap.journal, &formats, &asked, &mut self.payload);
                        (outcome.status, outcome.format)
                    }
                };
                let responder = request.responder;
                self.provisioned(now, responder, finish, status, format);
            }
            Some(Received::Response(response)) => {
                let exchange = response.exchange;
                let bootstraps = bootstrap.is_request(exchange);
                match bootstraps {
                    true => {
                        let (status, payload) = bootstrap::read(&response);
                        // The body is CoAP's.
                        let body = payload.map(|payload| (payload.format, payload.bytes.to_vec()));
                        let payload = body.as_ref().map(|(format, bytes)| Payload::new(*format, bytes));
                        self.bootstrap_answered(now, Ok((status, payload)));
                    }
                    false => {
                        let answer = crate::client::registration::uplink::read(&response);
                        self.answered(now, exchange, answer);
                    }
                }
            }
            // Nothing is observed.
            Some(Received::Unmatched(unmatched)) => {
                let handle = unmatched.handle;
                endpoint.disown(handle);
            }
        }
    }

    /// Whether requests of the bootstrap server are looked at: in a session, after it as repetitions, and where it may
    /// begin one.
    fn may_ask_bootstrap(&self) -> bool {
        use crate::client::BootstrapState::{Idle, Session};
        matches!(self.bootstrap.state, Session | Idle) || self.listens_to_bootstrap_server()
    }

    /// Answers what was done.
    fn provisioned(
        &mut self,
        now: Instant,
        responder: Responder,
        finish: bool,
        mut status: Status,
        format: Option<ContentFormat>,
    ) {
        if finish && status.is_success() && !self.has_account() {
            status = Status::NotAcceptable;
        }
        let response = Response {
            status,
            payload: format.map(|format| Payload::new(format, &self.payload)),
            created: None,
        };
        let form = CoapSession::new(self.bootstrap.formats.version());
        let form = form.response(&response, None);
        let coap = form.to_response(&mut self.options);
        // It fails for a request that nobody waits for any more.
        let _ = self.endpoint.respond(now, responder, coap);
        match (status.is_success(), finish) {
            (true, true) => self.bootstrap_finished(now),
            (true, false) => self.bootstrap_goes_on(now),
            (false, _) => {}
        }
    }
}
