//! Hashes of object lists that a server learns (LwM2M Core 1.2, section 6.2.1.1).

use lwm2m_runtime::{
    coap::Code,
    model::Version,
    server::{RegistrationId, ServerConfig},
};

use crate::support::{Rig, peer};

const LIST: &str = "</1/0>,</3/0>,</3303>;ver=1.1,</3303/0>";

/// A Register of a device by its number.
fn queries(number: u16, pid: &str) -> Vec<String> {
    let mut queries = vec![format!("ep=device-{number}"), "lt=60".into(), "lwm2m=1.2".into()];
    if !pid.is_empty() {
        queries.push(format!("pid={pid}"));
    }
    queries
}

fn code(rig: &mut Rig, number: u16, pid: &str, links: &str) -> Code {
    let queries = queries(number, pid);
    let queries: Vec<&str> = queries.iter().map(String::as_str).collect();
    let code = rig.try_register(peer(number), &queries, links).code;
    rig.events();
    code
}

fn registration(rig: &Rig, number: u16) -> RegistrationId {
    rig.server.find(&format!("device-{number}")).unwrap()
}

/// The objects of a device with their versions.
fn objects(rig: &Rig, number: u16) -> Vec<(u16, Version)> {
    let registered = rig.server.registration(registration(rig, number)).unwrap();
    registered
        .objects()
        .iter()
        .map(|object| (object.id, object.version))
        .collect()
}

// proves: REG-90
#[test]
fn a_hash_that_came_with_its_list_stands_for_it_from_then_on() {
    let mut rig = Rig::new();
    let hash = "4:0123456789abcdef01234567";
    assert_eq!(code(&mut rig, 1, hash, ""), Code::CONFLICT, "nobody has said yet");
    assert_eq!(code(&mut rig, 1, hash, LIST), Code::CREATED);
    assert_eq!(code(&mut rig, 2, hash, ""), Code::CREATED);
    let all = [(1, Version::V1_2), (3, Version::V1_2), (3303, Version::V1_1)];
    for number in [1, 2] {
        assert_eq!(objects(&rig, number), all);
        let registered = rig.server.registration(registration(&rig, number)).unwrap();
        let ids: Vec<&str> = registered.profile_ids().map(|id| id.as_str()).collect();
        assert_eq!(ids, [hash]);
    }
    let learned: Vec<_> = rig.server.learned_profiles().collect();
    assert_eq!(learned.len(), 1);
    assert_eq!((learned[0].0.as_str(), learned[0].1), (hash, LIST));
    // The same list in another order is the same.
    let turned = "</3303>;ver=1.1,</3303/0>,</3/0>,</1/0>";
    assert_eq!(code(&mut rig, 3, hash, turned), Code::CREATED);
    assert_eq!(code(&mut rig, 4, hash, ""), Code::CREATED);
    // A part of a list beside a hash is what it always was: more objects.
    assert_eq!(code(&mut rig, 5, hash, "</6/0>"), Code::CREATED);
    assert_eq!(objects(&rig, 5).len(), 4);
    // And an Update may name it, too.
    assert_eq!(code(&mut rig, 6, "", "</1/0>,</3/0>"), Code::CREATED);
    let location = rig.server.registration(registration(&rig, 6)).unwrap().location();
    let update = rig.post(location.as_str()).queries(&[&format!("pid={hash}")]);
    rig.put(peer(6), &update);
    assert_eq!(rig.one().code, Code::CHANGED);
    assert_eq!(objects(&rig, 6), all);
}

// proves: REG-86 REG-90
#[test]
fn only_a_hash_with_a_whole_list_is_learned() {
    let mut rig = Rig::new();
    let hash = "6:01234567";
    for (pid, links) in [
        // Not whole: every client has a Server and a Device.
        (hash, "</3303/0>"),
        (hash, "</1/0>,</3303/0>"),
        (hash, "</1>,</3/0>"),
        (hash, "</3/0>"),
        // A name that was agreed before is not to be learned.
        ("oma:meter", LIST),
        ("v:meter-7", LIST),
        // Of two nobody knows what each is.
        ("6:01234567,6:89abcdef", LIST),
    ] {
        let pid = if pid.contains(',') {
            format!("\"{pid}\"")
        } else {
            pid.into()
        };
        assert_eq!(code(&mut rig, 1, &pid, links), Code::CONFLICT, "{pid} {links}");
    }
    // Nor one of which the Register is refused for another reason.
    assert_eq!(code(&mut rig, 1, hash, "</1/0>,</3/0>,<"), Code::CONFLICT);
    let old = ["ep=old", "lt=60", "lwm2m=1.1", "pid=6:01234567"];
    assert_ne!(rig.try_register(peer(1), &old, "").code, Code::CREATED);
    assert_eq!(rig.server.learned_profiles().count(), 0);
    assert!(rig.server.is_empty());
}

