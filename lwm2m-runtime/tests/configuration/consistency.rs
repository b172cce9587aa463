//! Whether a configuration is of use.

use lwm2m_runtime::{
    configuration::{
        AccessRule, BootstrapConfiguration, BootstrapServerAccount, Credentials, Inconsistency, Oscore,
        RuleTarget, Values, check,
    },
    model::{Objlnk, Path, Value},
};

use crate::accounts::{account, path};

/// Two servers with rules, an OSCORE context, and the bootstrap server.
fn complete() -> Values {
    let mut second = account(102);
    second.oscore = Some(Oscore::new(*b"secret", *b"s", *b"r"));
    let mut configuration = BootstrapConfiguration::new([account(101), second]);
    let key = Credentials::PreSharedKey {
        identity: b"identity".to_vec(),
        key: b"key".to_vec(),
    };
    let mut bootstrap = BootstrapServerAccount::new("coaps://bootstrap.example.com", key);
    bootstrap.security_instance = Some(9);
    configuration.bootstrap_server = Some(bootstrap);
    configuration.rules = vec![AccessRule::new(RuleTarget::Instance(3, 0), 101, [])];
    configuration.number(None).unwrap()
}

fn with(change: impl FnOnce(&mut Values)) -> Result<(), Inconsistency> {
    let mut values = complete();
    change(&mut values);
    check(&values, true)
}

#[test]
fn a_complete_configuration_is_consistent() {
    assert_eq!(check(&complete(), true), Ok(()));
}

#[test]
fn every_mandatory_resource_of_an_account_is_needed() {
    let needed = [
        "/0/2/0", "/0/2/1", "/0/2/2", "/0/2/10", "/0/9/0", "/0/9/2", "/1/0/0", "/1/0/1", "/1/0/6", "/1/0/7",
    ];
    for resource in needed.map(path) {
        let found = with(|values| values.remove(resource));
        assert_eq!(found, Err(Inconsistency::Missing { resource }));
    }
    // Without it, it is an account at a server.
    let resource = path("/0/9/1");
    assert_eq!(
        with(|values| values.remove(resource)),
        Err(Inconsistency::Missing { resource })
    );
}

#[test]
fn a_server_needs_both_instances() {
    let mut single = BootstrapConfiguration::new([account(1)]).number(None).unwrap();
    assert_eq!(check(&single, true), Ok(()));
    single.set(path("/1/0/0"), Value::Integer(2));
    assert_eq!(check(&single, true), Err(Inconsistency::NoServerAccount));
    assert_eq!(check(&Values::new(), true), Err(Inconsistency::NoServerAccount));
    // The interoperability tests write this alone.
    let mut lonely = Values::new();
    lonely.set(path("/1/0/5"), Value::Integer(86_400));
    let resource = path("/1/0/0");
    assert_eq!(check(&lonely, true), Err(Inconsistency::Missing { resource }));
    // The account at the bootstrap server is none at a server, whatever its number.
    let mut bootstrap = BootstrapConfiguration::new([account(1)]).number(None).unwrap();
    bootstrap.set(path("/0/2/1"), Value::Boolean(true));
    assert_eq!(check(&bootstrap, true), Err(Inconsistency::NoServerAccount));
}

#[test]
fn there_is_one_bootstrap_server_at_most() {
    let found = with(|values| {
        for (resource, value) in [
            (0, Value::String("coap://b".into())),
            (1, Value::Boolean(true)),
            (2, Value::Integer(3)),
        ] {
            values.set(Path::resource(0, 10, resource), value);
        }
    });
    let instance = path("/0/10");
    assert_eq!(found, Err(Inconsistency::SeveralBootstrapServers { instance }));
}

// proves: BOOT-56
#[test]
fn short_server_ids_are_unique_and_in_range() {
    for resource in ["/0/2/10", "/1/0/0"].map(path) {
        for id in [0, 65_535, 65_536, -1] {
            let found = with(|values| {
                values.set(resource, Value::Integer(id));
            });
            assert_eq!(found, Err(Inconsistency::ShortServerId { resource }), "{id}");
        }
    }
    for resource in ["/0/3/10", "/1/1/0"].map(path) {
        let found = with(|values| {
            values.set(resource, Value::Integer(101));
        });
        assert_eq!(found, Err(Inconsistency::DuplicateShortServerId { resource }));
    }
    for id in [1, 65_534] {
        let found = with(|values| {
            values.set(path("/0/2/10"), Value::Integer(id));
            values.set(path("/1/0/0"), Value::Integer(id));
        });
        assert_eq!(found, Ok(()), "{id}");
    }
}

#[test]
fn rules_need_a_client_that_knows_them() {
    assert_eq!(check(&complete(), false), Err(Inconsistency::AccessControl));
    let mut without = complete();
    without.remove(Path::object(2));
    assert_eq!(check(&without, false), Ok(()));
}

#[test]
fn links_lead_somewhere() {
    let resource = path("/0/3/17");
    let missing = Err(Inconsistency::Link { resource });
    assert_eq!(with(|values| values.remove(Path::object(21))), missing);
    for (at, object) in [("/0/2/26", 24), ("/0/2/27/0", 23), ("/0/2/27/5", 23)] {
        let resource = path(at);
        let link = |values: &mut Values, link| {
            values.set(resource, Value::Objlnk(link));
        };
        let found = with(|values| link(values, Objlnk::new(object, 1)));
        assert_eq!(found, Err(Inconsistency::Link { resource }));
        assert_eq!(with(|values| link(values, Objlnk::NULL)), Ok(()));
        let found = with(|values| {
            link(values, Objlnk::new(object, 1));
            values.set(Path::resource(object, 1, 0), Value::Integer(1));
        });
        assert_eq!(found, Ok(()));
    }
}

#[test]
fn a_security_mode_needs_its_credentials() {
    // Mode, and which of resources 3 to 5 it needs.
    let modes = [
        (0, &[3, 5][..]),
        (1, &[3, 4, 5]),
        (2, &[3, 4, 5]),
        (3, &[]),
        (4, &[4]),
    ];
    for (mode, needed) in modes {
        for missing in [None, Some(3), Some(4), Some(5)] {
            for empty in [false, true] {
                let found = with(|values| {
                    values.set(path("/0/2/2"), Value::Integer(mode));
                    for id in 3..=5 {
                        let bytes = if missing == Some(id) { vec![] } else { vec![1] };
                        if missing != Some(id) || empty {
                            values.set(Path::resource(0, 2, id), Value::Opaque(bytes));
                        }
                    }
                });
                let expected = match missing.filter(|id| needed.contains(id)) {
                    Some(id) => {
                        let resource = Path::resource(0, 2, id);
                        Err(Inconsistency::Credentials { resource })
                    }
                    None => Ok(()),
                };
                assert_eq!(found, expected, "mode {mode} without {missing:?}");
            }
        }
    }
}

#[test]
fn enrolment_gives_the_certificate_of_other_accounts() {
    let certificate = |values: &mut Values| {
        values.set(path("/0/2/2"), Value::Integer(2));
        values.set(path("/0/2/4"), Value::Opaque(vec![1]));
    };
    let resource = path("/0/2/3");
    assert_eq!(with(certificate), Err(Inconsistency::Credentials { resource }));
    let found = with(|values| {
        certificate(values);
        values.set(path("/0/9/2"), Value::Integer(4));
        values.set(path("/0/9/4"), Value::Opaque(vec![1]));
    });
    assert_eq!(found, Ok(()));
}
