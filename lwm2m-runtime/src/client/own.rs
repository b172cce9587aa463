use crate::{
    model::{Path, Version},
    operation::{Binding, Status},
    tree::{Application, Block, Change, Create, Execute, Executed, Tree, Write},
};

/// What a server has the engine itself do, once it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// `/1/x/4`, Disable: de-register and stay away.
    Disable {
        /// The instance of the Server object.
        instance: u16,
    },
    /// `/1/x/8`, Registration Update Trigger.
    Update {
        /// The instance of the Server object.
        instance: u16,
    },
    /// `/1/x/9`, Bootstrap-Request Trigger.
    Bootstrap {
        /// The instance of the Server object.
        instance: u16,
    },
}

/// The application, with the engine's own resources in front of it.
pub(super) struct Own<'a> {
    pub(super) application: &'a mut dyn Application,
    /// The version of the asking server's session.
    pub(super) version: Version,
    /// The transports that the client can change to.
    pub(super) supported: Binding,
    pub(super) order: Option<Order>,
}

impl Own<'_> {
    /// Whether an Update can be sent over the binding that a trigger asks for, if it asks for one: in the payload, or
    /// as one example of the specification has it, in the query (LwM2M Core 1.2, object 1, resource 8).
    fn can_trigger(&self, execute: &Execute<'_>) -> bool {
        let asked = match execute.query {
            Some(query) => match query.strip_prefix("0=") {
                Some(text) => Some(text.trim_matches('\'')),
                None => return false,
            },
            None => match execute.arguments.get(0) {
                Some(Some(text)) => Some(text),
                Some(None) => return false,
                None => None,
            },
        };
        if execute.arguments.iter().any(|argument| argument.number != 0) {
            return false;
        }
        asked.is_none_or(|text| {
            Binding::parse(text, self.version.max(Version::V1_1)).is_some_and(|binding| {
                binding
                    .transports()
                    .all(|transport| self.supported.contains(transport))
            })
        })
    }
}

impl Application for Own<'_> {
    fn execute(&mut self, tree: &mut Tree, execute: &Execute<'_>) -> Executed {
        let &[1, instance, resource @ (4 | 8 | 9)] = &*execute.path.ids() else {
            return self.application.execute(tree, execute);
        };
        self.order = Some(match resource {
            4 => Order::Disable { instance },
            8 if !self.can_trigger(execute) => return Executed::Done(Status::BadRequest),
            8 => Order::Update { instance },
            _ => Order::Bootstrap { instance },
        });
        Executed::OK
    }

    fn refresh(&mut self, tree: &mut Tree, path: Path) {
        self.application.refresh(tree, path);
    }

    fn write(&mut self, tree: &Tree, write: &Write<'_>) -> Result<(), Status> {
        self.application.write(tree, write)
    }

    fn create(&mut self, tree: &Tree, create: &mut Create<'_>) -> Result<(), Status> {
        self.application.create(tree, create)
    }

    fn delete(&mut self, tree: &Tree, instance: Path, server: u16) -> Result<(), Status> {
        self.application.delete(tree, instance, server)
    }

    fn changed(&mut self, tree: &mut Tree, change: &Change) {
        self.application.changed(tree, change);
    }

    fn accepts_stream(&mut self, tree: &Tree, resource: Path) -> bool {
        self.application.accepts_stream(tree, resource)
    }

    fn write_block(&mut self, tree: &mut Tree, block: &Block<'_>) -> Result<(), Status> {
        self.application.write_block(tree, block)
    }
}
