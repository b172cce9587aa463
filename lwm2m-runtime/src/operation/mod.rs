//! Floor 3: what the roles ask of each other, in words that every transport can carry.
//!
//! | file | what | specification |
//! |---|---|---|
//! | `kind` | which operations there are, for which targets and since when | Core 1.2, sections 6.1, 6.3 and 6.4 |
//! | `request`, `bootstrap` | what a server or bootstrap server asks of a client | Core 1.2, sections 6.3, 6.4 and 6.1.7 |
//! | `uplink` | what a client asks of them | Core 1.2, sections 6.1, 6.2 and 6.4.4 |
//! | `response` | what the other side answers | Core 1.2, section 6.7 |
//! | `payload` | a body and its format | Core 1.2, section 7.4 |
//! | `location` | where a registration is kept | Core 1.2, section 6.2.1 |
//! | `status` | how an operation ended | Core 1.2, section 6.7 |
//! | `arguments` | the arguments of an Execute | Core 1.2, section 6.3.5 |
//! | `binding` | the transports by which a client can be reached | Core 1.2, section 6.2.1.2 |
//! | `sms_push` | the short message that wakes a client | Core 1.2, object 1, resource 21 |
//! | `transport_choice` | by which of them a session begins | Core 1.2, section 6.2.1.2 |
//! | `registration` | the parameters of Register and Update | Core 1.2, section 6.2 |
//! | `profile` | profile identifiers | Core 1.2, section 6.2.1.1 |
//! | `discover` | the links that answer a Discover | Core 1.2, section 6.3.2 |
//! | `bootstrap_discover` | the links that answer a Bootstrap-Discover | Core 1.2, section 6.1.7.3 |
//! | `object_list` | the links of a Register or Update | Core 1.2, section 6.2.1 |
//! | `client_links`, `object_table` | those links read, and kept in few bytes | Core 1.2, section 6.2.1 |
//! | `versions` | the versions of objects that links need not name | Core 1.2, section 7.2.2 |
//! | `coap` | all of them over CoAP | Transport 1.2, section 6.4 |

mod arguments;
mod binding;
mod bootstrap;
mod bootstrap_discover;
mod client_links;
mod coap;
mod discover;
mod kind;
mod location;
mod object_list;
mod object_table;
mod payload;
mod profile;
mod registration;
mod request;
mod response;
mod sms_push;
mod status;
mod transport_choice;
mod uplink;
mod versions;

pub use arguments::{Argument, Arguments, ArgumentsBuilder, ArgumentsError};
pub use binding::{Binding, Transport};
pub use bootstrap::BootstrapRequest;
pub use bootstrap_discover::{BootstrapDiscovery, TreeValues};
pub use client_links::{ClientLinks, ClientLinksError};
pub use coap::{CoapForm, CoapSession, UplinkPeer, read_uplink, read_uplink_response};
pub use discover::{Discovery, TreeView};
pub use kind::{Operation, protected};
pub use location::Location;
pub use object_list::ObjectList;
pub use object_table::{ListedObject, ObjectTable};
pub use payload::Payload;
pub use profile::ProfileId;
pub use registration::{ParameterError, RegisterParameters, UpdateParameters};
pub use request::{Depth, ExecuteInput, InvalidRequest, Request, WriteMode};
pub use response::{Response, UplinkResponse};
pub use sms_push::{read_sms_push, write_sms_push};
pub use status::Status;
pub use transport_choice::TransportChoice;
pub use uplink::Uplink;
pub use versions::{implied_version, implied_versions, must_name_version};
