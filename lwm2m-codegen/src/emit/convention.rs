//! What an annotated struct need not say, because it follows from the rest.

use heck::{ToShoutySnakeCase as _, ToTitleCase as _};

use crate::model::{Constraint, Version};

/// The URN of an object that says nothing else: its class by its identifier, its version unless that is 1.0.
pub fn default_urn(id: u16, version: Version) -> String {
    let class = urn_class(id).unwrap_or("x");
    match version {
        Version::V1_0 => format!("urn:oma:lwm2m:{class}:{id}"),
        _ => format!("urn:oma:lwm2m:{class}:{id}:{version}"),
    }
}

/// The class that an object's identifier belongs to: `oma`, `ext` for other standards bodies, `x` for companies and
/// people. `None` for reserved identifiers, and for those for tests, which have no owner.
pub fn urn_class(id: u16) -> Option<&'static str> {
    match id {
        0..=1023 => Some("oma"),
        2048..=10240 => Some("ext"),
        10241..=42768 => Some("x"),
        _ => None,
    }
}

/// The name of the resource of a field: `delay_duration` is `Delay Duration`.
pub fn default_name(field: &str) -> String {
    field.to_title_case()
}

/// The constant of a field's resource: `delay_duration` has `DELAY_DURATION`, `type_` has `TYPE`.
pub fn constant_of_field(field: &str) -> String {
    field.to_uppercase().trim_end_matches('_').to_owned()
}

/// The constant of a resource without a field: `Counter Reset` is `COUNTER_RESET`.
pub fn default_constant(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// A constraint as the range text that means it in every data type.
pub(super) fn plain_range(constraint: &Constraint) -> String {
    fn list<T: PartialEq + std::fmt::Display>(set: &[(T, T)]) -> String {
        let intervals: Vec<_> = set
            .iter()
            .map(|(low, high)| match low == high {
                true => low.to_string(),
                false => format!("{low}..{high}"),
            })
            .collect();
        intervals.join(", ")
    }
    match constraint {
        Constraint::Integer(set) => list(set),
        Constraint::Unsigned(set) => list(set),
        Constraint::Float(set) => list(set),
        Constraint::Length(set) => list(set) + " bytes",
    }
}
