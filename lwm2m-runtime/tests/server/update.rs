//! Update and De-register (LwM2M Core 1.2, sections 6.2.2 and 6.2.3).

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    model::Version,
    server::{Changes, EndReason, Event, RegistrationId},
};

use crate::support::{LIST, Rig, Written, peer};

fn changes(mutate: impl FnOnce(&mut Changes)) -> Changes {
    let mut changes = Changes::default();
    mutate(&mut changes);
    changes
}

fn updated(rig: &mut Rig, id: RegistrationId) -> Changes {
    match rig.event() {
        Event::Updated {
            registration,
            changes,
        } if registration == id => changes,
        other => panic!("{other:?}"),
    }
}

fn update_list(rig: &mut Rig, location: &str, links: &str) -> Code {
    let update = rig.post(location).uint(OptionNumber::CONTENT_FORMAT, 40);
    let update = Written {
        payload: links.as_bytes(),
        ..update
    };
    rig.ask(peer(1), &update).code
}

// proves: REG-29
#[test]
fn an_update_begins_the_lifetime_anew() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    let before = rig.server.registration(id).unwrap().expires_at();
    rig.seconds(200);
    assert_eq!(rig.update(peer(1), &location, &[]), Code::CHANGED);
    assert!(!updated(&mut rig, id).any());
    let registered = rig.server.registration(id).unwrap();
    assert_eq!(
        registered.expires_at() - before,
        std::time::Duration::from_secs(200)
    );
    assert_eq!(
        (registered.updated_at(), registered.seen_at()),
        (rig.now, rig.now)
    );
    assert_ne!(registered.registered_at(), rig.now);
}

// proves: REG-34
#[test]
fn what_an_update_names_changes_and_nothing_else() {
    let mut rig = Rig::new();
    let queries = ["ep=one", "lt=300", "lwm2m=1.2", "sms=49"];
    let (id, location) = rig.register_as(peer(1), &queries, LIST);
    // int-102, int-107.
    assert_eq!(rig.update(peer(1), &location, &["lt=120"]), Code::CHANGED);
    assert_eq!(updated(&mut rig, id), changes(|changes| changes.lifetime = true));
    assert_eq!(rig.update(peer(1), &location, &["b=UT"]), Code::CHANGED);
    assert_eq!(updated(&mut rig, id), changes(|changes| changes.binding = true));
    assert_eq!(rig.update(peer(1), &location, &["Q"]), Code::CHANGED);
    assert_eq!(updated(&mut rig, id), changes(|changes| changes.binding = true));
    assert_eq!(rig.update(peer(1), &location, &["sms=4930"]), Code::CHANGED);
    assert_eq!(updated(&mut rig, id), changes(|changes| changes.sms = true));
    assert_eq!(
        rig.update(peer(1), &location, &["lt=120", "b=UT", "sms=4930"]),
        Code::CHANGED
    );
    assert_eq!(
        updated(&mut rig, id),
        Changes::default(),
        "the same again is no change"
    );
    // Nobody knows what it stands for.
    assert_eq!(rig.update(peer(1), &location, &["pid=oma:basic"]), Code::CONFLICT);
    let registered = rig.server.registration(id).unwrap();
    assert_eq!((registered.endpoint(), registered.lifetime()), ("one", 120));
    assert_eq!(
        (registered.binding().to_string(), registered.queue_mode()),
        ("UT".into(), true)
    );
    assert_eq!(
        (registered.sms(), registered.version()),
        (Some("4930"), Version::V1_2)
    );
    assert_eq!(registered.objects().iter().count(), 4);
}

