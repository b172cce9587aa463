//! What accounts become.

use lwm2m_runtime::{
    access_control::Rights,
    configuration::{
        AccessRule, BootstrapConfiguration, BootstrapServerAccount, Credentials, Oscore, PresentInstances,
        RuleTarget, ServerAccount, Values,
    },
    model::{Objlnk, Path, Value, ValueRef, Version},
    objects::Device,
    operation::TreeView,
};

pub(crate) fn path(text: &str) -> Path {
    text.parse().unwrap()
}

pub(crate) fn account(short_server_id: u16) -> ServerAccount {
    ServerAccount::new(short_server_id, "coap://server.example.com", Credentials::NoSec)
}

/// The paths of everything.
fn paths(values: &Values) -> Vec<String> {
    values
        .below(Path::ROOT)
        .map(|(path, _)| path.to_string())
        .collect()
}

#[test]
fn credentials_are_what_the_mode_uses() {
    let certificate = || b"certificate".to_vec();
    let modes = [
        (Credentials::NoSec, 3, &[][..]),
        (
            Credentials::PreSharedKey {
                identity: certificate(),
                key: certificate(),
            },
            0,
            &[3, 5],
        ),
        (
            Credentials::RawPublicKey {
                public_key: certificate(),
                private_key: certificate(),
                server_public_key: certificate(),
            },
            1,
            &[3, 4, 5],
        ),
        (
            Credentials::Certificate {
                certificate: certificate(),
                private_key: certificate(),
                server_certificate: certificate(),
            },
            2,
            &[3, 4, 5],
        ),
        (
            Credentials::Est {
                server_certificate: certificate(),
            },
            4,
            &[4],
        ),
    ];
    for (credentials, mode, used) in modes {
        let mut account = account(7);
        credentials.apply(&mut account.security);
        account.security_instance = Some(4);
        let configuration = BootstrapConfiguration::new([account]);
        for version in [
            None,
            Some(Version::V1_0),
            Some(Version::V1_1),
            Some(Version::V1_2),
        ] {
            let present = version.map(PresentInstances::new);
            let values = configuration.number(present.as_ref()).unwrap();
            assert_eq!(values.get(path("/0/4/2")), Some(ValueRef::Integer(mode)));
            for id in 3..=5 {
                let value = values.get(Path::resource(0, 4, id));
                // Mandatory, if only empty, before LwM2M 1.2; Leshan's client needs them.
                let expected = match used.contains(&id) {
                    true => Some(ValueRef::Opaque(b"certificate")),
                    false if version == Some(Version::V1_2) => None,
                    false => Some(ValueRef::Opaque(b"")),
                };
                assert_eq!(value, expected, "{credentials:?}: {id}");
            }
        }
        assert!(
            !format!("{credentials:?}").contains("certificate"),
            "no secret is shown"
        );
    }
}

// proves: BOOT-53
#[test]
fn an_account_is_two_instances_with_one_number() {
    let mut account = account(101);
    account.server.lifetime = 300;
    account.server.mute_send = Some(false);
    account.security_instance = Some(2);
    let present = PresentInstances::new(Version::V1_2);
    let values = BootstrapConfiguration::new([account])
        .number(Some(&present))
        .unwrap();
    assert_eq!(
        paths(&values),
        [
            "/0/2/0", "/0/2/1", "/0/2/2", "/0/2/10", "/1/0/0", "/1/0/1", "/1/0/6", "/1/0/7", "/1/0/23"
        ]
    );
    assert_eq!(values.get(path("/0/2/1")), Some(ValueRef::Boolean(false)));
    assert_eq!(values.get(path("/0/2/10")), values.get(path("/1/0/0")));
    assert_eq!(values.get(path("/1/0/1")), Some(ValueRef::Integer(300)));
}

