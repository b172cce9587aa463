use std::ops::Range;

use quick_xml::{
    Reader,
    errors::{Error, IllFormedError, SyntaxError},
    events::Event,
};

/// What a piece of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `<Name ..>`
    Start,
    /// `<Name ../>`
    Empty,
    /// `</Name>`
    End,
    /// Characters between markup.
    Text,
    /// `&name;`
    Reference,
    /// `<![CDATA[..]]>`
    Cdata,
    /// `<!--..-->`
    Comment,
    /// `<?target ..?>`
    Instruction,
    /// `<?xml ..?>`
    Declaration,
    /// `<!DOCTYPE ..>`
    Doctype,
}

/// One piece of the file, as written.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) raw: &'a str,
    /// Where `raw` starts in the file.
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.start + self.raw.len()
    }
}

/// Markup that never ends, so that nothing behind it can be read.
#[derive(Debug)]
pub(super) struct Unclosed {
    pub(super) start: usize,
    pub(super) what: &'static str,
    pub(super) end: &'static str,
}

/// Cuts a file into tokens that tile it without gaps.
///
/// Finding the ends of markup is all that is done here. Names, nesting and characters are judged by the readers of the
/// tokens, which know more about what was meant.
pub(super) struct Tokens<'a> {
    text: &'a str,
    base: usize,
    reader: Reader<&'a [u8]>,
}

impl<'a> Tokens<'a> {
    /// `base` is where `text` starts in the file. `text` has no byte order mark.
    pub(super) fn new(text: &'a str, base: usize) -> Self {
        let mut reader = Reader::from_reader(text.as_bytes());
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.trim_markup_names_in_closing_tags = false;
        Self { text, base, reader }
    }

    /// The next token, or `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, Unclosed> {
        loop {
            let start = self.position();
            let kind = match self.reader.read_event() {
                Ok(Event::Eof) => return Ok(None),
                Ok(Event::Start(_)) => Kind::Start,
                Ok(Event::Empty(_)) => Kind::Empty,
                Ok(Event::End(_)) => Kind::End,
                Ok(Event::Text(_)) => Kind::Text,
                Ok(Event::GeneralRef(_)) => Kind::Reference,
                Ok(Event::CData(_)) => Kind::Cdata,
                Ok(Event::Comment(_)) => Kind::Comment,
                Ok(Event::PI(_)) => Kind::Instruction,
                Ok(Event::Decl(_)) => Kind::Declaration,
                Ok(Event::DocType(_)) | Err(Error::IllFormed(IllFormedError::MissingDoctypeName)) => {
                    Kind::Doctype
                }
                Err(error) => return Err(self.unclosed(start, &error)),
            };
            let end = self.position();
            if let Some(raw) = self.text.get(start..end).filter(|raw| !raw.is_empty()) {
                let start = self.base + start;
                return Ok(Some(Token { kind, raw, start }));
            }
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn unclosed(&self, start: usize, error: &Error) -> Unclosed {
        let (what, end) = match error {
            Error::Syntax(SyntaxError::UnclosedComment) => ("comment", "-->"),
            Error::Syntax(SyntaxError::UnclosedCData) => ("CDATA section", "]]>"),
            Error::Syntax(SyntaxError::UnclosedPIOrXmlDecl) => ("processing instruction", "?>"),
            Error::Syntax(SyntaxError::UnclosedDoctype) => ("DOCTYPE", ">"),
            Error::Syntax(SyntaxError::UnclosedTag) => ("tag", ">"),
            _ => ("markup", ">"),
        };
        Unclosed {
            start: self.base + start,
            what,
            end,
        }
    }
}
