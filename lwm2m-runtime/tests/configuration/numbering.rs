//! Which identifiers the instances of a configuration get.

use lwm2m_runtime::{
    configuration::{
        AccessRule, BootstrapConfiguration, BootstrapServerAccount, Credentials, NumberingError,
        PresentInstances, RuleTarget, Values,
    },
    model::{Path, Value, ValueRef, Version},
    operation::TreeView,
};
use proptest::prelude::*;

use crate::accounts::{account, path};

fn present(links: &str) -> PresentInstances {
    PresentInstances::read(links.as_bytes(), 1_000).unwrap()
}

/// Where the accounts of servers are: Short Server ID, instances of objects 0 and 1.
fn places(values: &Values) -> Vec<(i64, u16, u16)> {
    let id = |path| match values.get(path) {
        Some(ValueRef::Integer(id)) => Some(id),
        _ => None,
    };
    let servers = values
        .instances(1)
        .filter_map(|server| Some((id(Path::resource(1, server, 0))?, server)));
    servers
        .filter_map(|(short, server)| {
            let security = values
                .instances(0)
                .find(|security| id(Path::resource(0, *security, 10)) == Some(short))?;
            Some((short, security, server))
        })
        .collect()
}

// proves: BOOT-82 BOOT-93
#[test]
fn the_bootstrap_servers_account_is_never_in_the_way() {
    let number = |links: &str| {
        let configuration = BootstrapConfiguration::new([account(1), account(2)]);
        places(&configuration.number(Some(&present(links))).unwrap())
    };
    // Where the interoperability tests have it, and where most clients do.
    assert_eq!(number("</>;lwm2m=1.2,</0/1>,</3/0>"), [(1, 0, 0), (2, 2, 1)]);
    assert_eq!(number("</>;lwm2m=1.2,</0/0>,</3/0>"), [(1, 1, 0), (2, 2, 1)]);
    // Accounts keep their places, others keep theirs.
    assert_eq!(
        number("</>;lwm2m=1.2,</0/0>,</0/1>;ssid=9,</0/5>;ssid=2,</1/0>;ssid=9,</1/3>;ssid=2"),
        [(1, 2, 1), (2, 5, 3)]
    );
    let unknown = BootstrapConfiguration::new([account(1), account(2)])
        .number(None)
        .unwrap();
    assert_eq!(places(&unknown), [(1, 2, 0), (2, 3, 1)]);
}

// proves: BOOT-93
#[test]
fn only_an_account_at_the_bootstrap_server_replaces_the_one_that_is_there() {
    let links = present("</>;lwm2m=1.2,</0/4>,</3/0>");
    let mut configuration = BootstrapConfiguration::new([account(1)]);
    configuration.bootstrap_server = Some(BootstrapServerAccount::new("coap://b", Credentials::NoSec));
    let values = configuration.number(Some(&links)).unwrap();
    assert_eq!(values.get(path("/0/4/0")), Some(ValueRef::String("coap://b")));
    assert_eq!(places(&values), [(1, 0, 0)]);

    configuration.bootstrap_server = None;
    configuration.servers[0].security_instance = Some(4);
    let refused = Err(NumberingError::BootstrapServer {
        instance: path("/0/4"),
    });
    assert_eq!(configuration.number(Some(&links)), refused);
    configuration.servers[0].security_instance = None;
    configuration
        .values
        .set(path("/0/4/0"), Value::String("coap://c".into()));
    assert_eq!(configuration.number(Some(&links)), refused);
    // The device itself is anybody's to write.
    configuration.values = Values::new();
    configuration
        .values
        .set(path("/3/0/14"), Value::String("+01:00".into()));
    assert!(configuration.number(Some(&links)).is_ok());
}

#[test]
fn what_cannot_be_numbered_says_why() {
    let mut configuration = BootstrapConfiguration::new([account(1), account(2)]);
    for account in &mut configuration.servers {
        account.server_instance = Some(6);
    }
    let instance = path("/1/6");
    assert_eq!(
        configuration.number(None),
        Err(NumberingError::Duplicate { instance })
    );

    let mut configuration = BootstrapConfiguration::new([account(1)]);
    configuration.rules = vec![AccessRule::new(RuleTarget::Server(2), 1, [])];
    let short_server_id = 2;
    assert_eq!(
        configuration.number(None),
        Err(NumberingError::NoAccount { short_server_id })
    );
    for value in [-1, 0, 65_535, 65_536] {
        let mut configuration = BootstrapConfiguration::new([account(1)]);
        configuration.servers[0].server.short_server_id = value;
        assert_eq!(
            configuration.number(None),
            Err(NumberingError::ShortServerId { value })
        );
    }
}

proptest! {
    #[test]
    fn accounts_are_complete_apart_and_out_of_the_way(
        there in proptest::collection::btree_map(0_u16..8, proptest::option::of(1_u16..5), 0..6),
        servers in proptest::collection::btree_set(1_u16..6, 1..5),
    ) {
        let mut present = PresentInstances::new(Version::V1_1);
        for (id, server) in &there {
            present.insert(Path::instance(0, *id), *server);
        }
        let accounts: Vec<_> = servers.iter().map(|id| account(*id)).collect();
        let values = BootstrapConfiguration::new(accounts).number(Some(&present)).unwrap();
        let mut found = places(&values);
        found.sort_unstable();
        let numbers: Vec<_> = found.iter().map(|(id, ..)| u16::try_from(*id).unwrap()).collect();
        prop_assert!(servers.iter().eq(&numbers));
        let mut places: Vec<_> = found.iter().map(|(_, security, _)| *security).collect();
        places.sort_unstable();
        places.dedup();
        prop_assert_eq!(places.len(), servers.len());
        for (id, security, _) in found {
            match there.get(&security) {
                None => {}
                Some(server) => prop_assert_eq!(server.map(i64::from), Some(id)),
            }
        }
    }
}

#[test]
fn a_client_that_says_it_has_everything_costs_no_more_than_it_says() {
    let mut present = PresentInstances::new(Version::V1_2);
    for object in [0, 1, 2] {
        for instance in 0..u16::MAX - 1 {
            present.insert(Path::instance(object, instance), Some(9));
        }
    }
    let mut configuration = BootstrapConfiguration::new([account(1)]);
    configuration.rules = vec![AccessRule::new(RuleTarget::Instance(3, 0), 1, [])];
    let values = configuration.number(Some(&present)).unwrap();
    let last = u16::MAX - 1;
    assert_eq!(places(&values), [(1, last, last)]);
    assert_eq!(values.instances(2).collect::<Vec<_>>(), [last]);
    present.insert(Path::instance(2, last), None);
    assert_eq!(configuration.number(Some(&present)), Err(NumberingError::Full));
}
