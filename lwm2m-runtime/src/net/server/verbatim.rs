use std::vec::Vec;

use crate::{
    model::Path,
    operation::{ExecuteInput, Operation, Payload, Request},
};

/// A request as its asker has put it together, kept until it is sent.
#[derive(Clone, Debug)]
pub(super) struct Verbatim {
    request: Request<'static>,
    payload: Vec<u8>,
}

impl Verbatim {
    pub(super) fn new(request: &Request<'_>) -> Self {
        let payload = match request {
            Request::Execute {
                input: ExecuteInput::Query(query),
                ..
            } => query.as_bytes(),
            request => request.payload().map_or(&[][..], |payload| payload.bytes),
        };
        Self {
            request: with_payload(request, &[]),
            payload: payload.into(),
        }
    }

    pub(super) const fn operation(&self) -> Operation {
        self.request.operation()
    }

    pub(super) const fn path(&self) -> Path {
        self.request.path()
    }

    /// The request, its payload in `payload`.
    pub(super) fn request<'a>(&self, payload: &'a mut Vec<u8>) -> Request<'a> {
        payload.clear();
        payload.extend_from_slice(&self.payload);
        with_payload(&self.request, payload)
    }
}

/// A request with other bytes in its payload.
fn with_payload<'a>(request: &Request<'_>, bytes: &'a [u8]) -> Request<'a> {
    let filled = |payload: Payload<'_>| Payload::new(payload.format, bytes);
    match *request {
        Request::Read { path, accept } => Request::Read { path, accept },
        Request::ReadComposite { paths, accept } => Request::ReadComposite {
            paths: filled(paths),
            accept,
        },
        Request::Discover { path, depth } => Request::Discover { path, depth },
        Request::Write { path, mode, payload } => Request::Write {
            path,
            mode,
            payload: filled(payload),
        },
        Request::WriteComposite { payload } => Request::WriteComposite {
            payload: filled(payload),
        },
        Request::WriteAttributes { path, changes } => Request::WriteAttributes { path, changes },
        Request::Execute { path, input } => Request::Execute {
            path,
            input: match input {
                ExecuteInput::None => ExecuteInput::None,
                ExecuteInput::Payload(payload) => ExecuteInput::Payload(filled(payload)),
                // They are the bytes of a text.
                ExecuteInput::Query(_) => {
                    ExecuteInput::Query(core::str::from_utf8(bytes).unwrap_or_default())
                }
            },
        },
        Request::Create { object, payload } => Request::Create {
            object,
            payload: filled(payload),
        },
        Request::Delete { path } => Request::Delete { path },
        Request::Observe {
            path,
            accept,
            attributes,
        } => Request::Observe {
            path,
            accept,
            attributes,
        },
        Request::ObserveComposite {
            paths,
            accept,
            attributes,
        } => Request::ObserveComposite {
            paths: filled(paths),
            accept,
            attributes,
        },
        Request::CancelObservation {
            path,
            accept,
            attributes,
        } => Request::CancelObservation {
            path,
            accept,
            attributes,
        },
        Request::CancelObservationComposite {
            paths,
            accept,
            attributes,
        } => Request::CancelObservationComposite {
            paths: filled(paths),
            accept,
            attributes,
        },
    }
}
