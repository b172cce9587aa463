use core::fmt;

use super::{ContentFormat, Format};
use crate::model::{ResourceType, Version};

/// What a payload holds, which decides the formats that can carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadKind {
    /// One value of a resource or resource instance, of a type if that is known.
    Value(Option<ResourceType>),
    /// An object, an instance or a multiple resource: Read, Write, Create, Notify.
    Values,
    /// Values with times: notifications that were stored while the client was offline.
    TimedValues,
    /// The paths of a Read-Composite or an Observe-Composite.
    CompositePaths,
    /// The answer to a composite read or observation.
    CompositeValues,
    /// The body of a Write-Composite.
    CompositeWrite {
        /// Whether it removes resource instances (LwM2M 1.2).
        removes: bool,
    },
    /// The body of a Send (LwM2M 1.1).
    Send,
    /// A Bootstrap-Pack (LwM2M 1.2).
    BootstrapPack,
}

impl PayloadKind {
    /// The formats that peers of a version use for it, the most fitting one first (LwM2M Core 1.2, section 6.3 and
    /// LwM2M 1.0, section 6.4).
    fn formats(self, version: Version) -> &'static [Format] {
        use Format::{
            Cbor, Json, Lwm2mCbor, Opaque, SenmlCbor, SenmlEtchCbor, SenmlEtchJson, SenmlJson, Text, Tlv,
        };
        if version < Version::V1_1 {
            return match self {
                // Of them, a client has TLV for certain.
                Self::Value(Some(ResourceType::Opaque) | None) => &[Tlv, Opaque, Text, Json],
                Self::Value(_) => &[Tlv, Text, Json],
                Self::Values => &[Tlv, Json],
                Self::TimedValues => &[Json],
                _ => &[],
            };
        }
        let v1_2 = version >= Version::V1_2;
        match self {
            Self::Value(kind) => match (kind, v1_2) {
                (Some(ResourceType::Opaque), false) => &[Opaque, Text, SenmlCbor, SenmlJson, Cbor, Tlv],
                (Some(ResourceType::Opaque), true) => {
                    &[Opaque, Text, SenmlCbor, SenmlJson, Lwm2mCbor, Cbor, Tlv]
                }
                (Some(_), false) => &[Text, SenmlCbor, SenmlJson, Cbor, Tlv],
                (Some(_), true) => &[Text, SenmlCbor, SenmlJson, Lwm2mCbor, Cbor, Tlv],
                (None, false) => &[Text, Opaque, SenmlCbor, SenmlJson, Cbor, Tlv],
                (None, true) => &[Text, Opaque, SenmlCbor, SenmlJson, Lwm2mCbor, Cbor, Tlv],
            },
            Self::Values if v1_2 => &[SenmlCbor, SenmlJson, Lwm2mCbor, Tlv],
            Self::Values => &[SenmlCbor, SenmlJson, Tlv],
            Self::TimedValues => &[SenmlCbor, SenmlJson],
            // Plain SenML was taken out in 1.2 and came back in 1.2.1.
            Self::CompositePaths if v1_2 => &[SenmlEtchCbor, SenmlEtchJson, SenmlCbor, SenmlJson],
            Self::CompositeWrite { removes: true } if v1_2 => &[SenmlEtchCbor, SenmlEtchJson],
            Self::CompositeWrite { removes: true } => &[],
            Self::CompositeWrite { removes: false } if v1_2 => {
                &[SenmlCbor, SenmlJson, SenmlEtchCbor, SenmlEtchJson, Lwm2mCbor]
            }
            Self::CompositeValues | Self::Send if v1_2 => &[SenmlCbor, SenmlJson, Lwm2mCbor],
            Self::CompositePaths | Self::CompositeWrite { .. } | Self::CompositeValues | Self::Send => {
                &[SenmlCbor, SenmlJson]
            }
            Self::BootstrapPack if v1_2 => &[SenmlCbor, SenmlJson, Lwm2mCbor],
            Self::BootstrapPack => &[],
        }
    }

    /// Whether a format can carry it, whatever the version: what is read if a peer sends it.
    fn fits(self, format: Format) -> bool {
        match format {
            Format::Text | Format::Cbor => matches!(self, Self::Value(_)),
            Format::Opaque => matches!(self, Self::Value(Some(ResourceType::Opaque) | None)),
            Format::Tlv => matches!(self, Self::Value(_) | Self::Values),
            Format::Json => matches!(self, Self::Value(_) | Self::Values | Self::TimedValues),
            Format::SenmlJson | Format::SenmlCbor => !matches!(self, Self::CompositeWrite { removes: true }),
            Format::SenmlEtchJson | Format::SenmlEtchCbor => {
                matches!(self, Self::CompositePaths | Self::CompositeWrite { .. })
            }
            Format::Lwm2mCbor => !matches!(
                self,
                Self::CompositePaths | Self::TimedValues | Self::CompositeWrite { removes: true }
            ),
        }
    }
}

