//! Messages by hand, for what no engine of ours would say.

use std::{net::SocketAddr, time::Duration};

use lwm2m_runtime::{
    coap::{Code, MessageBuilder, MessageType, OptionNumber, Token},
    tree::Application,
};
use lwm2m_tests::pair::{Pair, Sent, client_address, server_address};

/// A request by hand.
#[derive(Clone, Debug)]
pub(crate) struct Raw<'a> {
    pub(crate) message_type: MessageType,
    pub(crate) code: Code,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [&'a str],
    pub(crate) observe: Option<u32>,
    pub(crate) format: Option<u32>,
    pub(crate) accept: Option<u32>,
    pub(crate) payload: &'a [u8],
}

impl<'a> Raw<'a> {
    /// A confirmable request.
    pub(crate) fn new(code: Code, path: &'a str) -> Self {
        Self {
            message_type: MessageType::Confirmable,
            code,
            path,
            query: &[],
            observe: None,
            format: None,
            accept: None,
            payload: &[],
        }
    }

    pub(crate) fn query(mut self, query: &'a [&'a str]) -> Self {
        self.query = query;
        self
    }

    pub(crate) fn payload(mut self, format: u32, payload: &'a [u8]) -> Self {
        self.format = Some(format);
        self.payload = payload;
        self
    }

    pub(crate) fn accept(mut self, accept: u32) -> Self {
        self.accept = Some(accept);
        self
    }

    pub(crate) fn observe(mut self, observe: u32) -> Self {
        self.observe = Some(observe);
        self
    }

    /// The datagram.
    pub(crate) fn datagram(&self, id: u16, token: &[u8]) -> Vec<u8> {
        let mut datagram = Vec::new();
        let token = Token::new(token).unwrap();
        let mut message = MessageBuilder::new(&mut datagram, self.message_type, self.code, id, token);
        if let Some(observe) = self.observe {
            message = message.uint(OptionNumber::OBSERVE, observe);
        }
        for segment in self.path.split('/').filter(|segment| !segment.is_empty()) {
            message = message.option(OptionNumber::URI_PATH, segment.as_bytes());
        }
        if let Some(format) = self.format {
            message = message.uint(OptionNumber::CONTENT_FORMAT, format);
        }
        for parameter in self.query {
            message = message.option(OptionNumber::URI_QUERY, parameter.as_bytes());
        }
        if let Some(accept) = self.accept {
            message = message.uint(OptionNumber::ACCEPT, accept);
        }
        message.payload(self.payload);
        datagram
    }

    /// Sends it from one host to another, and returns what comes back under its token, if anything does.
    pub(crate) fn send<A: Application>(
        &self,
        pair: &mut Pair<A>,
        from: SocketAddr,
        to: SocketAddr,
    ) -> Option<Sent> {
        let mark = pair.wire.mark();
        let id = 0x8000 | (mark as u16 & 0x7fff);
        let mut token = *b"raw 0000";
        token[4..].copy_from_slice(&(mark as u32).to_be_bytes());
        pair.send(from, to, &self.datagram(id, &token));
        pair.run_for(Duration::from_secs(5));
        let answer = pair.wire.since(mark).iter().find(|sent| {
            (sent.from, sent.to) == (to, from) && sent.message().is_some_and(|message| message.token == token)
        });
        answer.cloned()
    }

    /// Sends it in the name of the first server to the first device.
    pub(crate) fn ask<A: Application>(&self, pair: &mut Pair<A>) -> Sent {
        self.send(pair, server_address(0), client_address(0))
            .unwrap_or_else(|| panic!("no answer to {self:?}\n{}", pair.log()))
    }

    /// The code of the answer.
    pub(crate) fn code<A: Application>(&self, pair: &mut Pair<A>) -> Code {
        self.ask(pair).code().unwrap()
    }
}
