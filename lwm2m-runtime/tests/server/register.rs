//! Register (LwM2M Core 1.2, section 6.2.1).

use std::collections::HashSet;

use lwm2m_runtime::{
    coap::{Code, OptionNumber, Peer},
    encoding::{Format, FormatSet, PayloadKind},
    model::{ObjectDefinition, Version},
    operation::{ProfileId, RegisterParameters, Status},
    server::{Authoriser, Event, Models, Server, ServerConfig},
};

use crate::support::{Con, LIST, LWM2M_1_1, Non, Rig, SEED, Written, peer, session};

// proves: REG-02 REG-11 REG-26 COAP-14
#[test]
fn a_register_is_answered_by_a_location_and_kept_with_all_it_says() {
    let mut rig = Rig::new();
    let queries = [
        "ep=urn:dev:ops:1-é",
        "lt=60",
        "lwm2m=1.1",
        "b=UT",
        "Q",
        "sms=4912345",
    ];
    let answer = rig.try_register(peer(7), &queries, LIST);
    assert_eq!(answer.code, Code::CREATED);
    let location = answer.texts(OptionNumber::LOCATION_PATH);
    assert_eq!((location.len(), location[0].as_str()), (2, "rd"));
    let Event::Registered {
        registration,
        replaced: None,
    } = rig.event()
    else {
        panic!("nobody was there before");
    };
    let registered = rig.server.registration(registration).unwrap();
    assert_eq!(registered.endpoint(), "urn:dev:ops:1-é");
    assert_eq!((registered.lifetime(), registered.version()), (60, Version::V1_1));
    assert_eq!(registered.binding().to_string(), "UT");
    assert!(registered.queue_mode());
    assert_eq!(registered.sms(), Some("4912345"));
    assert_eq!(registered.peer(), peer(7));
    assert_eq!(registered.alternate_path(), "");
    assert_eq!(registered.location().as_str(), location.join("/"));
    assert_eq!(
        (registered.registered_at(), registered.seen_at()),
        (rig.now, rig.now)
    );
    let objects: Vec<_> = registered
        .objects()
        .iter()
        .map(|object| (object.id, object.instances.to_vec()))
        .collect();
    assert_eq!(
        objects,
        [(1, vec![0]), (3, vec![0]), (5, vec![]), (3303, vec![0, 1])]
    );
    assert_eq!(rig.server.find("urn:dev:ops:1-é"), Some(registration));
    assert_eq!(rig.server.find_peer(peer(7)), Some(registration));
    assert_eq!((rig.server.find("one"), rig.server.len()), (None, 1));
}

// proves: REG-03
#[test]
fn missing_malformed_and_unknown_parameters_are_refused() {
    let mut rig = Rig::new();
    for queries in [
        &["lt=60", "lwm2m=1.1"][..],
        &["ep=one", "lwm2m=1.1"],
        &["ep=one", "lt=60"],
        &["ep=", "lt=60", "lwm2m=1.1"],
        &["ep=one", "lt=-1", "lwm2m=1.1"],
        &["ep=one", "lt=4294967296", "lwm2m=1.1"],
        &["ep=one", "lt=60", "lwm2m=1.1", "b=X"],
        &["ep=one", "lt=60", "lwm2m=1.1", "colour=red"],
        &["ep=one", "ep=two", "lt=60", "lwm2m=1.1"],
        &["ep=one", "lt=60", "lwm2m=1.0", "Q"],
    ] {
        assert_eq!(
            rig.try_register(peer(1), queries, LIST).code,
            Code::BAD_REQUEST,
            "{queries:?}"
        );
    }
    assert!(rig.server.is_empty());
    assert!(rig.events().is_empty());
}

// proves: REG-07
#[test]
fn a_version_that_is_not_served_is_refused_whatever_else_is_said() {
    let config = ServerConfig {
        versions: &[Version::V1_0, Version::V1_1],
        ..Default::default()
    };
    let mut rig = Rig::with(config);
    for version in ["lwm2m=1.2", "lwm2m=2.0", "lwm2m=1.9"] {
        let queries = ["ep=one", "lt=60", version, "colour=red"];
        assert_eq!(
            rig.try_register(peer(1), &queries, LIST).code,
            Code::PRECONDITION_FAILED
        );
    }
    let queries = ["ep=one", "lt=60", "lwm2m=1.0"];
    assert_eq!(rig.try_register(peer(1), &queries, LIST).code, Code::CREATED);
}

