//! From a question to the task that owns the engine, and back.

use std::vec::Vec;

use tokio::sync::{mpsc, oneshot};

use super::{
    Device, DeviceError,
    ask::Ask,
    command::{Answered, Command},
};
use crate::{
    encoding::{Decoder, Definitions, Format, Reader, Record, Tolerant},
    model::Path,
    operation::Operation,
    server::Answer,
};

impl Device {
    /// Asks for something that is done or not.
    pub(super) async fn done(&self, ask: Ask) -> Result<(), DeviceError> {
        self.answer(ask).await.map(drop)
    }

    /// Asks for something, and takes a success for an answer.
    pub(super) async fn answer(&self, ask: Ask) -> Result<Answer, DeviceError> {
        let (operation, path) = (ask.operation(), ask.path());
        let answer = self.ask(ask, Vec::new()).await?.answer;
        succeeded(answer, operation, path)
    }

    /// Asks for values.
    pub(super) async fn content(
        &self,
        ask: Ask,
        objects: Vec<u16>,
    ) -> Result<(Answered, Format), DeviceError> {
        let (operation, path) = (ask.operation(), ask.path());
        let mut answered = self.ask(ask, objects).await?;
        answered.answer = succeeded(answered.answer, operation, path)?;
        let format = answered.format(path)?;
        Ok((answered, format))
    }

    pub(super) async fn ask(&self, ask: Ask, objects: Vec<u16>) -> Result<Answered, DeviceError> {
        let (reply, answered) = oneshot::channel();
        self.command(Command::Ask {
            endpoint: self.endpoint.clone(),
            ask,
            objects,
            reply,
        })
        .await?;
        let mut waiting = Waiting {
            commands: &self.commands,
            answered: false,
        };
        let answered = answered.await;
        waiting.answered = true;
        answered.map_err(|_| DeviceError::Stopped)?
    }

    pub(super) async fn command(&self, command: Command) -> Result<(), DeviceError> {
        let sent = self.commands.send(command).await;
        sent.map_err(|_| DeviceError::Stopped)
    }
}

/// Somebody who waits for an answer, and may be dropped before it comes: then the request is given up.
struct Waiting<'a> {
    commands: &'a mpsc::Sender<Command>,
    answered: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.answered {
            // Without room for the command, the request goes on until it is answered or its time is over.
            let _ = self.commands.try_send(Command::Abandoned);
        }
    }
}

/// An answer that is a success.
pub(super) fn succeeded(answer: Answer, operation: Operation, path: Path) -> Result<Answer, DeviceError> {
    match answer.status {
        status if status.is_success() => Ok(answer),
        status => Err(DeviceError::Refused {
            operation,
            path,
            status,
        }),
    }
}

/// The records of an answer, and those that are not as the definitions have them.
pub(super) fn decode_tolerant(
    operation: Operation,
    path: Path,
    answered: &Answered,
) -> Result<Tolerant<Vec<Record>>, DeviceError> {
    Decoder::new(answered.format(path)?, path)
        .with_definitions(&answered.definitions)
        .read_tolerant(answered.bytes())
        .map_err(|error| DeviceError::Answer {
            operation,
            path,
            error: error.into(),
        })
}

/// The records of an answer.
pub(super) fn decode(
    operation: Operation,
    path: Path,
    format: Format,
    definitions: &dyn Definitions,
    answered: &Answered,
) -> Result<Vec<Record>, DeviceError> {
    Decoder::new(format, path)
        .with_definitions(definitions)
        .read(answered.bytes())
        .and_then(Reader::collect)
        .map_err(|error| DeviceError::Answer {
            operation,
            path,
            error: error.into(),
        })
}
