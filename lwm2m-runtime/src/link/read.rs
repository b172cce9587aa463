use alloc::{borrow::Cow, string::String};
use core::{fmt, str};

use super::{LinkError, LinkErrorKind};
use crate::model::Version;

/// How many links a list may have.
const DEFAULT_LIMIT: usize = 65_536;

/// Reads a list of links one after the other, borrowing from the text.
///
/// Blanks after commas are passed over, as peers write them; a comma too many or too few ends the reading with an
/// error. The work is linear in the length of the text, and ends at a limit.
#[derive(Clone, Debug)]
pub struct Links<'a> {
    text: &'a str,
    offset: usize,
    // How many more there may be; `None` after the last link or an error.
    left: Option<usize>,
}

impl<'a> Links<'a> {
    /// The links of a text; of none, if it is empty.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            left: (!text.is_empty()).then_some(DEFAULT_LIMIT),
        }
    }

    /// The links of a payload.
    ///
    /// # Errors
    ///
    /// [`LinkErrorKind::Utf8`].
    pub fn from_bytes(payload: &'a [u8]) -> Result<Self, LinkError> {
        match str::from_utf8(payload) {
            Ok(text) => Ok(Self::new(text)),
            Err(error) => Err(LinkError {
                kind: LinkErrorKind::Utf8,
                offset: error.valid_up_to(),
            }),
        }
    }

    /// The links of an answer to a Bootstrap-Discover, and the version of LwM2M if the answer begins with it in the
    /// manner of LwM2M 1.0: as `lwm2m="1.0"` before the first comma, with or without quotes, and not as a parameter
    /// of the link `</>`.
    ///
    /// # Errors
    ///
    /// [`LinkErrorKind::Version`], or [`LinkErrorKind::Utf8`].
    pub fn from_bootstrap_discover(payload: &'a [u8]) -> Result<(Option<Version>, Self), LinkError> {
        let mut links = Self::from_bytes(payload)?;
        let Some(rest) = links.text.strip_prefix("lwm2m=") else {
            return Ok((None, links));
        };
        let (version, _) = rest.split_once(',').unwrap_or((rest, ""));
        let end = "lwm2m=".len() + version.len();
        let quoted = version.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let version = quoted.unwrap_or(version).parse().map_err(|_| LinkError {
            kind: LinkErrorKind::Version,
            offset: "lwm2m=".len(),
        })?;
        match end == links.text.len() {
            true => links.left = None,
            false => links.offset = end + 1,
        }
        links.skip_blanks();
        Ok((Some(version), links))
    }

    /// With another limit than 65,536 links.
    #[must_use]
    pub fn with_limit(mut self, links: usize) -> Self {
        self.left = self.left.map(|_| links);
        self
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn fail<T>(&self, kind: LinkErrorKind) -> Result<T, LinkError> {
        Err(LinkError {
            kind,
            offset: self.offset,
        })
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.offset += 1;
        }
    }

    /// Passes bytes that belong together.
    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> &'a str {
        let start = self.offset;
        while self.byte().is_some_and(&belongs) {
            self.offset += 1;
        }
        self.text.get(start..self.offset).unwrap_or_default()
    }

    fn link(&mut self) -> Result<Link<'a>, LinkError> {
        if self.byte() != Some(b'<') {
            return self.fail(LinkErrorKind::MissingTarget);
        }
        self.offset += 1;
        let target = self.take_while(|byte| !matches!(byte, 0..=b' ' | b'<' | b'>' | b'"' | 0x7f));
        if self.byte() != Some(b'>') {
            return self.fail(LinkErrorKind::Target);
        }
        self.offset += 1;
        let start = self.offset;
        while self.byte() == Some(b';') {
            self.offset += 1;
            self.parameter()?;
        }
        let parameters = Parameters {
            text: self.text.get(start..self.offset).unwrap_or_default(),
        };
        match self.byte() {
            None => self.left = None,
            Some(b',') => {
                self.offset += 1;
                self.skip_blanks();
            }
            Some(_) => return self.fail(LinkErrorKind::Separator),
        }
        Ok(Link { target, parameters })
    }

    fn parameter(&mut self) -> Result<Parameter<'a>, LinkError> {
        let name = self.take_while(is_name_character);
        if name.is_empty() {
            return self.fail(LinkErrorKind::ParameterName);
        }
        if self.byte() != Some(b'=') {
            return Ok(Parameter { name, value: None });
        }
        self.offset += 1;
        let start = self.offset;
        if self.byte() == Some(b'"') {
            self.offset += 1;
            loop {
                self.take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f | 0x7f));
                match self.byte() {
                    Some(b'"') => break,
                    Some(b'\\') => {
                        self.offset += 1;
                        match self.byte() {
                            None | Some(0..=0x1f | 0x7f) => return self.fail(LinkErrorKind::Quote),
                            Some(_) => self.offset += 1,
                        }
                    }
                    _ => return self.fail(LinkErrorKind::Quote),
                }
            }
            self.offset += 1;
        } else if self.take_while(is_token_character).is_empty() {
            return self.fail(LinkErrorKind::ParameterValue);
        }
        let value = self.text.get(start..self.offset);
        Ok(Parameter { name, value })
    }
}

