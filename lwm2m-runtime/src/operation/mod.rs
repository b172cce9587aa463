//! Floor 3: what the roles ask of each other, in words that every transport can carry.
//!
//! | file | what | specification |
//! |---|---|---|
//! | `status` | how an operation ended | Core 1.2, section 6.7 |
//! | `arguments` | the arguments of an Execute | Core 1.2, section 6.3.5 |
//! | `binding` | the transports by which a client can be reached | Core 1.2, section 6.2.1.2 |
//! | `registration` | the parameters of Register and Update | Core 1.2, section 6.2 |
//! | `profile` | profile identifiers | Core 1.2, section 6.2.1.1 |

mod arguments;
mod binding;
mod profile;
mod registration;
mod status;

pub use arguments::{Argument, Arguments, ArgumentsBuilder, ArgumentsError};
pub use binding::{Binding, Transport};
pub use profile::ProfileId;
pub use registration::{ParameterError, RegisterParameters, UpdateParameters};
pub use status::Status;
