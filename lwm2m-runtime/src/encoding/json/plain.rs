use super::{JsonNumber, JsonReader, string::plain_len};

/// A record that is a name and a value and nothing else, written without blanks and escapes: what nearly all are.
pub(crate) struct PlainRecord<'a> {
    /// Where it begins.
    pub(crate) offset: usize,
    pub(crate) name: &'a str,
    pub(crate) value: PlainValue<'a>,
    /// Where its value begins.
    pub(crate) value_offset: usize,
}

pub(crate) enum PlainValue<'a> {
    Integer(i64),
    Number(JsonNumber<'a>),
    Text(&'a str),
}

impl<'a> JsonReader<'a> {
    /// Passes `,{"n":"9","v":100}`, or the like with text, for which there is a label of its own. Passes nothing if
    /// something else is next; then it may be a record all the same.
    #[inline]
    pub(crate) fn plain_record(&mut self, text_label: &[u8; 8]) -> Option<PlainRecord<'a>> {
        let mut ahead = self.clone();
        ahead.pass(b",{\"n\":\"")?;
        let name_len = ahead
            .rest()
            .iter()
            .position(|byte| !matches!(byte, b'/'..=b'9'))?;
        let name = ahead.take(name_len)?;
        let (value, value_offset) = if ahead.pass(b"\",\"v\":").is_some() {
            let value_offset = ahead.offset();
            let value = match ahead.short_integer() {
                Some(number) => PlainValue::Integer(number),
                None => PlainValue::Number(ahead.short_number()?),
            };
            (value, value_offset)
        } else {
            ahead.pass(text_label)?;
            let value_offset = ahead.offset();
            let text = ahead.take(plain_len(ahead.rest()))?;
            ahead.pass(b"\"")?;
            (PlainValue::Text(text), value_offset)
        };
        ahead.pass(b"}")?;
        let offset = self.offset() + 1;
        *self = ahead;
        Some(PlainRecord {
            offset,
            name,
            value,
            value_offset,
        })
    }

    #[inline]
    fn pass<const N: usize>(&mut self, expected: &[u8; N]) -> Option<()> {
        let found = self.rest().first_chunk::<N>()?;
        (found == expected).then(|| self.advance(N))
    }

    #[inline]
    fn short_number(&mut self) -> Option<JsonNumber<'a>> {
        if !matches!(self.rest().first()?, b'-' | b'0'..=b'9') {
            return None;
        }
        let number = JsonNumber::read(self.text(), self.offset()).ok()?;
        self.advance(number.len());
        Some(number)
    }

    #[inline]
    fn take(&mut self, len: usize) -> Option<&'a str> {
        let text = self.text().get(self.offset()..self.offset() + len)?;
        self.advance(len);
        Some(text)
    }
}
