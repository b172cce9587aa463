//! Range texts of definition files, read as constraints.
//!
//! A range says what a value may be (`0..100`, `0; 3.8..20.5`), or how many bytes long it may be when the resource is a
//! String, Opaque or Corelnk (`0..255`, `16,32,48`, `1..64 bytes`). The registry has no grammar for it, so that authors
//! write many dialects and, now and then, prose. [`parse`] reads the dialects that have one meaning, says which of them
//! it had to interpret, and leaves the rest alone: a constraint that was guessed wrong would refuse good values.

use std::{fmt, iter::Peekable, str::CharIndices};

use super::{Constraint, ResourceType};

/// What a range text means.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Parsed {
    /// There is no range.
    Absent,
    /// Written in the plain form.
    Exact(Constraint),
    /// Readable, but written in another form than the plain one.
    Repaired(Constraint, Repair),
    /// The text stays documentation: no value is refused for it.
    Unreadable(Unreadable),
}

impl Parsed {
    /// The constraint, if the text gives one.
    pub fn into_constraint(self) -> Option<Constraint> {
        match self {
            Self::Exact(constraint) | Self::Repaired(constraint, _) => Some(constraint),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }
}

/// How a range deviates from the plain form. Its text says what was understood and what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repair {
    /// `1...3`, `0-100`, `0 to 5`: an interval without exactly two dots.
    Separator,
    /// `10 or 26`, `16-32-48`: a list without commas.
    List,
    /// `[1:4]`.
    Brackets,
    /// `-30..-120`: the higher bound first.
    Descending,
    /// `16-bit`, `2 bytes` on a number, `8 bit` on Opaque: the width of the value.
    Width,
    /// `255` on an integer: its highest value.
    Highest,
    /// `0: off 1: on`: an enumeration in the place of the range.
    Labels,
    /// A bound outside the resource's data type, such as `-1..5` on Unsigned Integer.
    BeyondType,
    /// `0.0..100.0` on an integer.
    Fraction,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Separator => "read as an interval; write `a..b`",
            Self::List => "read as a list; write `a,b,c`",
            Self::Brackets => "read as an interval; write `a..b` without brackets",
            Self::Descending => "the higher bound comes first; write `low..high`",
            Self::Width => "read as the width of the value; write its lowest and highest as `a..b`",
            Self::Highest => "read as the highest value; write `0..n`",
            Self::Labels => {
                "read as the set of the labelled values; write `a,b,c` and move the labels to the description"
            }
            Self::BeyondType => "cut to what the data type holds; write bounds inside it",
            Self::Fraction => "integers need no decimals; write `a..b`",
        })
    }
}

/// Why a range text gives no constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unreadable {
    /// Values of this data type have neither a magnitude nor a length.
    Type(Option<ResourceType>),
    /// Words, or numbers in an unknown arrangement.
    Prose,
    /// Readable in two ways that differ, such as `0..255` on Opaque: one octet, or up to 255 of them.
    Ambiguous,
    /// No value of the data type lies inside.
    Empty,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(Some(found)) => write!(f, "a {} has no range; leave it empty", found.name()),
            Self::Type(None) => f.write_str("a resource without a data type has no range; leave it empty"),
            Self::Prose => f.write_str("not a range; write `a..b` or `a,b,c`, and words in the description"),
            Self::Ambiguous => f.write_str("may mean a value or a length; write `n bytes` or `a..b bytes`"),
            Self::Empty => f.write_str("no value of the data type lies in the range"),
        }
    }
}

/// Reads the range text of a resource of a data type.
///
/// The intervals of the result are in ascending order and do not overlap; neighbours such as 1 and 2 in a list stay
/// apart. 64-bit bounds are exact.
pub fn parse(text: &str, resource_type: Option<ResourceType>) -> Parsed {
    let text = text.trim();
    if text.is_empty() {
        return Parsed::Absent;
    }
    let Some(quantity) = resource_type.and_then(Quantity::of) else {
        return Parsed::Unreadable(Unreadable::Type(resource_type));
    };
    match read(text, quantity) {
        Ok((constraint, None)) => Parsed::Exact(constraint),
        Ok((constraint, Some(repair))) => Parsed::Repaired(constraint, repair),
        Err(reason) => Parsed::Unreadable(reason),
    }
}

