use crate::model::{Constraint, Resource};

use super::Trend;

/// The values that a resource's range allows, in a form that can be compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ranges {
    /// All of the type.
    All,
    /// 64-bit numbers of either sign, and lengths. Neighbours are joined.
    Whole(Vec<(i128, i128)>),
    Float(Vec<(f64, f64)>),
    /// Unreadable.
    Unknown,
}

impl Ranges {
    pub(super) fn of(resource: &Resource) -> Self {
        match &resource.constraint {
            None if resource.range.is_empty() => Self::All,
            None => Self::Unknown,
            Some(Constraint::Integer(set)) => Self::whole(set),
            Some(Constraint::Unsigned(set) | Constraint::Length(set)) => Self::whole(set),
            Some(Constraint::Float(set)) => Self::Float(set.clone()),
        }
    }

    fn whole<T: Into<i128> + Copy>(set: &[(T, T)]) -> Self {
        let mut joined: Vec<(i128, i128)> = Vec::with_capacity(set.len());
        for (low, high) in set {
            let (low, high) = ((*low).into(), (*high).into());
            match joined.last_mut() {
                Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
                _ => joined.push((low, high)),
            }
        }
        Self::Whole(joined)
    }
}

/// `None` where one of them cannot be known.
pub(super) fn compare(from: Ranges, to: Ranges) -> Option<Trend> {
    let (stays, grows) = match (&from, &to) {
        (Ranges::Unknown, _) | (_, Ranges::Unknown) => return None,
        (Ranges::All, Ranges::All) => (true, true),
        (Ranges::All, _) => (false, true),
        (_, Ranges::All) => (true, false),
        (Ranges::Whole(from), Ranges::Whole(to)) => (contains(to, from), contains(from, to)),
        (Ranges::Float(from), Ranges::Float(to)) => (contains(to, from), contains(from, to)),
        (Ranges::Whole(_), Ranges::Float(_)) | (Ranges::Float(_), Ranges::Whole(_)) => return None,
    };
    Some(match (stays, grows) {
        (true, true) => Trend::Same,
        (true, false) => Trend::Widened,
        (false, true) => Trend::Narrowed,
        (false, false) => Trend::Moved,
    })
}

/// Whether each interval of `inner` lies in one of `outer`.
fn contains<T: PartialOrd>(outer: &[(T, T)], inner: &[(T, T)]) -> bool {
    inner
        .iter()
        .all(|(low, high)| outer.iter().any(|(from, to)| from <= low && high <= to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Resource, ResourceType, range};

    fn ranges(text: &str, resource_type: ResourceType) -> Ranges {
        let mut resource = Resource::new(1, "");
        resource.range = text.into();
        resource.constraint = range::parse(text, Some(resource_type)).into_constraint();
        Ranges::of(&resource)
    }

    #[test]
    fn trends() {
        for (from, to, trend) in [
            ("0..5", "0-5", Some(Trend::Same)),
            ("0,1,2", "0..2", Some(Trend::Same)),
            ("0..8", "0..32", Some(Trend::Widened)),
            ("0..8", "", Some(Trend::Widened)),
            ("", "0..8", Some(Trend::Narrowed)),
            ("1-65535", "1..65534", Some(Trend::Narrowed)),
            ("0..8", "1..9", Some(Trend::Moved)),
            ("0..8", "ON;OFF", None),
        ] {
            let (from, to) = (
                ranges(from, ResourceType::Integer),
                ranges(to, ResourceType::Integer),
            );
            assert_eq!(compare(from.clone(), to.clone()), trend, "{from:?} to {to:?}");
        }
        let (from, to) = (
            ranges("0..1.5", ResourceType::Float),
            ranges("0; 1..1.2", ResourceType::Float),
        );
        assert_eq!(compare(from, to), Some(Trend::Narrowed));
    }
}
