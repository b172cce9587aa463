//! The workspace's own tests: what no single crate can prove about itself, the ledger of the protocol's
//! requirements, a network in simulated time, and both engines on it.

pub mod ledger;
pub mod link;
pub mod pair;
pub mod terminal;
pub mod workspace;
