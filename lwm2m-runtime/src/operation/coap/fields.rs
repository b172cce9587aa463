use crate::{
    coap::{OptionNumber, Options, uint},
    encoding::ContentFormat,
    model::Path,
    operation::Status,
};

/// Critical options that mean something here or below, in the exchange.
const KNOWN: [OptionNumber; 7] = [
    OptionNumber::URI_HOST,
    OptionNumber::URI_PORT,
    OptionNumber::URI_PATH,
    OptionNumber::URI_QUERY,
    OptionNumber::ACCEPT,
    OptionNumber::BLOCK1,
    OptionNumber::BLOCK2,
];

/// What all requests have.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    options: Options<'a>,
}

impl<'a> Fields<'a> {
    /// Refuses a critical option that is unknown, repeated or malformed (RFC 7252, section 5.4.1).
    pub(super) fn new(options: Options<'a>) -> Result<Self, Status> {
        match options.refused(&KNOWN) {
            None => Ok(Self { options }),
            Some(_) => Err(Status::BadOption),
        }
    }

    pub(super) const fn options(self) -> Options<'a> {
        self.options
    }

    pub(super) fn segments(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.options.all(OptionNumber::URI_PATH)
    }

    /// A number in an option of at most `max` bytes. A longer one is passed over like any elective option that is not
    /// understood; Accept was checked before.
    fn number(self, option: OptionNumber, max: usize) -> Option<u32> {
        let value = self.options.first(option)?;
        uint(value).filter(|_| value.len() <= max)
    }

    fn format(self, option: OptionNumber) -> Option<ContentFormat> {
        let number = self.number(option, 2)?;
        u16::try_from(number).ok().map(ContentFormat)
    }

    pub(super) fn content_format(self) -> Option<ContentFormat> {
        self.format(OptionNumber::CONTENT_FORMAT)
    }

    pub(super) fn accept(self) -> Option<ContentFormat> {
        self.format(OptionNumber::ACCEPT)
    }

    /// 0 to observe, 1 to stop; other numbers mean nothing in a request.
    pub(super) fn observe(self) -> Option<bool> {
        match self.number(OptionNumber::OBSERVE, 3)? {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        }
    }

    pub(super) fn raw_queries(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.options.all(OptionNumber::URI_QUERY)
    }

    /// The queries as text.
    pub(super) fn queries(self) -> Result<impl Iterator<Item = &'a str> + Clone, Status> {
        match self
            .raw_queries()
            .all(|query| core::str::from_utf8(query).is_ok())
        {
            true => Ok(self
                .raw_queries()
                .filter_map(|query| core::str::from_utf8(query).ok())),
            false => Err(Status::BadRequest),
        }
    }

    /// Refuses queries where none is known.
    pub(super) fn no_queries(self) -> Result<(), Status> {
        match self.raw_queries().next() {
            None => Ok(()),
            Some(_) => Err(Status::BadRequest),
        }
    }
}

/// The path of segments: 4.04 for names, 4.00 for what looks like an identifier and is none.
pub(super) fn path<'a>(segments: impl Iterator<Item = &'a [u8]>) -> Result<Path, Status> {
    let mut path = Path::ROOT;
    for segment in segments {
        path = path.child(id(segment)?).ok_or(Status::BadRequest)?;
    }
    Ok(path)
}

fn id(segment: &[u8]) -> Result<u16, Status> {
    if segment.is_empty() || !segment.iter().all(u8::is_ascii_digit) {
        return Err(Status::NotFound);
    }
    if segment.len() > 5 || (segment.len() > 1 && segment.first() == Some(&b'0')) {
        return Err(Status::BadRequest);
    }
    let number = segment
        .iter()
        .fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'));
    match u16::try_from(number) {
        Ok(id) if id != u16::MAX => Ok(id),
        _ => Err(Status::BadRequest),
    }
}
