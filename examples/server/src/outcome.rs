//! What comes of a command.

use lwm2m_runtime::{net::DeviceError, server::Failure};
use serde_json::{Value as Json, json};

use crate::command::Awaited;

/// What came of a command: for people and as JSON.
pub(crate) type Outcome = Result<(String, Json), Failed>;

/// What went wrong.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) text: String,
    /// More about it as JSON.
    pub(crate) members: Json,
    /// What has happened to the question, if nobody waited for the answer.
    pub(crate) what: Awaited,
}

impl Failed {
    /// The device has answered, and refuses.
    pub(crate) fn refused(text: String, members: Json) -> Self {
        Self {
            text,
            members,
            what: Awaited::Delivered,
        }
    }
}

impl From<String> for Failed {
    fn from(text: String) -> Self {
        Self {
            text,
            members: json!({}),
            what: Awaited::Failed,
        }
    }
}

impl From<&str> for Failed {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<DeviceError> for Failed {
    fn from(error: DeviceError) -> Self {
        match (error.status(), &error) {
            (Some(status), _) => {
                Self::refused(error.to_string(), json!({"status": status.code().to_string()}))
            }
            (None, DeviceError::Failed(Failure::Expired)) => Self {
                what: Awaited::Expired,
                ..error.to_string().into()
            },
            (None, _) => error.to_string().into(),
        }
    }
}
