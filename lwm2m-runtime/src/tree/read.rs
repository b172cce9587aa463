use alloc::vec::Vec;

use super::{Asker, Tree};
use crate::{
    encoding::{ContentFormat, Decoder, EncodeError, Format, Limits, PayloadKind, Purpose, encode},
    model::Path,
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
        let target = self.target(path)?.existing()?;
        self.permitted(asker, Operation::Read, path)?;
        let kind = match target.resource {
            Some(resource) if !resource.operations().readable() => return Err(Status::MethodNotAllowed),
            Some(resource) if !resource.multiple() || path.depth() == 4 => {
                PayloadKind::Value(resource.resource_type())
            }
            _ => PayloadKind::Values,
        };
        let format = asker.formats.answer(accept, kind).map_err(Status::from)?;
        self.encode(asker, format, path, &[path], out)
    }

    /// Appends what a server reads from a list of paths, for the answer of a Read-Composite or Observe-Composite and for
    /// its notifications (LwM2M Core 1.2, section 6.3.8), and says in which format. Paths that do not exist or cannot be
    /// read are left out. The [`Application`](super::Application) is not asked to bring values up to date.
    ///
    /// # Errors
    ///
    /// 4.06 and 5.00 as [`read`](Self::read).
    pub fn read_composite(
        &self,
        asker: Asker<'_>,
        paths: &[Path],
        accept: Option<ContentFormat>,
        out: &mut Vec<u8>,
    ) -> Result<ContentFormat, Status> {
        let format = asker
            .formats
            .answer(accept, PayloadKind::CompositeValues)
            .map_err(Status::from)?;
        self.encode(asker, format, Path::ROOT, paths, out)
    }

    /// Reads the list of a composite request: its paths in ascending order.
    ///
    /// # Errors
    ///
    /// 4.15 if the format cannot be read or carries no paths, 4.13 above the limits, else 4.00.
    pub fn composite_paths(&self, asker: Asker<'_>, list: Payload<'_>) -> Result<Vec<Path>, Status> {
        let format = receive(asker, list, PayloadKind::CompositePaths)?;
        let mut reader = Decoder::new(format, Path::ROOT)
            .with_purpose(Purpose::Paths)
            .with_limits(self.limits())
            .read(list.bytes)
            .map_err(super::write::decode_status)?;
        let mut paths = Vec::new();
        while let Some(record) = reader.next().map_err(super::write::decode_status)? {
            paths.push(record.path);
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
        let start = out.len();
        encode(
            format,
            target,
            self.records(asker, paths),
            &self.config.encoding,
            out,
        )
        .map_err(|error| match error {
            EncodeError::Unsupported { .. } => Status::NotAcceptable,
            _ => Status::InternalServerError,
        })?;
        if out.len() - start > self.config.max_answer_bytes {
            out.truncate(start);
            return Err(Status::InternalServerError);
        }
        Ok(format.content_format())
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            payload: self.config.max_payload_bytes,
            records: self.config.max_records,
            value: self.config.max_value_bytes,
        }
    }
}

/// The format of a request's payload.
pub(super) fn receive(asker: Asker<'_>, payload: Payload<'_>, kind: PayloadKind) -> Result<Format, Status> {
    asker
        .formats
        .receive(Some(payload.format), kind)
        .map_err(Status::from)
}
