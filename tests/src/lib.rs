//! The workspace's own tests: what no single crate can prove about itself, and the ledger of the protocol's
//! requirements.

pub mod ledger;
pub mod workspace;
