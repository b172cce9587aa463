use alloc::vec::Vec;
use core::fmt;

use super::{Application, Asker, Tree};
use crate::{
    encoding::ContentFormat,
    link::{LinkWriter, NotificationAttributes},
    model::Path,
    operation::{Depth, Discovery, Payload, Request, Response, Status},
    reporting::AttachedAttributes,
};

/// How an operation went. What there is to read was appended to the buffer that [`Tree::perform`] was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The status of the answer. Meaningless while `deferred`.
    pub status: Status,
    /// The format of what was appended. A payload may be empty and yet have a format.
    pub format: Option<ContentFormat>,
    /// The instance that a Create made, if the client chose its identifier.
    pub created: Option<Path>,
    /// An Execute goes on: its status is told later.
    pub deferred: bool,
}

impl Outcome {
    pub(super) const fn new(status: Status) -> Self {
        Self {
            status,
            format: None,
            created: None,
            deferred: false,
        }
    }

    pub(super) const fn content(format: ContentFormat) -> Self {
        Self {
            format: Some(format),
            ..Self::new(Status::Content)
        }
    }

    /// The answer. `payload` is what was appended.
    #[must_use]
    pub fn response<'a>(&self, payload: &'a [u8]) -> Response<'a> {
        Response {
            status: self.status,
            payload: self.format.map(|format| Payload::new(format, payload)),
            created: self.created,
        }
    }
}

impl Tree {
    /// Does what a server asks for, all of it or nothing.
    ///
    /// `attached` are the attributes of the asking server: Discover shows them, Write-Attributes changes them. Observe,
    /// Observe-Composite and their cancellations are read like Read and Read-Composite; the observation is the engine's.
    /// What is read is appended to `out`.
    pub fn perform(
        &mut self,
        asker: Asker<'_>,
        attached: &mut AttachedAttributes,
        request: &Request<'_>,
        application: &mut dyn Application,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let start = out.len();
        self.try_perform(asker, attached, request, application, out)
            .unwrap_or_else(|status| {
                out.truncate(start);
                Outcome::new(status)
            })
    }

    fn try_perform(
        &mut self,
        asker: Asker<'_>,
        attached: &mut AttachedAttributes,
        request: &Request<'_>,
        application: &mut dyn Application,
        out: &mut Vec<u8>,
    ) -> Result<Outcome, Status> {
        let path = request.path();
        if asker.is_kept_from(path) {
            return Err(Status::Unauthorized);
        }
        if !request.operation().allowed(path, asker.version()) {
            return Err(Status::MethodNotAllowed);
        }
        match *request {
            Request::Read { path, accept } => {
                application.refresh(self, path);
                self.read(asker, path, accept, out).map(Outcome::content)
            }
            Request::Observe {
                path,
                accept,
                ref attributes,
            }
            | Request::CancelObservation {
                path,
                accept,
                ref attributes,
            } => {
                application.refresh(self, path);
                let format = self.read(asker, path, accept, out)?;
                self.check_attributes(asker, path, attributes)?;
                Ok(Outcome::content(format))
            }
            Request::ReadComposite { paths, accept }
            | Request::ObserveComposite { paths, accept, .. }
            | Request::CancelObservationComposite { paths, accept, .. } => {
                let paths = self.composite_paths(asker, paths)?;
                self.any_permitted(asker, &paths)?;
                for path in paths.iter().filter(|path| !asker.is_kept_from(**path)) {
                    application.refresh(self, *path);
                }
                self.read_composite(asker, &paths, accept, out)
                    .map(Outcome::content)
            }
            Request::Discover { path, depth } => self.discover(asker, path, depth, attached, out),
            Request::WriteAttributes { path, ref changes } => {
                self.check_attributes(asker, path, changes.attributes())?;
                changes
                    .check(path, asker.version())
                    .map_err(|_| Status::BadRequest)?;
                attached
                    .write(path, changes)
                    .map_err(|_| Status::InternalServerError)?;
                Ok(Outcome::new(Status::Changed))
            }
            Request::Execute { path, input } => self.execute(asker, path, input, application),
            Request::Write { path, mode, payload } => self.write(asker, path, mode, payload, application),
            Request::WriteComposite { payload } => self.write_composite(asker, payload, application),
            Request::Create { object, payload } => self.create(asker, object, payload, application),
            Request::Delete { path } => self.delete(asker, path, application),
        }
    }

    /// Discover (LwM2M Core 1.2, section 6.3.2). No right is needed.
    fn discover(
        &self,
        asker: Asker<'_>,
        path: Path,
        depth: Option<Depth>,
        attached: &AttachedAttributes,
        out: &mut Vec<u8>,
    ) -> Result<Outcome, Status> {
        let discovery = Discovery {
            version: asker.version(),
            path,
            depth,
        };
        let start = out.len();
        let mut links = LinkWriter::new(Text(out));
        let mut written = Ok(());
        discovery.for_each_link(
            self,
            |path: Path| -> NotificationAttributes { attached.at(path) },
            |link| written = written.and_then(|()| link.write(&mut links)),
        )?;
        if written.is_err() || out.len() - start > self.config.max_answer_bytes {
            return Err(Status::InternalServerError);
        }
        Ok(Outcome::content(ContentFormat::LINK))
    }
}

/// Text at the end of a payload.
struct Text<'a>(&'a mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
