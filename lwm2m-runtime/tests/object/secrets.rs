//! What debug output keeps to itself.

use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, ValueRef},
    object::{DynamicInstance, Instance},
    objects::{Device, FirmwareUpdate, Lwm2mSecurity, o0_v1_2::SecurityMode},
    operation::Payload,
};

const KEY: [u8; 16] = *b"0123456789abcdef";

/// Whether debug output shows bytes, in one of the forms that it can have.
fn shows(output: &str, secret: &[u8]) -> bool {
    let text = String::from_utf8_lossy(secret).into_owned();
    let numbers = format!("{secret:?}");
    let numbers = numbers.trim_matches(['[', ']']);
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let pretty: String = secret.iter().map(|byte| format!("{byte},")).collect();
    let output_without_blanks: String = output.split_whitespace().collect();
    [&*text, numbers, &hex, &hex.to_uppercase()]
        .iter()
        .any(|form| output.contains(form))
        || output_without_blanks.contains(&pretty)
}

// proves: ROB-72
#[test]
fn keys_of_an_account_are_not_shown() {
    let security = Lwm2mSecurity {
        lwm2m_server_uri: Some("coaps://server.example.com?token=0123456789abcdef".into()),
        bootstrap_server: Some(false),
        security_mode: Some(SecurityMode::PRE_SHARED_KEY),
        public_key_or_identity: Some(KEY.into()),
        server_public_key: Some(KEY.into()),
        secret_key: Some(KEY.into()),
        sms_binding_secret_key_s: Some(KEY.into()),
        short_server_id: Some(101),
        ..Lwm2mSecurity::default()
    };
    for output in [
        format!("{security:?}"),
        format!("{security:#?}"),
        format!("{:?}", (&security as &dyn Instance).values()),
    ] {
        assert!(!shows(&output, &KEY), "{output}");
        assert!(output.contains("101"), "what helps is shown: {output}");
    }
    let output = format!("{security:?}");
    assert!(
        output.starts_with("Lwm2mSecurity { LWM2M Server URI: .., Bootstrap-Server: Boolean(false)"),
        "{output}"
    );
    assert!(output.contains("Secret Key: .."), "{output}");
    assert!(!output.contains("SNI"), "what is absent is left out: {output}");
}

#[test]
fn what_a_server_only_writes_is_not_shown() {
    let update = FirmwareUpdate {
        package: Some(KEY.into()),
        package_uri: "coap://example.com/firmware".into(),
        ..FirmwareUpdate::default()
    };
    let output = format!("{update:?}");
    assert!(!shows(&output, &KEY), "{output}");
    assert!(output.contains("coap://example.com/firmware"), "{output}");
    // What can be read is shown as ever.
    let device = Device {
        manufacturer: Some("ACME".into()),
        ..Device::default()
    };
    assert!(format!("{device:?}").contains("manufacturer: Some(\"ACME\")"));
}

static ALL: ObjectDefinition = {
    const fn of(id: u16, resource_type: ResourceType, operations: Operations) -> ResourceDefinition {
        ResourceDefinition::new(id, "Resource", Some(resource_type), operations)
    }
    ObjectDefinition::new(42_769, "All", "urn:oma:lwm2m:x:42769").with_resources(&[
        of(0, ResourceType::Opaque, Operations::None).with_multiple(),
        of(1, ResourceType::String, Operations::None),
        of(2, ResourceType::Corelnk, Operations::None),
        of(3, ResourceType::Integer, Operations::None),
        of(4, ResourceType::Integer, Operations::W),
        of(5, ResourceType::Opaque, Operations::W),
        of(6, ResourceType::Opaque, Operations::R),
        of(7, ResourceType::Integer, Operations::RW).with_multiple(),
    ])
};

#[test]
fn an_object_without_a_type_of_its_own_keeps_its_secrets_too() {
    let mut dynamic = DynamicInstance::new(&ALL);
    let instance: &mut dyn Instance = &mut dynamic;
    instance.write(0, Some(3), ValueRef::Opaque(&KEY)).unwrap();
    instance
        .write(1, None, ValueRef::String("0123456789abcdef"))
        .unwrap();
    instance
        .write(2, None, ValueRef::Corelnk("</0123456789abcdef>"))
        .unwrap();
    instance.write(3, None, ValueRef::Integer(101)).unwrap();
    instance.write(4, None, ValueRef::Integer(987_654)).unwrap();
    instance.write(5, None, ValueRef::Opaque(&KEY)).unwrap();
    instance.write(6, None, ValueRef::Opaque(b"seen")).unwrap();
    instance.write(7, Some(9), ValueRef::Integer(5)).unwrap();
    let output = format!("{dynamic:?}");
    assert!(!shows(&output, &KEY) && !output.contains("987654"), "{output}");
    assert!(
        output.contains("Integer(101)") && shows(&output, b"seen"),
        "{output}"
    );
    assert!(output.contains("{9: Integer(5)}"), "{output}");
}

#[test]
fn a_payload_says_how_long_it_is() {
    let payload = Payload::new(ContentFormat::TLV, &KEY);
    assert_eq!(
        format!("{payload:?}"),
        format!(
            "Payload {{ format: {:?}, bytes: [16 bytes] }}",
            ContentFormat::TLV
        )
    );
    let request = lwm2m_runtime::operation::BootstrapRequest::Write {
        path: Path::instance(0, 1),
        payload,
    };
    assert!(!shows(&format!("{request:?}"), &KEY));
}

#[cfg(feature = "catalogue")]
#[test]
fn no_secret_of_the_registry_is_shown() {
    let mut secrets = 0;
    for definition in lwm2m_runtime::catalogue::LATEST.definitions() {
        let mut dynamic = DynamicInstance::new(definition);
        for resource in definition
            .resources()
            .iter()
            .filter(|resource| resource.is_secret())
        {
            let instance: &mut dyn Instance = &mut dynamic;
            let Some(field) = instance.field_mut(resource.id()) else {
                continue;
            };
            let id = resource.multiple().then_some(0);
            let set = match resource.resource_type() {
                Some(ResourceType::String) => field.set(id, ValueRef::String("0123456789abcdef")),
                Some(ResourceType::Opaque) => field.set(id, ValueRef::Opaque(&KEY)),
                Some(ResourceType::Integer) => field.set(id, ValueRef::Integer(0x0123_4567_89ab)),
                _ => continue,
            };
            set.unwrap();
            secrets += 1;
        }
        let output = format!("{dynamic:?}");
        assert!(
            !shows(&output, &KEY) && !output.contains(&0x0123_4567_89ab_u64.to_string()),
            "{output}"
        );
    }
    assert!(secrets > 20, "{secrets}");
}

/// A lock, as its author wrote it.
#[cfg(feature = "derive")]
#[derive(Clone, Default, PartialEq, lwm2m_runtime::Lwm2mObject)]
#[lwm2m(id = 42770, name = "Lock", debug)]
struct Lock {
    /// What is shown on the door.
    #[lwm2m(id = 0, operations = "R")]
    label: String,
    /// What opens it.
    #[lwm2m(id = 1, operations = "W")]
    pin: Option<i64>,
    /// Who made it.
    #[lwm2m(id = 2, operations = "")]
    seed: Option<Vec<u8>>,
}

#[cfg(feature = "derive")]
#[test]
fn a_derived_object_keeps_its_secrets_on_demand() {
    let lock = Lock {
        label: "door".into(),
        pin: Some(987_654),
        seed: Some(KEY.into()),
    };
    let output = format!("{lock:?}");
    assert_eq!(output, "Lock { Label: String(\"door\"), Pin: .., Seed: .. }");
}
