pub(super) use crate::emit::urn_class as class_of;
use crate::model::Version;

/// The URN of an object: `urn:oma:lwm2m:{oma,ext,x}:ObjectID[:version]`.
pub(super) struct Urn<'a> {
    pub(super) class: &'a str,
    pub(super) id: u16,
    /// 1.0 where the URN has none.
    pub(super) version: Version,
}

impl<'a> Urn<'a> {
    /// Takes a URN apart; says what is wrong with it otherwise.
    pub(super) fn parse(text: &'a str) -> Result<Self, &'static str> {
        let rest = text
            .strip_prefix("urn:oma:lwm2m:")
            .ok_or("the URN does not start with `urn:oma:lwm2m:`")?;
        let mut parts = rest.split(':');
        let class = parts
            .next()
            .filter(|class| matches!(*class, "oma" | "ext" | "x"))
            .ok_or("the class in the URN is none of `oma`, `ext` and `x`")?;
        let id = parts
            .next()
            .and_then(super::schema::unsigned_short)
            .ok_or("the URN has no object id from 0 to 65535")?;
        let version = match parts.next() {
            None => Version::V1_0,
            Some(version) => {
                Version::parse(version).ok_or("the URN ends with something else than a version")?
            }
        };
        match parts.next() {
            None => Ok(Self { class, id, version }),
            Some(_) => Err("something follows the version in the URN"),
        }
    }
}
