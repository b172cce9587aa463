//! Floor 3: which server may do what, by the instances of the Access Control object (LwM2M Core 1.2, section 8). Pure
//! functions: no tree, no session.
//!
//! | file | what |
//! |---|---|
//! | `rights` | a set of rights, and which an operation needs |
//! | `rule` | an instance of object 2 |
//! | `rules` | all of them, and how one is found |
//! | `evaluation` | from the rules, a server, an operation and a target to permitted or not |
//! | `upkeep` | what becomes of the rules when an instance or a server account comes or goes |
//!
//! 1. A client with one server account, or without any rule, gives its servers all rights.
//! 2. Otherwise the rule for an object instance gives a server what its own entry says; without one the owner has all
//!    rights but Create, and everybody else what the entry of server 0 says.
//! 3. Create needs the server's own entry in the rule for the object itself.
//! 4. The bootstrap interface is not subject to any of this.

mod evaluation;
mod rights;
mod rule;
mod rules;
mod upkeep;

pub use evaluation::{AccessControl, SingleServer};
pub use rights::Rights;
pub use rule::{BOOTSTRAP_OWNER, OBJECT_ITSELF, Rule};
pub use rules::Rules;
pub use upkeep::{Unbootstrapped, created, deleted, unbootstrapped};