#[test]
fn a_context_of_oscore_is_linked_and_has_the_types_of_the_version() {
    let mut account = account(1);
    account.oscore = Some(Oscore {
        id_context: Some(b"context".to_vec()),
        ..Oscore::new(*b"secret", *b"sender", *b"recipient")
    });
    let mut bootstrap_server =
        BootstrapServerAccount::new("coap://bootstrap.example.com", Credentials::NoSec);
    bootstrap_server.oscore = Some(Oscore::new(*b"secret", [0xff], *b"b"));
    let configuration = BootstrapConfiguration {
        bootstrap_server: Some(bootstrap_server),
        ..BootstrapConfiguration::new([account])
    };
    for (version, sender) in [
        (Version::V1_1, ValueRef::String("sender")),
        (Version::V1_2, ValueRef::Opaque(b"sender")),
    ] {
        let mut present = PresentInstances::new(version);
        present.insert(path("/0/0"), None);
        let values = configuration.number(Some(&present)).unwrap();
        assert_eq!(values.get(path("/0/0/1")), Some(ValueRef::Boolean(true)));
        assert_eq!(
            values.get(path("/0/0/17")),
            Some(ValueRef::Objlnk(Objlnk::new(21, 0)))
        );
        // What is no text is no text in any version.
        assert_eq!(values.get(path("/21/0/1")), Some(ValueRef::Opaque(&[0xff])));
        assert_eq!(
            values.get(path("/0/1/17")),
            Some(ValueRef::Objlnk(Objlnk::new(21, 1)))
        );
        assert_eq!(values.get(path("/21/1/0")), Some(ValueRef::Opaque(b"secret")));
        assert_eq!(values.get(path("/21/1/1")), Some(sender));
        assert_eq!(values.get(path("/21/1/6")), Some(ValueRef::Opaque(b"context")));
    }
}

#[test]
fn rules_find_the_accounts_that_they_are_for() {
    let mut second = account(102);
    second.server_instance = Some(9);
    let mut configuration = BootstrapConfiguration::new([account(101), second]);
    configuration.rules = vec![
        AccessRule::new(RuleTarget::Server(101), 101, [(101, Rights::FULL)]),
        AccessRule::new(RuleTarget::Server(102), 102, []),
        AccessRule::new(
            RuleTarget::Instance(3, 0),
            101,
            [(0, Rights::READ), (102, Rights::READ)],
        ),
        AccessRule::creators(16, &[101]),
    ];
    let values = configuration.number(None).unwrap();
    let rule = |id| {
        let at = |resource| match values.get(Path::resource(2, id, resource)) {
            Some(ValueRef::Integer(value)) => value,
            other => panic!("{other:?}"),
        };
        let entries = values.below(Path::resource(2, id, 2));
        let entries = entries.map(|(path, value)| match value {
            ValueRef::Integer(rights) => (path.resource_instance_id().unwrap(), rights),
            other => panic!("{other:?}"),
        });
        (at(0), at(1), at(3), entries.collect::<Vec<_>>())
    };
    assert_eq!(rule(0), (1, 0, 101, vec![(101, 15)]));
    assert_eq!(rule(1), (1, 9, 102, vec![]));
    assert_eq!(rule(2), (3, 0, 101, vec![(0, 1), (102, 1)]));
    assert_eq!(rule(3), (16, 65_535, 65_535, vec![(101, 16)]));
}

#[test]
fn anything_else_goes_along() {
    let mut configuration = BootstrapConfiguration::new([account(1)]);
    let device = Device {
        utc_offset: Some("+01:00".into()),
        ..Device::default()
    };
    configuration
        .values
        .insert(0, &device)
        .set(path("/3303/4/5750"), Value::String("cellar".into()))
        .set(path("/3303/4"), Value::Boolean(true));
    configuration.values.remove(path("/3/0/11"));
    let values = configuration.number(None).unwrap();
    assert_eq!(values.get(path("/3303/4/5750")), Some(ValueRef::String("cellar")));
    assert_eq!(values.get(path("/3/0/14")), Some(ValueRef::String("+01:00")));
    assert_eq!(values.get(path("/3/0/11")), None);
    assert!(!values.is_empty());
    let objects: Vec<_> = values.objects().map(|(id, _)| id).collect();
    assert_eq!(objects, [0, 1, 3, 3303]);
    assert_eq!(values.instances(3303).collect::<Vec<_>>(), [4]);
    assert_eq!(values.resources(3303, 4).collect::<Vec<_>>(), [5750]);
    assert!(values.resource_instances(3303, 4, 5750).is_none());
    assert_eq!(values.paths(Path::object(3303), 2), [path("/3303/4")]);
}
