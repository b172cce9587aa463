use std::{boxed::Box, collections::BTreeMap, vec::Vec};

use crate::{
    model::{Path, ValueRef},
    operation::{Arguments, Status, TreeView},
    tree::{Application, Execute, Executed, Tree, Write},
};

/// A server executes a resource: what the device's program is told, and what it may change.
#[derive(Debug)]
pub struct ExecuteCall<'a> {
    /// The instance whose resource it is.
    pub instance: u16,
    /// The arguments.
    pub arguments: Arguments<'a>,
    /// The Short Server ID of the server.
    pub server: u16,
    /// The device's instances.
    pub tree: &'a mut Tree,
}

/// What a program says to an Execute: `()` or `Ok(())` for done, a [`Status`] or `Err` of one for why not, or
/// [`Executed::Later`] for an answer that comes by [`Client::complete`](super::Client::complete).
pub trait ExecuteOutcome {
    /// The answer.
    fn executed(self) -> Executed;
}

impl ExecuteOutcome for () {
    fn executed(self) -> Executed {
        Executed::OK
    }
}

impl ExecuteOutcome for Status {
    fn executed(self) -> Executed {
        Executed::Done(self)
    }
}

impl ExecuteOutcome for Result<(), Status> {
    fn executed(self) -> Executed {
        Executed::Done(self.err().unwrap_or(Status::Changed))
    }
}

impl ExecuteOutcome for Executed {
    fn executed(self) -> Executed {
        self
    }
}

pub(super) type OnExecute = Box<dyn FnMut(ExecuteCall<'_>) -> Executed + Send>;
pub(super) type OnWrite = Box<dyn FnMut(u16, ValueRef<'_>) -> Result<(), Status> + Send>;
pub(super) type OnRead = Box<dyn FnMut(&mut Tree, u16) + Send>;

/// A resource of any instance of its object.
pub(super) type Key = (u16, u16);

/// What a device's program does when servers ask: a function for a resource, and one application for everything else.
pub(super) struct Hooks {
    pub(super) execute: BTreeMap<Key, OnExecute>,
    pub(super) write: BTreeMap<Key, OnWrite>,
    pub(super) read: Vec<(Key, OnRead)>,
    pub(super) application: Box<dyn Application + Send>,
}

impl Hooks {
    pub(super) fn new() -> Self {
        Self {
            execute: BTreeMap::new(),
            write: BTreeMap::new(),
            read: Vec::new(),
            application: Box::new(()),
        }
    }
}

/// The instance and the resource that a path names.
fn resource(path: Path) -> Option<(u16, Key)> {
    Some((path.instance_id()?, (path.object_id()?, path.resource_id()?)))
}

impl Application for Hooks {
    fn inner(&mut self) -> Option<&mut dyn Application> {
        Some(&mut *self.application)
    }

    fn refresh(&mut self, tree: &mut Tree, path: Path) {
        for ((object, id), read) in &mut self.read {
            let concerned = path.object_id().is_none_or(|asked| asked == *object)
                && path.resource_id().is_none_or(|asked| asked == *id);
            if !concerned {
                continue;
            }
            match path.instance_id() {
                Some(instance) => read(tree, instance),
                None => {
                    let instances: Vec<_> = tree.instances(*object).collect();
                    for instance in instances {
                        read(tree, instance);
                    }
                }
            }
        }
        self.application.refresh(tree, path);
    }

    fn write(&mut self, tree: &Tree, write: &Write<'_>) -> Result<(), Status> {
        if let (Some((instance, key)), Some(value)) = (resource(write.path), write.value) {
            if let Some(on_write) = self.write.get_mut(&key) {
                on_write(instance, value)?;
            }
        }
        self.application.write(tree, write)
    }

    fn execute(&mut self, tree: &mut Tree, execute: &Execute<'_>) -> Executed {
        let hook = resource(execute.path)
            .and_then(|(instance, key)| self.execute.get_mut(&key).map(|hook| (instance, hook)));
        match hook {
            Some((instance, hook)) => hook(ExecuteCall {
                instance,
                arguments: execute.arguments,
                server: execute.server,
                tree,
            }),
            None => self.application.execute(tree, execute),
        }
    }
}
