//! Floor 3: what a bootstrap server gives a client, and what a client checks before it takes it (LwM2M Core 1.2,
//! section 6.1). Both ends use it: a bootstrap server numbers and writes a [`BootstrapConfiguration`]; a client looks at
//! what it has got by [`check`].
//!
//! | file | what |
//! |---|---|
//! | `account` | accounts at servers and at the bootstrap server |
//! | `credentials` | how they are secured |
//! | `access_rule` | who may do what, for clients with several servers |
//! | `values` | values of instances by their paths |
//! | `present` | the instances that a client has, as its Bootstrap-Discover says |
//! | `numbering` | which identifiers the instances of a configuration get |
//! | `smartcard` | bootstrap from a smartcard: a directory |
//! | `consistency` | whether accounts are complete, and what they refer to is there |

mod access_rule;
mod account;
mod consistency;
mod credentials;
mod numbering;
mod present;
mod smartcard;
mod values;

pub use access_rule::{AccessRule, RuleTarget};
pub use account::{BootstrapConfiguration, BootstrapServerAccount, ServerAccount};
pub use consistency::{Inconsistency, check};
pub use credentials::{Credentials, Oscore};
pub use numbering::NumberingError;
pub use present::PresentInstances;
pub use smartcard::{
    CardApplication, CardContents, CardError, CardFile, DirectoryFault, MemoryCard, Smartcard, SmartcardData,
    SmartcardError, SmartcardFile, SmartcardObject, read_bootstrap_data,
};
pub use values::Values;
