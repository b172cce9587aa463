//! Dates and times as text, tag 0 (RFC 8949, section 3.4.1; RFC 3339).

/// The seconds since 1970 of `2023-01-01T00:00:00Z` and the like. `None` where it is no such text, or where it is
/// not a whole second.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let mut text = Text(text.as_bytes());
    let year = text.number(4)?;
    text.byte(b"-")?;
    let month = text.number(2).filter(|month| (1..=12).contains(month))?;
    text.byte(b"-")?;
    let day = text.number(2)?;
    text.byte(b"Tt")?;
    let hour = text.number(2).filter(|hour| *hour < 24)?;
    text.byte(b":")?;
    let minute = text.number(2).filter(|minute| *minute < 60)?;
    text.byte(b":")?;
    // A leap second counts as the first second of the next minute, as in Unix time.
    let second = text.number(2).filter(|second| *second <= 60)?;
    if text.byte(b".").is_some() {
        text.byte(b"0")?;
        while text.byte(b"0").is_some() {}
    }
    let east = match text.byte(b"Zz+-")? {
        sign @ (b'+' | b'-') => {
            let hours = text.number(2).filter(|hours| *hours < 24)?;
            text.byte(b":")?;
            let minutes = text.number(2).filter(|minutes| *minutes < 60)?;
            let offset = hours * 3600 + minutes * 60;
            if sign == b'-' { -offset } else { offset }
        }
        _ => 0,
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !text.0.is_empty() || !(1..=last).contains(&day) {
        return None;
    }
    // Years begin with March here, so that the leap day is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 719_469;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second - east)
}

struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn number(&mut self, width: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        self.0 = rest;
        digits.iter().try_fold(0, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(digit - b'0'))
        })
    }

    /// Steps over a byte if it is one of these.
    fn byte(&mut self, choices: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        choices.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_are_seconds() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2013-03-21T20:04:00Z", 1_363_896_240),
            ("2013-03-21t21:04:00.000+01:00", 1_363_896_240),
            ("2000-02-29T23:59:59-00:30", 951_870_599),
            ("1969-12-31T23:59:59z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:60Z", 253_402_300_800),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_second_of_the_calendar_is_refused() {
        for text in [
            "",
            "2013",
            "2013-03-21",
            "2013-03-21T20:04:00",
            "2013-03-21T20:04Z",
            "2013-3-21T20:04:00Z",
            "2013-02-29T00:00:00Z",
            "2013-13-01T00:00:00Z",
            "2013-00-01T00:00:00Z",
            "2013-01-00T00:00:00Z",
            "2013-01-01T24:00:00Z",
            "2013-01-01T00:00:61Z",
            "2013-01-01T00:00:00.5Z",
            "2013-01-01T00:00:00.Z",
            "2013-01-01T00:00:00Zx",
            "2013-01-01T00:00:00+1:00",
            "+013-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
