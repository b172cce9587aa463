//! Range texts of definition files, read as constraints.
//!
//! A range says what a value may be (`0..100`, `0; 3.8..20.5`), or how many bytes long it may be when the resource is a
//! String, Opaque or Corelnk (`0..255`, `16,32,48`, `1..64 bytes`). The registry has no grammar for it, so that authors
//! write many dialects and, now and then, prose. [`parse`] reads the dialects that have one meaning, says which of them
//! it had to interpret, and leaves the rest alone: a constraint that was guessed wrong would refuse good values.

mod lexer;
mod set;

use std::fmt;

use super::{Constraint, ResourceType};

use self::{
    lexer::{Lexer, Token},
    set::{is_descending, normalise},
};

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

#[cfg(test)]
mod tests;
