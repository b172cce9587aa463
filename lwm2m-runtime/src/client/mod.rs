//! Floor 4: the engine of a device: it registers with servers, does what they ask, and notifies them (LwM2M Core 1.2,
//! sections 6.2 to 6.4). No socket, no clock, no threads: datagrams and instants in, datagrams and events out.
//!
//! | file | what |
//! |---|---|
//! | `engine` | [`Client`] and its verbs |
//! | `config`, `event`, `state` | its limits, what it tells, where a registration stands |
//! | `connections` | what the shell tells of connections |
//! | `account`, `accounts` | what the Security and the Server object say about a server; what follows when that changes |
//! | `registration/` | when to register, update, try again, and with what messages |
//! | `session` | everything that belongs to one server |
//! | `sms_trigger` | being woken by a short message |
//! | `serve` | requests of servers |
//! | `own` | resources that the engine executes itself: Disable, Registration Update Trigger, Bootstrap-Request Trigger |
//! | `bootstrap/` | when to ask the bootstrap server for a configuration, what it asks then, and what follows; smartcards |
//! | `streams` | values that come block by block |
//! | `tickets` | executes that are answered later |
//! | `settle` | what a change of the tree leads to |
//! | `listed` | whether what object lists say has changed |
//! | `observations/` | who observes what, when who is told, and what waits for a server that cannot be reached |
//! | `send` | values that no server has asked for |
//! | `sleep` | queue mode: when the client listens |
//! | `clock` | the time of day, where it is known |
//! | `deadlines` | what is due when |
//! | `kept` | what has to outlive a restart |
//!
//! 1. [`Client::start`] finds the accounts; each asks for a connection by [`Event::Connect`].
//! 2. The shell answers by [`Client::connected`]; the client registers.
//! 3. Datagrams go in by [`Client::handle_input`]; requests are performed by the [`Tree`](crate::tree::Tree), which asks
//!    the [`Application`](crate::tree::Application).
//! 4. The device's program changes the tree by [`Client::change`]; observers are notified when
//!    [`Client::handle_timeout`] is called next, for which [`Client::poll_timeout`] asks at once.
//! 5. [`Client::stop`] de-registers everywhere.
//!
//! ```
//! use core::net::SocketAddr;
//! use lwm2m_runtime::{
//!     client::{Client, ClientConfig, Event, State},
//!     coap::Peer,
//!     objects::{Device, Lwm2mSecurity, Lwm2mServer},
//!     time::Instant,
//!     tree::{Tree, TreeConfig},
//! };
//!
//! let mut tree = Tree::new(TreeConfig::default());
//! tree.insert(0, Lwm2mSecurity {
//!     lwm2m_server_uri: Some("coap://192.0.2.1:5683".into()),
//!     short_server_id: Some(101),
//!     ..Default::default()
//! })?;
//! tree.insert(0, Lwm2mServer { short_server_id: 101, lifetime: 300, binding: "U".into(), ..Default::default() })?;
//! tree.insert(0, Device { supported_binding_and_modes: "U".into(), ..Default::default() })?;
//!
//! let now = Instant::from_millis(0);
//! let mut client = Client::new(ClientConfig::new("urn:dev:os:32473-7"), tree, 0x5eed);
//! client.start(now);
//! let Some(Event::Connect { server: 101, uri, .. }) = client.poll_event() else { return Err("an account".into()) };
//! let address: SocketAddr = uri.trim_start_matches("coap://").parse()?;
//! client.connected(now, 101, Peer::new(address));
//!
//! let register = client.poll_transmit().ok_or("a Register")?;
//! assert_eq!(register.peer.address, address);
//! assert!(register.datagram.windows(6).any(|part| part == b"lt=300"));
//! assert_eq!(client.state(101), Some(State::Registering));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod account;
mod accounts;
mod bootstrap;
mod clock;
mod config;
mod connections;
mod deadlines;
mod engine;
mod event;
mod kept;
mod listed;
mod observations;
mod own;
mod registration;
mod send;
mod serve;
mod session;
mod settle;
mod sleep;
mod sms_trigger;
mod state;
mod streams;
mod tickets;

pub use bootstrap::{BOOTSTRAP_SERVER, BootstrapFailure, BootstrapState};
pub use config::{ClientConfig, ProfileHash, RetryDefaults};
pub use engine::{Client, ClientCounters};
pub use event::{Event, RegistrationFailure, SendFailure};
pub use send::{SendContent, SendError, SendId};
pub use state::State;
pub use tickets::Ticket;
