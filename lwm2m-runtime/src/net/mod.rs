//! Floor 5: clients, servers and bootstrap servers over UDP, with tokio (feature `net`). The only floor with sockets,
//! clocks and random numbers; what it does with them is decided by the engines on the floors below.
//!
//! A device:
//!
//! ```no_run
//! use lwm2m_runtime::{net::{Client, ServerAccount}, objects::Device};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("sensor-7")
//!     .server(ServerAccount::new("coap://localhost").lifetime(300))
//!     .object(0, Device { battery_level: Some(87), ..Device::default() })
//!     .on_execute(Device::REBOOT, |call| println!("server {} wants a reboot", call.server))
//!     .start()
//!     .await?;
//! client.registered().await?;
//! client.update::<Device>(0, |device| device.battery_level = Some(86)).await?;
//! client.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! And a server, which knows the device's objects by the same types:
//!
//! ```no_run
//! use lwm2m_runtime::{net::Server, objects::Device};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::builder().start().await?;
//! let sensor = server.wait_for("sensor-7").await?;
//! let all: Device = sensor.read(0).await?;
//! let battery: i64 = sensor.get(Device::BATTERY_LEVEL.at(0)).await?;
//! sensor.execute(Device::REBOOT.at(0), ()).await?;
//! let mut battery = sensor.observe(Device::BATTERY_LEVEL.at(0)).pmin(10).lt(20.0).start().await?;
//! while let Some(level) = battery.next().await {
//!     println!("{} /100", level?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A device that has no account at a server yet may get it from a [`BootstrapServer`]. What that has given it, and what
//! servers have written, created and deleted since, it finds again after a restart or a crash:
//!
//! ```no_run
//! use lwm2m_runtime::{
//!     configuration::BootstrapServerAccount,
//!     net::{Client, StartError},
//!     objects::Device,
//! };
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let builder = || {
//!     Client::builder("sensor-7")
//!         .bootstrap_server(BootstrapServerAccount::from("coap://bootstrap.example.com").hold_off(5))
//!         .object(0, Device { battery_level: Some(87), ..Device::default() })
//!         .keep_in("/var/lib/sensor-7/client")
//! };
//! let client = match builder().start().await {
//!     // Nothing that was kept can be read: rather begin with the factory's accounts than not at all.
//!     Err(StartError::Storage(error)) => {
//!         eprintln!("{error}");
//!         builder().factory_reset().start().await?
//!     }
//!     started => started?,
//! };
//! let mut troubles = client.troubles().await;
//! tokio::spawn(async move {
//!     while let Some(trouble) = troubles.next().await {
//!         eprintln!("{trouble}");
//!     }
//! });
//! client.configured().await?;
//! println!("registered with server {}", client.registered().await?);
//! # Ok(())
//! # }
//! ```
//!
//! A write to a resource that a server cannot write does not compile:
//!
//! ```compile_fail,E0277
//! # async fn example(sensor: lwm2m_runtime::net::Device) -> Result<(), Box<dyn std::error::Error>> {
//! use lwm2m_runtime::objects::Device;
//!
//! sensor.set(Device::BATTERY_LEVEL.at(0), 100).await?;
//! # Ok(())
//! # }
//! ```
//!
//! | file | what |
//! |---|---|
//! | `client` | [`Client`] |
//! | `server` | [`Server`], [`Device`] and [`Observation`] |
//! | `bootstrap` | [`BootstrapServer`] |
//! | `socket`, `batch` | many datagrams by one system call |
//! | `listen` | the address and port of a server or bootstrap server |
//! | `wire` | an engine's socket, clock and timer |
//! | `work` | what a task does next |
//! | `locals` | from which address each device is spoken to |
//! | `clock` | the system's clock and random source |
//! | `inbox` | queues that never make an engine wait |
//! | `uri`, `attempts` | where servers are, and which of their addresses is tried |
//!
//! Each [`Client`], [`Server`] and [`BootstrapServer`] is one task with one socket and one engine, so a server uses one
//! core: some hundred thousand requests a second. Where that is not enough, several servers share an address
//! ([`SocketConfig::reuse_port`]), each in a runtime with one thread of its own: the system divides the devices among them
//! by their addresses. They share nothing, so that nothing waits; what looks at all of them asks each. A device whose
//! address changes may come to another server, which does not know it; it registers there, and its old registration ends
//! with its lifetime. That is why this is the program's decision and not done unasked.
//!
//! CoAP has hardly ever two datagrams of one size for one peer, and so nothing is sent by segmentation offload; each
//! datagram is sent by a system call of its own, as it would be anyway, and received with up to 31 others by one.

mod attempts;
mod batch;
mod bootstrap;
mod client;
mod clock;
mod error;
mod inbox;
mod listen;
mod locals;
mod server;
mod socket;
mod uri;
mod wire;
mod work;

pub use attempts::Attempts;
pub use batch::{Batch, Received};
pub use bootstrap::{
    BootstrapEvents, BootstrapServer, BootstrapServerBuilder, BootstrapServerError, SessionInfo,
};
pub use client::{
    Client, ClientBuilder, ClientError, ClientEvents, ClientTrouble, ExecuteCall, ExecuteOutcome, SendBody,
    ServerAccount, StorageError,
};
pub use error::StartError;
pub use server::{
    Device, DeviceError, DiscoveredLink, ExecuteArguments, Observation, Observe, Observed, QueuedRequest,
    RegistrationInfo, Sends, SentValues, Server, ServerBuilder, ServerEvent, ServerEvents, Targets,
};
pub use socket::{Socket, SocketConfig};
pub use uri::{ServerUri, UriError};
