//! Send (LwM2M Core 1.2, section 6.4.4): values that were not asked for.
//!
//! 1. It comes from the peer of a registration of LwM2M 1.1 or later: else 4.04.
//! 2. Its format carries a Send and is read here: else 4.15. It is well formed: else 4.00.
//! 3. Every object and instance in it is registered: else 4.04.
//! 4. It is answered 2.04, and the role gets it as it came.

use alloc::vec::Vec;

use super::{
    Event, Server,
    reader::{Asked, Reader},
    record::Record,
};
use crate::{
    coap::Peer,
    encoding::{ContentFormat, Decoder, PayloadKind},
    model::{Path, Version},
    operation::{Payload, Status},
    time::Instant,
};

impl Reader<'_> {
    pub(super) fn send(&self, peer: Peer, payload: Payload<'_>) -> Result<Asked, Status> {
        let device = self.registrations.of_peer(peer).ok_or(Status::NotFound)?;
        let record = self.registrations.get(device).ok_or(Status::NotFound)?;
        if record.formats.version() < Version::V1_1 {
            return Err(Status::NotFound);
        }
        check(record, payload)?;
        Ok(Asked::Send {
            device,
            format: payload.format,
            payload: payload.bytes.into(),
        })
    }
}

/// Whether a payload is well formed, and all that it names is registered.
fn check(record: &Record, payload: Payload<'_>) -> Result<(), Status> {
    let format = record.formats.receive(Some(payload.format), PayloadKind::Send);
    let format = format.map_err(|_| Status::UnsupportedContentFormat)?;
    let decoder = Decoder::new(format, Path::ROOT).with_prefixes();
    let mut records = decoder.read(payload.bytes).map_err(|_| Status::BadRequest)?;
    // Values of one instance follow each other.
    let mut known = None;
    let mut missing = false;
    while let Some(value) = records.next().map_err(|_| Status::BadRequest)? {
        // Before LwM2M 1.2.1 the alternate path was not in the names.
        missing |= !value.prefix.is_empty() && value.prefix != record.texts.alternate_path();
        let instance = (value.path.object_id(), value.path.instance_id());
        if known != Some(instance) {
            missing |= match instance {
                (Some(object), Some(instance)) => !record.objects.contains(object, instance),
                (Some(object), None) => record.objects.get(object).is_none(),
                _ => true,
            };
            known = Some(instance);
        }
    }
    match missing {
        false => Ok(()),
        true => Err(Status::NotFound),
    }
}

impl Server {
    pub(super) fn sent(&mut self, now: Instant, device: u32, format: ContentFormat, payload: Vec<u8>) {
        let Some(record) = self.registrations.get_mut(device) else {
            return;
        };
        record.heard(now);
        if let Some(format) = format.format() {
            record.formats.learn(format);
        }
        self.events.push_back(Event::Send {
            registration: self.registrations.id(device),
            format,
            payload,
        });
    }
}
