use core::fmt;

use crate::{coap::Peer, operation::Status};

/// Who may be bootstrapped, and as whom.
///
/// The default of every method is that of a bootstrap server without security: nobody is known, everybody may who has a
/// plan.
pub trait Authoriser: fmt::Debug + Send {
    /// The endpoint client name that belongs to the authenticated identity behind a peer's security session: a PSK
    /// identity, a key, the name in a certificate. `None` without one.
    ///
    /// A request by this peer for another name is answered 4.00; one without a name is for this one. While a session is on
    /// with a peer that has a security session, so is one by a peer without this identity for the same name.
    fn identity(&self, peer: Peer) -> Option<&str> {
        let _ = peer;
        None
    }

    /// Whether a client may be bootstrapped under a name, which is that of the peer's identity if it has one.
    ///
    /// # Errors
    ///
    /// The status of the answer: 4.00 for one that may not, 4.01 for one that should have come by a secured session.
    fn bootstrap(&mut self, peer: Peer, endpoint: &str) -> Result<(), Status> {
        let _ = (peer, endpoint);
        Ok(())
    }
}

/// Everybody may be bootstrapped who has a plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anybody;

impl Authoriser for Anybody {}
