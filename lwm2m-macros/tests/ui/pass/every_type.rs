//! Every Rust type of a value, in every shape.

#![deny(warnings)]

use lwm2m_runtime::{
    Lwm2mEnumeration, Lwm2mObject,
    model::{Objlnk, Operations, ResourceType, Time, ValueRef},
    object::{Corelnk, Instance, Instances, Object},
};

#[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
#[lwm2m(id = 32000, lwm2m_version = "1.1", multiple, mandatory)]
struct EveryType {
    #[lwm2m(id = 0, operations = "R")]
    text: String,
    #[lwm2m(id = 1, operations = "RW", range = "-5..5")]
    i8: i8,
    #[lwm2m(id = 2, operations = "RW")]
    i16: Option<i16>,
    #[lwm2m(id = 3, operations = "RW")]
    i32: Instances<i32>,
    #[lwm2m(id = 4, operations = "RW")]
    i64: Option<Instances<i64>>,
    #[lwm2m(id = 5, operations = "RW")]
    u8: u8,
    #[lwm2m(id = 6, operations = "RW")]
    u16: std::option::Option<u16>,
    #[lwm2m(id = 7, operations = "RW")]
    u32: lwm2m_runtime::object::Instances<u32>,
    #[lwm2m(id = 8, operations = "RW", range = "0..18446744073709551615")]
    u64: u64,
    #[lwm2m(id = 9, operations = "W", mandatory)]
    f32: Option<f32>,
    #[lwm2m(id = 10, operations = "", range = "0; 3.8..20.5", units = "V")]
    f64: Option<f64>,
    #[lwm2m(id = 11, operations = "R")]
    r#bool: bool,
    #[lwm2m(id = 12, operations = "R", range = "16, 32 bytes")]
    bytes: Vec<u8>,
    #[lwm2m(id = 13, operations = "R")]
    time: Time,
    #[lwm2m(id = 14, operations = "R")]
    link: Objlnk,
    #[lwm2m(id = 15, operations = "R")]
    links: Corelnk,
    #[lwm2m(id = 16, operations = "RW", enumeration)]
    mode: Mode,
    #[lwm2m(id = 17, operations = "RW", enumeration = "u64")]
    levels: Instances<Level>,
    #[lwm2m(id = 18, operations = "RW", range = "see chapter 3", read_as = "0..1")]
    r#type: i64,
    #[lwm2m(skip)]
    own: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Lwm2mEnumeration)]
#[lwm2m(code UNKNOWN = -1)]
#[lwm2m(code OFF = 0)]
#[lwm2m(code ON = 1, label = "Switched on")]
struct Mode(i64);

#[derive(Clone, Copy, Debug, Default, PartialEq, Lwm2mEnumeration)]
#[lwm2m(code LOW = 0)]
struct Level(u64);

fn main() {
    let mut object = EveryType::default();
    let definition = EveryType::DEFINITION;
    assert_eq!(definition.name(), "Every Type");
    assert_eq!(definition.urn(), "urn:oma:lwm2m:x:32000");
    let resource = |id| definition.resource(id).unwrap();
    assert_eq!(resource(11).name(), "Bool");
    assert_eq!(resource(5).resource_type(), Some(ResourceType::Unsigned));
    assert!(resource(9).mandatory() && resource(9).operations() == Operations::W);
    assert!(!resource(10).mandatory());
    assert_eq!(resource(16).enumeration().unwrap().label(1), Some("Switched on"));
    assert_eq!(resource(16).enumeration().unwrap().label(0), Some("Off"));
    for resource in definition.resources() {
        let field = object.field(resource.id()).unwrap();
        assert_eq!(Some(field.resource_type()), resource.resource_type(), "{}", resource.id());
        assert_eq!(field.is_multiple(), resource.multiple(), "{}", resource.id());
    }
    EveryType::I8.write(&mut object, 5).unwrap();
    EveryType::I8.write(&mut object, 6).unwrap_err();
    EveryType::TYPE.write(&mut object, 2).unwrap_err();
    EveryType::MODE.write(&mut object, Mode::ON).unwrap();
    let instance: &mut dyn Instance = &mut object;
    instance.write(17, Some(3), ValueRef::Unsigned(9)).unwrap();
    assert_eq!(object.levels, [(3, Level(9))].into());
    assert_eq!(object.mode, Mode::ON);
    assert_ne!(Mode::UNKNOWN, Mode::OFF);
    assert_eq!(Level::LOW, Level(0));
}
