use std::{boxed::Box, string::String, vec::Vec};

use super::{DeviceError, verbatim::Verbatim};
use crate::{
    encoding::{EncodeOptions, Negotiation, PayloadKind, Record, RecordRef, encode},
    link::{AttributeChanges, NotificationAttributes},
    model::Path,
    operation::{Arguments, Depth, ExecuteInput, InvalidRequest, Operation, Payload, Request, WriteMode},
};

/// What a device is asked, by somebody who does not know what it reads: the request with its payload is made when it is
/// sent.
///
/// The answers of reads come in the format that the device likes best: asking for one that it happens not to have
/// would only be refused.
///
/// Reads are what servers do most: what only others need is boxed, as every question goes through a channel.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    Read {
        path: Path,
    },
    ReadComposite {
        paths: Vec<Path>,
    },
    Observe {
        path: Path,
        attributes: Box<NotificationAttributes>,
    },
    ObserveComposite {
        paths: Vec<Path>,
        attributes: Box<NotificationAttributes>,
    },
    Discover {
        path: Path,
        depth: Option<Depth>,
    },
    Write {
        path: Path,
        mode: WriteMode,
        kind: PayloadKind,
        records: Vec<Record>,
    },
    WriteComposite {
        records: Vec<Record>,
    },
    WriteAttributes {
        path: Path,
        changes: Box<AttributeChanges>,
    },
    Execute {
        path: Path,
        arguments: String,
    },
    Create {
        object: u16,
        records: Vec<Record>,
    },
    Delete {
        path: Path,
    },
    Verbatim(Box<Verbatim>),
}

impl Ask {
    /// Which operation it is.
    pub(super) fn operation(&self) -> Operation {
        match self {
            Self::Read { .. } => Operation::Read,
            Self::ReadComposite { .. } => Operation::ReadComposite,
            Self::Observe { .. } => Operation::Observe,
            Self::ObserveComposite { .. } => Operation::ObserveComposite,
            Self::Discover { .. } => Operation::Discover,
            Self::Write { mode, .. } => match mode {
                WriteMode::Replace => Operation::WriteReplace,
                WriteMode::Partial => Operation::WritePartial,
            },
            Self::WriteComposite { .. } => Operation::WriteComposite,
            Self::WriteAttributes { .. } => Operation::WriteAttributes,
            Self::Execute { .. } => Operation::Execute,
            Self::Create { .. } => Operation::Create,
            Self::Delete { .. } => Operation::Delete,
            Self::Verbatim(verbatim) => verbatim.operation(),
        }
    }

    /// Its target; the root for composite operations.
    pub(super) fn path(&self) -> Path {
        match self {
            Self::Read { path }
            | Self::Observe { path, .. }
            | Self::Discover { path, .. }
            | Self::Write { path, .. }
            | Self::WriteAttributes { path, .. }
            | Self::Execute { path, .. }
            | Self::Delete { path } => *path,
            Self::Create { object, .. } => Path::object(*object),
            Self::ReadComposite { .. } | Self::ObserveComposite { .. } | Self::WriteComposite { .. } => {
                Path::ROOT
            }
            Self::Verbatim(verbatim) => verbatim.path(),
        }
    }

    /// The request for a device with which formats were agreed upon. Its payload is written into `payload`.
    ///
    /// # Errors
    ///
    /// [`DeviceError::NoFormat`], [`DeviceError::Encode`].
    pub(super) fn request<'a>(
        &self,
        formats: &Negotiation,
        payload: &'a mut Vec<u8>,
    ) -> Result<Request<'a>, DeviceError> {
        Ok(match self {
            Self::Read { path } => Request::Read {
                path: *path,
                accept: None,
            },
            Self::ReadComposite { paths } => Request::ReadComposite {
                paths: self.paths(paths, formats, payload)?,
                accept: None,
            },
            Self::Observe { path, attributes } => Request::Observe {
                path: *path,
                accept: None,
                attributes: **attributes,
            },
            Self::ObserveComposite { paths, attributes } => Request::ObserveComposite {
                paths: self.paths(paths, formats, payload)?,
                accept: None,
                attributes: **attributes,
            },
            Self::Discover { path, depth } => Request::Discover {
                path: *path,
                depth: *depth,
            },
            Self::Write {
                path,
                mode,
                kind,
                records,
            } => Request::Write {
                path: *path,
                mode: *mode,
                payload: self.values(*kind, records, formats, payload)?,
            },
            Self::WriteComposite { records } => {
                let kind = PayloadKind::CompositeWrite { removes: false };
                Request::WriteComposite {
                    payload: self.values(kind, records, formats, payload)?,
                }
            }
            Self::WriteAttributes { path, changes } => Request::WriteAttributes {
                path: *path,
                changes: **changes,
            },
            Self::Execute { path, arguments } => {
                payload.clear();
                payload.extend_from_slice(arguments.as_bytes());
                // Whoever made the text had its grammar checked.
                let arguments = Arguments::parse(payload).unwrap_or_default();
                Request::Execute {
                    path: *path,
                    input: ExecuteInput::new(arguments),
                }
            }
            Self::Create { object, records } => Request::Create {
                object: *object,
                payload: self.values(PayloadKind::Values, records, formats, payload)?,
            },
            Self::Delete { path } => Request::Delete { path: *path },
            Self::Verbatim(verbatim) => verbatim.request(payload),
        })
    }

    fn paths<'a>(
        &self,
        paths: &[Path],
        formats: &Negotiation,
        payload: &'a mut Vec<u8>,
    ) -> Result<Payload<'a>, DeviceError> {
        let records = paths.iter().map(|path| RecordRef::path(*path));
        self.encode(PayloadKind::CompositePaths, records, formats, payload)
    }

    fn values<'a>(
        &self,
        kind: PayloadKind,
        records: &[Record],
        formats: &Negotiation,
        payload: &'a mut Vec<u8>,
    ) -> Result<Payload<'a>, DeviceError> {
        self.encode(kind, records.iter().map(Record::as_ref), formats, payload)
    }

    fn encode<'a, 'r>(
        &self,
        kind: PayloadKind,
        records: impl Iterator<Item = RecordRef<'r>> + Clone,
        formats: &Negotiation,
        payload: &'a mut Vec<u8>,
    ) -> Result<Payload<'a>, DeviceError> {
        let (operation, path) = (self.operation(), self.path());
        let version = formats.version();
        // Else no format would be found, and the reason would not be told.
        if let Some(since) = operation.since(path.depth()).filter(|since| *since > version) {
            let what = operation.name();
            return Err(DeviceError::Invalid(InvalidRequest::Since { what, since }));
        }
        let format = formats.preferred(kind).ok_or(DeviceError::NoFormat {
            operation,
            path,
            version,
        })?;
        payload.clear();
        encode(format, path, records, &EncodeOptions::default(), payload).map_err(DeviceError::Encode)?;
        Ok(Payload::new(format.content_format(), payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_small() {
        assert!(size_of::<Ask>() <= 64, "{}", size_of::<Ask>());
    }
}
