//! Profile identifiers that a client makes of its own object list (LwM2M Core 1.2, section 6.2.1.1).

use lwm2m_runtime::{
    client::{ClientConfig, State},
    coap::Code,
    model::{ObjectDefinition, Version},
    object::DynamicInstance,
    objects::Lwm2mServer,
    operation::{ObjectList, ProfileId},
    tree::Tree,
};

use crate::support::{Bench, SERVER, answer, config, probe, server, tree, tree_of};

/// Not SHA-256, but as good to tell texts apart (FNV-1a, four times).
fn hash(text: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    for (number, part) in hash.chunks_mut(8).enumerate() {
        let seed = 0xcbf2_9ce4_8422_2325 ^ number as u64;
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        part.copy_from_slice(&text.iter().fold(seed, mix).to_be_bytes());
    }
    hash
}

fn hashing() -> ClientConfig {
    ClientConfig {
        profile_hash: Some(hash),
        profile_ids: vec!["oma:meter".into()],
        ..config()
    }
}

/// The identifier that a device registers with, and what it has in its place.
fn register(tree: Tree) -> (Vec<String>, String) {
    let mut bench = Bench::new(hashing(), tree);
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let register = bench.only();
    (
        register.queries().into_iter().skip(3).collect(),
        register.text().to_owned(),
    )
}

/// The text that is hashed.
fn fingerprint(tree: &Tree) -> String {
    ObjectList::new(Version::V1_2).fingerprint(tree)
}

// proves: REG-83 REG-84 REG-89
#[test]
fn a_hash_of_the_list_with_every_version_stands_for_it() {
    let text = fingerprint(&tree());
    assert_eq!(
        text,
        "</1>;ver=1.2,</1/0>,</3>;ver=1.2,</3/0>,</42769>;ver=1.0,</42769/0>"
    );
    let id = ProfileId::hashed(4, &hash(text.as_bytes())).unwrap();
    assert_eq!(ProfileId::parse(&id).unwrap().suite(), Some(4));
    assert_eq!(register(tree()), (vec![format!("pid={id}")], String::new()));

    // One in which only a version is another has another hash, whether the list names the version or not.
    static OTHER: ObjectDefinition =
        ObjectDefinition::new(42_769, "Other", "urn:oma:lwm2m:x:42769:2.0").with_version(Version::new(2, 0));
    let with = |definition: &'static ObjectDefinition| {
        let mut tree = tree();
        tree.remove_object(42_769);
        tree.insert_dynamic(0, DynamicInstance::new(definition)).unwrap();
        tree
    };
    let other = register(with(&OTHER)).0;
    assert_ne!(other, [format!("pid={id}")]);
    // And so has one with another instance; one with another value has not.
    let mut more = tree();
    more.insert_dynamic(1, probe()).unwrap();
    assert_ne!(register(more).0, [format!("pid={id}")]);
    let longer = Lwm2mServer {
        disable_timeout: Some(7),
        ..server(SERVER)
    };
    assert_eq!(register(tree_of(&[longer])).0, [format!("pid={id}")]);
}

// proves: REG-88
#[test]
fn what_is_hashed_has_no_objects_with_secrets() {
    static OSCORE: ObjectDefinition =
        ObjectDefinition::new(21, "OSCORE", "urn:oma:lwm2m:oma:21").with_multiple();
    static COSE: ObjectDefinition = ObjectDefinition::new(23, "COSE", "urn:oma:lwm2m:oma:23").with_multiple();
    let plain = fingerprint(&tree());
    let mut secret = tree();
    for definition in [&OSCORE, &COSE] {
        secret
            .insert_dynamic(0, DynamicInstance::new(definition))
            .unwrap();
    }
    assert_eq!(fingerprint(&secret), plain);
    assert!(!plain.contains("</0"));
    assert_eq!(register(secret), register(tree()));
}

// proves: REG-91
#[test]
fn a_server_says_how_long_the_hash_is() {
    for (wanted, suite, digits) in [
        (None, 4, 24),
        (Some(1), 1, 64),
        (Some(2), 2, 32),
        (Some(3), 3, 30),
        (Some(5), 5, 16),
        (Some(6), 6, 8),
        (Some(7), 4, 24),
        (Some(255), 4, 24),
    ] {
        let account = Lwm2mServer {
            profile_id_hash_algorithm: wanted,
            ..server(SERVER)
        };
        let (ids, _) = register(tree_of(&[account]));
        let id = ids[0].strip_prefix("pid=").unwrap();
        assert!(id.starts_with(&format!("{suite}:")), "{wanted:?} {id}");
        assert_eq!(id.len(), 2 + digits, "{wanted:?}");
        assert!(ProfileId::parse(id).is_some());
    }
}

// proves: REG-87 REG-90
#[test]
fn a_server_that_does_not_know_a_hash_is_taught_and_one_that_does_not_learn_gets_the_list() {
    let mut bench = Bench::new(hashing(), tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let alone = bench.only();
    assert!(alone.payload.is_empty() && alone.queries().len() == 4);
    bench.input(SERVER, &answer(&alone, Code::CONFLICT));
    let both = bench.only();
    assert_eq!(both.queries(), alone.queries());
    assert_eq!(both.text(), "</1/0>,</3/0>,</42769/0>");
    bench.input(SERVER, &answer(&both, Code::CONFLICT));
    let list = bench.only();
    assert_eq!((list.queries().len(), list.text()), (3, both.text()));
    // For good.
    bench.input(SERVER, &answer(&list, Code::CONFLICT));
    assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
    bench.pass(60);
    bench.connect(SERVER);
    assert_eq!(bench.only().queries().len(), 3);

    // One that has learned is asked by the hash alone the next time.
    let mut bench = Bench::new(hashing(), tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let alone = bench.only();
    bench.input(SERVER, &answer(&alone, Code::CONFLICT));
    bench.accept_register(SERVER);
    bench.client.moved(bench.now);
    let again = bench.only();
    assert_eq!((again.queries(), again.payload.len()), (alone.queries(), 0));
    // And by another one when the list has changed.
    bench.input(SERVER, &answer(&again, Code::CONFLICT));
    bench.accept_register(SERVER);
    bench.client.change(bench.now, |tree| tree.remove(42_769, 0));
    let update = bench.only();
    assert_eq!(
        (update.queries().len(), update.text()),
        (0, "</1/0>,</3/0>,</42769>")
    );
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    bench.client.moved(bench.now);
    let other = bench.only();
    assert!(other.payload.is_empty());
    assert_ne!(other.queries(), alone.queries());
}

#[test]
fn before_1_2_there_are_no_profiles() {
    for version in [Version::V1_0, Version::V1_1] {
        let config = ClientConfig {
            versions: vec![version],
            ..hashing()
        };
        let mut bench = Bench::new(config, tree());
        bench.client.start(bench.now);
        bench.connect(SERVER);
        let register = bench.only();
        assert!(!register.payload.is_empty());
        assert!(!register.queries().iter().any(|query| query.starts_with("pid")));
    }
}
