use core::{fmt, net::SocketAddr};
use std::{boxed::Box, string::String, vec::Vec};

use tokio::sync::{mpsc, oneshot};

use super::{BootstrapEvents, BootstrapServerBuilder, BootstrapServerError, SessionInfo, command::Command};
use crate::bootstrap::{PlanSource, Plans, SessionId};

/// A bootstrap server over UDP: where devices get their accounts from.
///
/// It is a handle to a task of its own, cheap to clone; the task ends with [`stop`](Self::stop), or when the last handle
/// is gone.
///
/// ```no_run
/// use lwm2m_runtime::{
///     bootstrap::{Event, Plan, Plans},
///     configuration::{BootstrapConfiguration, Credentials, ServerAccount},
///     net::BootstrapServer,
/// };
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let account = ServerAccount::new(1, "coap://server.example.com", Credentials::NoSec);
/// let mut plans = Plans::new();
/// plans.insert_pattern("sensor-*", Plan::new(BootstrapConfiguration::new([account])));
///
/// let mut builder = BootstrapServer::builder(plans).port(5783);
/// let mut events = builder.events();
/// let server = builder.start().await?;
/// while let Some(event) = events.next().await {
///     if let Event::Finished { endpoint, .. } = event {
///         println!("{endpoint} is configured");
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct BootstrapServer<P = Plans> {
    commands: mpsc::Sender<Command<P>>,
    local: SocketAddr,
}

impl<P: PlanSource + 'static> BootstrapServer<P> {
    /// A bootstrap server with [`Plans`] or another source of them, and else with the defaults, on port 5683 of every
    /// address.
    pub fn builder(plans: P) -> BootstrapServerBuilder<P> {
        BootstrapServerBuilder::new(plans)
    }

    pub(super) const fn new(commands: mpsc::Sender<Command<P>>, local: SocketAddr) -> Self {
        Self { commands, local }
    }

    /// The address that it is bound to, with the port that the system chose where 0 was asked for.
    #[must_use]
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// What happens from now on. Each call makes a stream of its own;
    /// [`BootstrapServerBuilder::events`] makes one that has everything from the first datagram on.
    pub async fn events(&self) -> BootstrapEvents {
        let (outlet, events) = BootstrapEvents::new();
        // Where the bootstrap server has stopped, the stream is over at once.
        let _ = self.command(Command::Events(outlet)).await;
        events
    }

    /// Every open session, in no particular order.
    ///
    /// # Errors
    ///
    /// [`BootstrapServerError::Stopped`].
    pub async fn sessions(&self) -> Result<Vec<SessionInfo>, BootstrapServerError> {
        self.ask(|reply| Command::Sessions { reply }).await
    }

    /// Looks at the plans, or changes them. Sessions that are open go on with the plan that they began with. The function
    /// runs in the bootstrap server's task, where nothing else happens meanwhile.
    ///
    /// # Errors
    ///
    /// [`BootstrapServerError::Stopped`].
    pub async fn plans<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut P) -> R + Send + 'static,
    ) -> Result<R, BootstrapServerError> {
        self.ask(|reply| {
            Command::Plans(Box::new(move |plans| {
                // Whoever asked may be gone.
                let _ = reply.send(change(plans));
            }))
        })
        .await
    }

    /// Begins a session with a client that has not asked for it: the server initiated bootstrap of LwM2M 1.0. Later
    /// clients only take it if they have asked.
    ///
    /// # Errors
    ///
    /// [`BootstrapServerError`].
    pub async fn begin(
        &self,
        address: SocketAddr,
        endpoint: impl Into<String>,
    ) -> Result<SessionId, BootstrapServerError> {
        let endpoint = endpoint.into();
        self.ask(|reply| Command::Begin {
            address,
            endpoint,
            reply,
        })
        .await?
    }

    /// Ends a session. The client goes back to what it had before when it hears nothing any more. `false` where it is
    /// over already.
    ///
    /// # Errors
    ///
    /// [`BootstrapServerError::Stopped`].
    pub async fn end(&self, session: SessionId) -> Result<bool, BootstrapServerError> {
        self.ask(|reply| Command::End { session, reply }).await
    }

    /// Ends the bootstrap server. The address is free afterwards. Clients are not told; each goes back to what it had
    /// before when it hears nothing any more.
    pub async fn stop(&self) {
        // An error says that it has stopped, or that another call was faster.
        let _ = self.ask(|done| Command::Stop { done }).await;
        self.commands.closed().await;
    }

    async fn ask<R>(
        &self,
        command: impl FnOnce(oneshot::Sender<R>) -> Command<P>,
    ) -> Result<R, BootstrapServerError> {
        let (reply, answer) = oneshot::channel();
        self.command(command(reply)).await?;
        answer.await.map_err(|_| BootstrapServerError::Stopped)
    }

    async fn command(&self, command: Command<P>) -> Result<(), BootstrapServerError> {
        let sent = self.commands.send(command).await;
        sent.map_err(|_| BootstrapServerError::Stopped)
    }
}

/// Whatever the plans are, they are not cloned.
impl<P> Clone for BootstrapServer<P> {
    fn clone(&self) -> Self {
        Self {
            commands: self.commands.clone(),
            local: self.local,
        }
    }
}

impl<P> fmt::Debug for BootstrapServer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BootstrapServer")
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}
