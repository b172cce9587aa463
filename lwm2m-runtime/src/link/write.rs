use core::fmt::{self, Display, Write};

use crate::model::Version;

/// Writes a list of links: commas before all but the first, parameters with or without quotes as LwM2M wants them.
///
/// ```
/// use lwm2m_runtime::link::LinkWriter;
///
/// let mut text = String::new();
/// let mut links = LinkWriter::new(&mut text);
/// links.link("/0/1")?;
/// links.token("ssid", 101)?;
/// links.quoted("uri", "coaps://server.example.com")?;
/// links.link("/3/0")?;
/// assert_eq!(text, "</0/1>;ssid=101;uri=\"coaps://server.example.com\",</3/0>");
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Debug)]
pub struct LinkWriter<W> {
    out: W,
    first: bool,
}

impl<W: Write> LinkWriter<W> {
    /// A list without links yet.
    pub fn new(out: W) -> Self {
        Self { out, first: true }
    }

    fn separate(&mut self) -> fmt::Result {
        match core::mem::replace(&mut self.first, false) {
            true => Ok(()),
            false => self.out.write_char(','),
        }
    }

    /// Begins an answer to a Bootstrap-Discover in the manner of LwM2M 1.0: with the version, which is no link.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn bare_version(&mut self, version: Version) -> fmt::Result {
        self.separate()?;
        write!(self.out, "lwm2m=\"{version}\"")
    }

    /// Begins a link. The target is a path or a URI: without blanks, quotes, `<` and `>`.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn link(&mut self, target: impl Display) -> fmt::Result {
        self.separate()?;
        write!(self.out, "<{target}>")
    }

    /// Adds a parameter that is a name alone.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn flag(&mut self, name: &str) -> fmt::Result {
        write!(self.out, ";{name}")
    }

    /// Adds a parameter without quotes: a number, a version.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn token(&mut self, name: &str, value: impl Display) -> fmt::Result {
        write!(self.out, ";{name}={value}")
    }

    /// Adds a parameter in quotes.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn quoted(&mut self, name: &str, value: impl Display) -> fmt::Result {
        write!(self.out, ";{name}=\"")?;
        write!(Escape(&mut self.out), "{value}")?;
        self.out.write_char('"')
    }
}

/// Puts a backslash before what would end a quoted value.
struct Escape<'o, W>(&'o mut W);

impl<W: Write> Write for Escape<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.split_inclusive(['"', '\\']) {
            match piece.strip_suffix(['"', '\\']) {
                Some(plain) => {
                    self.0.write_str(plain)?;
                    self.0.write_char('\\')?;
                    self.0.write_str(piece.get(plain.len()..).unwrap_or_default())?;
                }
                None => self.0.write_str(piece)?,
            }
        }
        Ok(())
    }
}
