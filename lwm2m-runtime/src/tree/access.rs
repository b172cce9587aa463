use super::Tree;
use crate::{
    encoding::Negotiation,
    model::{Path, Version},
    operation::{Operation, Status, protected},
};

/// The server that asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Its Short Server ID, 1 to 65534.
    pub server: u16,
    /// The version of the session, and the formats that both sides have.
    pub formats: &'a Negotiation,
}

impl<'a> Asker<'a> {
    /// A server in a session.
    #[must_use]
    pub const fn new(server: u16, formats: &'a Negotiation) -> Self {
        Self { server, formats }
    }

    /// The version of LwM2M in the session.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.formats.version()
    }
}

impl Tree {
    /// Whether the asking server has the right to an operation on a path that exists. Every operation goes through here.
    pub(super) fn permitted(&self, asker: Asker<'_>, operation: Operation, path: Path) -> Result<(), Status> {
        let Some(object) = path.object_id() else {
            return Ok(());
        };
        if protected(object, asker.version()) {
            return Err(Status::Unauthorized);
        }
        // Instances of the Access Control object are made by a bootstrap server, or by the client itself when another
        // instance comes or goes (LwM2M Core 1.2, section 8.1).
        match (object, operation) {
            (2, Operation::Create | Operation::Delete) => Err(Status::Unauthorized),
            _ => Ok(()),
        }
    }

    /// Whether the asking server may read an instance. Reading what is above leaves out those that it may not.
    pub(super) fn may_read(&self, asker: Asker<'_>, object: u16, instance: u16) -> bool {
        self.permitted(asker, Operation::Read, Path::instance(object, instance))
            .is_ok()
    }
}
