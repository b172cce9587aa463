use std::collections::HashMap;

use lwm2m_runtime::{
    model::Path,
    operation::Status,
    tree::{Application, Create, Execute, Executed, Tree, Write},
};

/// A device's program that does as it was told, and keeps account of what it was asked.
#[derive(Debug, Default)]
pub struct Program {
    /// What an Execute of a resource comes to; 2.04 where nothing is said.
    pub execute: HashMap<Path, Executed>,
    /// Values that are refused.
    pub refuse: HashMap<Path, Status>,
    /// What a Delete or Create of an object's instances is refused with.
    pub fixed: HashMap<u16, Status>,
    /// What was executed: which resource, its arguments, by which server.
    pub executed: Vec<(Path, String, u16)>,
    /// What servers were about to write, and were not refused.
    pub written: Vec<Path>,
    /// How often each path was about to be read.
    pub refreshed: HashMap<Path, usize>,
}

impl Application for Program {
    fn refresh(&mut self, _: &mut Tree, path: Path) {
        *self.refreshed.entry(path).or_default() += 1;
    }

    fn write(&mut self, _: &Tree, write: &Write<'_>) -> Result<(), Status> {
        match self.refuse.get(&write.path) {
            Some(status) => Err(*status),
            None => {
                self.written.push(write.path);
                Ok(())
            }
        }
    }

    fn execute(&mut self, _: &mut Tree, execute: &Execute<'_>) -> Executed {
        let arguments = execute.arguments.as_str().to_owned();
        self.executed.push((execute.path, arguments, execute.server));
        self.execute.get(&execute.path).copied().unwrap_or(Executed::OK)
    }

    fn create(&mut self, _: &Tree, create: &mut Create<'_>) -> Result<(), Status> {
        self.allowed(create.path())
    }

    fn delete(&mut self, _: &Tree, instance: Path, _: u16) -> Result<(), Status> {
        self.allowed(instance)
    }
}

impl Program {
    fn allowed(&self, instance: Path) -> Result<(), Status> {
        let object = instance.object_id().unwrap_or_default();
        self.fixed.get(&object).map_or(Ok(()), |status| Err(*status))
    }
}