// proves: VER-03
#[test]
fn a_newer_minor_version_is_served_when_configured() {
    const SERVED: [Version; 2] = [Version::V1_2, Version::new(1, 3)];
    let mut rig = Rig::with(ServerConfig {
        versions: &SERVED,
        ..Default::default()
    });
    let (id, _) = rig.register_as(peer(1), &["ep=new", "lt=60", "lwm2m=1.3"], LIST);
    assert_eq!(rig.server.registration(id).unwrap().version(), Version::new(1, 3));
    let queries = ["ep=newer", "lt=60", "lwm2m=1.4"];
    assert_eq!(
        rig.try_register(peer(2), &queries, LIST).code,
        Code::PRECONDITION_FAILED
    );
}

// proves: REG-82
#[test]
fn the_number_for_short_messages_may_be_an_external_identifier() {
    let mut rig = Rig::new();
    for (sms, version) in [
        ("4915112345", "lwm2m=1.0"),
        ("device-7@operator.example", "lwm2m=1.1"),
    ] {
        let (id, _) = rig.register_as(
            peer(1),
            &["ep=one", "lt=60", version, &format!("sms={sms}")],
            LIST,
        );
        assert_eq!(rig.server.registration(id).unwrap().sms(), Some(sms));
    }
}

// proves: REG-09
#[test]
fn a_client_of_1_0_without_a_lifetime_has_a_day() {
    let mut rig = Rig::new();
    let (id, _) = rig.register_as(peer(1), &["ep=old", "lwm2m=1.0"], LIST);
    assert_eq!(rig.server.registration(id).unwrap().lifetime(), 86_400);
}

// proves: REG-75 REG-73
#[test]
fn the_binding_is_read_by_the_version() {
    let mut rig = Rig::new();
    let (old, _) = rig.register_as(peer(1), &["ep=old", "lt=60", "lwm2m=1.0", "b=UQS"], LIST);
    let old = rig.server.registration(old).unwrap();
    assert!(old.queue_mode());
    assert_eq!(old.binding().to_string(), "UQS");
    for (binding, version) in [
        ("b=UQS", "lwm2m=1.1"),
        ("b=UQSQ", "lwm2m=1.0"),
        ("b=USQ", "lwm2m=1.0"),
    ] {
        let queries = ["ep=new", "lt=60", version, binding];
        assert_eq!(rig.try_register(peer(2), &queries, LIST).code, Code::BAD_REQUEST);
    }
    let (new, _) = rig.register_as(peer(2), &["ep=new", "lt=60", "lwm2m=1.1", "b=U", "Q"], LIST);
    assert!(rig.server.registration(new).unwrap().queue_mode());
}

// proves: REG-27
#[test]
fn a_register_replaces_the_one_before() {
    let mut rig = Rig::new();
    let (first, old) = rig.register(peer(1));
    let answer = rig.try_register(peer(1), &LWM2M_1_1, LIST);
    let new = answer.texts(OptionNumber::LOCATION_PATH).join("/");
    assert_ne!(old, new);
    let Event::Registered {
        registration,
        replaced,
    } = rig.event()
    else {
        panic!("it is one event");
    };
    assert_eq!(replaced, Some(first));
    assert_ne!(registration, first);
    assert_eq!(rig.server.len(), 1);
    assert!(rig.server.registration(first).is_none());
    assert_eq!(rig.update(peer(1), &old, &[]), Code::NOT_FOUND);
    assert_eq!(rig.update(peer(1), &new, &[]), Code::CHANGED);
}

