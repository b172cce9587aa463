//! What SenML means (RFC 8428, RFC 8790, LwM2M Core 1.2, section 7.4.4), whether written in JSON or in CBOR.
//!
//! A reader of one of the two syntaxes fills one [`RawRecord`] from each map and has it resolved by [`Senml`], which
//! keeps the base fields. Members may stand in any order; so nothing is resolved before the map has ended.

use alloc::string::String;
use core::str;

use super::{
    Content, DecodeError, DecodeErrorKind, EncodeError, Format, Purpose, RecordRef,
    base_value::BaseValue,
    decode::{Context, Untyped},
    name::{Name, NameRules},
};
use crate::model::ValueRef;

/// A member of a record that this crate knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    BaseVersion,
    BaseName,
    BaseTime,
    BaseUnit,
    BaseValue,
    BaseSum,
    Name,
    Unit,
    Value,
    StringValue,
    BooleanValue,
    Sum,
    Time,
    UpdateTime,
    DataValue,
    /// Object link, an addition of LwM2M.
    Objlnk,
}

impl Label {
    /// The label of a member's name in JSON; in CBOR only `vlo` is written so.
    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"bver" => Self::BaseVersion,
            b"bn" => Self::BaseName,
            b"bt" => Self::BaseTime,
            b"bu" => Self::BaseUnit,
            b"bv" => Self::BaseValue,
            b"bs" => Self::BaseSum,
            b"n" => Self::Name,
            b"u" => Self::Unit,
            b"v" => Self::Value,
            b"vs" => Self::StringValue,
            b"vb" => Self::BooleanValue,
            b"s" => Self::Sum,
            b"t" => Self::Time,
            b"ut" => Self::UpdateTime,
            b"vd" => Self::DataValue,
            b"vlo" => Self::Objlnk,
            _ => return None,
        })
    }

    /// The label of a member's number in CBOR.
    #[inline]
    pub(crate) const fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            -1 => Self::BaseVersion,
            -2 => Self::BaseName,
            -3 => Self::BaseTime,
            -4 => Self::BaseUnit,
            -5 => Self::BaseValue,
            -6 => Self::BaseSum,
            0 => Self::Name,
            1 => Self::Unit,
            2 => Self::Value,
            3 => Self::StringValue,
            4 => Self::BooleanValue,
            5 => Self::Sum,
            6 => Self::Time,
            7 => Self::UpdateTime,
            8 => Self::DataValue,
            _ => return None,
        })
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// The members that are a value; a record has one of them.
const VALUES: u16 = Label::Value.bit()
    | Label::StringValue.bit()
    | Label::BooleanValue.bit()
    | Label::DataValue.bit()
    | Label::Objlnk.bit();

/// What a record of a path list cannot have.
const NOT_IN_PATH_LIST: u16 =
    VALUES | Label::BaseValue.bit() | Label::BaseSum.bit() | Label::Sum.bit() | Label::UpdateTime.bit();

const TIMES: u16 = Label::BaseTime.bit() | Label::Time.bit();

/// Refuses the name of an unknown member that must be understood (RFC 8428, section 4.4).
pub(crate) fn check_unknown(name: &[u8], offset: usize) -> Result<(), DecodeError> {
    match name.last() {
        Some(b'_') => Err(DecodeError::new(DecodeErrorKind::UnknownLabel, offset)),
        _ => Ok(()),
    }
}

/// One record as it is written. Its value is of a type `V` of the syntax.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawRecord<'r, V = ValueRef<'r>> {
    /// Where in the payload it begins.
    pub(crate) offset: usize,
    pub(crate) base_version: Option<i64>,
    /// Need not be UTF-8: names are read byte by byte, and prefixes are checked.
    pub(crate) base_name: Option<&'r [u8]>,
    pub(crate) base_time: Option<f64>,
    /// Integer, Unsigned or Float.
    pub(crate) base_value: Option<ValueRef<'r>>,
    pub(crate) name: Option<&'r [u8]>,
    pub(crate) time: Option<f64>,
    /// The value as the syntax shows its type, and where it begins. Null only of label `v`. The text of `vlo` has
    /// been read into an Objlnk.
    pub(crate) value: Option<(Content<V>, usize)>,
    seen: u16,
}

