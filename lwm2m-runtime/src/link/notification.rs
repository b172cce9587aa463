use core::fmt;

use super::{AttributeError, LinkWriter};

/// The attributes of class NOTIFICATION (LwM2M Core 1.2, section 7.3.2): when a server wants to be notified. They
/// stand in links, in the query of a Write-Attributes and, since LwM2M 1.2, in the query of an Observe.
///
/// Periods are in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NotificationAttributes {
    /// Minimum Period: no notification earlier than this after the last one.
    pub pmin: Option<u32>,
    /// Maximum Period: a notification at the latest this long after the last one; 0 sets none.
    pub pmax: Option<u32>,
    /// Greater Than: a notification when the value crosses this.
    pub gt: Option<f64>,
    /// Less Than: a notification when the value crosses this.
    pub lt: Option<f64>,
    /// Step: a notification when the value has moved by this since the last one.
    pub st: Option<f64>,
    /// Minimum Evaluation Period (LwM2M 1.1).
    pub epmin: Option<u32>,
    /// Maximum Evaluation Period (LwM2M 1.1).
    pub epmax: Option<u32>,
    /// Edge (LwM2M 1.2): a notification when a Boolean becomes this.
    pub edge: Option<bool>,
    /// Confirmable Notification (LwM2M 1.2).
    pub con: Option<bool>,
    /// Maximum Historical Queue (LwM2M 1.2): how many values are kept while the client is offline.
    pub hqmax: Option<u32>,
}

impl NotificationAttributes {
    /// Sets an attribute from text, or unsets it where there is none. `Ok(false)` if no attribute has the name.
    ///
    /// Thresholds may have a sign and an exponent, although the specification's grammar forgets both. `stp`, which
    /// the examples of LwM2M 1.0 print, is `st`.
    ///
    /// # Errors
    ///
    /// [`AttributeError::Value`].
    pub fn set(&mut self, name: &str, value: Option<&str>) -> Result<bool, AttributeError> {
        match name {
            "pmin" => self.pmin = period("pmin", value)?,
            "pmax" => self.pmax = period("pmax", value)?,
            "gt" => self.gt = number("gt", value)?,
            "lt" => self.lt = number("lt", value)?,
            "st" | "stp" => {
                self.st = match number("st", value)? {
                    Some(step) if step < 0.0 => return Err(AttributeError::Value { name: "st" }),
                    step => step,
                }
            }
            "epmin" => self.epmin = period("epmin", value)?,
            "epmax" => self.epmax = period("epmax", value)?,
            "edge" => self.edge = flag("edge", value)?,
            "con" => self.con = flag("con", value)?,
            "hqmax" => self.hqmax = period("hqmax", value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether the attributes are legal together: `lt` below `gt`, also with two steps of `st` between them, and
    /// `epmin` below `epmax`. A `pmax` below `pmin` is legal, and ignored by who notifies.
    ///
    /// # Errors
    ///
    /// Which pair is not.
    pub fn validate(&self) -> Result<(), AttributeError> {
        if let (Some(lt), Some(gt)) = (self.lt, self.gt) {
            if lt >= gt {
                return Err(AttributeError::Thresholds);
            }
            if self.st.is_some_and(|st| lt + 2.0 * st >= gt) {
                return Err(AttributeError::Step);
            }
        }
        if let (Some(epmin), Some(epmax)) = (self.epmin, self.epmax) {
            if epmin >= epmax {
                return Err(AttributeError::EvaluationPeriods);
            }
        }
        Ok(())
    }

    /// Whether none is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Writes those that are set as parameters of a link, numbers as plain decimals.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn write(&self, links: &mut LinkWriter<impl fmt::Write>) -> fmt::Result {
        self.each(|name, value| links.token(name, value))
    }

    /// Calls `parameter` with each attribute that is set, in the order of the specification's table.
    ///
    /// # Errors
    ///
    /// The first of `parameter`.
    pub fn each<E>(
        &self,
        mut parameter: impl FnMut(&'static str, &dyn fmt::Display) -> Result<(), E>,
    ) -> Result<(), E> {
        let attributes: [(&'static str, Option<&dyn fmt::Display>); 10] = [
            ("pmin", self.pmin.as_ref().map(|value| value as _)),
            ("pmax", self.pmax.as_ref().map(|value| value as _)),
            ("gt", self.gt.as_ref().map(|value| value as _)),
            ("lt", self.lt.as_ref().map(|value| value as _)),
            ("st", self.st.as_ref().map(|value| value as _)),
            ("epmin", self.epmin.as_ref().map(|value| value as _)),
            ("epmax", self.epmax.as_ref().map(|value| value as _)),
            ("edge", self.edge.map(digit)),
            ("con", self.con.map(digit)),
            ("hqmax", self.hqmax.as_ref().map(|value| value as _)),
        ];
        attributes.into_iter().try_for_each(|(name, value)| match value {
            Some(value) => parameter(name, value),
            None => Ok(()),
        })
    }
}

fn digit(flag: bool) -> &'static dyn fmt::Display {
    if flag { &1_u8 } else { &0_u8 }
}

/// Digits alone, as a number that fits.
pub(super) fn digits<T: core::str::FromStr>(text: &str) -> Option<T> {
    match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse().ok(),
        false => None,
    }
}

fn period(name: &'static str, value: Option<&str>) -> Result<Option<u32>, AttributeError> {
    let Some(text) = value else { return Ok(None) };
    match digits(text) {
        Some(number) => Ok(Some(number)),
        None => Err(AttributeError::Value { name }),
    }
}

fn number(name: &'static str, value: Option<&str>) -> Result<Option<f64>, AttributeError> {
    let Some(text) = value else { return Ok(None) };
    // Of what Rust reads as a number, this leaves out the words for infinity and what is not a number.
    let is_number = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'e' | b'E' | b'+'))
        && text
            .trim_start_matches('-')
            .starts_with(|first: char| first.is_ascii_digit());
    match text.parse::<f64>() {
        Ok(number) if is_number && number.is_finite() => Ok(Some(number)),
        _ => Err(AttributeError::Value { name }),
    }
}

fn flag(name: &'static str, value: Option<&str>) -> Result<Option<bool>, AttributeError> {
    match value {
        None => Ok(None),
        Some("0") => Ok(Some(false)),
        Some("1") => Ok(Some(true)),
        Some(_) => Err(AttributeError::Value { name }),
    }
}
