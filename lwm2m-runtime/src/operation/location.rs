use core::fmt;

use crate::coap::{OptionNumber, Options};

/// Where a server keeps a registration, such as `rd/5a3f`: the target of Update and De-register.
///
/// Segments are neither empty nor have slashes in them. A location borrows from a message or from text; to keep one,
/// keep its text.
#[derive(Clone, Copy)]
pub struct Location<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    /// `rd/5a3f`.
    Text(&'a str),
    /// Options of this number, checked before.
    Options(Options<'a>, OptionNumber),
}

impl<'a> Location<'a> {
    /// Reads a location, with or without a slash before it; `None` where a segment is empty or longer than 255 bytes.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('/').unwrap_or(text);
        text.split('/')
            .all(|segment| valid(segment.as_bytes()))
            .then_some(Self(Source::Text(text)))
    }

    /// The location that the path options of a message name.
    pub(super) fn from_options(options: Options<'a>, number: OptionNumber) -> Option<Self> {
        let mut segments = options.all(number).peekable();
        segments.peek()?;
        segments
            .all(|segment| {
                valid(segment) && !segment.contains(&b'/') && core::str::from_utf8(segment).is_ok()
            })
            .then_some(Self(Source::Options(options, number)))
    }

    /// The segments.
    pub fn segments(self) -> impl Iterator<Item = &'a str> + Clone {
        let (text, options) = match self.0 {
            Source::Text(text) => (Some(text), None),
            Source::Options(options, number) => (None, Some(options.all(number))),
        };
        let of_text = text.into_iter().flat_map(|text| text.split('/'));
        // They were checked to be text.
        let of_options = options
            .into_iter()
            .flatten()
            .filter_map(|segment| core::str::from_utf8(segment).ok());
        of_text.chain(of_options)
    }

    /// The second of two segments, where the first is `rd`: what a server of this crate gives out.
    #[must_use]
    pub fn registration(self) -> Option<&'a str> {
        let mut segments = self.segments();
        match (segments.next(), segments.next(), segments.next()) {
            (Some("rd"), Some(registration), None) => Some(registration),
            _ => None,
        }
    }
}

const fn valid(segment: &[u8]) -> bool {
    !segment.is_empty() && segment.len() <= 255
}

impl PartialEq for Location<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.segments().eq(other.segments())
    }
}

impl Eq for Location<'_> {}

impl fmt::Display for Location<'_> {
    /// `/rd/5a3f`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments().try_for_each(|segment| write!(f, "/{segment}"))
    }
}

impl fmt::Debug for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