// proves: REG-31
#[test]
fn the_list_of_an_update_takes_the_place_of_the_one_before() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    // int-1250.
    assert_eq!(
        update_list(&mut rig, &location, "</3/0>,</11/0>,</11/1>"),
        Code::CHANGED
    );
    assert_eq!(updated(&mut rig, id), changes(|changes| changes.objects = true));
    assert_eq!(rig.update(peer(1), &location, &["lt=500"]), Code::CHANGED);
    assert_eq!(updated(&mut rig, id), changes(|changes| changes.lifetime = true));
    let registered = rig.server.registration(id).unwrap();
    let objects: Vec<_> = registered
        .objects()
        .iter()
        .map(|object| (object.id, object.instances.len()))
        .collect();
    assert_eq!(objects, [(3, 1), (11, 2)]);
    assert_eq!(
        update_list(&mut rig, &location, "</11/1>,</3/0>,</11/0>"),
        Code::CHANGED
    );
    assert_eq!(
        updated(&mut rig, id),
        Changes::default(),
        "in another order it is the same"
    );
    assert_eq!(
        update_list(&mut rig, &location, "</a>;rt=\"oma.lwm2m\",</a/3/0>"),
        Code::CHANGED
    );
    assert!(updated(&mut rig, id).objects);
    assert_eq!(rig.server.registration(id).unwrap().alternate_path(), "a");
    assert_eq!(rig.server.registration(id).unwrap().endpoint(), "one");
}

// proves: REG-33
#[test]
fn what_cannot_change_is_refused_and_nothing_changes() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    for queries in [
        &["ep=two", "lt=5"][..],
        &["lwm2m=1.2", "lt=5"],
        &["lt=5", "colour=red"],
        &["lt=soon"],
        &["lt=5", "b=UU"],
        &["lt=5", "Q=yes"],
    ] {
        assert_eq!(
            rig.update(peer(1), &location, queries),
            Code::BAD_REQUEST,
            "{queries:?}"
        );
    }
    assert_eq!(update_list(&mut rig, &location, "<<"), Code::BAD_REQUEST);
    assert!(rig.events().is_empty());
    let registered = rig.server.registration(id).unwrap();
    assert_eq!((registered.lifetime(), registered.endpoint()), (300, "one"));
    assert_eq!(registered.objects().iter().count(), 4);
}

#[test]
fn queue_mode_of_1_0_comes_and_goes_with_the_binding() {
    let mut rig = Rig::new();
    let (id, location) = rig.register_as(peer(1), &["ep=old", "lt=60", "lwm2m=1.0", "b=UQ"], LIST);
    assert!(rig.server.registration(id).unwrap().queue_mode());
    assert_eq!(rig.update(peer(1), &location, &["lt=70"]), Code::CHANGED);
    assert!(rig.server.registration(id).unwrap().queue_mode());
    assert_eq!(rig.update(peer(1), &location, &["b=U"]), Code::CHANGED);
    assert!(!rig.server.registration(id).unwrap().queue_mode());
    assert_eq!(rig.update(peer(1), &location, &["Q"]), Code::BAD_REQUEST);
}

// proves: REG-46
#[test]
fn a_deregister_ends_the_registration() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    assert_eq!(rig.deregister(peer(1), &location), Code::DELETED);
    let ended = Event::Ended {
        registration: id,
        endpoint: "one".into(),
        reason: EndReason::Deregistered,
    };
    assert_eq!(rig.events(), [ended]);
    assert!(rig.server.is_empty());
    assert_eq!(rig.server.find("one"), None);
    assert_eq!(rig.deregister(peer(1), &location), Code::NOT_FOUND);
    assert_eq!(rig.update(peer(1), &location, &[]), Code::NOT_FOUND);
    let (again, _) = rig.register(peer(1));
    assert_ne!(again, id);
}

#[test]
fn the_server_can_end_a_registration() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    assert!(rig.server.remove(rig.now, id));
    assert!(matches!(
        rig.event(),
        Event::Ended {
            reason: EndReason::Removed,
            ..
        }
    ));
    assert!(!rig.server.remove(rig.now, id));
    // int-105.
    assert_eq!(rig.update(peer(1), &location, &[]), Code::NOT_FOUND);
}
