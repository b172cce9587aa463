//! Definitions in the versions that clients register (LwM2M Core 1.2, section 7.2).

use lwm2m_runtime::{
    encoding::Definitions,
    model::{Catalogue, ObjectDefinition, Version},
    server::{RegistrationId, ServerConfig},
};

use crate::support::{LWM2M_1_1, Rig, peer};

const fn definition(id: u16, version: Version) -> ObjectDefinition {
    ObjectDefinition::new(id, "Object", "urn:oma:lwm2m:x:42769").with_version(version)
}

static OLD: ObjectDefinition = definition(42_769, Version::V1_0);
static NEW: ObjectDefinition = definition(42_769, Version::new(1, 2));
static NEXT: ObjectDefinition = definition(42_769, Version::new(2, 0));
static SERVER: ObjectDefinition = definition(1, Version::V1_1);
static KNOWN: Catalogue = Catalogue::new(&[&SERVER, &OLD, &NEW, &NEXT]);

fn rig() -> Rig {
    Rig::with(ServerConfig {
        models: &KNOWN,
        ..Default::default()
    })
}

fn version(rig: &Rig, id: RegistrationId, object: u16) -> Option<Version> {
    let definitions = rig.server.definitions(id).unwrap();
    definitions.object(object).map(ObjectDefinition::version)
}

// proves: VER-09 VER-10
#[test]
fn a_client_is_read_in_its_own_versions() {
    for (named, found) in [
        ("", Some(Version::V1_0)),
        (";ver=1.0", Some(Version::V1_0)),
        (";ver=1.2", Some(Version::new(1, 2))),
        // A minor difference is compatible, a major one is another object.
        (";ver=1.1", Some(Version::new(1, 2))),
        (";ver=1.9", Some(Version::new(1, 2))),
        (";ver=2.0", Some(Version::new(2, 0))),
        (";ver=3.0", None),
        (";ver=x", None),
    ] {
        let mut rig = rig();
        let links = format!("</42769>{named},</42769/0>");
        let (id, _) = rig.register_as(peer(1), &LWM2M_1_1, &links);
        assert_eq!(version(&rig, id, 42_769), found, "{named}");
    }
}

#[test]
fn an_object_that_is_not_listed_has_the_version_of_the_enabler() {
    let mut rig = rig();
    let (id, _) = rig.register_as(peer(1), &LWM2M_1_1, "</3/0>");
    assert_eq!(version(&rig, id, 1), Some(Version::V1_1));
    assert_eq!(version(&rig, id, 3), None, "nothing is known of it");
}

#[test]
fn the_objects_of_lwm2m_are_known_without_more_ado() {
    let mut rig = Rig::new();
    let (id, _) = rig.register_as(peer(1), &["ep=one", "lt=60", "lwm2m=1.2"], "</1/0>,</3/0>");
    assert!(version(&rig, id, 1).is_some());
    let device = rig.server.definitions(id).unwrap().object(3).unwrap();
    assert_eq!(device.name(), "Device");
}