/// What the numbers of a range count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Integer,
    Unsigned,
    Float,
    TextLength,
    OpaqueLength,
}

impl Quantity {
    fn of(resource_type: ResourceType) -> Option<Self> {
        match resource_type {
            ResourceType::Integer | ResourceType::Time => Some(Self::Integer),
            ResourceType::Unsigned => Some(Self::Unsigned),
            ResourceType::Float => Some(Self::Float),
            ResourceType::String | ResourceType::Corelnk => Some(Self::TextLength),
            ResourceType::Opaque => Some(Self::OpaqueLength),
            ResourceType::Boolean | ResourceType::Objlnk => None,
        }
    }

    fn is_length(self) -> bool {
        matches!(self, Self::TextLength | Self::OpaqueLength)
    }
}

type Repaired<T> = (T, Option<Repair>);

fn read(text: &str, quantity: Quantity) -> Result<Repaired<Constraint>, Unreadable> {
    let tokens: Vec<Token<'_>> = Lexer::new(text).collect();
    let (set, repair) = if let Some(set) = labelled(&tokens) {
        if quantity.is_length() {
            return Err(Unreadable::Prose);
        }
        (set, Some(Repair::Labels))
    } else if let [Token::Open, inner @ .., Token::Close] = tokens.as_slice() {
        (vec![bracketed(inner)?], Some(Repair::Brackets))
    } else {
        let items = items(&tokens)?;
        if let Some(width) = width(&items.list, quantity)? {
            return Ok((width, Some(Repair::Width)));
        }
        plain(items, quantity)?
    };
    let (constraint, cut) = normalise(&set, quantity)?;
    Ok((constraint, repair.or(cut)))
}

/// A bound or a single value, as written.
#[derive(Clone, Copy)]
struct Interval<'t> {
    low: &'t str,
    high: &'t str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Bits,
}

struct Item<'t> {
    interval: Interval<'t>,
    single: bool,
    unit: Option<Unit>,
}

struct Items<'t> {
    list: Vec<Item<'t>>,
    repair: Option<Repair>,
    /// `16-32-48`: numbers with hyphens between them all.
    hyphenated: bool,
}

/// Items with commas, semicolons or `or` between them.
fn items<'t>(tokens: &[Token<'t>]) -> Result<Items<'t>, Unreadable> {
    if let Some(list) = hyphenated(tokens) {
        return Ok(Items {
            list,
            repair: Some(Repair::List),
            hyphenated: true,
        });
    }
    let mut list = Vec::new();
    let mut repair = None;
    let mut rest = tokens;
    loop {
        let (item, item_repair, tail) = item(rest)?;
        list.push(item);
        repair = repair.or(item_repair);
        match tail {
            [] => break,
            [Token::Comma | Token::Semicolon, tail @ ..] => rest = tail,
            [Token::Word(word), tail @ ..] if word.eq_ignore_ascii_case("or") => {
                repair = Some(Repair::List);
                rest = tail;
            }
            _ => return Err(Unreadable::Prose),
        }
    }
    Ok(Items {
        list,
        repair,
        hyphenated: false,
    })
}

