use alloc::vec::Vec;

use super::{Asker, Tree};
use crate::{
    encoding::{
        ContentFormat, DecodeError, DecodeErrorKind, Decoder, EncodeError, EncodeOptions, Format, Limits,
        PayloadKind, Purpose, Reader, encode, instance_records,
    },
    model::{Operations, Path},
    operation::{Operation, Payload, Status},
};

impl Tree {
    /// Appends what a server reads from a path, for the answer of a Read or Observe and for its notifications
    /// (LwM2M Core 1.2, section 6.3.1), and says in which format. The [`Application`](super::Application) is not asked to
    /// bring values up to date.
    ///
    /// # Errors
    ///
    /// 4.04 if there is no such path, 4.01 without a right to it, 4.05 if it cannot be read, 4.06 if the format cannot be
    /// had, 5.00 if the answer is larger than [`TreeConfig::max_answer_bytes`](super::TreeConfig::max_answer_bytes) or a
    /// value does not exist in the format. Nothing is appended then.
    pub fn read(
        &self,
        asker: Asker<'_>,
        path: Path,
        accept: Option<ContentFormat>,
        out: &mut Vec<u8>,
    ) -> Result<ContentFormat, Status> {
        if asker.is_kept_from(path) {
            return Err(Status::Unauthorized);
        }
        let target = self.target(path)?.existing()?;
        self.permitted(asker, Operation::Read, path)?;
        let kind = match target.resource {
            Some(resource) if !resource.operations().readable() => return Err(Status::MethodNotAllowed),
            Some(resource) if !resource.multiple() || path.depth() == 4 => {
                PayloadKind::Value(resource.resource_type())
            }
            _ => PayloadKind::Values,
        };
        let format = asker.formats.answer(accept, kind)?;
        if let (Some(node), None, false) = (target.instance, target.resource, has_prefix(asker, format)) {
            let records = instance_records(path, &*node.value).only(Operations::readable);
            return self.finish(format, out, |options, out| records.encode(format, options, out));
        }
        self.encode(asker, format, path, &[path], out)
    }

    /// Appends what a server reads from a list of paths, for the answer of a Read-Composite or Observe-Composite and for
    /// its notifications (LwM2M Core 1.2, section 6.3.8), and says in which format. Paths that do not exist or cannot be
    /// read are left out. The [`Application`](super::Application) is not asked to bring values up to date.
    ///
    /// # Errors
    ///
    /// 4.01 where the server may read none of the instances that there are; 4.06 and 5.00 as [`read`](Self::read).
    pub fn read_composite(
        &self,
        asker: Asker<'_>,
        paths: &[Path],
        accept: Option<ContentFormat>,
        out: &mut Vec<u8>,
    ) -> Result<ContentFormat, Status> {
        self.any_permitted(asker, paths)?;
        let format = asker.formats.answer(accept, PayloadKind::CompositeValues)?;
        self.encode(asker, format, Path::ROOT, paths, out)
    }

    /// Reads the list of a composite request: its paths in ascending order.
    ///
    /// # Errors
    ///
    /// 4.15 if the format cannot be read or carries no paths, 4.13 above the limits, else 4.00.
    pub fn composite_paths(&self, asker: Asker<'_>, list: Payload<'_>) -> Result<Vec<Path>, Status> {
        let kind = PayloadKind::CompositePaths;
        let mut reader = self.reader(asker, Path::ROOT, list, kind, Purpose::Paths)?;
        let mut paths = Vec::new();
        while let Some(record) = reader.next().map_err(decode_status)? {
            // What is below another prefix does not exist, and is left out.
            if asker.is_own(record.prefix) {
                paths.push(record.path);
            }
        }
        paths.sort_unstable();
        Ok(paths)
    }

    fn encode(
        &self,
        asker: Asker<'_>,
        format: Format,
        target: Path,
        paths: &[Path],
        out: &mut Vec<u8>,
    ) -> Result<ContentFormat, Status> {
        let mut records = self.records(asker, paths);
        if !has_prefix(asker, format) {
            records = records.without_prefix();
        }
        self.finish(format, out, |options, out| {
            encode(format, target, records, options, out)
        })
    }

    /// Writes an answer and sees to it that it is not too large.
    pub(super) fn finish(
        &self,
        format: Format,
        out: &mut Vec<u8>,
        write: impl FnOnce(&EncodeOptions, &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<ContentFormat, Status> {
        let start = out.len();
        write(&self.config.encoding, out).map_err(|error| match error {
            EncodeError::Unsupported { .. } => Status::NotAcceptable,
            _ => Status::InternalServerError,
        })?;
        if out.len() - start > self.config.max_answer_bytes {
            out.truncate(start);
            return Err(Status::InternalServerError);
        }
        Ok(format.content_format())
    }

    /// Begins to read the payload of a request.
    pub(super) fn reader<'a>(
        &'a self,
        asker: Asker<'_>,
        target: Path,
        payload: Payload<'a>,
        kind: PayloadKind,
        purpose: Purpose,
    ) -> Result<Reader<'a>, Status> {
        let format = asker.formats.receive(Some(payload.format), kind)?;
        let limits = Limits {
            payload: self.config.max_payload_bytes,
            records: self.config.max_records,
            value: self.config.max_value_bytes,
        };
        let mut decoder = Decoder::new(format, target)
            .with_purpose(purpose)
            .with_definitions(self)
            .with_limits(limits);
        if asker.has_prefix() {
            decoder = decoder.with_prefixes();
        }
        decoder.read(payload.bytes).map_err(decode_status)
    }
}

/// Whether names in a payload for a server begin with the alternate path.
fn has_prefix(asker: Asker<'_>, format: Format) -> bool {
    matches!(format, Format::SenmlJson | Format::SenmlCbor) && !asker.prefix().is_empty()
}

/// What a payload that cannot be read is answered with.
pub(super) fn decode_status(error: DecodeError) -> Status {
    match error.kind {
        DecodeErrorKind::Limit => Status::RequestEntityTooLarge,
        DecodeErrorKind::Unsupported { .. } => Status::UnsupportedContentFormat,
        DecodeErrorKind::Executable => Status::MethodNotAllowed,
        _ => Status::BadRequest,
    }
}
