//! Bootstrap-Pack (LwM2M Core 1.2, section 6.1.7.2).
//!
//! The client deletes what it has of each object in the pack, but for its account at the bootstrap server, and takes what
//! the pack has. There is no Bootstrap-Finish.

use alloc::{string::String, vec::Vec};

use super::{
    BootstrapServer, Event, Plan, PlanSource,
    uplink::{Asker, present},
};
use crate::{
    configuration::check,
    encoding::{EncodeOptions, Format, encode},
    model::Path,
    operation::{Payload, Status, UplinkResponse},
    time::Instant,
};

impl<P: PlanSource> BootstrapServer<P> {
    /// Answers with a whole configuration.
    pub(super) fn answer_pack(
        &mut self,
        now: Instant,
        asker: Asker,
        endpoint: String,
        plan: &Plan,
        format: Format,
        account: Option<&[Path]>,
    ) {
        let mut bytes = core::mem::take(&mut self.payload);
        bytes.clear();
        match pack(plan, format, account, &self.config.encoding, &mut bytes) {
            Ok(()) => {
                let peer = asker.peer;
                let payload = Some(Payload::new(format.content_format(), &bytes));
                let response = UplinkResponse {
                    payload,
                    ..Status::Content.into()
                };
                self.answer(now, asker, &response);
                self.events.push_back(Event::Packed { endpoint, peer });
            }
            Err(status) => self.refuse(now, asker, Some(endpoint), status),
        }
        self.payload = bytes;
    }
}

/// A pack has at least one complete account at a server: for a configuration without, a client is refused one and asks for a
/// session.
fn pack(
    plan: &Plan,
    format: Format,
    account: Option<&[Path]>,
    options: &EncodeOptions,
    out: &mut Vec<u8>,
) -> Result<(), Status> {
    if !plan.pack {
        return Err(Status::MethodNotAllowed);
    }
    let present = account.map(present);
    let values = plan.configuration.number(present.as_ref());
    let values = values.map_err(|_| Status::MethodNotAllowed)?;
    check(&values, true).map_err(|_| Status::MethodNotAllowed)?;
    encode(format, Path::ROOT, values.records(Path::ROOT), options, out)
        .map_err(|_| Status::InternalServerError)
}