type ItemAndRest<'t, 'a> = (Item<'t>, Option<Repair>, &'a [Token<'t>]);

fn item<'t, 'a>(tokens: &'a [Token<'t>]) -> Result<ItemAndRest<'t, 'a>, Unreadable> {
    let [Token::Number(low), rest @ ..] = tokens else {
        return Err(Unreadable::Prose);
    };
    let (high, repair, rest) = match rest {
        [Token::Dots(2), Token::Number(high), tail @ ..] => (Some(high), None, tail),
        [separator, Token::Number(high), tail @ ..] if separator.is_interval() => {
            (Some(high), Some(Repair::Separator), tail)
        }
        _ => (None, None, rest),
    };
    let (unit, rest) = unit(rest);
    let item = Item {
        interval: Interval {
            low,
            high: high.unwrap_or(low),
        },
        single: high.is_none(),
        unit,
    };
    Ok((item, repair, rest))
}

fn unit<'t, 'a>(tokens: &'a [Token<'t>]) -> (Option<Unit>, &'a [Token<'t>]) {
    let (word, rest) = match tokens {
        [Token::Hyphen, Token::Word(word), rest @ ..] | [Token::Word(word), rest @ ..] => (*word, rest),
        _ => return (None, tokens),
    };
    let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
    if is(&["bytes", "byte", "octets", "octet"]) {
        (Some(Unit::Bytes), rest)
    } else if is(&["bits", "bit"]) {
        (Some(Unit::Bits), rest)
    } else {
        (None, tokens)
    }
}

/// `16-32-48 bytes`: three numbers or more.
fn hyphenated<'t>(tokens: &[Token<'t>]) -> Option<Vec<Item<'t>>> {
    let (Token::Number(first), mut rest) = tokens.split_first()? else {
        return None;
    };
    let mut numbers = vec![*first];
    while let [Token::Hyphen, Token::Number(number), tail @ ..] = rest {
        numbers.push(*number);
        rest = tail;
    }
    let (unit, rest) = unit(rest);
    if numbers.len() < 3 || !rest.is_empty() {
        return None;
    }
    let item = |number| Item {
        interval: Interval {
            low: number,
            high: number,
        },
        single: true,
        unit,
    };
    Some(numbers.into_iter().map(item).collect())
}

/// `1:4` or `1..4` from inside brackets. `[1,4]` may be an interval or a list.
fn bracketed<'t>(tokens: &[Token<'t>]) -> Result<Interval<'t>, Unreadable> {
    match tokens {
        [
            Token::Number(low),
            Token::Colon | Token::Dots(2),
            Token::Number(high),
        ] => Ok(Interval { low, high }),
        _ => Err(Unreadable::Prose),
    }
}

/// `0: off 1: on`, `0 = off, 1 = on, 2..9 = reserved`.
///
/// `None` unless every label is plain: one with a colon of its own may end the list (`other: reserved`).
fn labelled<'t>(tokens: &[Token<'t>]) -> Option<Vec<Interval<'t>>> {
    let (first, mut rest) = label_key(tokens)?;
    let mut set = vec![first];
    loop {
        let mut words = 0_usize;
        loop {
            if let Some((next, tail)) = label_key(rest) {
                set.push(next);
                rest = tail;
                break;
            }
            match rest {
                [] => return (words > 0 && set.len() > 1).then_some(set),
                [Token::Colon, ..] => return None,
                [Token::Word(_), tail @ ..] => {
                    words += 1;
                    rest = tail;
                }
                [_, tail @ ..] => rest = tail,
            }
        }
        if words == 0 {
            return None;
        }
    }
}