// proves: REG-95
#[test]
fn a_repeated_register_has_the_same_answer_and_happens_once() {
    let mut rig = Rig::new();
    let register = rig
        .post("rd")
        .queries(&LWM2M_1_1)
        .uint(OptionNumber::CONTENT_FORMAT, 40)
        .payload(LIST.as_bytes());
    let first = rig.ask(peer(1), &register);
    let again = rig.ask(peer(1), &register);
    assert_eq!(first, again);
    assert_eq!(rig.events().len(), 1);
}

// proves: ROB-42
#[test]
fn locations_are_random_and_say_nothing() {
    let mut rig = Rig::new();
    let mut seen = HashSet::new();
    let mut first_characters = HashSet::new();
    for number in 0..2_000 {
        let endpoint = format!("ep=device-{number}");
        let (_, location) = rig.register_as(peer(1_000 + number), &[&endpoint, "lt=60", "lwm2m=1.1"], LIST);
        let registration = location.strip_prefix("rd/").unwrap().to_owned();
        // 64 bits in 11 characters of 6.
        assert_eq!(registration.len(), 11);
        first_characters.insert(registration.as_bytes()[5]);
        assert!(seen.insert(registration));
    }
    assert_eq!(first_characters.len(), 64, "every character is used");
    let mut other = Rig::of(Server::new(ServerConfig::default(), SEED + 1));
    let (_, location) = other.register(peer(1));
    assert!(
        !seen.contains(location.strip_prefix("rd/").unwrap()),
        "another seed, other locations"
    );
}

