//! Who may act on a registration, and from where.

use lwm2m_runtime::{
    coap::{Code, OptionNumber, Peer},
    encoding::ContentFormat,
    model::Path,
    operation::Request,
    server::{AddressChange, Authoriser, DuplicateEndpoint, EndReason, Event, Server, ServerConfig},
};

use crate::support::{Con, LIST, LWM2M_1_1, Rig, SEED, Sent, Written, peer, session};

fn rig(mutate: impl FnOnce(&mut ServerConfig)) -> Rig {
    let mut config = ServerConfig::default();
    mutate(&mut config);
    Rig::with(config)
}

/// The same request again, with the value that the server gave.
fn with_echo(rig: &mut Rig, message: &Written<'static>, challenge: &Sent) -> Written<'static> {
    assert_eq!(challenge.code, Code::UNAUTHORIZED);
    let mut echo = challenge
        .options
        .iter()
        .filter(|option| option.0 == OptionNumber::ECHO);
    let echo = echo.next().expect("a challenge has a value").1.clone();
    let mut again = message.clone();
    again.id = rig.id();
    again.option(OptionNumber::ECHO, &echo)
}

// proves: REG-56 COAP-17
#[test]
fn an_update_from_a_new_address_is_proved_before_it_counts() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    let update = rig.post(&location);
    let challenge = rig.ask(peer(2), &update);
    assert!(rig.events().is_empty(), "nothing is done");
    assert_eq!(rig.server.registration(id).unwrap().peer(), peer(1));
    let again = with_echo(&mut rig, &update, &challenge);
    // The value is for that address alone.
    let stolen = Written {
        id: 9_999,
        ..again.clone()
    };
    assert_eq!(rig.ask(peer(3), &stolen).code, Code::UNAUTHORIZED);
    assert_eq!(rig.ask(peer(2), &again).code, Code::CHANGED);
    let Event::Updated {
        registration,
        changes,
    } = rig.event()
    else {
        panic!("the registration is kept");
    };
    assert_eq!((registration, changes.peer, changes.lifetime), (id, true, false));
    // int-1350: requests go to the new address from now on.
    let read = Request::Read {
        path: Path::instance(3, 0),
        accept: Some(ContentFormat::TLV),
    };
    rig.server.request(rig.now, id, &read).unwrap();
    assert_eq!(rig.one().peer, peer(2));
}

#[test]
fn an_old_proof_is_none() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    let update = rig.post(&location);
    let challenge = rig.ask(peer(2), &update);
    rig.seconds(61);
    let again = with_echo(&mut rig, &update, &challenge);
    assert_eq!(rig.ask(peer(2), &again).code, Code::UNAUTHORIZED);
    assert_eq!(rig.server.registration(id).unwrap().peer(), peer(1));
}

#[test]
fn policies_on_new_addresses_are_kept() {
    for (policy, code) in [
        (AddressChange::Trusted, Code::CHANGED),
        (AddressChange::Refused, Code::NOT_FOUND),
    ] {
        let mut rig = rig(|config| config.address_change = policy);
        let (id, location) = rig.register(peer(1));
        assert_eq!(rig.update(peer(2), &location, &[]), code);
        let expected = if code == Code::CHANGED { peer(2) } else { peer(1) };
        assert_eq!(rig.server.registration(id).unwrap().peer(), expected);
    }
}

#[test]
fn a_deregister_from_a_new_address_is_proved_before_it_counts() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    let message = Written::new(Con, Code::DELETE, rig.id()).path(&location);
    let challenge = rig.ask(peer(2), &message);
    assert!(rig.server.registration(id).is_some());
    let again = with_echo(&mut rig, &message, &challenge);
    assert_eq!(rig.ask(peer(2), &again).code, Code::DELETED);
    assert!(rig.server.is_empty());
}

/// Session 1 and 2 are the same identity, session 3 is another one.
#[derive(Debug)]
struct Sessions;

impl Authoriser for Sessions {
    fn identity(&self, peer: Peer) -> Option<&str> {
        match peer.session {
            1 | 2 => Some("one"),
            3 => Some("three"),
            _ => None,
        }
    }
}

fn secured() -> Rig {
    Rig::of(Server::new(ServerConfig::default(), SEED).with_authoriser(Box::new(Sessions)))
}

// proves: ROB-44
#[test]
fn only_the_identity_that_registered_may_update_and_end() {
    let mut rig = secured();
    let (id, location) = rig.register(session(1, 1));
    for stranger in [session(1, 3), session(1, 9), peer(1)] {
        assert_eq!(rig.update(stranger, &location, &["lt=5"]), Code::NOT_FOUND);
        assert_eq!(rig.deregister(stranger, &location), Code::NOT_FOUND);
    }
    let registered = rig.server.registration(id).unwrap();
    assert_eq!((registered.lifetime(), registered.peer()), (300, session(1, 1)));
    // A new session of the same identity, and the same session at a new address.
    assert_eq!(rig.update(session(1, 2), &location, &[]), Code::CHANGED);
    assert_eq!(rig.update(session(5, 2), &location, &[]), Code::CHANGED);
    assert_eq!(rig.server.registration(id).unwrap().peer(), session(5, 2));
}