impl<'a> Iterator for Links<'a> {
    type Item = Result<Link<'a>, LinkError>;

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.left?;
        let result = match left.checked_sub(1) {
            Some(left) => {
                self.left = Some(left);
                self.link()
            }
            None => self.fail(LinkErrorKind::TooMany),
        };
        if result.is_err() {
            self.left = None;
        }
        Some(result)
    }
}

/// The names that RFC 5987 and RFC 6690 give to parameters.
const fn is_name_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#' | b'$' | b'&' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~' | b'*'
        )
}

/// The `ptoken` of RFC 6690 without `<` and `>`: with them a missing comma would go unnoticed.
pub(super) const fn is_token_character(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b',' | b';' | b'\\' | b'<' | b'>')
}

/// One link: a target and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// What stands between `<` and `>`: a path such as `/3/0`, or a URI.
    pub target: &'a str,
    /// What follows the target.
    pub parameters: Parameters<'a>,
}

impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>{}", self.target, self.parameters.text)
    }
}

/// The parameters of a link, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters<'a> {
    // Each begins with a semicolon; all are known to be valid.
    text: &'a str,
}

impl<'a> Parameters<'a> {
    /// The first parameter of a name.
    #[must_use]
    pub fn find(self, name: &str) -> Option<Parameter<'a>> {
        self.into_iter().find(|parameter| parameter.name == name)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl<'a> IntoIterator for Parameters<'a> {
    type Item = Parameter<'a>;
    type IntoIter = ParametersIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        ParametersIter {
            links: Links {
                text: self.text,
                offset: 0,
                left: None,
            },
        }
    }
}

/// See [`Parameters`].
#[derive(Clone, Debug)]
pub struct ParametersIter<'a> {
    links: Links<'a>,
}

impl<'a> Iterator for ParametersIter<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Parameter<'a>> {
        self.links.byte()?;
        self.links.offset += 1;
        self.links.parameter().ok()
    }
}

/// One parameter of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// What stands before the `=`.
    pub name: &'a str,
    // With its quotes.
    value: Option<&'a str>,
}

impl<'a> Parameter<'a> {
    /// The value without quotes and escapes; `None` if the name stands alone. Whether there were quotes makes no
    /// difference.
    #[must_use]
    pub fn value(&self) -> Option<Cow<'a, str>> {
        let value = self.value?;
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        Some(match quoted {
            Some(text) if text.contains('\\') => {
                let mut plain = String::with_capacity(text.len());
                let mut characters = text.chars();
                while let Some(character) = characters.next() {
                    match character {
                        '\\' => plain.extend(characters.next()),
                        _ => plain.push(character),
                    }
                }
                Cow::Owned(plain)
            }
            Some(text) => Cow::Borrowed(text),
            None => Cow::Borrowed(value),
        })
    }
}
