use core::fmt;

use super::{Arguments, Operation, Payload, Status, kind::protected};
use crate::{
    encoding::ContentFormat,
    link::{AttributeChanges, AttributeError, NotificationAttributes},
    model::{Path, Version},
};

/// What a server asks of a client (LwM2M Core 1.2, sections 6.3 and 6.4), whatever transport carries it.
///
/// [`check`](Self::check) says whether the operation exists for the target in a version; reading and writing a
/// request include it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// Read: the values of an object, an instance, a resource or a resource instance.
    Read {
        /// Of what.
        path: Path,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
    },
    /// Read-Composite: the values of any paths (LwM2M 1.1).
    ReadComposite {
        /// The list of paths.
        paths: Payload<'a>,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
    },
    /// Discover: which instances and resources there are, and what is attached to them.
    Discover {
        /// Below what.
        path: Path,
        /// How many levels below (LwM2M 1.2).
        depth: Option<Depth>,
    },
    /// Write: values of an instance, a resource or a resource instance.
    Write {
        /// To what.
        path: Path,
        /// What becomes of values that the payload does not name.
        mode: WriteMode,
        /// The values.
        payload: Payload<'a>,
    },
    /// Write-Composite: values of any paths, all or none (LwM2M 1.1).
    WriteComposite {
        /// The values with their paths.
        payload: Payload<'a>,
    },
    /// Write-Attributes: when the asking server wants to be notified of a path.
    WriteAttributes {
        /// To what they are attached.
        path: Path,
        /// Which are set, and which unset.
        changes: AttributeChanges,
    },
    /// Execute: a resource does what it is there for.
    Execute {
        /// Which resource.
        path: Path,
        /// What it is told. It is read by [`ExecuteInput::arguments`] once the resource is known to be executable.
        input: ExecuteInput<'a>,
    },
    /// Create: an instance of an object.
    Create {
        /// Of which object.
        object: u16,
        /// Its values, and perhaps its identifier.
        payload: Payload<'a>,
    },
    /// Delete: an instance, or a resource instance (LwM2M 1.2).
    Delete {
        /// Which.
        path: Path,
    },
    /// Observe: the values of a path, now and whenever they change.
    Observe {
        /// Of what.
        path: Path,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
        /// When to notify; if any is given, in place of all that are attached (LwM2M 1.2).
        attributes: NotificationAttributes,
    },
    /// Observe-Composite: the values of any paths, now and whenever one changes (LwM2M 1.1).
    ObserveComposite {
        /// The list of paths.
        paths: Payload<'a>,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
        /// When to notify: periods and `con` (LwM2M 1.2).
        attributes: NotificationAttributes,
    },
    /// Cancel Observation. All but the operation is as in the Observe (RFC 7641, section 3.6).
    CancelObservation {
        /// Of what.
        path: Path,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
        /// As in the Observe.
        attributes: NotificationAttributes,
    },
    /// Cancel Observation-Composite, with the same list of paths (LwM2M 1.1).
    CancelObservationComposite {
        /// The list of paths.
        paths: Payload<'a>,
        /// The format that the answer is to have.
        accept: Option<ContentFormat>,
        /// As in the Observe-Composite.
        attributes: NotificationAttributes,
    },
}