/// A set of formats; none by default.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct FormatSet(u16);

impl FormatSet {
    /// Every format in which this crate reads and writes values.
    pub const ALL: Self = Self::of(&[
        Format::Text,
        Format::Opaque,
        Format::Cbor,
        Format::SenmlJson,
        Format::SenmlCbor,
        Format::SenmlEtchJson,
        Format::SenmlEtchCbor,
        Format::Tlv,
        Format::Json,
        Format::Lwm2mCbor,
    ]);

    /// No format.
    pub const NONE: Self = Self(0);

    /// The set of some formats.
    #[must_use]
    pub const fn of(formats: &[Format]) -> Self {
        let mut set = Self::NONE;
        let mut rest = formats;
        while let [format, others @ ..] = rest {
            set = set.with(*format);
            rest = others;
        }
        set
    }

    /// The formats of a list of numbers, as a `ct` parameter has it. Unknown numbers and link format are left out.
    pub fn from_numbers(numbers: impl IntoIterator<Item = u16>) -> Self {
        let formats = numbers
            .into_iter()
            .filter_map(|number| ContentFormat(number).format());
        formats.fold(Self::NONE, Self::with)
    }

    /// What every client of a version has: TLV in LwM2M 1.0, text and opaque since 1.1. Since then it should also
    /// have one of SenML JSON, SenML CBOR and, since 1.2, LwM2M CBOR; which, its `ct` or its answers tell.
    #[must_use]
    pub fn mandatory_for_client(version: Version) -> Self {
        match version < Version::V1_1 {
            true => Self::of(&[Format::Tlv]),
            false => Self::of(&[Format::Text, Format::Opaque]),
        }
    }

    /// What every server of a version has: all that was defined by then.
    #[must_use]
    pub fn mandatory_for_server(version: Version) -> Self {
        let v1_0 = Self::of(&[Format::Text, Format::Opaque, Format::Tlv, Format::Json]);
        let v1_1 = v1_0
            .with(Format::SenmlJson)
            .with(Format::SenmlCbor)
            .with(Format::Cbor);
        match version {
            version if version < Version::V1_1 => v1_0,
            version if version < Version::V1_2 => v1_1,
            _ => Self::ALL,
        }
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, format: Format) -> Self {
        Self(self.0 | 1 << format as u16)
    }

    /// Without one.
    #[must_use]
    pub const fn without(self, format: Format) -> Self {
        Self(self.0 & !(1 << format as u16))
    }

    /// Whether a format is in the set.
    #[must_use]
    pub const fn contains(self, format: Format) -> bool {
        self.0 & 1 << format as u16 != 0
    }

    /// Whether every format of another set is in this one.
    #[must_use]
    pub const fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The formats, in a fixed order.
    pub fn formats(self) -> impl Iterator<Item = Format> {
        const ORDER: [Format; 10] = [
            Format::Text,
            Format::Opaque,
            Format::SenmlCbor,
            Format::SenmlJson,
            Format::Lwm2mCbor,
            Format::Cbor,
            Format::Tlv,
            Format::SenmlEtchJson,
            Format::SenmlEtchCbor,
            Format::Json,
        ];
        ORDER.into_iter().filter(move |format| self.contains(*format))
    }

    /// The formats of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for FormatSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.formats()).finish()
    }
}

/// Which format a payload has or gets, between two peers that agreed on a version of LwM2M.
///
/// ```
/// use lwm2m_runtime::{
///     encoding::{ContentFormat, Format, FormatSet, Negotiation, PayloadKind},
///     model::Version,
/// };
///
/// // A server; the client has registered with lwm2m=1.1 and </>;ct="110 60".
/// let formats = Negotiation::with_client(Version::V1_1, FormatSet::ALL, FormatSet::from_numbers([110, 60]));
/// assert_eq!(formats.preferred(PayloadKind::Values), Some(Format::SenmlJson));
/// // Its answers are read by what they say they are.
/// let answer = formats.receive(Some(ContentFormat::TLV), PayloadKind::Values)?;
/// assert_eq!(answer, Format::Tlv);
/// # Ok::<(), lwm2m_runtime::encoding::NegotiationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiation {
    version: Version,
    own: FormatSet,
    peer: FormatSet,
}