impl<V> RawRecord<'_, V> {
    #[inline]
    pub(crate) const fn new(offset: usize) -> Self {
        Self {
            offset,
            base_version: None,
            base_name: None,
            base_time: None,
            base_value: None,
            name: None,
            time: None,
            value: None,
            seen: 0,
        }
    }

    /// Notes that a member occurs; called for each known one, also those without a field.
    #[inline]
    pub(crate) fn see(&mut self, label: Label, offset: usize) -> Result<(), DecodeError> {
        let bit = label.bit();
        if self.seen & bit != 0 {
            return Err(DecodeError::new(DecodeErrorKind::Duplicate, offset));
        }
        if bit & VALUES != 0 && self.seen & VALUES != 0 {
            return Err(DecodeError::new(DecodeErrorKind::ValueCount, offset));
        }
        self.seen |= bit;
        Ok(())
    }
}

/// Whether the seconds fit 64 bits; NaN and the infinities do not.
pub(crate) fn is_time(seconds: f64) -> bool {
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&seconds)
}

/// The base fields in force, and the space for a prefix that a base name began.
pub(crate) struct Senml {
    fresh: Name,
    base: Name,
    // The base name's text; kept only where a prefix is, or may be, in it.
    base_text: String,
    // A prefix that is partly in the base name and partly in the name.
    joined: String,
    base_time: Option<f64>,
    base_value: Option<BaseValue>,
}

