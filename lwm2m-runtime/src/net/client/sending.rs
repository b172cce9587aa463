use std::vec::Vec;
use tokio::sync::oneshot;

use super::{ClientError, SendBody, task::Task};
use crate::{
    client::{self, SendId},
    net::work::answer,
};

/// Somebody who waits for the answers to a Send.
pub(super) struct Sending {
    /// How many have not.
    pub(super) open: usize,
    pub(super) result: Result<(), ClientError>,
    pub(super) reply: oneshot::Sender<Result<(), ClientError>>,
}

impl Task {
    /// Sends values to one server, or to each that wants some.
    pub(super) fn send(
        &mut self,
        server: Option<u16>,
        body: &SendBody,
        reply: oneshot::Sender<Result<(), ClientError>>,
    ) {
        let now = self.wire.now();
        let client = &mut self.device.client;
        let servers: Vec<_> = match server {
            Some(server) => [server].into(),
            None => client.servers().collect(),
        };
        self.groups += 1;
        let mut open = 0;
        let mut error = client::SendError::UnknownServer;
        for server in servers {
            match client.send(now, Some(server), body.content()) {
                Ok(id) => {
                    self.sends.insert(id, self.groups);
                    open += 1;
                }
                Err(refused) => error = refused,
            }
        }
        if open == 0 {
            return answer(reply, Err(ClientError::Send(error)));
        }
        let sending = Sending {
            open,
            result: Ok(()),
            reply,
        };
        self.sending.insert(self.groups, sending);
    }

    /// A server has taken a Send, or will not.
    pub(super) fn sent(&mut self, id: SendId, result: Result<(), ClientError>) {
        let Some(group) = self.sends.remove(&id) else {
            return;
        };
        let Some(sending) = self.sending.get_mut(&group) else {
            return;
        };
        sending.open -= 1;
        if sending.result.is_ok() {
            sending.result = result;
        }
        if sending.open == 0 {
            if let Some(Sending { result, reply, .. }) = self.sending.remove(&group) {
                answer(reply, result);
            }
        }
    }
}