fn label_key<'t, 'a>(tokens: &'a [Token<'t>]) -> Option<(Interval<'t>, &'a [Token<'t>])> {
    match tokens {
        [Token::Number(code), Token::Colon, rest @ ..] => Some((
            Interval {
                low: code,
                high: code,
            },
            rest,
        )),
        [
            Token::Number(low),
            separator,
            Token::Number(high),
            Token::Colon,
            rest @ ..,
        ] if separator.is_interval() => Some((Interval { low, high }, rest)),
        _ => None,
    }
}

/// `16-bit`, or `2 bytes` on a number.
fn width(items: &[Item<'_>], quantity: Quantity) -> Result<Option<Constraint>, Unreadable> {
    let units = |unit| items.iter().any(|item| item.unit == Some(unit));
    if !units(Unit::Bits) && (quantity.is_length() || !units(Unit::Bytes)) {
        return Ok(None);
    }
    let [
        Item {
            interval,
            single: true,
            unit: Some(unit),
        },
    ] = items
    else {
        return Err(Unreadable::Prose);
    };
    let number: u32 = interval.low.parse().map_err(|_| Unreadable::Prose)?;
    let bits = match unit {
        Unit::Bits => number,
        Unit::Bytes => number.checked_mul(8).ok_or(Unreadable::Prose)?,
    };
    match (quantity, bits) {
        (_, 0) => Err(Unreadable::Prose),
        (Quantity::OpaqueLength, _) if bits % 8 == 0 => {
            let length = u64::from(bits / 8);
            Ok(Some(Constraint::Length(vec![(length, length)])))
        }
        // 64 bits are the whole type.
        (Quantity::Integer, ..=63) => Ok(Some(Constraint::Integer(vec![(0, i64::MAX >> (63 - bits))]))),
        (Quantity::Unsigned, ..=64) => Ok(Some(Constraint::Unsigned(vec![(0, u64::MAX >> (64 - bits))]))),
        _ => Err(Unreadable::Prose),
    }
}

/// Items as they stand, in the one meaning that they have for the quantity.
fn plain<'t>(items: Items<'t>, quantity: Quantity) -> Result<Repaired<Vec<Interval<'t>>>, Unreadable> {
    if items.hyphenated && !quantity.is_length() {
        return Err(Unreadable::Prose);
    }
    let mut repair = items.repair;
    // A comma may also group digits: `1,000..2,000`.
    let grouped = |digits: &str| digits.len() > 1 && digits.starts_with('0') && !digits.contains('.');
    if items.list.len() > 1
        && items
            .list
            .iter()
            .any(|item| grouped(item.interval.low) || grouped(item.interval.high))
    {
        return Err(Unreadable::Prose);
    }
    if let [item] = items.list.as_slice() {
        let one = item.interval;
        match quantity {
            Quantity::OpaqueLength if item.unit.is_none() && (one.low, one.high) == ("0", "255") => {
                return Err(Unreadable::Ambiguous);
            }
            Quantity::Integer | Quantity::Unsigned if item.single => {
                let highest = Interval {
                    low: "0",
                    high: one.low,
                };
                if one.low.starts_with('-') {
                    return Err(Unreadable::Ambiguous);
                }
                return Ok((vec![highest], Some(Repair::Highest)));
            }
            Quantity::Float if item.single => return Err(Unreadable::Ambiguous),
            _ => {}
        }
        if is_descending(one) {
            repair = Some(Repair::Descending);
            let sorted = Interval {
                low: one.high,
                high: one.low,
            };
            return Ok((vec![sorted], repair));
        }
    }
    Ok((items.list.into_iter().map(|item| item.interval).collect(), repair))
}

fn is_descending(interval: Interval<'_>) -> bool {
    match (whole(interval.low), whole(interval.high)) {
        (Some((low, _)), Some((high, _))) => low > high,
        _ => {
            matches!((fraction(interval.low), fraction(interval.high)), (Some(low), Some(high)) if low > high)
        }
    }
}

