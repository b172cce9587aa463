use super::{Application, Asker, Execute, Executed, Outcome, Tree};
use crate::{
    model::Path,
    operation::{ExecuteInput, Operation, Status},
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
        let executable = target
            .resource
            .is_some_and(|resource| resource.operations().executable());
        if !executable {
            return Err(Status::MethodNotAllowed);
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
