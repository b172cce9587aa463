use core::fmt;

use crate::{
    coap::Peer,
    operation::{RegisterParameters, Status},
};

/// Who may register, and as whom.
///
/// The default of every method is that of a server without security: nobody is known, everybody may.
pub trait Authoriser: fmt::Debug + Send {
    /// The endpoint client name that belongs to the authenticated identity behind a peer's security session: a PSK
    /// identity, a key, the name in a certificate. `None` without one.
    ///
    /// A Register by this peer for another name is answered 4.00; one without a name is for this one.
    fn identity(&self, peer: Peer) -> Option<&str> {
        let _ = peer;
        None
    }

    /// Whether a client may register under a name, which is that of the peer's identity if it has one.
    ///
    /// It is not registered yet: it may have to prove its address first, and then this is asked again.
    ///
    /// # Errors
    ///
    /// The status of the answer: 4.00 for an unknown endpoint, 4.03 for one that may not register, 4.01 for one that
    /// should have come by a secured session.
    fn register(
        &mut self,
        peer: Peer,
        endpoint: &str,
        parameters: &RegisterParameters<'_>,
    ) -> Result<(), Status> {
        let _ = (peer, endpoint, parameters);
        Ok(())
    }
}

/// Everybody may register.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anybody;

impl Authoriser for Anybody {}
