//! The workspace's own tests: what no single crate can prove about itself, the ledger of the protocol's
//! requirements, and a network in simulated time.

pub mod ledger;
pub mod link;
pub mod workspace;
