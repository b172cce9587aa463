use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

use crate::model::{Objlnk, ResourceType, Time, ValueRef};

/// A Rust type that holds one value of a resource.
///
/// | LwM2M | Rust |
/// |---|---|
/// | String | [`String`] |
/// | Integer | `i64`, `i32`, `i16`, `i8`, an [`Enumeration`](super::Enumeration) over `i64` |
/// | Unsigned Integer | `u64`, `u32`, `u16`, `u8`, an [`Enumeration`](super::Enumeration) over `u64` |
/// | Float | `f64`, `f32` |
/// | Boolean | `bool` |
/// | Opaque | `Vec<u8>` |
/// | Time | [`Time`] |
/// | Objlnk | [`Objlnk`] |
/// | Corelnk | [`Corelnk`] |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold the value of a resource",
    label = "not a type of LwM2M",
    note = "use String, i8..i64, u8..u64, f32, f64, bool, Vec<u8>, Time, Objlnk, Corelnk or an Enumeration, \
            in Option<..> for an optional resource and in Instances<..> for one with several instances"
)]
pub trait Scalar: Clone + Default + PartialEq + fmt::Debug + Send + 'static {
    /// The data type of the resource.
    const TYPE: ResourceType;

    /// The value, borrowed.
    fn as_value(&self) -> ValueRef<'_>;

    /// The value that `value` stands for, after a lossless [cast](ValueRef::cast); `None` where it does not fit.
    /// Only an `f32` may be rounded: it takes the nearest number within its range.
    fn from_value(value: ValueRef<'_>) -> Option<Self>;
}

/// One or more CoRE links in the format of RFC 6690.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Corelnk(pub String);

impl fmt::Display for Corelnk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Corelnk {
    fn from(links: &str) -> Self {
        Self(links.to_owned())
    }
}

impl From<String> for Corelnk {
    fn from(links: String) -> Self {
        Self(links)
    }
}

macro_rules! scalar {
    ($($rust:ty: $variant:ident, |$this:ident| $as:expr, $from:expr;)*) => {$(
        impl Scalar for $rust {
            const TYPE: ResourceType = ResourceType::$variant;

            fn as_value(&self) -> ValueRef<'_> {
                let $this = self;
                ValueRef::$variant($as)
            }

            fn from_value(value: ValueRef<'_>) -> Option<Self> {
                match value.cast(ResourceType::$variant)? {
                    ValueRef::$variant(value) => $from(value),
                    _ => None,
                }
            }
        }
    )*};
}

scalar! {
    String: String, |text| text, |text: &str| Some(text.to_owned());
    i64: Integer, |number| *number, Some;
    u64: Unsigned, |number| *number, Some;
    f64: Float, |number| *number, Some;
    bool: Boolean, |flag| *flag, Some;
    Vec<u8>: Opaque, |bytes| bytes, |bytes: &[u8]| Some(bytes.to_owned());
    Time: Time, |time| *time, Some;
    Objlnk: Objlnk, |link| *link, Some;
    Corelnk: Corelnk, |links| &links.0, |links: &str| Some(Self::from(links));
    i8: Integer, |number| i64::from(*number), |number: i64| number.try_into().ok();
    i16: Integer, |number| i64::from(*number), |number: i64| number.try_into().ok();
    i32: Integer, |number| i64::from(*number), |number: i64| number.try_into().ok();
    u8: Unsigned, |number| u64::from(*number), |number: u64| number.try_into().ok();
    u16: Unsigned, |number| u64::from(*number), |number: u64| number.try_into().ok();
    u32: Unsigned, |number| u64::from(*number), |number: u64| number.try_into().ok();
    f32: Float, |number| f64::from(*number), narrow_float;
}

/// The number in binary32: exact, or rounded when it lies within the range; an overflow to infinity is refused.
fn narrow_float(number: f64) -> Option<f32> {
    let narrow = number as f32;
    (narrow.is_finite() || !number.is_finite()).then_some(narrow)
}
