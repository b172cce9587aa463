/// Where the registration with one server stands (LwM2M Core 1.2, section 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Nothing is wanted of the server: not started, stopped, or de-registered by the device's program.
    Idle,
    /// Servers with a lower Registration Priority Order come first.
    Waiting,
    /// Waits for the Initial Registration Delay Timer.
    Delay,
    /// [`Event::Connect`](super::Event::Connect) is to be answered.
    Connecting,
    /// A Register is on its way.
    Registering,
    /// The server knows the client.
    Registered,
    /// The server knows the client, and an Update is on its way.
    Updating,
    /// An attempt has failed; waits for the next one of the sequence.
    Retrying,
    /// A sequence of attempts has failed; waits for the next one.
    BetweenSequences,
    /// Every attempt has failed.
    Failed,
    /// A De-register is on its way.
    Deregistering,
    /// The server has disabled its account for a while.
    Disabled,
}

impl State {
    /// Whether the server has a registration and can ask for something.
    #[must_use]
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::Registered | Self::Updating)
    }
}
