//! A device whose values are not as the definitions of its objects have them.

use lwm2m_runtime::{
    encoding::{Content, DecodeErrorKind, Oddity, OddityKind, Record, Tolerant},
    model::{
        ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Time, Value, ValueRef, Version,
    },
    net::{Client, Device, DeviceError, Server},
    object::{DynamicInstance, Instance},
    objects::Location,
};

use super::support::pair_of;

/// Location as somebody has misunderstood it: latitude is a text, and resource 40 is new.
static ODD: ObjectDefinition = ObjectDefinition::new(6, "Location", "urn:oma:lwm2m:oma:6").with_resources(&[
    ResourceDefinition::new(0, "Latitude", Some(ResourceType::String), Operations::R),
    ResourceDefinition::new(1, "Longitude", Some(ResourceType::Float), Operations::R),
    ResourceDefinition::new(5, "Timestamp", Some(ResourceType::Time), Operations::R),
    ResourceDefinition::new(40, "Floor", Some(ResourceType::Integer), Operations::R),
]);

const LATITUDE: Path = Path::resource(6, 0, 0);
const LONGITUDE: Path = Path::resource(6, 0, 1);

async fn odd(version: Version) -> (Server, Client, Device) {
    let mut location = DynamicInstance::new(&ODD);
    let instance: &mut dyn Instance = &mut location;
    for (resource, value) in [
        (0, ValueRef::String("north")),
        (1, ValueRef::Float(8.5)),
        (5, ValueRef::Time(Time(1_700_000_000))),
        (40, ValueRef::Integer(3)),
    ] {
        instance.write(resource, None, value).unwrap();
    }
    pair_of(|builder| {
        builder
            .config(|config| config.versions = vec![version])
            .dynamic_object(0, location)
    })
    .await
}

fn value(records: &[Record], path: Path) -> &Content<Value> {
    &records.iter().find(|record| record.path == path).unwrap().content
}

const WRONG: OddityKind = OddityKind::Value(DecodeErrorKind::Type {
    expected: ResourceType::Float,
});

// proves: DM-10
#[tokio::test]
async fn one_odd_value_of_a_read_leaves_the_others() {
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        let (_server, _client, remote) = odd(version).await;
        let read = remote.read_path_tolerant(Path::instance(6, 0)).await.unwrap();
        assert_eq!(read.value.len(), 4, "{version}");
        assert_eq!(value(&read.value, LONGITUDE), &Content::Value(Value::Float(8.5)));
        let [oddity] = &*read.oddities else {
            panic!("{:?}", read.oddities)
        };
        assert_eq!((oddity.path, oddity.kind), (LATITUDE, WRONG));
        assert_eq!(remote.read_path(Path::instance(6, 0)).await.unwrap(), read.value);
        // With types: strictly not at all, and else with what fits.
        let error = remote.read::<Location>(0).await.unwrap_err();
        assert!(matches!(error, DeviceError::Answer { .. }), "{error}");
        let read = remote.read_tolerant::<Location>(0).await.unwrap();
        assert_eq!((read.value.latitude, read.value.longitude), (0.0, 8.5));
        assert_eq!(read.value.timestamp, Time(1_700_000_000));
        let told: Vec<_> = read
            .oddities
            .iter()
            .map(|oddity| (oddity.path, oddity.kind))
            .collect();
        assert_eq!(
            told,
            [(LATITUDE, WRONG), (Path::resource(6, 0, 40), OddityKind::Unknown)]
        );
    }
}

// proves: DM-10
#[tokio::test]
async fn one_odd_value_of_a_notification_or_a_send_leaves_the_others() {
    let (server, client, remote) = odd(Version::V1_1).await;
    let mut seen = remote.observe_path(Path::instance(6, 0)).start().await.unwrap();
    let told = |oddities: &[Oddity]| -> Vec<(Path, OddityKind)> {
        oddities.iter().map(|oddity| (oddity.path, oddity.kind)).collect()
    };
    for longitude in [8.5, 9.5] {
        let Tolerant {
            value: records,
            oddities,
        } = seen.next().await.unwrap().unwrap();
        assert_eq!(told(&oddities), [(LATITUDE, WRONG)]);
        assert_eq!(
            value(&records, LONGITUDE),
            &Content::Value(Value::Float(longitude))
        );
        assert_eq!(
            value(&records, LATITUDE),
            &Content::Value(Value::String("north".into()))
        );
        client
            .change(move |tree| tree.set(LONGITUDE, ValueRef::Float(longitude + 1.0)))
            .await
            .unwrap()
            .unwrap();
    }
    let mut sends = server.sends().await;
    client.send(Path::instance(6, 0)).await.unwrap();
    let sent = sends.next().await.unwrap();
    assert_eq!(
        value(&sent.records, LONGITUDE),
        &Content::Value(Value::Float(10.5))
    );
    assert_eq!(told(&sent.oddities), [(LATITUDE, WRONG)]);
    // Several paths together: only what is odd is told.
    for (paths, odd) in [
        (vec![LONGITUDE, LATITUDE], &[(LATITUDE, WRONG)][..]),
        (vec![LONGITUDE, Path::resource(6, 0, 5)], &[]),
    ] {
        let mut seen = remote.observe_paths(paths.clone()).start().await.unwrap();
        let first = seen.next().await.unwrap().unwrap();
        assert_eq!((first.value.len(), told(&first.oddities).as_slice()), (2, odd));
        let read = remote.read_paths_tolerant(&paths).await.unwrap();
        assert_eq!((read.value.len(), told(&read.oddities).as_slice()), (2, odd));
    }
}
