use alloc::{borrow::ToOwned, vec::Vec};
use core::fmt;

use super::{Client, ClientConfig, State, registration::Step, session::Session};
use crate::{
    coap::Peer,
    encoding::{ContentFormat, Format, PayloadKind, Record, RecordRef, encode},
    model::{Path, Version},
    operation::{CoapSession, Payload, Uplink},
    time::Instant,
    tree::{Asker, Tree},
};

/// Names a Send; the same for all servers that it goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SendId(u64);

/// What a Send carries.
#[derive(Clone, Copy, Debug)]
pub enum SendContent<'a> {
    /// The present values at and below paths. Those that cannot be read are left out.
    Paths(&'a [Path]),
    /// Values that were collected, with the times that they are of: several of the same path, if need be. Those of
    /// resources that do not exist or cannot be read are left out, and so is for each server what it may not read.
    Records(&'a [Record]),
}

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SendError {
    /// There is no account of that server.
    UnknownServer,
    /// The server has no registration of this client now.
    NotRegistered,
    /// The server does not want any: `/1/x/23`, Mute Send, is true or absent.
    Muted,
    /// The session is of LwM2M 1.0, which has no Send.
    Version,
    /// There is no value that the server may read.
    Nothing,
    /// No format can carry the values.
    Format,
    /// Too many are open, or the payload is too large: wait for an end, or raise the limits.
    TooMany,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownServer => "there is no account of that server",
            Self::NotRegistered => {
                "the server has no registration of this client; wait for `Event::Registered`"
            }
            Self::Muted => "the server does not want any; it has to write false to /1/x/23",
            Self::Version => "the session is of LwM2M 1.0, which has no Send",
            Self::Nothing => "there is no value that the server may read",
            Self::Format => "no format that the server has can carry the values",
            Self::TooMany => {
                "too much is open, or the payload is too large; wait for an end or raise the limits"
            }
        })
    }
}

impl core::error::Error for SendError {}

impl Client {
    /// Sends values to a server, or to every server that wants some (LwM2M Core 1.2, section 6.4.4). The end is
    /// [`Event::Sent`](super::Event::Sent) or [`Event::SendFailed`](super::Event::SendFailed) for each of them.
    ///
    /// # Errors
    ///
    /// [`SendError`]; nothing was sent then. For every server: the error of the last one, where there is none that it
    /// was sent to.
    pub fn send(
        &mut self,
        now: Instant,
        server: Option<u16>,
        content: SendContent<'_>,
    ) -> Result<SendId, SendError> {
        let id = SendId(self.next_send);
        let mut result = Err(match server {
            Some(_) => SendError::UnknownServer,
            None => SendError::NotRegistered,
        });
        for index in 0..self.sessions.len() {
            let asked = self
                .sessions
                .get(index)
                .is_some_and(|session| server.is_none_or(|server| session.server() == server));
            if !asked {
                continue;
            }
            match self.send_to(now, index, id, content) {
                Ok(()) => result = Ok(id),
                Err(error) => result = result.or(Err(error)),
            }
        }
        if result.is_ok() {
            self.next_send += 1;
        }
        result
    }

    fn send_to(
        &mut self,
        now: Instant,
        index: usize,
        id: SendId,
        content: SendContent<'_>,
    ) -> Result<(), SendError> {
        may_send(self.sessions.get(index).ok_or(SendError::UnknownServer)?)?;
        self.wake(now, index);
        let session = self.sessions.get(index).ok_or(SendError::UnknownServer)?;
        let (server, peer) = (session.server(), may_send(session)?);
        let idle = session.registration.state() == State::Registered;
        if self.sends.len() >= self.config.max_sends {
            return Err(SendError::TooMany);
        }
        let mut payload = core::mem::take(&mut self.payload);
        payload.clear();
        let written = write(&self.config, &self.tree, session, content, &mut payload);
        let version = session.formats.version();
        let result = written.and_then(|format| {
            // The server has to know the instances first.
            if idle && self.untold(index) {
                self.drive(now, index, Step::Update);
            }
            let uplink = Uplink::Send {
                payload: Payload::new(format, &payload),
            };
            let form = CoapSession::new(version)
                .uplink(&uplink)
                .map_err(|_| SendError::Version)?;
            let confirmable = self.config.confirmable_sends || version < Version::V1_2;
            let request = form.to_request(confirmable, &mut self.options);
            let exchange = self.endpoint.request(now, peer, request);
            let exchange = exchange.map_err(|_| SendError::TooMany)?;
            self.sends.insert(exchange, (id, server));
            Ok(())
        });
        self.payload = payload;
        result
    }
}

/// The peer of a server that takes a Send now.
fn may_send(session: &Session) -> Result<Peer, SendError> {
    let peer = session.peer.filter(|_| session.is_online());
    let peer = peer.ok_or(SendError::NotRegistered)?;
    if session.formats.version() < Version::V1_1 {
        return Err(SendError::Version);
    }
    match session.account.muted {
        true => Err(SendError::Muted),
        false => Ok(peer),
    }
}

/// Writes what a server may read of the content, in the format that fits it best.
fn write(
    config: &ClientConfig,
    tree: &Tree,
    session: &Session,
    content: SendContent<'_>,
    out: &mut Vec<u8>,
) -> Result<ContentFormat, SendError> {
    let formats = &session.formats;
    let format = formats.preferred(PayloadKind::Send).ok_or(SendError::Format)?;
    match content {
        SendContent::Paths(paths) => {
            let asker = session.asker(config);
            let mut paths = paths.to_owned();
            paths.sort_unstable();
            paths.dedup();
            if tree.records(asker, &paths).next().is_none() {
                return Err(SendError::Nothing);
            }
            tree.read_composite(asker, &paths, Some(format.content_format()), out)
                .map_err(|_| SendError::Format)
        }
        SendContent::Records(records) => {
            let asker = session.asker(config);
            let version = formats.version();
            // Names in SenML begin with it since LwM2M 1.2.1; keys of LwM2M CBOR never do.
            let prefix = match format {
                Format::SenmlJson | Format::SenmlCbor if version >= Version::V1_2 => &config.alternate_path,
                _ => "",
            };
            let records: Vec<RecordRef<'_>> = records
                .iter()
                .filter(|record| is_readable(tree, asker, record.path))
                .map(|record| RecordRef {
                    prefix,
                    ..record.as_ref()
                })
                .collect();
            if records.is_empty() {
                return Err(SendError::Nothing);
            }
            let options = &tree.config().encoding;
            encode(format, Path::ROOT, records.iter().copied(), options, out)
                .map(|()| format.content_format())
                .map_err(|_| SendError::Format)
        }
    }
}

/// Whether a path is that of a readable resource in an instance that exists, and that the server may read.
fn is_readable(tree: &Tree, asker: Asker<'_>, path: Path) -> bool {
    let ids = path.ids();
    let (&[object, instance, resource] | &[object, instance, resource, _]) = &*ids else {
        return false;
    };
    let definition = tree
        .definition(object)
        .and_then(|definition| definition.resource(resource));
    tree.may_read(asker, object, instance)
        && tree.instance(object, instance).is_some()
        && definition.is_some_and(|definition| definition.operations().readable())
}
