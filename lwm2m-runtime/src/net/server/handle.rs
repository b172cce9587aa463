use core::{fmt, net::SocketAddr};
use std::vec::Vec;

use tokio::sync::{mpsc, oneshot};

use super::{
    Device, DeviceError, RegistrationInfo, Sends, ServerBuilder, ServerEvent, ServerEvents, command::Command,
};
use crate::net::inbox::inbox;

/// A LwM2M server over UDP: where devices register, and from where they are read, written, executed and observed.
///
/// It is a handle to a task of its own, cheap to clone; the task ends with [`stop`](Self::stop), or when the last
/// handle is gone: servers, devices, observations and streams alike.
///
/// ```no_run
/// use lwm2m_runtime::{net::{Server, ServerEvent}, objects::Device};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().bind("[::]:5683".parse()?).start().await?;
/// let mut events = server.events().await;
/// while let Some(event) = events.next().await {
///     if let ServerEvent::Registered { device, registration, .. } = event {
///         println!("{} at {}", device.endpoint(), registration.address);
///         println!("{:?}", device.read::<Device>(0).await);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Server {
    commands: mpsc::Sender<Command>,
    local: SocketAddr,
}

/// Events kept for a reader that falls behind.
const KEPT: usize = 4096;

impl Server {
    /// A server with the defaults, on port 5683 of every address.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    pub(super) const fn new(commands: mpsc::Sender<Command>, local: SocketAddr) -> Self {
        Self { commands, local }
    }

    /// The address that it is bound to, with the port that the system chose where 0 was asked for.
    #[must_use]
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// The device of an endpoint client name, registered or not.
    #[must_use]
    pub fn device(&self, endpoint: &str) -> Device {
        Device::new(endpoint.into(), self.commands.clone())
    }

    /// Waits until a device is registered under an endpoint client name; it may be so already.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Stopped`].
    pub async fn wait_for(&self, endpoint: &str) -> Result<Device, DeviceError> {
        let device = self.device(endpoint);
        let mut events = self.events().await;
        loop {
            match device.registration().await {
                Err(DeviceError::NotRegistered { .. }) => {}
                Err(error) => return Err(error),
                Ok(_) => return Ok(device),
            }
            // Only a hint that it is worth to ask again.
            loop {
                match events.next().await {
                    None => return Err(DeviceError::Stopped),
                    Some(ServerEvent::Registered { device, .. }) if device.endpoint() == endpoint => break,
                    Some(_) if events.take_missed() > 0 => break,
                    Some(_) => {}
                }
            }
        }
    }

    /// Every registration, in no particular order.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Stopped`].
    pub async fn registrations(&self) -> Result<Vec<RegistrationInfo>, DeviceError> {
        let (reply, registrations) = oneshot::channel();
        self.command(Command::Registrations { reply }).await?;
        registrations.await.map_err(|_| DeviceError::Stopped)
    }

    /// Ends the registration of an endpoint: what the device sends is answered 4.04 from now on, and so it registers
    /// again. `false` where it is not registered.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Stopped`].
    pub async fn remove(&self, endpoint: &str) -> Result<bool, DeviceError> {
        let (reply, removed) = oneshot::channel();
        let endpoint = endpoint.into();
        self.command(Command::Remove { endpoint, reply }).await?;
        removed.await.map_err(|_| DeviceError::Stopped)
    }

    /// Registrations from now on, as they come and go. Each call makes a stream of its own.
    pub async fn events(&self) -> ServerEvents {
        let (outlet, inbox) = inbox(KEPT);
        // Where the server has stopped, the stream is over at once.
        let _ = self.command(Command::Events(outlet)).await;
        ServerEvents::new(inbox, self.commands.clone())
    }

    /// What devices send without being asked, from now on. Each call makes a stream of its own.
    pub async fn sends(&self) -> Sends {
        let (outlet, inbox) = inbox(KEPT);
        let _ = self.command(Command::Sends(outlet)).await;
        Sends::new(inbox, self.commands.clone())
    }

    /// Ends the server. The address is free afterwards; whoever waits for an answer gets [`DeviceError::Stopped`].
    /// Devices are not told: LwM2M has no message for that.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.command(Command::Stop { done }).await.is_ok() {
            // An error says that another call was faster.
            let _ = stopped.await;
        }
        self.commands.closed().await;
    }

    async fn command(&self, command: Command) -> Result<(), DeviceError> {
        let sent = self.commands.send(command).await;
        sent.map_err(|_| DeviceError::Stopped)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}