// proves: REG-89 REG-90
#[test]
fn a_hash_of_which_clients_do_not_agree_stands_for_nothing() {
    for other in [
        "</1/0>,</3/0>",
        "</1/0>,</3/0>,</3303>;ver=1.1,</3303/0>,</3303/1>",
        // The same objects in other versions: of one that has to be named, and of one that goes without saying.
        "</1/0>,</3/0>,</3303/0>",
        "</1/0>,</3>;ver=1.1,</3/0>,</3303>;ver=1.1,</3303/0>",
        "</>;ct=110,</1/0>,</3/0>,</3303>;ver=1.1,</3303/0>",
        "</m>;rt=\"oma.lwm2m\",</m/1/0>,</m/3/0>,</m/3303>;ver=1.1,</m/3303/0>",
    ] {
        let mut rig = Rig::new();
        let hash = "6:01234567";
        assert_eq!(code(&mut rig, 1, hash, LIST), Code::CREATED);
        assert_eq!(
            code(&mut rig, 2, hash, other),
            Code::CREATED,
            "what it says itself counts"
        );
        assert_ne!(objects(&rig, 2).len(), 0);
        assert_eq!(rig.server.learned_profiles().count(), 0, "{other}");
        // Neither is believed any more, and it is not learned anew.
        assert_eq!(code(&mut rig, 3, hash, ""), Code::CONFLICT);
        assert_eq!(code(&mut rig, 3, hash, LIST), Code::CREATED);
        assert_eq!(code(&mut rig, 4, hash, ""), Code::CONFLICT, "{other}");
    }
}

// proves: REG-88
#[test]
fn a_learned_list_has_no_objects_with_secrets() {
    let mut rig = Rig::new();
    let hash = "6:01234567";
    let list = "</0/0>,</0/1>,</1/0>,</3/0>,</21/0>,</23/0>";
    assert_eq!(code(&mut rig, 1, hash, list), Code::CREATED);
    assert_eq!(code(&mut rig, 2, hash, ""), Code::CREATED);
    for number in [1, 2] {
        let ids: Vec<u16> = objects(&rig, number).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [1, 3]);
    }
}

// proves: ROB-61
#[test]
fn what_is_learned_is_bounded() {
    let list = |number: u32| format!("</1/0>,</3/0>,</3303/{number}>");
    let hash = |number: u32| format!("6:{number:08x}");
    let learned = |rig: &Rig| rig.server.learned_profiles().count();
    let mut rig = Rig::with(ServerConfig {
        max_learned_profiles: 3,
        ..ServerConfig::default()
    });
    for number in 0..10 {
        assert_eq!(code(&mut rig, 1, &hash(number), &list(number)), Code::CREATED);
        assert_eq!(learned(&rig), 3.min(number as usize + 1));
    }
    // The last three.
    for number in 0..10 {
        let expected = if number < 7 { Code::CONFLICT } else { Code::CREATED };
        assert_eq!(code(&mut rig, 2, &hash(number), ""), expected, "{number}");
    }
    // By their bytes; what is larger than all of them is not learned at all.
    let mut rig = Rig::with(ServerConfig {
        max_learned_profile_bytes: 90,
        ..ServerConfig::default()
    });
    for number in 0..10 {
        assert_eq!(code(&mut rig, 1, &hash(number), &list(number)), Code::CREATED);
        assert!(learned(&rig) <= 2);
    }
    let large: String = (0..100)
        .map(|id| format!("{}</3303/{id}>", if id == 0 { "</1/0>,</3/0>," } else { "," }))
        .collect();
    assert_eq!(code(&mut rig, 1, "6:ffffffff", &large), Code::CREATED);
    assert_eq!(code(&mut rig, 2, "6:ffffffff", ""), Code::CONFLICT);
    // Nobody is believed where nobody is to be.
    let mut rig = Rig::with(ServerConfig {
        max_learned_profiles: 0,
        ..ServerConfig::default()
    });
    assert_eq!(
        code(&mut rig, 1, "6:01234567", LIST),
        Code::CREATED,
        "the list is enough"
    );
    assert_eq!(code(&mut rig, 2, "6:01234567", ""), Code::CONFLICT);
}