impl Negotiation {
    /// A client's view of a server, which has every format of the version.
    #[must_use]
    pub fn with_server(version: Version, own: FormatSet) -> Self {
        Self {
            version,
            own,
            peer: FormatSet::mandatory_for_server(version),
        }
    }

    /// A server's view of a client that has registered with a list of formats, perhaps an empty one: those and the
    /// mandatory ones.
    #[must_use]
    pub fn with_client(version: Version, own: FormatSet, listed: FormatSet) -> Self {
        Self {
            version,
            own,
            peer: listed.union(FormatSet::mandatory_for_client(version)),
        }
    }

    /// The version of the session.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The formats that the peer is known to have.
    #[must_use]
    pub const fn peer(&self) -> FormatSet {
        self.peer
    }

    /// Notes that the peer has used a format, and so has it.
    pub fn learn(&mut self, format: Format) {
        self.peer = self.peer.with(format);
    }

    /// Whether a payload may be sent in a format: it was there in the session's version, and can carry the payload.
    #[must_use]
    pub fn may_send(&self, format: Format, payload: PayloadKind) -> bool {
        self.own.contains(format) && payload.formats(self.version).contains(&format)
    }

    /// The format of a payload that the peer has sent: that of its Content-Format, whatever was asked for. The
    /// version makes no difference, and numbers from before their registration with IANA are known.
    ///
    /// # Errors
    ///
    /// [`NegotiationError::Missing`] if there was none, [`NegotiationError::Unsupported`].
    pub fn receive(
        &self,
        content_format: Option<ContentFormat>,
        payload: PayloadKind,
    ) -> Result<Format, NegotiationError> {
        let content_format = content_format.ok_or(NegotiationError::Missing { payload })?;
        content_format
            .format()
            .filter(|format| self.own.contains(*format) && payload.fits(*format))
            .ok_or(NegotiationError::Unsupported { content_format })
    }

    /// The format of an answer to a request with this Accept; the preferred one if there was none.
    ///
    /// # Errors
    ///
    /// [`NegotiationError::NotAcceptable`].
    pub fn answer(
        &self,
        accept: Option<ContentFormat>,
        payload: PayloadKind,
    ) -> Result<Format, NegotiationError> {
        let format = match accept {
            Some(accept) => accept.format().filter(|format| self.may_send(*format, payload)),
            None => self.preferred(payload),
        };
        format.ok_or(NegotiationError::NotAcceptable { accept })
    }

    /// The format to send unasked, or to ask for: the most fitting one that both peers have. If none is known to be,
    /// the most fitting one of this peer: formats that a client only should have are not known before it has used
    /// them.
    #[must_use]
    pub fn preferred(&self, payload: PayloadKind) -> Option<Format> {
        let formats = payload.formats(self.version).iter().copied();
        let mut own = formats.filter(|format| self.own.contains(*format));
        own.clone()
            .find(|format| self.peer.contains(*format))
            .or_else(|| own.next())
    }
}

/// Why a payload is not read, or not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NegotiationError {
    /// There is a payload and no Content-Format (4.00; 4.15 in a composite request: RFC 8132, sections 2.1 and 3.4).
    Missing {
        /// What the payload should hold.
        payload: PayloadKind,
    },
    /// The Content-Format is unknown, not supported, or cannot carry the payload (4.15).
    Unsupported {
        /// Which.
        content_format: ContentFormat,
    },
    /// The format that was asked for is unknown, not supported, newer than the session's version, or cannot carry the
    /// answer (4.06).
    NotAcceptable {
        /// Which, if one was asked for.
        accept: Option<ContentFormat>,
    },
}

impl fmt::Display for NegotiationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { .. } => f.write_str("a payload needs a Content-Format"),
            Self::Unsupported { content_format } => {
                write!(f, "Content-Format {content_format} cannot be read here")
            }
            Self::NotAcceptable { accept: Some(accept) } => {
                write!(f, "Content-Format {accept} was asked for and cannot be sent here")
            }
            Self::NotAcceptable { accept: None } => f.write_str("no Content-Format can carry the answer"),
        }
    }
}

impl core::error::Error for NegotiationError {}