// proves: ROB-45
#[test]
fn nobody_without_a_session_takes_over_an_endpoint_with_one() {
    let mut rig = secured();
    let (id, _) = rig.register(session(1, 1));
    assert_eq!(rig.try_register(peer(1), &LWM2M_1_1, LIST).code, Code::FORBIDDEN);
    assert!(rig.server.registration(id).is_some());
    let (again, _) = rig.register(session(9, 2));
    assert!(rig.server.registration(id).is_none());
    assert_eq!(rig.server.find("one"), Some(again));
}

// proves: REG-06
#[test]
fn policies_on_duplicate_endpoints_are_kept() {
    let register = |rig: &mut Rig| {
        rig.post("rd")
            .queries(&LWM2M_1_1)
            .uint(OptionNumber::CONTENT_FORMAT, 40)
            .payload(LIST.as_bytes())
    };
    let mut open = Rig::new();
    let (first, _) = open.register(peer(1));
    let message = register(&mut open);
    assert_eq!(open.ask(peer(2), &message).code, Code::CREATED);
    assert!(open.server.registration(first).is_none());

    let mut validated = rig(|config| config.duplicate_endpoint = DuplicateEndpoint::Validated);
    let (first, _) = validated.register(peer(1));
    let message = register(&mut validated);
    let challenge = validated.ask(peer(2), &message);
    assert!(validated.server.registration(first).is_some());
    let again = with_echo(&mut validated, &message, &challenge);
    assert_eq!(validated.ask(peer(2), &again).code, Code::CREATED);
    assert!(validated.server.registration(first).is_none());

    let mut refused = rig(|config| config.duplicate_endpoint = DuplicateEndpoint::Refuse);
    let (first, location) = refused.register(peer(1));
    let message = register(&mut refused);
    assert_eq!(refused.ask(peer(2), &message).code, Code::CONFLICT);
    assert!(refused.server.registration(first).is_some());
    let message = register(&mut refused);
    assert_eq!(
        refused.ask(peer(1), &message).code,
        Code::CREATED,
        "it is the same client"
    );
    assert_eq!(refused.update(peer(1), &location, &[]), Code::NOT_FOUND);
}

#[test]
fn another_endpoint_at_the_same_address_ends_the_one_before() {
    let mut rig = Rig::new();
    let (first, location) = rig.register(peer(1));
    let answer = rig.try_register(peer(1), &["ep=two", "lt=60", "lwm2m=1.1"], LIST);
    assert_eq!(answer.code, Code::CREATED);
    let events = rig.events();
    assert!(matches!(
        &events[..],
        [
            Event::Ended { registration, reason: EndReason::AddressTaken, .. },
            Event::Registered { replaced: None, .. }
        ] if *registration == first
    ));
    assert_eq!(rig.update(peer(1), &location, &[]), Code::NOT_FOUND);
    assert_eq!(rig.server.len(), 1);
}

#[test]
fn an_update_from_an_address_of_another_ends_that_one() {
    let mut rig = rig(|config| config.address_change = AddressChange::Trusted);
    let (first, _) = rig.register(peer(1));
    let (_, location) = rig.register_as(peer(2), &["ep=two", "lt=60", "lwm2m=1.1"], LIST);
    assert_eq!(rig.update(peer(1), &location, &[]), Code::CHANGED);
    assert!(matches!(
        &rig.events()[..],
        [
            Event::Ended { registration, reason: EndReason::AddressTaken, .. },
            Event::Updated { .. }
        ] if *registration == first
    ));
    assert_eq!(rig.server.find_peer(peer(1)), rig.server.find("two"));
    assert_eq!(rig.server.find_peer(peer(2)), None);
}

// proves: ROB-14
#[test]
fn addresses_can_have_to_be_proved_before_anything() {
    let mut rig = rig(|config| config.validate_registrations = true);
    let register = rig
        .post("rd")
        .queries(&LWM2M_1_1)
        .uint(OptionNumber::CONTENT_FORMAT, 40)
        .payload(LIST.as_bytes());
    let challenge = rig.ask(peer(1), &register);
    assert!(rig.server.is_empty());
    let again = with_echo(&mut rig, &register, &challenge);
    assert_eq!(rig.ask(peer(1), &again).code, Code::CREATED);
    // Whatever the answer: never more than three times what was asked.
    for number in 0..200_u16 {
        let message = Written::new(Con, Code::POST, number).path("rd").token(&[]);
        let asked = message.bytes().len();
        rig.server.handle_input(rig.now, peer(50), &message.bytes());
        while let Some(sent) = rig.server.poll_transmit() {
            assert!(sent.datagram.len() <= 3 * asked);
        }
    }
}
