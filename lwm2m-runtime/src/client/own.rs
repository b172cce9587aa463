use super::{ClientConfig, account::Account, registration::transport::choice};
use crate::{
    model::{Path, ValueRef, Version},
    operation::{Binding, Status, Transport},
    tree::{Application, Execute, Executed, Tree, Write},
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
        /// What the Update is to go over, if the server says.
        over: Option<Transport>,
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
    pub(super) config: &'a ClientConfig,
    pub(super) account: &'a Account,
    pub(super) order: Option<Order>,
}

impl Own<'_> {
    /// What a trigger asks an Update to go over, if it says: in the payload, or as one example of the specification has
    /// it, in the query (LwM2M Core 1.2, object 1, resource 8). 4.00 for what is not understood, not listed or not there.
    fn triggered(&self, tree: &Tree, execute: &Execute<'_>) -> Result<Option<Transport>, Status> {
        let asked = match execute.query {
            Some(query) => {
                let text = query.strip_prefix("0=").ok_or(Status::BadRequest)?;
                Some(text.trim_matches('\''))
            }
            None => match execute.arguments.get(0) {
                Some(argument) => Some(argument.ok_or(Status::BadRequest)?),
                None => None,
            },
        };
        if execute.arguments.iter().any(|argument| argument.number != 0) {
            return Err(Status::BadRequest);
        }
        let Some(letter) = asked else {
            return Ok(None);
        };
        let choice = choice(self.config, tree, self.account, self.version);
        let transport = Transport::parse(letter, self.version.max(Version::V1_1))
            .filter(|transport| choice.allows(*transport));
        transport.map(Some).ok_or(Status::BadRequest)
    }

    /// Whether a server may set a resource of the Server object to a value.
    fn check(&self, path: Path, value: Option<ValueRef<'_>>) -> Result<(), Status> {
        let (&[1, _, resource], Some(ValueRef::String(text))) = (&*path.ids(), value) else {
            return Ok(());
        };
        let understood = match resource {
            7 => Binding::parse(text, self.version).is_some(),
            22 => Transport::parse(text, self.version).is_some(),
            _ => true,
        };
        match understood {
            true => Ok(()),
            false => Err(Status::BadRequest),
        }
    }
}

impl Application for Own<'_> {
    fn inner(&mut self) -> Option<&mut dyn Application> {
        Some(self.application)
    }

    fn execute(&mut self, tree: &mut Tree, execute: &Execute<'_>) -> Executed {
        let &[1, instance, resource @ (4 | 8 | 9)] = &*execute.path.ids() else {
            return self.application.execute(tree, execute);
        };
        self.order = Some(match resource {
            4 => Order::Disable { instance },
            8 => match self.triggered(tree, execute) {
                Ok(over) => Order::Update { instance, over },
                Err(status) => return Executed::Done(status),
            },
            _ => Order::Bootstrap { instance },
        });
        Executed::OK
    }

    fn write(&mut self, tree: &Tree, write: &Write<'_>) -> Result<(), Status> {
        self.check(write.path, write.value)?;
        self.application.write(tree, write)
    }
}
