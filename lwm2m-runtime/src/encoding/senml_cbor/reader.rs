use alloc::{collections::BTreeSet, vec::Vec};

use crate::{
    encoding::{
        Content, DecodeError, DecodeErrorKind, Purpose, RecordRef,
        cbor::{CborItem, CborReader, Head, Items, Kind, item, major, number},
        decode::Context,
        senml::{Label, RawRecord, Senml, check_unknown},
    },
    model::ValueRef,
};

pub(crate) struct SenmlCborReader<'a> {
    cbor: CborReader<'a>,
    // The records still to come, once the outer array has begun.
    records: Option<Items>,
    senml: Senml,
    spaces: [Vec<u8>; 3],
}

impl<'a> SenmlCborReader<'a> {
    pub(crate) fn new(bytes: &'a [u8], context: &Context<'_>) -> Self {
        Self {
            cbor: CborReader::new(bytes),
            records: None,
            senml: Senml::new(context),
            spaces: [Vec::new(), Vec::new(), Vec::new()],
        }
    }

    // A function by itself: together with those of the other formats it would be one with a frame for all of them.
    #[inline(never)]
    pub(crate) fn next<'r>(
        &'r mut self,
        context: &mut Context<'_>,
    ) -> Result<Option<RecordRef<'r>>, DecodeError> {
        let Self {
            cbor,
            records,
            senml,
            spaces,
        } = self;
        let items = match records {
            Some(items) => items,
            None => {
                let items = begin(cbor, context)?;
                records.insert(items)
            }
        };
        if !items.another(cbor)? {
            cbor.end()?;
            return Ok(None);
        }
        let limit = context.limits().value;
        if senml.is_plain(context) {
            if let Some(plain) = plain_record(*cbor, limit) {
                let offsets = (cbor.offset(), plain.value.offset);
                *cbor = plain.behind;
                return senml.resolve_plain(plain.name, plain.value, offsets, context);
            }
        }
        let raw = record(cbor, spaces, limit)?;
        senml.resolve(raw, context)
    }
}

/// A record as nearly all are: a map of a name and a value, in this order.
struct PlainRecord<'a> {
    name: &'a [u8],
    value: CborItem<'a>,
    behind: CborReader<'a>,
}

