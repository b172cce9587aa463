use lwm2m_runtime::model::{
    Constraint, EnumerationDefinition, EnumerationItem, ObjectDefinition, Operations, ResourceDefinition,
    ResourceType, Version,
};

static POWER: EnumerationDefinition = EnumerationDefinition::new(&[
    EnumerationItem {
        code: -1,
        label: "Unknown",
    },
    EnumerationItem {
        code: 0,
        label: "DC power",
    },
    EnumerationItem {
        code: 7,
        label: "Solar",
    },
]);

static DEFINITION: ObjectDefinition = ObjectDefinition::new(33000, "Plant", "urn:oma:lwm2m:x:33000:2.1")
    .with_version(Version::new(2, 1))
    .with_lwm2m_version(Version::V1_1)
    .with_multiple()
    .with_mandatory()
    .with_resources(&[
        ResourceDefinition::new(0, "Power", Some(ResourceType::Integer), Operations::RW)
            .with_mandatory()
            .with_units("%")
            .with_range("-1..100", Constraint::Integer(&[(-1, 100)]))
            .with_enumeration(&POWER),
        ResourceDefinition::new(5, "Names", Some(ResourceType::String), Operations::R).with_multiple(),
        ResourceDefinition::new(65534, "Restart", None, Operations::E),
    ]);

#[test]
fn a_definition_tells_what_it_was_made_of() {
    assert_eq!(DEFINITION.id(), 33000);
    assert_eq!(DEFINITION.name(), "Plant");
    assert_eq!(DEFINITION.urn(), "urn:oma:lwm2m:x:33000:2.1");
    assert_eq!(DEFINITION.version(), Version::new(2, 1));
    assert_eq!(DEFINITION.lwm2m_version(), Version::V1_1);
    assert!(DEFINITION.multiple() && DEFINITION.mandatory());

    let power = DEFINITION.resource(0).unwrap();
    assert_eq!((power.id(), power.name(), power.units()), (0, "Power", "%"));
    assert_eq!(power.resource_type(), Some(ResourceType::Integer));
    assert_eq!(power.operations(), Operations::RW);
    assert_eq!(
        (power.range(), power.constraint()),
        ("-1..100", Constraint::Integer(&[(-1, 100)]))
    );
    assert!(power.mandatory() && !power.multiple());
    assert_eq!(power.enumeration(), Some(&POWER));

    let names = DEFINITION.resource(5).unwrap();
    assert!(names.multiple() && !names.mandatory());
    assert_eq!(
        (names.range(), names.constraint(), names.units()),
        ("", Constraint::None, "")
    );
}

#[test]
fn resources_are_found_by_identifier() {
    for resource in DEFINITION.resources() {
        assert_eq!(DEFINITION.resource(resource.id()), Some(resource));
    }
    for id in [1, 4, 6, 65533, 65535] {
        assert_eq!(DEFINITION.resource(id), None);
    }
}

#[test]
fn the_least_definition_is_single_optional_and_1_0() {
    let least = ObjectDefinition::new(1, "Least", "urn:oma:lwm2m:oma:1");
    assert!(!least.multiple() && !least.mandatory() && least.resources().is_empty());
    assert_eq!(
        (least.version(), least.lwm2m_version()),
        (Version::V1_0, Version::V1_0)
    );
    assert_eq!(least.resource(0), None);
}

#[test]
fn labels_are_those_of_the_codes_alone() {
    assert_eq!(POWER.label(-1), Some("Unknown"));
    assert_eq!(POWER.label(7), Some("Solar"));
    assert_eq!(POWER.label(1), None);
    assert_eq!(POWER.items().len(), 3);
}

#[test]
#[should_panic(expected = "ascending order of their identifiers")]
fn resources_out_of_order_are_refused() {
    static RESOURCES: [ResourceDefinition; 2] = [
        ResourceDefinition::new(2, "B", None, Operations::E),
        ResourceDefinition::new(1, "A", None, Operations::E),
    ];
    let _ = ObjectDefinition::new(1, "A", "").with_resources(&RESOURCES);
}

#[test]
#[should_panic(expected = "ascending order of their codes")]
fn a_code_with_two_labels_is_refused() {
    let _ = EnumerationDefinition::new(&[
        EnumerationItem { code: 1, label: "A" },
        EnumerationItem { code: 1, label: "B" },
    ]);
}

#[test]
fn operations_say_what_a_server_may_do() {
    for (operations, name, readable, writable, executable) in [
        (Operations::None, "", false, false, false),
        (Operations::R, "R", true, false, false),
        (Operations::W, "W", false, true, false),
        (Operations::RW, "RW", true, true, false),
        (Operations::E, "E", false, false, true),
    ] {
        assert_eq!(operations.to_string(), name);
        assert_eq!(operations.readable(), readable);
        assert_eq!(operations.writable(), writable);
        assert_eq!(operations.executable(), executable);
    }
    assert_eq!(format!("[{:<3}]", Operations::R), "[R  ]");
    assert_eq!(ResourceType::Unsigned.to_string(), "Unsigned Integer");
    assert_eq!(format!("[{:>7}]", ResourceType::Time), "[   Time]");
}
