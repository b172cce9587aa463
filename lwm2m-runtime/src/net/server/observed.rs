use std::{collections::VecDeque, vec::Vec};

use super::{
    DeviceError, Targets,
    asking::{decode, decode_tolerant},
    command::Answered,
};
use crate::{
    encoding::{Record, Tolerant},
    model::Path,
    operation::Operation,
};

/// What can be observed: [`Targets`] with types, or a [`Path`] or `Vec<Path>` without.
pub trait Observed: sealed::Sealed {
    /// What each notification holds.
    type Values;

    #[doc(hidden)]
    fn paths(&self) -> Vec<Path>;

    /// Whether the list of paths is observed as one.
    #[doc(hidden)]
    fn composite(&self) -> bool;

    /// The objects whose definitions only the server knows.
    #[doc(hidden)]
    fn objects(&self) -> Vec<u16>;

    /// Adds the values of a notification, which has several if the device kept older ones.
    #[doc(hidden)]
    fn values(&self, answered: &Answered, out: &mut VecDeque<Self::Values>) -> Result<(), DeviceError>;

    #[doc(hidden)]
    fn operation(&self) -> (Operation, Path) {
        match (self.composite(), &*self.paths()) {
            (false, [path]) => (Operation::Observe, *path),
            _ => (Operation::ObserveComposite, Path::ROOT),
        }
    }
}

mod sealed {
    use super::{Path, Targets, Vec};

    pub trait Sealed {}

    impl<T: Targets> Sealed for T {}
    impl Sealed for Path {}
    impl Sealed for Vec<Path> {}
}

impl<T: Targets> Observed for T {
    type Values = T::Values;

    fn paths(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        self.each(&mut |target| paths.push(target.path));
        paths
    }

    fn composite(&self) -> bool {
        self.paths().len() > 1
    }

    fn objects(&self) -> Vec<u16> {
        Vec::new()
    }

    fn values(&self, answered: &Answered, out: &mut VecDeque<T::Values>) -> Result<(), DeviceError> {
        let (operation, path) = self.operation();
        let mut definitions = Vec::new();
        self.each(&mut |target| definitions.push(target.definition));
        let format = answered.format(path)?;
        let records = decode(operation, path, format, &definitions, answered)?;
        for moment in records.chunk_by(|a, b| a.time == b.time) {
            let values = Targets::values(*self, moment).map_err(|error| DeviceError::Answer {
                operation,
                path,
                error,
            })?;
            out.push_back(values);
        }
        Ok(())
    }
}

impl Observed for Path {
    type Values = Tolerant<Vec<Record>>;

    fn paths(&self) -> Vec<Path> {
        [*self].into()
    }

    fn composite(&self) -> bool {
        false
    }

    fn objects(&self) -> Vec<u16> {
        self.object_id().into_iter().collect()
    }

    fn values(&self, answered: &Answered, out: &mut VecDeque<Self::Values>) -> Result<(), DeviceError> {
        out.push_back(untyped(self, answered)?);
        Ok(())
    }
}

impl Observed for Vec<Path> {
    type Values = Tolerant<Vec<Record>>;

    fn paths(&self) -> Vec<Path> {
        self.clone()
    }

    fn composite(&self) -> bool {
        true
    }

    fn objects(&self) -> Vec<u16> {
        self.iter().filter_map(|path| path.object_id()).collect()
    }

    fn values(&self, answered: &Answered, out: &mut VecDeque<Self::Values>) -> Result<(), DeviceError> {
        out.push_back(untyped(self, answered)?);
        Ok(())
    }
}

/// The records of a notification, whatever their times, and which of them are odd.
fn untyped(observed: &impl Observed, answered: &Answered) -> Result<Tolerant<Vec<Record>>, DeviceError> {
    let (operation, path) = observed.operation();
    decode_tolerant(operation, path, answered)
}
