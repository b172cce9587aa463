use core::time::Duration;

use super::Sample;
use crate::{
    link::{AttributeError, NotificationAttributes},
    model::ResourceType,
};

/// What kind of thing is observed, as far as its attributes are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Observed {
    /// One number: `gt`, `lt` and `st` apply.
    Number,
    /// One truth value: `edge` applies.
    Boolean,
    /// Anything else, also an object, an instance, and a multiple resource as a whole: any change counts.
    Other,
}

impl Observed {
    /// One value of a type.
    #[must_use]
    pub const fn value(resource_type: ResourceType) -> Self {
        match resource_type {
            ResourceType::Integer | ResourceType::Unsigned | ResourceType::Float => Self::Number,
            ResourceType::Boolean => Self::Boolean,
            _ => Self::Other,
        }
    }
}

/// The attributes that apply to an observed path, without those that contradict each other or mean nothing for it
/// (LwM2M Core 1.2, section 7.3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Conditions {
    pub(super) pmin: Duration,
    pub(super) pmax: Option<Duration>,
    pub(super) epmin: Duration,
    pub(super) epmax: Option<Duration>,
    pub(super) con: bool,
    gt: Option<f64>,
    lt: Option<f64>,
    st: Option<f64>,
    edge: Option<bool>,
}

impl Conditions {
    /// Makes attributes ready.
    ///
    /// A `pmax` of 0 or below `pmin` is none, and so is an `epmax` that is not above `epmin`. Attributes that came with
    /// separate requests may break the rules for `gt`, `lt` and `st`; then none of the three applies.
    #[must_use]
    pub fn new(attributes: &NotificationAttributes, observed: Observed) -> Self {
        let seconds = |seconds: Option<u32>| Duration::from_secs(seconds.unwrap_or_default().into());
        let positive = |seconds: Option<u32>| {
            let seconds = seconds.filter(|seconds| *seconds > 0)?;
            Some(Duration::from_secs(seconds.into()))
        };
        let pmin = seconds(attributes.pmin);
        let epmin = seconds(attributes.epmin);
        let consistent = !matches!(
            attributes.validate(),
            Err(AttributeError::Thresholds | AttributeError::Step)
        );
        let number = observed == Observed::Number && consistent;
        Self {
            pmin,
            pmax: positive(attributes.pmax).filter(|pmax| *pmax >= pmin),
            epmin,
            epmax: positive(attributes.epmax).filter(|epmax| *epmax > epmin),
            con: attributes.con.unwrap_or(false),
            gt: attributes.gt.filter(|_| number),
            lt: attributes.lt.filter(|_| number),
            st: attributes.st.filter(|_| number),
            edge: attributes.edge.filter(|_| observed == Observed::Boolean),
        }
    }

    /// Whether a value is worth a notification, given the one that was reported last and the one that was looked at
    /// last.
    ///
    /// `gt`, `lt` and `st` compare with the last report, so that a slow drift is not missed; `edge` with the last
    /// look, so that every transition counts.
    pub(super) fn met(&self, reported: Sample, seen: Sample, value: Sample) -> bool {
        if (reported == Sample::Absent) != (value == Sample::Absent) {
            return true;
        }
        let numeric = self.gt.is_some() || self.lt.is_some() || self.st.is_some();
        if !numeric && self.edge.is_none() {
            return !reported.same(value);
        }
        if value.is_nan() {
            return false;
        }
        let crosses = |limit: &f64| value.above(*limit) != reported.above(*limit);
        let crosses_down = |limit: &f64| value.below(*limit) != reported.below(*limit);
        let is_edge = |edge: &bool| value == Sample::Boolean(*edge) && seen == Sample::Boolean(!*edge);
        self.gt.as_ref().is_some_and(crosses)
            || self.lt.as_ref().is_some_and(crosses_down)
            || self.st.is_some_and(|step| value.apart(reported, step))
            || self.edge.as_ref().is_some_and(is_edge)
    }
}
