use super::{Application, Asker, Execute, Executed, Outcome, Tree};
use crate::{
    encoding::ContentFormat,
    model::{Path, ResourceType},
    operation::{ExecuteInput, Operation, Status, WriteMode},
};

impl Tree {
    /// Execute (LwM2M Core 1.2, section 6.3.5).
    pub(super) fn execute(
        &mut self,
        asker: Asker<'_>,
        path: Path,
        input: ExecuteInput<'_>,
        application: &mut dyn Application,
    ) -> Result<Outcome, Status> {
        let target = self.target(path)?.existing()?;
        self.permitted(asker, Operation::Execute, path)?;
        match (target.resource, input) {
            (Some(resource), _) if resource.operations().executable() => {}
            // Peers are seen to push firmware by POST, too.
            (Some(resource), ExecuteInput::Payload(payload))
                if resource.resource_type() == Some(ResourceType::Opaque)
                    && payload.format == ContentFormat::OPAQUE =>
            {
                return self.write(asker, path, WriteMode::Replace, payload, application);
            }
            _ => return Err(Status::MethodNotAllowed),
        }
        let execute = Execute {
            path,
            arguments: input.arguments()?,
            query: match input {
                ExecuteInput::Query(query) => Some(query),
                _ => None,
            },
            server: asker.server,
        };
        Ok(match application.execute(self, &execute) {
            Executed::Done(status) => Outcome::new(status),
            Executed::Later => Outcome {
                deferred: true,
                ..Outcome::new(Status::Changed)
            },
        })
    }
}
