use crate::model::Version;

const V1_0: Version = Version::V1_0;
const V1_1: Version = Version::V1_1;
const V1_2: Version = Version::V1_2;
const V1_3: Version = Version::new(1, 3);
const V2_0: Version = Version::new(2, 0);

/// The versions that an object without a version in a list of links can have in a session of LwM2M `enabler`.
///
/// An object of LwM2M itself has the version that was released with the enabler, any other 1.0 (LwM2M Core 1.2,
/// section 7.2.2). Where tables and definitions of an enabler contradict each other there are two; the first is that
/// of the table.
#[must_use]
pub const fn implied_versions(object: u16, enabler: Version) -> &'static [Version] {
    // The major version has been 1 so far; a later one is read as the latest that is known.
    let minor = match enabler.major() {
        0 => 0,
        1 => enabler.minor(),
        _ => u8::MAX,
    };
    match (object, minor) {
        (0 | 1 | 3, 0) => &[V1_0],
        (0 | 1 | 3, 1) => &[V1_1],
        (0 | 1 | 3, _) => &[V1_2],
        (2, 0) => &[V1_0],
        (2, 1) => &[V1_0, V1_1],
        (2, _) => &[V1_1],
        (4, 0) => &[V1_0],
        (4, 1) => &[V1_2],
        (4, _) => &[V1_3],
        (5, 0) => &[V1_0],
        (5, 1) => &[V1_0, V1_1],
        (5, _) => &[V1_1, V1_2],
        (21, 1) => &[V1_0, V1_1],
        (21, 2..) => &[V2_0],
        _ => &[V1_0],
    }
}

/// The version of an object that has none in a list of links; the first of [`implied_versions`].
#[must_use]
pub const fn implied_version(object: u16, enabler: Version) -> Version {
    match implied_versions(object, enabler) {
        [version, ..] => *version,
        [] => V1_0,
    }
}

/// Whether a list of links has to name the version of an object, because the peer would take it for another one, or
/// might.
#[must_use]
pub fn must_name_version(object: u16, version: Version, enabler: Version) -> bool {
    implied_versions(object, enabler) != [version]
}