#[test]
fn what_is_printed_for_people_has_no_location_and_no_control_characters() {
    let mut rig = Rig::new();
    let (id, location) = rig.register_as(peer(1), &["ep=\u{202e}\"two\"", "lt=60", "lwm2m=1.1"], LIST);
    let registration = rig.server.registration(id).unwrap();
    let secret = location.strip_prefix("rd/").unwrap();
    for printed in [format!("{registration:?}"), format!("{:?}", rig.server)] {
        assert!(printed.contains(r#"\u{202e}\"two\""#), "{printed}");
        assert!(!printed.contains(secret));
    }
}

// proves: ROB-41
#[test]
fn names_that_are_long_or_have_control_characters_are_refused() {
    let config = ServerConfig {
        max_endpoint_name: 20,
        ..Default::default()
    };
    let mut rig = Rig::with(config);
    for name in [
        "ep=a\nb",
        "ep=a\0",
        "ep=\u{9f}",
        "ep=a\u{7f}",
        "ep=123456789012345678901",
    ] {
        let queries = [name, "lt=60", "lwm2m=1.1"];
        assert_eq!(
            rig.try_register(peer(1), &queries, LIST).code,
            Code::BAD_REQUEST,
            "{name:?}"
        );
    }
    for name in ["ep=12345678901234567890", "ep=urn:uuid:1/#+\"<b>"] {
        let (id, location) = rig.register_as(peer(1), &[name, "lt=60", "lwm2m=1.1"], LIST);
        assert_eq!(rig.server.registration(id).unwrap().endpoint(), &name[3..]);
        assert!(!location.contains(&name[3..6]));
    }
}

/// Knows two sessions, and forbids `evil`.
#[derive(Debug)]
struct Doorman;

impl Authoriser for Doorman {
    fn identity(&self, peer: Peer) -> Option<&str> {
        match peer.session {
            1 => Some("one"),
            2 => Some("two"),
            _ => None,
        }
    }

    fn register(&mut self, peer: Peer, endpoint: &str, _: &RegisterParameters<'_>) -> Result<(), Status> {
        match endpoint {
            "evil" => Err(Status::Forbidden),
            "stranger" => Err(Status::BadRequest),
            "one" | "two" if peer.session == 0 => Err(Status::Unauthorized),
            _ => Ok(()),
        }
    }
}

fn guarded() -> Rig {
    Rig::of(Server::new(ServerConfig::default(), SEED).with_authoriser(Box::new(Doorman)))
}

// proves: REG-04 REG-05 ROB-46
#[test]
fn who_may_not_register_does_not() {
    let mut rig = guarded();
    for (name, code) in [
        ("ep=evil", Code::FORBIDDEN),
        ("ep=stranger", Code::BAD_REQUEST),
        ("ep=one", Code::UNAUTHORIZED),
        ("ep=other", Code::CREATED),
    ] {
        assert_eq!(
            rig.try_register(peer(1), &[name, "lt=60", "lwm2m=1.1"], LIST)
                .code,
            code
        );
    }
    assert_eq!(rig.server.len(), 1);
}

// proves: REG-13 REG-14 ROB-43
#[test]
fn the_name_is_that_of_the_authenticated_identity() {
    let mut rig = guarded();
    let unnamed = ["lt=60", "lwm2m=1.1"];
    let (id, _) = rig.register_as(session(1, 1), &unnamed, LIST);
    assert_eq!(rig.server.registration(id).unwrap().endpoint(), "one");
    assert_eq!(
        rig.try_register(session(2, 9), &unnamed, LIST).code,
        Code::BAD_REQUEST
    );
    let lie = ["ep=one", "lt=60", "lwm2m=1.1"];
    assert_eq!(
        rig.try_register(session(2, 2), &lie, LIST).code,
        Code::BAD_REQUEST
    );
    let registered = rig.server.registration(id).unwrap();
    assert_eq!(registered.peer(), session(1, 1), "it is as before");
}

/// Knows what two profile identifiers stand for.
#[derive(Debug)]
struct Profiles;

impl Models for Profiles {
    fn object(&self, _: u16, _: Version) -> Option<&'static ObjectDefinition> {
        None
    }

    fn profile(&self, profile_id: ProfileId<'_>) -> Option<&str> {
        match profile_id.as_str() {
            "oma:basic" => Some("</0/0>,</1/0>,</3/0>"),
            "6:12345678" => Some("</5/0>"),
            _ => None,
        }
    }
}

// proves: REG-06 REG-85 REG-86
#[test]
fn profile_identifiers_stand_for_lists() {
    let config = ServerConfig {
        models: &Profiles,
        ..Default::default()
    };
    let mut rig = Rig::with(config);
    let mut objects = |queries: &[&str], links| {
        let (id, _) = rig.register_as(peer(1), queries, links);
        let registered = rig.server.registration(id).unwrap();
        let objects: Vec<u16> = registered.objects().iter().map(|object| object.id).collect();
        let profiles: Vec<_> = registered.profile_ids().map(ProfileId::as_str).collect();
        (objects, profiles.join(" "))
    };
    // int-110, int-111.
    let base = ["ep=one", "lt=60", "lwm2m=1.2", "pid=oma:basic"];
    assert_eq!(objects(&base, ""), (vec![1, 3], "oma:basic".into()));
    assert_eq!(objects(&base, "</4/0>"), (vec![1, 3, 4], "oma:basic".into()));
    let both = ["ep=one", "lt=60", "lwm2m=1.2", "pid=\"oma:basic,6:12345678\""];
    assert_eq!(objects(&both, ""), (vec![1, 3, 5], "oma:basic 6:12345678".into()));
    for queries in [
        &["ep=one", "lt=60", "lwm2m=1.2", "pid=v:unknown"][..],
        &["ep=one", "lt=60", "lwm2m=1.2"],
    ] {
        assert_eq!(rig.try_register(peer(1), queries, "").code, Code::CONFLICT);
    }
}

// proves: REG-98
#[test]
fn a_client_of_1_0_is_not_told_of_conflicts() {
    let mut rig = Rig::new();
    let queries = ["ep=one", "lt=60", "lwm2m=1.0"];
    assert_eq!(rig.try_register(peer(1), &queries, "").code, Code::BAD_REQUEST);
}

// proves: REG-22
#[test]
fn announced_formats_decide_what_is_asked_for() {
    let mut rig = Rig::new();
    let (plain, _) = rig.register(peer(1));
    let queries = ["ep=two", "lt=60", "lwm2m=1.1"];
    let (json, _) = rig.register_as(peer(2), &queries, "</>;ct=110,</3/0>");
    let preferred = |id, kind| rig.server.registration(id).unwrap().formats().preferred(kind);
    assert_eq!(preferred(json, PayloadKind::Values), Some(Format::SenmlJson));
    assert_eq!(preferred(plain, PayloadKind::Values), Some(Format::SenmlCbor));
    let formats = rig.server.registration(json).unwrap().formats();
    assert!(
        formats
            .peer()
            .contains_all(FormatSet::of(&[Format::SenmlJson, Format::Text]))
    );
}

// proves: COAP-10 COAP-23
#[test]
fn other_resources_and_methods_are_refused() {
    let mut rig = Rig::new();
    for (code, path, expected) in [
        (Code::GET, "rd", Code::METHOD_NOT_ALLOWED),
        (Code::PUT, "rd", Code::METHOD_NOT_ALLOWED),
        (Code::DELETE, "rd", Code::METHOD_NOT_ALLOWED),
        (Code::GET, "dp", Code::METHOD_NOT_ALLOWED),
        (Code::GET, "3/0", Code::NOT_FOUND),
        (Code::POST, "", Code::NOT_FOUND),
        (Code::POST, "bs", Code::NOT_FOUND),
        (Code::POST, "rd/AAAAAAAAAAA", Code::NOT_FOUND),
        (Code::DELETE, "rd/AAAAAAAAAAA", Code::NOT_FOUND),
    ] {
        let queries: &[&str] = match path {
            "bs" => &["ep=one"],
            _ => &[],
        };
        let message = Written::new(Con, code, rig.id()).path(path).queries(queries);
        assert_eq!(rig.ask(peer(1), &message).code, expected, "{code} {path}");
    }
    assert!(rig.events().is_empty());
}

#[test]
fn a_non_confirmable_register_is_answered_in_kind() {
    let mut rig = Rig::new();
    let register = Written::new(Non, Code::POST, 5)
        .path("rd")
        .queries(&LWM2M_1_1)
        .payload(LIST.as_bytes());
    rig.put(peer(1), &register);
    let answer = rig.one();
    assert_eq!((answer.kind, answer.code), (Non, Code::CREATED));
}

#[test]
fn registrations_are_limited() {
    let config = ServerConfig {
        max_registrations: 2,
        ..Default::default()
    };
    let mut rig = Rig::with(config);
    let code = |rig: &mut Rig, from, endpoint: &str| {
        rig.try_register(peer(from), &[endpoint, "lt=60", "lwm2m=1.1"], LIST)
            .code
    };
    assert_eq!(code(&mut rig, 1, "ep=one"), Code::CREATED);
    assert_eq!(code(&mut rig, 2, "ep=two"), Code::CREATED);
    assert_eq!(code(&mut rig, 3, "ep=three"), Code::SERVICE_UNAVAILABLE);
    assert_eq!(
        code(&mut rig, 3, "ep=two"),
        Code::CREATED,
        "it takes the place of its own"
    );
    assert_eq!(
        code(&mut rig, 3, "ep=four"),
        Code::CREATED,
        "and of another one at its address"
    );
    assert_eq!(rig.server.len(), 2);
}

#[test]
fn a_register_in_blocks_is_put_together() {
    let mut rig = Rig::new();
    let list: String = (0..200).map(|instance| format!("</3303/{instance}>,")).collect();
    let list = list.trim_end_matches(',');
    let blocks: Vec<&[u8]> = list.as_bytes().chunks(1024).collect();
    let last = blocks.len() - 1;
    for (number, block) in blocks.iter().enumerate() {
        let more = u32::from(number < last);
        let message = rig
            .post("rd")
            .queries(&LWM2M_1_1)
            .uint(OptionNumber::CONTENT_FORMAT, 40)
            .uint(OptionNumber::BLOCK1, (number as u32) << 4 | more << 3 | 6);
        let message = Written {
            payload: block,
            ..message
        };
        let expected = if number < last {
            Code::CONTINUE
        } else {
            Code::CREATED
        };
        assert_eq!(rig.ask(peer(1), &message).code, expected);
    }
    let id = rig.server.find("one").unwrap();
    let registered = rig.server.registration(id).unwrap();
    assert_eq!(registered.objects().get(3303).unwrap().instances.len(), 200);
}
