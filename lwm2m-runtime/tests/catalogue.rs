//! The catalogue over its public API.

#![cfg(feature = "catalogue")]

use lwm2m_runtime::{
    catalogue,
    encoding::{Decoder, Format, Record},
    model::{Path, ResourceType, Value, ValueRef, Version},
    object::{DynamicInstance, Instance, Object},
    objects::{Device, o3_v1_2::ErrorCode},
};

#[test]
fn the_newest_version_of_every_object_is_there() {
    let newest: Vec<_> = catalogue::definitions().take(327).collect();
    assert_eq!(newest.len(), 327);
    assert!(newest.is_sorted_by_key(|definition| definition.id()));
    for definition in newest {
        assert_eq!(catalogue::latest(definition.id()), Some(definition));
        assert_eq!(
            catalogue::object(definition.id(), definition.version()),
            Some(definition)
        );
        assert!(!definition.resources().is_empty());
    }
    assert_eq!(catalogue::latest(65_535), None);
    assert_eq!(catalogue::object(3303, Version::new(9, 9)), None);
    assert_eq!(catalogue::versions(9999).count(), 0);
}

#[cfg(feature = "history")]
#[test]
fn the_history_has_every_version_once() {
    let mut all: Vec<_> = catalogue::definitions()
        .map(|definition| (definition.id(), definition.version()))
        .collect();
    assert_eq!(all.len(), 424);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 424);
    let versions: Vec<_> = catalogue::versions(3)
        .map(|definition| definition.version())
        .collect();
    assert_eq!(versions, [Version::V1_0, Version::V1_1, Version::V1_2]);
    assert!(catalogue::object(3, Version::V1_0).is_some());
}

#[test]
fn tables_and_types_say_the_same() {
    assert_eq!(catalogue::latest(3), Some(Device::DEFINITION));
    assert_eq!(ErrorCode::NO_ERROR, ErrorCode(0));
}

#[test]
fn a_decoder_has_its_types_from_the_newest_definitions() {
    let path = Path::resource(3303, 0, 5700);
    let decoder = Decoder::new(Format::Tlv, path).with_definitions(&catalogue::LATEST);
    let payload = [0xe4, 0x16, 0x44, 0x41, 0xac, 0x00, 0x00];
    let records = decoder.read(&payload).unwrap().collect().unwrap();
    assert_eq!(records, [Record::new(path, Value::Float(21.5))]);
}

#[test]
fn an_unknown_object_can_be_held_by_its_definition() {
    let temperature = catalogue::latest(3303).unwrap();
    assert_eq!(
        temperature.resource(5700).unwrap().resource_type(),
        Some(ResourceType::Float)
    );
    let mut instance = DynamicInstance::new(temperature);
    let instance: &mut dyn Instance = &mut instance;
    instance.write(5700, None, ValueRef::Float(21.5)).unwrap();
    assert_eq!(instance.check(), Ok(()));
}