impl<'a> Request<'a> {
    /// Which operation it is.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Read { .. } => Operation::Read,
            Self::ReadComposite { .. } => Operation::ReadComposite,
            Self::Discover { .. } => Operation::Discover,
            Self::Write { mode, .. } => match mode {
                WriteMode::Replace => Operation::WriteReplace,
                WriteMode::Partial => Operation::WritePartial,
            },
            Self::WriteComposite { .. } => Operation::WriteComposite,
            Self::WriteAttributes { .. } => Operation::WriteAttributes,
            Self::Execute { .. } => Operation::Execute,
            Self::Create { .. } => Operation::Create,
            Self::Delete { .. } => Operation::Delete,
            Self::Observe { .. } => Operation::Observe,
            Self::ObserveComposite { .. } => Operation::ObserveComposite,
            Self::CancelObservation { .. } => Operation::CancelObservation,
            Self::CancelObservationComposite { .. } => Operation::CancelObservationComposite,
        }
    }

    /// Its target: the root for composite operations, whose payload names the targets.
    #[must_use]
    pub const fn path(&self) -> Path {
        match self {
            Self::Read { path, .. }
            | Self::Discover { path, .. }
            | Self::Write { path, .. }
            | Self::WriteAttributes { path, .. }
            | Self::Execute { path, .. }
            | Self::Delete { path }
            | Self::Observe { path, .. }
            | Self::CancelObservation { path, .. } => *path,
            Self::Create { object, .. } => Path::object(*object),
            Self::ReadComposite { .. }
            | Self::WriteComposite { .. }
            | Self::ObserveComposite { .. }
            | Self::CancelObservationComposite { .. } => Path::ROOT,
        }
    }

    /// The format in which the answer is wanted.
    #[must_use]
    pub const fn accept(&self) -> Option<ContentFormat> {
        match self {
            Self::Read { accept, .. }
            | Self::ReadComposite { accept, .. }
            | Self::Observe { accept, .. }
            | Self::ObserveComposite { accept, .. }
            | Self::CancelObservation { accept, .. }
            | Self::CancelObservationComposite { accept, .. } => *accept,
            Self::Discover { .. } => Some(ContentFormat::LINK),
            _ => None,
        }
    }

    /// Its body.
    #[must_use]
    pub const fn payload(&self) -> Option<Payload<'a>> {
        match self {
            Self::ReadComposite { paths, .. }
            | Self::ObserveComposite { paths, .. }
            | Self::CancelObservationComposite { paths, .. } => Some(*paths),
            Self::Write { payload, .. } | Self::WriteComposite { payload } | Self::Create { payload, .. } => {
                Some(*payload)
            }
            Self::Execute { input, .. } => match input {
                ExecuteInput::Payload(payload) => Some(*payload),
                ExecuteInput::None | ExecuteInput::Query(_) => None,
            },
            _ => None,
        }
    }

    /// Whether a session of `version` can have the request: a server asks before it sends.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`].
    pub fn check(&self, version: Version) -> Result<(), InvalidRequest> {
        let path = self.path();
        let operation = self.operation();
        check_target(operation, path, version)?;
        if let Some(object) = path.object_id().filter(|object| protected(*object, version)) {
            return Err(InvalidRequest::Protected { object });
        }
        match self {
            Self::Read {
                accept: Some(format @ ContentFormat::LINK),
                ..
            } => Err(InvalidRequest::Format { format: *format }),
            Self::Discover { depth: Some(_), .. } => since("the parameter depth", Version::V1_2, version),
            Self::Write {
                mode: WriteMode::Partial,
                payload,
                ..
            } if path.depth() == 3 && !holds_values(payload.format) => Err(InvalidRequest::Format {
                format: payload.format,
            }),
            Self::WriteAttributes { changes, .. } if changes.is_empty() => Err(InvalidRequest::NoAttributes),
            Self::WriteAttributes { changes, .. } => {
                changes.check(path, version).map_err(InvalidRequest::Attributes)
            }
            Self::Observe { attributes, .. }
            | Self::CancelObservation { attributes, .. }
            | Self::ObserveComposite { attributes, .. }
            | Self::CancelObservationComposite { attributes, .. }
                if !attributes.is_empty() =>
            {
                since("an attribute in an Observe", Version::V1_2, version)?;
                attributes
                    .check(path, version)
                    .map_err(InvalidRequest::Attributes)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the operation exists for the target.
pub(super) fn check_target(operation: Operation, path: Path, version: Version) -> Result<(), InvalidRequest> {
    if path.ids().contains(&u16::MAX) {
        return Err(InvalidRequest::Identifier { path });
    }
    if operation.allowed(path, version) {
        return Ok(());
    }
    match operation.since(path.depth()) {
        Some(first) if first > version => since(operation.name(), first, version),
        _ => Err(InvalidRequest::Target { operation, path }),
    }
}

fn since(what: &'static str, since: Version, version: Version) -> Result<(), InvalidRequest> {
    match since <= version {
        true => Ok(()),
        false => Err(InvalidRequest::Since { what, since }),
    }
}

/// Whether a format carries several values with their identifiers, as a Partial Update needs.
pub(super) fn holds_values(format: ContentFormat) -> bool {
    use crate::encoding::Format::{Json, Lwm2mCbor, SenmlCbor, SenmlJson, Tlv};
    matches!(
        format.format(),
        Some(Tlv | Json | SenmlJson | SenmlCbor | Lwm2mCbor)
    )
}

/// What a Write does to values that its payload does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteMode {
    /// They go.
    Replace,
    /// They stay.
    Partial,
}

/// How many levels below its target a Discover shows: 0 to 3 (LwM2M 1.2, section 6.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Depth(u8);

impl Depth {
    /// The target alone.
    pub const TARGET: Self = Self(0);

    /// So many levels; `None` above 3.
    #[must_use]
    pub const fn new(levels: u8) -> Option<Self> {
        if levels <= 3 { Some(Self(levels)) } else { None }
    }

    /// What a Discover without the parameter means: down to the resources, and for a resource its instances.
    #[must_use]
    pub const fn default_for(path: Path) -> Self {
        if path.depth() == 1 { Self(2) } else { Self(1) }
    }

    /// The number of levels.
    #[must_use]
    pub const fn levels(self) -> u8 {
        self.0
    }
}

/// What an Execute tells the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecuteInput<'a> {
    /// Nothing.
    #[default]
    None,
    /// A payload: text with arguments. Peers are seen to push firmware like this, too; then the format says so.
    Payload(Payload<'a>),
    /// A parameter of the request instead, such as `0=U`: one example of a Registration Update Trigger has the
    /// binding there (LwM2M Transport 1.2, section 6.5). Accepted, never to be sent.
    Query(&'a str),
}

impl<'a> ExecuteInput<'a> {
    /// The arguments as a payload.
    #[must_use]
    pub const fn new(arguments: Arguments<'a>) -> Self {
        match arguments.is_empty() {
            true => Self::None,
            false => Self::Payload(Payload::new(ContentFormat::TEXT, arguments.as_str().as_bytes())),
        }
    }

    /// The arguments in the payload; none where there is no payload.
    ///
    /// # Errors
    ///
    /// What a client answers: 4.15 for a payload that is no text, 4.00 for one outside the grammar.
    pub fn arguments(&self) -> Result<Arguments<'a>, Status> {
        match self {
            Self::None | Self::Query(_) => Ok(Arguments::NONE),
            Self::Payload(payload) if payload.format.format() != Some(crate::encoding::Format::Text) => {
                Err(Status::UnsupportedContentFormat)
            }
            Self::Payload(payload) => Arguments::parse(payload.bytes).map_err(|_| Status::BadRequest),
        }
    }
}

/// Why a request cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// The operation does not exist for such a target.
    Target {
        /// Which operation.
        operation: Operation,
        /// Its target.
        path: Path,
    },
    /// The session's version does not have this yet.
    Since {
        /// What.
        what: &'static str,
        /// The first version with it.
        since: Version,
    },
    /// 65535 is the identifier of nothing.
    Identifier {
        /// The path with it.
        path: Path,
    },
    /// The object holds secrets, and answers every request with 4.01.
    Protected {
        /// Which.
        object: u16,
    },
    /// The format would make another operation of the request, or can never be the answer's.
    Format {
        /// Which.
        format: ContentFormat,
    },
    /// A Write-Attributes changes none.
    NoAttributes,
    /// The attributes are not legal.
    Attributes(AttributeError),
    /// The text does not fit into an option of 255 bytes.
    TooLong {
        /// Of what.
        what: &'static str,
    },
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target { operation, path } => write!(f, "{operation} does not exist for {path}"),
            Self::Since { what, since } => write!(f, "{what} came with LwM2M {since}, the session is older"),
            Self::Identifier { path } => write!(f, "{path}: 65535 is the identifier of nothing"),
            Self::Protected { object } => write!(f, "no server may ask for object {object}"),
            Self::Format { format } => write!(
                f,
                "Content-Format {format} makes another operation of this request"
            ),
            Self::NoAttributes => f.write_str("a Write-Attributes needs at least one attribute"),
            Self::Attributes(error) => error.fmt(f),
            Self::TooLong { what } => write!(f, "{what} is longer than an option of 255 bytes"),
        }
    }
}

impl core::error::Error for InvalidRequest {}
