use super::{Application, Asker, Block, Tree};
use crate::{
    encoding::ContentFormat,
    model::{Path, ResourceType},
    operation::{Operation, Status},
};

impl Tree {
    /// Whether a Write of a resource in a format, of which the first block has come, goes to the application block by
    /// block: a single opaque resource in [`ContentFormat::OPAQUE`], of which the application wants it.
    ///
    /// # Errors
    ///
    /// What the request is answered with before more of it comes: 4.01, 4.04 or 4.05.
    pub fn accepts_stream(
        &self,
        asker: Asker<'_>,
        path: Path,
        format: ContentFormat,
        application: &mut dyn Application,
    ) -> Result<bool, Status> {
        let target = self.target(path)?;
        self.permitted(asker, Operation::WriteReplace, path)?;
        let Some(resource) = target.resource.filter(|_| path.depth() == 3) else {
            return Ok(false);
        };
        if !resource.operations().writable() {
            return Err(Status::MethodNotAllowed);
        }
        Ok(resource.resource_type() == Some(ResourceType::Opaque)
            && !resource.multiple()
            && format == ContentFormat::OPAQUE
            && application.accepts_stream(self, path))
    }

    /// Hands a block to the application. Blocks come in order and without gaps.
    ///
    /// # Errors
    ///
    /// What the transfer is answered with, and ends by: also when the path or the right to it is gone meanwhile.
    pub fn write_block(
        &mut self,
        asker: Asker<'_>,
        block: &Block<'_>,
        application: &mut dyn Application,
    ) -> Result<(), Status> {
        let permitted = self
            .target(block.path)
            .and_then(|_| self.permitted(asker, Operation::WriteReplace, block.path));
        if let Err(status) = permitted {
            if block.offset > 0 {
                application.stream_abandoned(self, block.path);
            }
            return Err(status);
        }
        application.write_block(self, block)
    }
}