impl Senml {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let fresh = Name::new(NameRules {
            prefixes: context.prefixes(),
            create: context.purpose() == Purpose::Create,
            rootless: context.format() == Format::Json,
        });
        Self {
            fresh,
            base: fresh,
            base_text: String::new(),
            joined: String::new(),
            base_time: None,
            base_value: None,
        }
    }

    /// Whether a record of a name and a value is only that: no base time, no base value, no prefix, no list of paths.
    #[inline]
    pub(crate) fn is_plain(&self, context: &Context<'_>) -> bool {
        self.base_time.is_none()
            && self.base_value.is_none()
            && !context.prefixes()
            && context.purpose() != Purpose::Paths
    }

    /// Resolves a record of a name and a value, if [`is_plain`](Self::is_plain). The offsets are where the record
    /// begins and where its value does.
    #[inline]
    pub(crate) fn resolve_plain<'r>(
        &self,
        name: &[u8],
        value: impl Untyped<'r>,
        (offset, value_offset): (usize, usize),
        context: &mut Context<'_>,
    ) -> Result<Option<RecordRef<'r>>, DecodeError> {
        context.record_offset = offset;
        let found = self.base.read(name).and_then(Name::finish);
        let (path, _) = found.map_err(|kind| DecodeError::new(kind, offset))?;
        context.check_target(path, offset)?;
        let value = context.typed(path, value, value_offset)?;
        context.accept("", path, None)?;
        Ok(Some(RecordRef::new(path, value)))
    }

    /// Resolves a record: its full name, its time, its value in the type that the definitions give.
    pub(crate) fn resolve<'r>(
        &'r mut self,
        raw: RawRecord<'r, impl Untyped<'r>>,
        context: &mut Context<'_>,
    ) -> Result<Option<RecordRef<'r>>, DecodeError> {
        let fail = |kind| DecodeError::new(kind, raw.offset);
        context.record_offset = raw.offset;
        if raw.base_version.is_some_and(|version| version != 10) {
            return Err(fail(DecodeErrorKind::Version));
        }
        if let Some(text) = raw.base_name {
            self.set_base_name(text).map_err(fail)?;
        }
        if raw.base_time.is_some() {
            self.base_time = raw.base_time;
        }
        if let Some(value) = raw.base_value {
            self.base_value = Some(BaseValue::new(value).ok_or(fail(DecodeErrorKind::Number))?);
        }
        let text = raw.name.unwrap_or_default();
        let (path, prefix) = self.base.read(text).and_then(Name::finish).map_err(fail)?;
        context.check_target(path, raw.offset)?;
        let time = match (self.base_time, raw.time) {
            (None, None) => None,
            (base, time) => {
                let time = base.unwrap_or(0.0) + time.unwrap_or(0.0);
                if !is_time(time) {
                    return Err(fail(DecodeErrorKind::Number).at(path));
                }
                Some(time)
            }
        };
        let etch = matches!(context.format(), Format::SenmlEtchJson | Format::SenmlEtchCbor);
        let content = match (context.purpose(), raw.value) {
            (Purpose::Paths, _) => {
                let refused = NOT_IN_PATH_LIST | if etch { 0 } else { TIMES };
                if raw.seen & refused != 0 {
                    return Err(fail(DecodeErrorKind::ValueInPathList).at(path));
                }
                Content::Path
            }
            (_, None) => return Err(fail(DecodeErrorKind::ValueCount).at(path)),
            (Purpose::Patch, Some((Content::Null, _))) if etch && path.depth() >= 3 => Content::Null,
            (_, Some((Content::Value(value), offset))) => Content::Value(match self.base_value {
                Some(base) => {
                    let value = value
                        .summand()
                        .map_err(|kind| DecodeError::new(kind, offset).at(path))?;
                    context.typed(path, base.add_to(value), offset)?
                }
                None => context.typed(path, value, offset)?,
            }),
            (_, Some((_, offset))) => {
                return Err(DecodeError::new(DecodeErrorKind::Structure, offset).at(path));
            }
        };
        let prefix = match prefix.is_empty() {
            true => "",
            false => self
                .prefix(text, prefix)
                .ok_or(fail(DecodeErrorKind::Utf8).at(path))?,
        };
        context.accept(prefix, path, time)?;
        Ok(Some(RecordRef {
            prefix,
            path,
            content,
            time,
        }))
    }

    #[inline(never)]
    fn set_base_name(&mut self, text: &[u8]) -> Result<(), DecodeErrorKind> {
        self.base = self.fresh.read(text)?;
        self.base_text.clear();
        if self.base.has_prefix() {
            let text = str::from_utf8(text).map_err(|_| DecodeErrorKind::Utf8)?;
            self.base_text.push_str(text);
        }
        Ok(())
    }

    /// The prefix at these bytes of the whole name: from the base name, from the name, or from both.
    fn prefix<'r>(&'r mut self, name: &'r [u8], at: core::ops::Range<usize>) -> Option<&'r str> {
        let base = self.base.len();
        if at.end <= base {
            return self.base_text.get(at);
        }
        if at.start >= base {
            return str::from_utf8(name.get(at.start - base..at.end - base)?).ok();
        }
        self.joined.clear();
        self.joined.push_str(self.base_text.get(at.start..)?);
        self.joined
            .push_str(str::from_utf8(name.get(..at.end - base)?).ok()?);
        Some(&self.joined)
    }
}

/// What a pack is while it is written: values, or a list of paths, never both.
pub(crate) struct Shape {
    format: Format,
    // Of the first record.
    paths: Option<bool>,
}

impl Shape {
    pub(crate) const fn new(format: Format) -> Self {
        Self { format, paths: None }
    }

    /// Refuses a record that has no place in the pack. A record that only says that something exists passes, and is
    /// not to be written: SenML has no word for it.
    #[inline]
    pub(crate) fn check(&mut self, record: &RecordRef<'_>) -> Result<(), EncodeError> {
        let path = record.path;
        let is_path = matches!(record.content, Content::Path);
        let etch = matches!(self.format, Format::SenmlEtchJson | Format::SenmlEtchCbor);
        let legal = match record.content {
            Content::Value(_) => path.depth() >= 3,
            Content::Null => etch && path.depth() >= 3,
            Content::Path => record.time.is_none(),
            Content::Container => return Ok(()),
        };
        if !legal || *self.paths.get_or_insert(is_path) != is_path {
            return Err(EncodeError::Unsupported {
                path,
                format: self.format,
            });
        }
        if !record.time.is_none_or(is_time) {
            return Err(EncodeError::Number { path });
        }
        Ok(())
    }
}
