//! A device without types: for objects that nothing was generated of.

use std::{boxed::Box, string::ToString, vec::Vec};

use super::{
    Device, DeviceError, ExecuteArguments, Observe, ask::Ask, asking::decode_tolerant, verbatim::Verbatim,
};
use crate::{
    encoding::{Content, PayloadKind, Record, Tolerant},
    model::Path,
    operation::{Operation, Request, WriteMode},
    server::Answer,
};

impl Device {
    /// Reads what is at a path, whatever it is. Values have the types of the definitions that the server's
    /// configuration knows, else those that the format shows; [`read_path_tolerant`](Self::read_path_tolerant) tells which
    /// values should have another one.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn read_path(&self, path: Path) -> Result<Vec<Record>, DeviceError> {
        self.read_path_tolerant(path).await.map(|read| read.value)
    }

    /// The same, and which values are not as their definitions have them: they have the type that the format shows.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn read_path_tolerant(&self, path: Path) -> Result<Tolerant<Vec<Record>>, DeviceError> {
        let objects = path.object_id().into_iter().collect();
        let (answered, _) = self.content(Ask::Read { path }, objects).await?;
        decode_tolerant(Operation::Read, path, &answered)
    }

    /// Reads what is at several paths at once (LwM2M 1.1). What is not there, or may not be read, is left out.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn read_paths(&self, paths: &[Path]) -> Result<Vec<Record>, DeviceError> {
        self.read_paths_tolerant(paths).await.map(|read| read.value)
    }

    /// The same, and which values are not as their definitions have them.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn read_paths_tolerant(&self, paths: &[Path]) -> Result<Tolerant<Vec<Record>>, DeviceError> {
        let objects = paths.iter().filter_map(|path| path.object_id()).collect();
        let ask = Ask::ReadComposite {
            paths: paths.to_vec(),
        };
        let (answered, _) = self.content(ask, objects).await?;
        decode_tolerant(Operation::ReadComposite, Path::ROOT, &answered)
    }

    /// Writes values at or below a path. What else is in a multiple resource or an instance is replaced or stays, as
    /// `mode` says.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn write_path(
        &self,
        path: Path,
        mode: WriteMode,
        records: Vec<Record>,
    ) -> Result<(), DeviceError> {
        let kind = match &*records {
            [
                Record {
                    path: only, content, ..
                },
            ] if *only == path && path.depth() >= 3 => PayloadKind::Value(match content {
                Content::Value(value) => Some(value.resource_type()),
                _ => None,
            }),
            _ => PayloadKind::Values,
        };
        self.done(Ask::Write {
            path,
            mode,
            kind,
            records,
        })
        .await
    }

    /// Writes values at any paths, all or none (LwM2M 1.1).
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn write_composite(&self, records: Vec<Record>) -> Result<(), DeviceError> {
        self.done(Ask::WriteComposite { records }).await
    }

    /// Executes the resource at a path.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn execute_path(
        &self,
        path: Path,
        arguments: impl ExecuteArguments,
    ) -> Result<(), DeviceError> {
        let arguments = arguments.as_arguments().as_str().to_string();
        self.done(Ask::Execute { path, arguments }).await
    }

    /// Deletes the instance or, since LwM2M 1.2, the resource instance at a path.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn delete_path(&self, path: Path) -> Result<(), DeviceError> {
        self.done(Ask::Delete { path }).await
    }

    /// Observes what is at a path, whatever it is. Each notification tells its records, and which of their values are not
    /// as their definitions have them, as [`read_path_tolerant`](Self::read_path_tolerant) does.
    pub fn observe_path(&self, path: Path) -> Observe<Path> {
        Observe::new(self.clone(), path)
    }

    /// The same for several paths together (LwM2M 1.1).
    pub fn observe_paths(&self, paths: Vec<Path>) -> Observe<Vec<Path>> {
        Observe::new(self.clone(), paths)
    }

    /// Asks exactly this, and returns what the device answers, a refusal too. Observations have their own
    /// [`observe`](Self::observe).
    ///
    /// # Errors
    ///
    /// [`DeviceError`] where there is no answer.
    pub async fn request(&self, request: &Request<'_>) -> Result<Answer, DeviceError> {
        let ask = Ask::Verbatim(Box::new(Verbatim::new(request)));
        self.ask(ask, Vec::new()).await.map(|answered| answered.answer)
    }
}
