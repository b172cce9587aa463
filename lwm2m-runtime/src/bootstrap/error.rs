use core::fmt;

/// Why a session was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BeginError {
    /// There is no plan for the endpoint.
    NoPlan,
    /// [`max_sessions`](super::BootstrapServerConfig::max_sessions) is used up.
    TooManySessions,
}

impl fmt::Display for BeginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPlan => "there is no plan for the endpoint; add one, or one for a pattern of names",
            Self::TooManySessions => {
                "too many sessions are open; wait until one ends or raise `max_sessions`"
            }
        })
    }
}

impl core::error::Error for BeginError {}
