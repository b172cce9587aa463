use core::fmt;

/// A CoAP Content-Format number, known to this crate or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentFormat(pub u16);

impl ContentFormat {
    /// `text/plain`: one value.
    pub const TEXT: Self = Self(0);
    /// `application/link-format`: Register, Update and Discover.
    pub const LINK: Self = Self(40);
    /// `application/octet-stream`: one opaque value.
    pub const OPAQUE: Self = Self(42);
    /// `application/cbor`: one value (LwM2M 1.1.1).
    pub const CBOR: Self = Self(60);
    /// `application/senml+json` (LwM2M 1.1).
    pub const SENML_JSON: Self = Self(110);
    /// `application/senml+cbor` (LwM2M 1.1).
    pub const SENML_CBOR: Self = Self(112);
    /// `application/senml-etch+json`: composite requests (LwM2M 1.2).
    pub const SENML_ETCH_JSON: Self = Self(320);
    /// `application/senml-etch+cbor`: composite requests (LwM2M 1.2).
    pub const SENML_ETCH_CBOR: Self = Self(322);
    /// `application/vnd.oma.lwm2m+tlv`.
    pub const TLV: Self = Self(11542);
    /// `application/vnd.oma.lwm2m+json`: the JSON of LwM2M 1.0.
    pub const JSON: Self = Self(11543);
    /// `application/vnd.oma.lwm2m+cbor` (LwM2M 1.2).
    pub const LWM2M_CBOR: Self = Self(11544);

    /// The format of values that the number stands for. The numbers 1541, 1542 and 1543, in use before IANA gave
    /// out the present ones, stand for text, TLV and JSON; they are read and never sent.
    ///
    /// `None` for [`ContentFormat::LINK`], which carries links and not values, and for unknown numbers.
    #[must_use]
    pub const fn format(self) -> Option<Format> {
        Some(match self.0 {
            0 | 1541 => Format::Text,
            42 => Format::Opaque,
            60 => Format::Cbor,
            110 => Format::SenmlJson,
            112 => Format::SenmlCbor,
            320 => Format::SenmlEtchJson,
            322 => Format::SenmlEtchCbor,
            11542 | 1542 => Format::Tlv,
            11543 | 1543 => Format::Json,
            11544 => Format::Lwm2mCbor,
            _ => return None,
        })
    }
}

impl fmt::Display for ContentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A content format that carries values (LwM2M Core 1.2, section 7.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Plain text, one value.
    Text,
    /// Raw bytes, one opaque value.
    Opaque,
    /// CBOR, one value.
    Cbor,
    /// SenML JSON.
    SenmlJson,
    /// SenML CBOR.
    SenmlCbor,
    /// SenML-ETCH JSON: path lists and patches.
    SenmlEtchJson,
    /// SenML-ETCH CBOR: path lists and patches.
    SenmlEtchCbor,
    /// The type-length-value format of LwM2M.
    Tlv,
    /// The JSON format of LwM2M 1.0.
    Json,
    /// The CBOR format of LwM2M 1.2.
    Lwm2mCbor,
}

impl Format {
    /// The number that is sent for the format.
    #[must_use]
    pub const fn content_format(self) -> ContentFormat {
        match self {
            Self::Text => ContentFormat::TEXT,
            Self::Opaque => ContentFormat::OPAQUE,
            Self::Cbor => ContentFormat::CBOR,
            Self::SenmlJson => ContentFormat::SENML_JSON,
            Self::SenmlCbor => ContentFormat::SENML_CBOR,
            Self::SenmlEtchJson => ContentFormat::SENML_ETCH_JSON,
            Self::SenmlEtchCbor => ContentFormat::SENML_ETCH_CBOR,
            Self::Tlv => ContentFormat::TLV,
            Self::Json => ContentFormat::JSON,
            Self::Lwm2mCbor => ContentFormat::LWM2M_CBOR,
        }
    }

    /// Whether a payload holds one value and no path.
    #[must_use]
    pub const fn single_value(self) -> bool {
        matches!(self, Self::Text | Self::Opaque | Self::Cbor)
    }
}
