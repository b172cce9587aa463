//! The workspace's own tests: what no single crate can prove about itself, the ledger of the protocol's
//! requirements, a network in simulated time, both engines on it, and the examples as their users meet them.

pub mod ledger;
pub mod link;
pub mod pair;
pub mod program;
pub mod terminal;
pub mod workspace;
