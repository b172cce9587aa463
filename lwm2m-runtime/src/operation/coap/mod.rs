//! The operations over CoAP (LwM2M Transport 1.2, section 6.4), over datagrams and streams alike.
//!
//! | file | what |
//! |---|---|
//! | `session` | what both sides have agreed on |
//! | `fields` | what all requests have: options that must be known, path, formats, queries |
//! | `request`, `bootstrap`, `uplink`, `response` | each of them read |
//! | `form` | each of them written |

mod bootstrap;
mod fields;
mod form;
mod request;
mod response;
mod session;
mod uplink;

pub use form::CoapForm;
pub use response::read_uplink_response;
pub use session::CoapSession;
pub use uplink::{UplinkPeer, read_uplink};