/// `None` for every other record, and for those that are wrong.
#[inline(always)]
fn plain_record(mut cbor: CborReader<'_>, limit: usize) -> Option<PlainRecord<'_>> {
    cbor.pass([0xa0 + 2, super::NAME])?;
    let name = text(&mut cbor, &mut None).ok()?;
    let key = cbor.head().ok()?;
    if key.major != major::UNSIGNED {
        return None;
    }
    let value = item(&mut cbor, &mut None, limit).ok()?;
    let legal = value.kind != Kind::Null
        && label(key, key.argument as i64).is_some_and(|label| fits(label, value.kind));
    legal.then_some(PlainRecord {
        name,
        value,
        behind: cbor,
    })
}

/// Whether a value is what its label says.
const fn fits(label: Label, kind: Kind) -> bool {
    match label {
        Label::Value => kind.is_number() || matches!(kind, Kind::Null),
        Label::StringValue | Label::Objlnk => matches!(kind, Kind::Text),
        Label::BooleanValue => matches!(kind, Kind::Boolean),
        Label::DataValue => matches!(kind, Kind::Bytes),
        _ => false,
    }
}

/// Begins the outer array. A payload without any byte is an array without records.
fn begin(cbor: &mut CborReader<'_>, context: &Context<'_>) -> Result<Items, DecodeError> {
    let items = match cbor.peek() {
        None => Items::Definite(0),
        Some(_) => {
            let head = cbor.head()?;
            if head.major != major::ARRAY {
                return Err(head.error(DecodeErrorKind::Structure));
            }
            cbor.items(head, 1)?
        }
    };
    let empty = match items {
        Items::Definite(count) => count == 0,
        Items::Indefinite => matches!({ items }.another(&mut { *cbor }), Ok(false)),
    };
    match empty && context.purpose() == Purpose::Paths {
        true => Err(cbor.error(DecodeErrorKind::Empty)),
        false => Ok(items),
    }
}

/// One map.
#[inline(always)]
fn record<'a: 'r, 'r>(
    cbor: &mut CborReader<'a>,
    spaces: &'r mut [Vec<u8>; 3],
    limit: usize,
) -> Result<RawRecord<'r, CborItem<'r>>, DecodeError> {
    let head = cbor.head()?;
    if head.major != major::MAP {
        return Err(head.error(DecodeErrorKind::Structure));
    }
    let mut members = cbor.items(head, 2)?;
    let mut raw = RawRecord::new(head.offset);
    // Each is used once at most, because no label occurs twice and there is only one value.
    let [base_name, name, value] = spaces;
    let (mut base_name, mut name, mut value) = (Some(base_name), Some(name), Some(value));
    // Labels that this crate does not know occur but once, too.
    let (mut unknown_numbers, mut unknown_names) = (BTreeSet::new(), BTreeSet::new());
    while members.another(cbor)? {
        let key = cbor.head()?;
        let label = match key.major {
            major::UNSIGNED => label(key, key.argument as i64),
            major::NEGATIVE => label(key, !(key.argument as i64)),
            major::TEXT => {
                let mut joined = Vec::new();
                let text = cbor.string(key, &mut Some(&mut joined))?;
                match text {
                    b"vlo" => Some(Label::Objlnk),
                    _ => {
                        check_unknown(text, key.offset)?;
                        if !unknown_names.insert(text.to_vec()) {
                            return Err(key.error(DecodeErrorKind::Duplicate));
                        }
                        None
                    }
                }
            }
            _ => return Err(key.error(DecodeErrorKind::Structure)),
        };
        let Some(label) = label else {
            if key.major != major::TEXT && !unknown_numbers.insert((key.major, key.argument)) {
                return Err(key.error(DecodeErrorKind::Duplicate));
            }
            cbor.skip()?;
            continue;
        };
        raw.see(label, key.offset)?;
        let offset = cbor.offset();
        let structure = DecodeError::new(DecodeErrorKind::Structure, offset);
        match label {
            Label::Name => raw.name = Some(text(cbor, &mut name)?),
            Label::BaseName => raw.base_name = Some(text(cbor, &mut base_name)?),
            Label::Value | Label::StringValue | Label::BooleanValue | Label::DataValue | Label::Objlnk => {
                let found = item(cbor, &mut value, limit)?;
                let content = match (fits(label, found.kind), found.kind) {
                    (false, _) => return Err(structure),
                    (true, Kind::Null) => Content::Null,
                    _ if label == Label::Objlnk => Content::Value(found.into_objlnk().ok_or(structure)?),
                    _ => Content::Value(found),
                };
                raw.value = Some((content, offset));
            }
            Label::Time => raw.time = Some(number(cbor)?),
            Label::BaseTime => raw.base_time = Some(number(cbor)?),
            Label::BaseVersion => match item(cbor, &mut None, 0)?.shown() {
                Ok(ValueRef::Integer(version)) => raw.base_version = Some(version),
                _ => return Err(structure),
            },
            Label::BaseValue => {
                let found = item(cbor, &mut None, 0)?;
                match found.kind.is_number() && found.kind != Kind::Time {
                    true => raw.base_value = found.shown().ok(),
                    false => return Err(structure),
                }
            }
            Label::BaseSum | Label::Sum | Label::UpdateTime => {
                number(cbor)?;
            }
            Label::BaseUnit | Label::Unit => {
                text(cbor, &mut Some(&mut Vec::new()))?;
            }
        }
    }
    Ok(raw)
}

const fn label(key: Head, number: i64) -> Option<Label> {
    // An argument beyond all labels is none of them, whatever its sign becomes.
    if key.argument > 8 {
        None
    } else {
        Label::from_number(number)
    }
}

#[inline(always)]
fn text<'a: 'r, 'r>(
    cbor: &mut CborReader<'a>,
    space: &mut Option<&'r mut Vec<u8>>,
) -> Result<&'r [u8], DecodeError> {
    let head = cbor.head()?;
    match head.major {
        major::TEXT => cbor.string(head, space),
        _ => Err(head.error(DecodeErrorKind::Structure)),
    }
}
