use crate::operation::{Arguments, ArgumentsBuilder};

/// What an Execute can be given: `()` for nothing, [`Arguments`] or an [`ArgumentsBuilder`].
pub trait ExecuteArguments: Send {
    /// The arguments as the device sees them.
    fn as_arguments(&self) -> Arguments<'_>;
}

impl ExecuteArguments for () {
    fn as_arguments(&self) -> Arguments<'_> {
        Arguments::NONE
    }
}

impl ExecuteArguments for Arguments<'_> {
    fn as_arguments(&self) -> Arguments<'_> {
        *self
    }
}

impl ExecuteArguments for ArgumentsBuilder {
    fn as_arguments(&self) -> Arguments<'_> {
        Self::as_arguments(self)
    }
}