/// The set in ascending order, overlaps merged, cut to the data type.
fn normalise(set: &[Interval<'_>], quantity: Quantity) -> Result<Repaired<Constraint>, Unreadable> {
    match quantity {
        Quantity::Float => {
            let mut bounds = Vec::with_capacity(set.len());
            for interval in set {
                let low = fraction(interval.low).ok_or(Unreadable::Prose)?;
                let high = fraction(interval.high).ok_or(Unreadable::Prose)?;
                bounds.push(ascending(low, high)?);
            }
            bounds.sort_by(|a, b| f64::total_cmp(&a.0, &b.0));
            Ok((Constraint::Float(merge(bounds)), None))
        }
        Quantity::Integer => {
            let (bounds, cut) = integers(set, i64::MIN.into(), i64::MAX.into())?;
            let exact = bounds
                .into_iter()
                .map(|(low, high)| Some((i64::try_from(low).ok()?, high.try_into().ok()?)));
            let exact: Option<Vec<(i64, i64)>> = exact.collect();
            Ok((Constraint::Integer(exact.ok_or(Unreadable::Empty)?), cut))
        }
        Quantity::Unsigned | Quantity::TextLength | Quantity::OpaqueLength => {
            let (bounds, cut) = integers(set, 0, u64::MAX.into())?;
            let exact = bounds
                .into_iter()
                .map(|(low, high)| Some((u64::try_from(low).ok()?, high.try_into().ok()?)));
            let exact: Vec<(u64, u64)> = exact.collect::<Option<_>>().ok_or(Unreadable::Empty)?;
            match quantity {
                Quantity::Unsigned => Ok((Constraint::Unsigned(exact), cut)),
                _ if cut.is_some() => Err(Unreadable::Prose),
                _ => Ok((Constraint::Length(exact), None)),
            }
        }
    }
}

fn integers(
    set: &[Interval<'_>],
    lowest: i128,
    highest: i128,
) -> Result<Repaired<Vec<(i128, i128)>>, Unreadable> {
    let mut bounds = Vec::with_capacity(set.len());
    let mut repair = None;
    for interval in set {
        let (low, low_fraction) = whole(interval.low).ok_or(Unreadable::Prose)?;
        let (high, high_fraction) = whole(interval.high).ok_or(Unreadable::Prose)?;
        if low_fraction || high_fraction {
            repair = Some(Repair::Fraction);
        }
        let (low, high) = ascending(low, high)?;
        if low < lowest || high > highest {
            repair = Some(Repair::BeyondType);
        }
        if high >= lowest && low <= highest {
            bounds.push((low.max(lowest), high.min(highest)));
        }
    }
    if bounds.is_empty() {
        return Err(Unreadable::Empty);
    }
    bounds.sort_unstable();
    Ok((merge(bounds), repair))
}

/// Bounds in the wrong order inside a list tell that the commas mean something else, such as groups of digits.
fn ascending<T: PartialOrd>(low: T, high: T) -> Result<(T, T), Unreadable> {
    if low <= high {
        Ok((low, high))
    } else {
        Err(Unreadable::Prose)
    }
}

/// Joins sorted intervals that overlap.
fn merge<T: PartialOrd + Copy>(sorted: Vec<(T, T)>) -> Vec<(T, T)> {
    let mut merged: Vec<(T, T)> = Vec::with_capacity(sorted.len());
    for (low, high) in sorted {
        match merged.last_mut() {
            Some(last) if low <= last.1 => {
                if high > last.1 {
                    last.1 = high;
                }
            }
            _ => merged.push((low, high)),
        }
    }
    merged
}

/// A whole number, and whether it was written with decimals (`100.0`). Beyond 128 bits there is none.
fn whole(text: &str) -> Option<(i128, bool)> {
    match text.split_once('.') {
        None => Some((text.parse().ok()?, false)),
        Some((number, decimals)) if decimals.bytes().all(|digit| digit == b'0') => {
            Some((number.parse().ok()?, true))
        }
        Some(_) => None,
    }
}

fn fraction(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    // Adding zero makes the negative zero positive.
    number.is_finite().then_some(number + 0.0)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// With its sign, its decimals and its exponent.
    Number(&'t str),
    Word(&'t str),
    /// How many, at most 4.
    Dots(u8),
    /// Also a dash.
    Hyphen,
    Comma,
    Semicolon,
    /// Also an equals sign.
    Colon,
    Open,
    Close,
    Other,
}

impl Token<'_> {
    /// Whether it makes two numbers an interval.
    fn is_interval(self) -> bool {
        match self {
            Self::Dots(count) => (2..=3).contains(&count),
            Self::Word(word) => word.eq_ignore_ascii_case("to"),
            Self::Hyphen => true,
            _ => false,
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
    after_number: bool,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            chars: text.char_indices().peekable(),
            after_number: false,
        }
    }

    fn skip_while(&mut self, mut belongs: impl FnMut(char) -> bool) -> usize {
        while self.chars.next_if(|(_, c)| belongs(*c)).is_some() {}
        self.chars.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    /// What follows the next character.
    fn second(&self) -> Option<char> {
        let mut ahead = self.chars.clone();
        ahead.next()?;
        ahead.next().map(|(_, c)| c)
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn number(&mut self, start: usize) -> Token<'t> {
        let mut end = self.skip_while(|c| c.is_ascii_digit());
        let next = self.chars.peek().map(|(_, c)| *c);
        if next == Some('.') && self.second().is_some_and(|c| c.is_ascii_digit()) {
            self.chars.next();
            end = self.skip_while(|c| c.is_ascii_digit());
        }
        if matches!(self.chars.peek(), Some((_, 'e' | 'E'))) {
            let mut ahead = self.chars.clone();
            ahead.next();
            ahead.next_if(|(_, c)| matches!(c, '+' | '-'));
            if ahead.peek().is_some_and(|(_, c)| c.is_ascii_digit()) {
                self.chars = ahead;
                end = self.skip_while(|c| c.is_ascii_digit());
            }
        }
        Token::Number(self.slice(start, end))
    }
}

impl<'t> Iterator for Lexer<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        self.skip_while(char::is_whitespace);
        let (start, first) = self.chars.next()?;
        let before_digit = self.chars.peek().is_some_and(|(_, c)| c.is_ascii_digit());
        let token = match first {
            '0'..='9' => self.number(start),
            '+' | '-' if before_digit && !self.after_number => self.number(start),
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Token::Hyphen,
            '.' => {
                let mut count = 1_u8;
                self.skip_while(|c| {
                    let dot = c == '.' && count < 4;
                    count += u8::from(dot);
                    dot
                });
                Token::Dots(count)
            }
            '\u{2026}' => Token::Dots(3),
            ',' => Token::Comma,
            ';' => Token::Semicolon,
            ':' | '=' => Token::Colon,
            '[' => Token::Open,
            ']' => Token::Close,
            c if c.is_alphabetic() => {
                let end = self.skip_while(|c| c.is_alphanumeric() || c == '_');
                Token::Word(self.slice(start, end))
            }
            _ => Token::Other,
        };
        self.after_number = matches!(token, Token::Number(_));
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ints(set: &[(i64, i64)]) -> Constraint {
        Constraint::Integer(set.to_vec())
    }

    fn lengths(set: &[(u64, u64)]) -> Constraint {
        Constraint::Length(set.to_vec())
    }

    fn floats(set: &[(f64, f64)]) -> Constraint {
        Constraint::Float(set.to_vec())
    }

    use ResourceType::{Boolean, Corelnk, Float, Integer, Objlnk, Opaque, String, Time, Unsigned};

    #[test]
    fn plain_forms() {
        for (text, resource_type, expected) in [
            ("0..100", Integer, ints(&[(0, 100)])),
            ("-30..46", Integer, ints(&[(-30, 46)])),
            (" 0 .. 7 ", Integer, ints(&[(0, 7)])),
            ("0..100", Time, ints(&[(0, 100)])),
            ("0..9223372036854775807", Integer, ints(&[(0, i64::MAX)])),
            (
                "-9223372036854775808..9223372036854775807",
                Integer,
                ints(&[(i64::MIN, i64::MAX)]),
            ),
            (
                "0..18446744073709551615",
                Unsigned,
                Constraint::Unsigned(vec![(0, u64::MAX)]),
            ),
            ("0.000001..1.0", Float, floats(&[(0.000_001, 1.0)])),
            ("-1e3..2.5E-2", Float, floats(&[(-1000.0, 0.025)])),
            ("0; 3.8..20.5", Float, floats(&[(0.0, 0.0), (3.8, 20.5)])),
            ("0..247, 255", Integer, ints(&[(0, 247), (255, 255)])),
            ("0,1,2", Integer, ints(&[(0, 0), (1, 1), (2, 2)])),
            (
                "20, 5, 10, 15",
                Integer,
                ints(&[(5, 5), (10, 10), (15, 15), (20, 20)]),
            ),
            ("0..5, 3..9, 9", Integer, ints(&[(0, 9)])),
            ("16,32,48", Opaque, lengths(&[(16, 16), (32, 32), (48, 48)])),
            ("10,26", String, lengths(&[(10, 10), (26, 26)])),
            ("0..255", String, lengths(&[(0, 255)])),
            ("1..128", Corelnk, lengths(&[(1, 128)])),
            ("0..65535", Opaque, lengths(&[(0, 65535)])),
            ("0..255 bytes", Opaque, lengths(&[(0, 255)])),
            ("1..64 Bytes", String, lengths(&[(1, 64)])),
            ("12 octets", String, lengths(&[(12, 12)])),
            ("6", Opaque, lengths(&[(6, 6)])),
        ] {
            assert_eq!(
                parse(text, Some(resource_type)),
                Parsed::Exact(expected),
                "{text} on {resource_type:?}"
            );
        }
        assert_eq!(parse(" \t\r\n ", Some(Integer)), Parsed::Absent);
    }

    #[test]
    fn other_forms_are_read_and_named() {
        for (text, resource_type, expected, repair) in [
            ("1...15", Integer, ints(&[(1, 15)]), Repair::Separator),
            ("1\u{2026}15", Integer, ints(&[(1, 15)]), Repair::Separator),
            ("0-100", Integer, ints(&[(0, 100)]), Repair::Separator),
            ("0 \u{2013} 100", Integer, ints(&[(0, 100)]), Repair::Separator),
            ("-5--1", Integer, ints(&[(-5, -1)]), Repair::Separator),
            ("0 to 5", Integer, ints(&[(0, 5)]), Repair::Separator),
            ("0-255 bytes", String, lengths(&[(0, 255)]), Repair::Separator),
            (
                "16-32-48 bytes",
                Opaque,
                lengths(&[(16, 16), (32, 32), (48, 48)]),
                Repair::List,
            ),
            (
                "10 or 26 Bytes",
                String,
                lengths(&[(10, 10), (26, 26)]),
                Repair::List,
            ),
            ("[1:4]", Integer, ints(&[(1, 4)]), Repair::Brackets),
            ("-30..-120", Integer, ints(&[(-120, -30)]), Repair::Descending),
            ("1.5..0.5", Float, floats(&[(0.5, 1.5)]), Repair::Descending),
            ("16-bit", Integer, ints(&[(0, 65535)]), Repair::Width),
            ("8-Bits", Integer, ints(&[(0, 255)]), Repair::Width),
            ("1 bytes", Integer, ints(&[(0, 255)]), Repair::Width),
            (
                "8 bytes",
                Unsigned,
                Constraint::Unsigned(vec![(0, u64::MAX)]),
                Repair::Width,
            ),
            ("63 bit", Integer, ints(&[(0, i64::MAX)]), Repair::Width),
            ("8 bit", Opaque, lengths(&[(1, 1)]), Repair::Width),
            ("255", Integer, ints(&[(0, 255)]), Repair::Highest),
            (
                "0: disabled 1: normal 255: non_responsive",
                Integer,
                ints(&[(0, 0), (1, 1), (255, 255)]),
                Repair::Labels,
            ),
            (
                "0 = DOUBLE-CLICK, -1 = 3GPP PS, 2..9 = reserved",
                Integer,
                ints(&[(-1, -1), (0, 0), (2, 9)]),
                Repair::Labels,
            ),
            (
                "-1..5",
                Unsigned,
                Constraint::Unsigned(vec![(0, 5)]),
                Repair::BeyondType,
            ),
            (
                "0..18446744073709551615",
                Integer,
                ints(&[(0, i64::MAX)]),
                Repair::BeyondType,
            ),
            ("0.0..100.0", Integer, ints(&[(0, 100)]), Repair::Fraction),
        ] {
            assert_eq!(
                parse(text, Some(resource_type)),
                Parsed::Repaired(expected, repair),
                "{text} on {resource_type:?}"
            );
        }
    }

    #[test]
    fn everything_else_stays_text() {
        for (text, resource_type, reason) in [
            ("0..65535", Some(Boolean), Unreadable::Type(Some(Boolean))),
            ("0..65535", Some(Objlnk), Unreadable::Type(Some(Objlnk))),
            ("0..65535", None, Unreadable::Type(None)),
            ("0..255", Some(Opaque), Unreadable::Ambiguous),
            ("-5", Some(Integer), Unreadable::Ambiguous),
            ("5", Some(Float), Unreadable::Ambiguous),
            ("-9..-2", Some(Unsigned), Unreadable::Empty),
        ] {
            assert_eq!(parse(text, resource_type), Parsed::Unreadable(reason), "{text}");
        }
        for (text, resource_type) in [
            ("ON;OFF", Float),
            ("<7 to >12.5", Integer),
            ("2 Instances", Integer),
            ("The possible values are those listed in 5.3.1.1", String),
            ("2 - 64 characters", String),
            ("0x10..0x20", Integer),
            ("0..", Integer),
            ("1....4", Integer),
            ("[1,4]", Integer),
            ("1-2-3", Integer),
            ("16 32 48", Opaque),
            ("1,000..2,000", Integer),
            ("1,500..2,500", Integer),
            ("1.2.3", Integer),
            ("0.5..1.5", Integer),
            ("-1..5", String),
            ("1..4 bytes", Integer),
            ("8 bit", String),
            ("65 bits", Unsigned),
            ("0 bits", Integer),
            ("1e999..2", Float),
            ("0: off 1: on other: reserved", Integer),
            ("0: 1: 2: x", Integer),
            ("99999999999999999999999999999999999999999999..1", Integer),
            ("..", Integer),
            (",", Integer),
            ("-", Integer),
        ] {
            assert_eq!(
                parse(text, Some(resource_type)),
                Parsed::Unreadable(Unreadable::Prose),
                "{text} on {resource_type:?}"
            );
        }
    }

    fn any_type() -> impl Strategy<Value = Option<ResourceType>> {
        prop::sample::select(vec![
            None,
            Some(String),
            Some(Integer),
            Some(Unsigned),
            Some(Float),
            Some(Boolean),
            Some(Opaque),
            Some(Time),
            Some(Objlnk),
            Some(Corelnk),
        ])
    }

    fn is_normal<T: PartialOrd + Copy>(set: &[(T, T)]) -> bool {
        !set.is_empty()
            && set.iter().all(|(low, high)| low <= high)
            && set.windows(2).all(|pair| pair[0].1 < pair[1].0)
    }

    proptest! {
        #[test]
        fn any_text_gives_a_normal_constraint_or_none(
            text in r"(\PC|[-0-9.,;:=\[\] ]|bytes|bits|or|to){0,24}",
            resource_type in any_type(),
        ) {
            match parse(&text, resource_type).into_constraint() {
                None => {}
                Some(Constraint::Integer(set)) => prop_assert!(is_normal(&set)),
                Some(Constraint::Float(set)) => prop_assert!(is_normal(&set)),
                Some(Constraint::Unsigned(set) | Constraint::Length(set)) => prop_assert!(is_normal(&set)),
            }
        }

        #[test]
        fn every_signed_interval_is_exact(a: i64, b: i64) {
            let set = vec![(a.min(b), a.max(b))];
            let parsed = parse(&format!("{a}..{b}"), Some(Integer)).into_constraint();
            prop_assert_eq!(parsed, Some(Constraint::Integer(set)));
        }

        #[test]
        fn every_unsigned_list_is_the_set_of_its_values(values in prop::collection::vec(any::<u64>(), 2..9)) {
            let text = values.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            let mut expected = values;
            expected.sort_unstable();
            expected.dedup();
            let expected = expected.into_iter().map(|value| (value, value)).collect();
            prop_assert_eq!(parse(&text, Some(Unsigned)), Parsed::Exact(Constraint::Unsigned(expected)));
        }

        #[test]
        fn every_finite_float_survives(a in prop::num::f64::NORMAL, b in prop::num::f64::NORMAL) {
            let set = vec![(a.min(b), a.max(b))];
            let parsed = parse(&format!("{a:e}..{b:e}"), Some(Float)).into_constraint();
            prop_assert_eq!(parsed, Some(Constraint::Float(set)));
        }
    }
}
