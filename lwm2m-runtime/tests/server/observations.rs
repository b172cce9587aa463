//! What clients notify of (LwM2M Core 1.2, section 6.4; RFC 7641).

use lwm2m_runtime::{
    coap::{Code, OptionNumber, Peer},
    encoding::ContentFormat,
    link::NotificationAttributes,
    model::Path,
    operation::{Payload, Request, Status},
    server::{
        AddressChange, Answer, EndReason, Event, Failure, ObservationEnd, ObservationId, RegistrationId,
        RequestError, ServerConfig,
    },
};

use crate::support::{Ack, Con, LIST, Non, Rig, Rst, Sent, Written, peer};

const OBSERVE: Request<'static> = Request::Observe {
    path: Path::resource(3, 0, 9),
    accept: Some(ContentFormat::TEXT),
    attributes: NONE,
};
const NONE: NotificationAttributes = NotificationAttributes {
    pmin: None,
    pmax: None,
    gt: None,
    lt: None,
    st: None,
    epmin: None,
    epmax: None,
    edge: None,
    con: None,
    hqmax: None,
};

/// A client, observed.
struct Observed {
    rig: Rig,
    id: RegistrationId,
    location: String,
    observation: ObservationId,
    token: Vec<u8>,
    message: u16,
}

impl Observed {
    fn new(config: ServerConfig) -> Self {
        let mut rig = Rig::with(config);
        let (id, location) = rig.register(peer(1));
        let observation = rig.server.observe(rig.now, id, &OBSERVE).unwrap();
        let sent = rig.one();
        assert_eq!(sent.uint(OptionNumber::OBSERVE), Some(0));
        accept(&mut rig, &sent, 1);
        assert!(matches!(rig.event(), Event::ObservationStarted { .. }));
        Self {
            rig,
            id,
            location,
            observation,
            token: sent.token,
            message: 5_000,
        }
    }

    fn note(&mut self, number: u32, payload: &'static [u8]) -> Written<'static> {
        self.message += 1;
        Written::new(Con, Code::CONTENT, self.message)
            .token(&self.token)
            .uint(OptionNumber::OBSERVE, number)
            .uint(OptionNumber::CONTENT_FORMAT, 0)
            .payload(payload)
    }

    /// A notification from an address, and what the server says to it.
    fn notify_from(&mut self, from: Peer, number: u32, payload: &'static [u8]) -> Sent {
        let note = self.note(number, payload);
        self.rig.put(from, &note);
        let mut sent = self.rig.sent();
        let answer = sent.remove(0);
        assert_eq!(answer.id, note.id);
        answer
    }

    /// The values that came.
    fn values(&mut self) -> Vec<(u32, Vec<u8>)> {
        let events = self.rig.events().into_iter();
        events
            .map(|event| match event {
                Event::Notification {
                    observation,
                    number,
                    answer,
                    ..
                } => {
                    assert_eq!(observation, self.observation);
                    (number, answer.payload.unwrap().1)
                }
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn ended(&mut self) -> ObservationEnd {
        match self.rig.event() {
            Event::ObservationEnded {
                observation, reason, ..
            } => {
                assert_eq!(observation, self.observation);
                reason
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The device observes.
fn accept(rig: &mut Rig, asked: &Sent, number: u32) {
    let answer = Written::new(Ack, Code::CONTENT, asked.id)
        .token(&asked.token)
        .uint(OptionNumber::OBSERVE, number)
        .uint(OptionNumber::CONTENT_FORMAT, 0)
        .payload(b"first");
    rig.put(asked.peer, &answer);
}

// proves: REP-42 REP-40
#[test]
fn an_observation_begins_with_a_value_and_goes_on() {
    let mut rig = Rig::new();
    let (id, _) = rig.register(peer(1));
    let observation = rig.server.observe(rig.now, id, &OBSERVE).unwrap();
    let sent = rig.one();
    assert_eq!((sent.code, sent.path()), (Code::GET, "/3/0/9".into()));
    assert_eq!(sent.uint(OptionNumber::OBSERVE), Some(0));
    assert_eq!(sent.uint(OptionNumber::ACCEPT), Some(0));
    accept(&mut rig, &sent, 12);
    let started = Event::ObservationStarted {
        observation,
        registration: id,
        answer: Answer {
            status: Status::Content,
            payload: Some((ContentFormat::TEXT, b"first".to_vec())),
            created: None,
        },
    };
    assert_eq!(rig.events(), [started]);
    assert_eq!(rig.server.observed(observation), Some(Path::resource(3, 0, 9)));
    assert_eq!(rig.server.observations(id).collect::<Vec<_>>(), [observation]);
    let notification = Written::new(Con, Code::CONTENT, 900)
        .token(&sent.token)
        .uint(OptionNumber::OBSERVE, 13)
        .uint(OptionNumber::CONTENT_FORMAT, 110)
        .payload(b"[]");
    rig.put(peer(1), &notification);
    let acknowledged = rig.one();
    assert_eq!(
        (acknowledged.kind, acknowledged.code, acknowledged.id),
        (Ack, Code::EMPTY, 900)
    );
    let Event::Notification {
        registration,
        number,
        answer,
        ..
    } = rig.event()
    else {
        panic!("it has notified");
    };
    assert_eq!((registration, number), (id, 13));
    assert_eq!(
        answer.payload,
        Some((ContentFormat::SENML_JSON, b"[]".to_vec())),
        "in its own format"
    );
}

// proves: REP-08 ROB-10
#[test]
fn notifications_that_were_overtaken_are_not_delivered() {
    let mut observed = Observed::new(ServerConfig::default());
    for (number, payload) in [(5, b"5"), (7, b"7"), (6, b"6"), (8, b"8"), (1, b"1")] {
        let answer = observed.notify_from(peer(1), number, payload);
        assert_eq!(
            (answer.kind, answer.code),
            (Ack, Code::EMPTY),
            "all are acknowledged"
        );
    }
    let numbers = |values: Vec<(u32, Vec<u8>)>| values.into_iter().map(|value| value.0).collect::<Vec<_>>();
    assert_eq!(numbers(observed.values()), [5, 7, 8]);
    // After 128 seconds any number is newer; the numbers wrap.
    observed.rig.seconds(129);
    observed.notify_from(peer(1), 2, b"2");
    observed.rig.seconds(129);
    observed.notify_from(peer(1), 0xff_ffff, b"x");
    observed.notify_from(peer(1), 3, b"3");
    assert_eq!(numbers(observed.values()), [2, 0xff_ffff, 3]);
}

// proves: COAP-15
#[test]
fn an_observation_does_not_grow_old() {
    let mut observed = Observed::new(ServerConfig::default());
    let location = observed.location.clone();
    let note = observed.note(5, b"5").uint(OptionNumber::MAX_AGE, 1);
    observed.rig.put(peer(1), &note);
    observed.rig.sent();
    // Nothing for two days but Updates.
    for _ in 0..600 {
        observed.rig.seconds(290);
        assert_eq!(observed.rig.update(peer(1), &location, &[]), Code::CHANGED);
    }
    observed.rig.events();
    assert_eq!(observed.notify_from(peer(1), 6, b"6").kind, Ack);
    assert_eq!(observed.values(), [(6, b"6".to_vec())]);
}

#[test]
fn a_repeated_notification_counts_once() {
    let mut observed = Observed::new(ServerConfig::default());
    let note = observed.note(5, b"5");
    for _ in 0..3 {
        observed.rig.put(peer(1), &note);
        assert_eq!(observed.rig.one().kind, Ack);
    }
    assert_eq!(observed.values().len(), 1);
}

// proves: REP-09 ROB-48
#[test]
fn notifications_of_nobody_and_of_others_are_rejected() {
    let mut observed = Observed::new(ServerConfig::default());
    let queries = ["ep=two", "lt=60", "lwm2m=1.1"];
    observed.rig.register_as(peer(2), &queries, LIST);
    for stranger in [peer(2), peer(3)] {
        assert_eq!(observed.notify_from(stranger, 9, b"forged").kind, Rst);
    }
    let token = std::mem::replace(&mut observed.token, vec![1, 2, 3]);
    assert_eq!(observed.notify_from(peer(1), 9, b"unknown").kind, Rst);
    let mut quiet = observed.note(10, b"unknown");
    quiet.kind = Non;
    observed.rig.put(peer(1), &quiet);
    assert_eq!(
        observed.rig.sent(),
        [],
        "nobody can make the server talk to others"
    );
    observed.token = token;
    assert_eq!(observed.notify_from(peer(1), 9, b"9").kind, Ack);
    assert_eq!(observed.values(), [(9, b"9".to_vec())]);
}

// proves: REP-14
#[test]
fn a_cancel_has_path_token_and_accept_of_the_observe() {
    let mut observed = Observed::new(ServerConfig::default());
    assert!(
        observed
            .rig
            .server
            .cancel_observation(observed.rig.now, observed.observation)
    );
    let sent = observed.rig.one();
    assert_eq!(sent.token, observed.token);
    assert_eq!((sent.code, sent.path()), (Code::GET, "/3/0/9".into()));
    assert_eq!(sent.uint(OptionNumber::OBSERVE), Some(1));
    assert_eq!(sent.uint(OptionNumber::ACCEPT), Some(0));
    observed.rig.answer(&sent, Code::CONTENT, Some(0), b"last");
    assert_eq!(observed.ended(), ObservationEnd::Cancelled);
    assert_eq!(observed.rig.server.observed(observed.observation), None);
    assert_eq!(observed.notify_from(peer(1), 9, b"9").kind, Rst);
    assert!(
        !observed
            .rig
            .server
            .cancel_observation(observed.rig.now, observed.observation)
    );
}

#[test]
fn what_comes_between_cancel_and_answer_is_rejected() {
    let mut observed = Observed::new(ServerConfig::default());
    // Another request is open: the cancel has to wait.
    let other = Request::Read {
        path: Path::instance(3, 0),
        accept: None,
    };
    observed
        .rig
        .server
        .request(observed.rig.now, observed.id, &other)
        .unwrap();
    observed.rig.sent();
    assert!(
        observed
            .rig
            .server
            .cancel_observation(observed.rig.now, observed.observation)
    );
    assert!(observed.rig.sent().is_empty());
    assert_eq!(observed.notify_from(peer(1), 9, b"9").kind, Rst);
    assert!(observed.rig.events().is_empty());
}

#[test]
fn an_observation_that_is_cancelled_before_it_began_never_begins() {
    let mut rig = Rig::new();
    let (id, _) = rig.register(peer(1));
    let first = rig.server.observe(rig.now, id, &OBSERVE).unwrap();
    let second = rig.server.observe(rig.now, id, &OBSERVE).unwrap();
    let sent = rig.one();
    assert!(rig.server.cancel_observation(rig.now, second));
    assert!(matches!(
        rig.event(),
        Event::ObservationEnded { observation, reason: ObservationEnd::Cancelled, .. } if observation == second
    ));
    // The first is on its way already: it begins, and is cancelled.
    assert!(rig.server.cancel_observation(rig.now, first));
    assert!(rig.sent().is_empty());
    accept(&mut rig, &sent, 1);
    assert!(matches!(rig.event(), Event::ObservationStarted { .. }));
    let cancel = rig.one();
    assert_eq!(
        (cancel.uint(OptionNumber::OBSERVE), cancel.token),
        (Some(1), sent.token)
    );
}

// proves: REP-22
#[test]
fn a_composite_observation_is_cancelled_by_the_same_list() {
    let mut rig = Rig::new();
    let (id, _) = rig.register(peer(1));
    let paths = br#"[{"n":"/3/0/9"},{"n":"/1/0/1"}]"#;
    let observe = Request::ObserveComposite {
        paths: Payload::new(ContentFormat::SENML_JSON, paths),
        accept: Some(ContentFormat::SENML_JSON),
        attributes: NONE,
    };
    let observation = rig.server.observe(rig.now, id, &observe).unwrap();
    let sent = rig.one();
    assert_eq!(
        (sent.code, sent.path(), &sent.payload[..]),
        (Code::FETCH, String::new(), &paths[..])
    );
    accept(&mut rig, &sent, 1);
    rig.events();
    rig.server.cancel_observation(rig.now, observation);
    let cancel = rig.one();
    assert_eq!(
        (cancel.code, &cancel.payload, &cancel.token),
        (Code::FETCH, &sent.payload, &sent.token)
    );
    let format = |sent: &Sent| sent.uint(OptionNumber::CONTENT_FORMAT);
    assert_eq!((format(&cancel), format(&sent)), (Some(110), Some(110)));
    assert_eq!(cancel.uint(OptionNumber::OBSERVE), Some(1));
}

#[test]
fn attributes_go_with_the_observe_since_1_2() {
    let mut rig = Rig::new();
    let observe = Request::Observe {
        path: Path::resource(3, 0, 9),
        accept: None,
        attributes: NotificationAttributes {
            pmin: Some(10),
            ..NONE
        },
    };
    let (old, _) = rig.register(peer(1));
    let refused = rig.server.observe(rig.now, old, &observe);
    assert!(matches!(refused, Err(RequestError::Invalid(_))));
    let (new, _) = rig.register_as(peer(2), &["ep=two", "lt=60", "lwm2m=1.2"], LIST);
    rig.server.observe(rig.now, new, &observe).unwrap();
    assert_eq!(rig.one().texts(OptionNumber::URI_QUERY), ["pmin=10"]);
}

/// An Observe with a minimum period, of a client of a version; and the attributes of what is sent.
fn with_attributes(version: &str) -> (Rig, ObservationId) {
    let observe = Request::Observe {
        path: Path::resource(3, 0, 9),
        accept: None,
        attributes: NotificationAttributes {
            pmin: Some(10),
            ..NONE
        },
    };
    let mut rig = Rig::new();
    let (id, _) = rig.register_as(peer(1), &["ep=one", "lt=60", version], LIST);
    let observation = rig.server.observe_or_attach(rig.now, id, &observe).unwrap();
    (rig, observation)
}

fn asked(rig: &mut Rig) -> (Sent, Code, Vec<String>) {
    let sent = rig.sent().pop().unwrap();
    let queries = sent.texts(OptionNumber::URI_QUERY);
    let code = sent.code;
    (sent, code, queries)
}

// proves: REP-44
#[test]
fn attributes_that_an_observe_cannot_have_are_attached() {
    let (mut rig, observation) = with_attributes("lwm2m=1.2");
    let (sent, code, queries) = asked(&mut rig);
    assert_eq!((code, queries), (Code::GET, vec!["pmin=10".into()]));
    rig.answer(&sent, Code::BAD_REQUEST, None, &[]);
    let (sent, code, queries) = asked(&mut rig);
    assert_eq!(
        (code, sent.path(), queries),
        (Code::PUT, "/3/0/9".into(), vec!["pmin=10".into()])
    );
    rig.answer(&sent, Code::CHANGED, None, &[]);
    let (sent, code, queries) = asked(&mut rig);
    assert_eq!((code, queries), (Code::GET, vec![]));
    accept(&mut rig, &sent, 1);
    assert!(matches!(
        rig.events().last(),
        Some(Event::ObservationStarted { .. })
    ));
    rig.server.cancel_observation(rig.now, observation);
    let (_, code, queries) = asked(&mut rig);
    assert_eq!((code, queries), (Code::GET, vec![]), "cancelled as it was asked");
}

#[test]
fn before_1_2_attributes_are_attached_first_each_time() {
    let (mut rig, observation) = with_attributes("lwm2m=1.1");
    for _ in 0..2 {
        let (sent, code, queries) = asked(&mut rig);
        assert_eq!((code, queries), (Code::PUT, vec!["pmin=10".into()]));
        rig.answer(&sent, Code::CHANGED, None, &[]);
        let (sent, code, queries) = asked(&mut rig);
        assert_eq!((code, queries), (Code::GET, vec![]));
        accept(&mut rig, &sent, 1);
        rig.events();
        // It has rebooted, and knows nothing any more.
        let register = rig.post("rd").queries(&["ep=one", "lt=60", "lwm2m=1.1"]);
        rig.put(peer(1), &register.payload(LIST.as_bytes()));
    }
    let (sent, ..) = asked(&mut rig);
    rig.events();
    rig.answer(&sent, Code::UNAUTHORIZED, None, &[]);
    assert!(matches!(
        rig.event(),
        Event::ObservationEnded {
            reason: ObservationEnd::Refused(Status::Unauthorized),
            ..
        }
    ));
    assert_eq!(rig.server.observed(observation), None);
}

// proves: REP-36
#[test]
fn an_error_ends_an_observation() {
    let mut observed = Observed::new(ServerConfig::default());
    let mut note = observed.note(9, b"");
    note.code = Code::NOT_FOUND;
    note.options.clear();
    observed.rig.put(peer(1), &note);
    assert_eq!(observed.rig.one().kind, Ack);
    assert_eq!(observed.ended(), ObservationEnd::Refused(Status::NotFound));
    assert_eq!(observed.notify_from(peer(1), 10, b"10").kind, Rst);
}

// proves: REP-41
#[test]
fn what_a_client_does_not_observe_is_not_observed() {
    for (code, expected) in [
        (Code::METHOD_NOT_ALLOWED, Some(Status::MethodNotAllowed)),
        (Code::CONTENT, None),
    ] {
        let mut rig = Rig::new();
        let (id, _) = rig.register(peer(1));
        rig.server.observe(rig.now, id, &OBSERVE).unwrap();
        let sent = rig.one();
        rig.answer(&sent, code, Some(0), b"55");
        let Event::ObservationEnded { reason, .. } = rig.event() else {
            panic!("it never began");
        };
        match (expected, reason) {
            (Some(status), ObservationEnd::Refused(refused)) => assert_eq!(refused, status),
            (None, ObservationEnd::NotObserved(answer)) => assert_eq!(answer.payload.unwrap().1, b"55"),
            (_, other) => panic!("{other:?}"),
        }
        assert_eq!(rig.server.observations(id).count(), 0);
    }
}

#[test]
fn an_observe_without_an_answer_fails() {
    let mut rig = Rig::new();
    let (id, _) = rig.register(peer(1));
    rig.server.observe(rig.now, id, &OBSERVE).unwrap();
    rig.seconds(94);
    assert!(matches!(
        rig.event(),
        Event::ObservationEnded {
            reason: ObservationEnd::Failed(Failure::Exchange(_)),
            ..
        }
    ));
}

// proves: REP-34 REG-59
#[test]
fn observations_are_set_up_again_after_a_register() {
    let mut observed = Observed::new(ServerConfig::default());
    observed
        .rig
        .server
        .observe(observed.rig.now, observed.id, &OBSERVE)
        .unwrap();
    let sent = observed.rig.one();
    accept(&mut observed.rig, &sent, 1);
    observed.rig.events();
    let old = observed.token.clone();
    // int-241: the client has rebooted and comes from another port.
    let register = observed
        .rig
        .post("rd")
        .queries(&["ep=one", "lt=300", "lwm2m=1.1"]);
    let links = "</a>;rt=\"oma.lwm2m\",</a/3/0>";
    observed.rig.put(peer(9), &register.payload(links.as_bytes()));
    let sent = observed.rig.sent();
    assert_eq!(sent.len(), 2, "the answer, and one request at a time");
    assert_eq!((sent[1].peer, sent[1].path()), (peer(9), "/a/3/0/9".into()));
    assert_eq!(sent[1].uint(OptionNumber::OBSERVE), Some(0));
    let new = observed.rig.server.find("one").unwrap();
    assert!(matches!(
        observed.rig.event(),
        Event::Registered { registration, replaced: Some(replaced) } if registration == new && replaced == observed.id
    ));
    accept(&mut observed.rig, &sent[1], 100);
    assert!(matches!(
        observed.rig.event(),
        Event::ObservationStarted { observation, registration, .. }
            if observation == observed.observation && registration == new
    ));
    let second = observed.rig.one();
    accept(&mut observed.rig, &second, 1);
    observed.rig.events();
    // The new token counts; the old one for a while, for what the client had stored.
    assert_eq!(observed.notify_from(peer(1), 50, b"old").kind, Rst);
    assert_ne!(old, sent[1].token);
    let new = sent[1].token.clone();
    observed.token = new.clone();
    assert_eq!(observed.notify_from(peer(9), 101, b"new").kind, Ack);
    assert_eq!(observed.values(), [(101, b"new".to_vec())]);
    observed.token = old.clone();
    assert_eq!(observed.notify_from(peer(9), 50, b"stored").kind, Ack);
    assert_eq!(observed.values(), [(50, b"stored".to_vec())]);
    observed.rig.seconds(248);
    assert_eq!(observed.notify_from(peer(9), 51, b"old").kind, Rst);
    observed.token = new;
    assert_eq!(observed.notify_from(peer(9), 102, b"newer").kind, Ack);
    assert_eq!(observed.values(), [(102, b"newer".to_vec())]);
}

// proves: REP-33
#[test]
fn what_was_stored_under_the_registration_before_is_no_end_of_the_observation() {
    let mut observed = Observed::new(ServerConfig::default());
    let old = observed.token.clone();
    let register = observed
        .rig
        .post("rd")
        .queries(&["ep=one", "lt=300", "lwm2m=1.1"]);
    observed.rig.put(peer(1), &register.payload(b"</3/0>"));
    let asked = observed.rig.sent().pop().unwrap();
    observed.rig.events();
    // Before the Observe is answered: the values, not confirmable ones, which nobody sends late, and the end.
    assert_eq!(observed.notify_from(peer(1), 50, b"stored").kind, Ack);
    let mut note = observed.note(51, b"now");
    note.kind = Non;
    observed.rig.put(peer(1), &note);
    assert!(observed.rig.sent().is_empty());
    assert_eq!(observed.values(), [(50, b"stored".to_vec())]);
    let mut gone = observed.note(52, b"");
    gone.code = Code::NOT_FOUND;
    observed.rig.put(peer(1), &gone);
    assert_eq!(observed.rig.one().kind, Ack);
    assert!(observed.rig.events().is_empty());
    accept(&mut observed.rig, &asked, 1);
    assert!(matches!(observed.rig.event(), Event::ObservationStarted { .. }));
    assert_eq!(observed.token, old);
}

#[test]
fn observations_go_on_at_a_new_address_and_are_set_up_there() {
    let mut observed = Observed::new(ServerConfig {
        address_change: AddressChange::Trusted,
        ..Default::default()
    });
    // What the client has notified from there before its Update was rejected: it may observe nothing any more.
    assert_eq!(observed.notify_from(peer(2), 8, b"8").kind, Rst);
    let update = observed.rig.post(&observed.location);
    observed.rig.put(peer(2), &update);
    let sent = observed.rig.sent();
    assert_eq!((sent.len(), sent[0].code), (2, Code::CHANGED));
    let again = &sent[1];
    assert_eq!((again.peer, again.path()), (peer(2), "/3/0/9".into()));
    assert_eq!(again.uint(OptionNumber::OBSERVE), Some(0));
    observed.rig.events();
    assert_eq!(
        observed.notify_from(peer(2), 9, b"9").kind,
        Ack,
        "or it still does"
    );
    assert_eq!(
        observed.notify_from(peer(1), 10, b"10").kind,
        Rst,
        "nobody is there any more"
    );
    assert_eq!(observed.values(), [(9, b"9".to_vec())]);
    accept(&mut observed.rig, again, 1);
    assert!(matches!(
        observed.rig.event(),
        Event::ObservationStarted { observation, .. } if observation == observed.observation
    ));
    assert_eq!(
        observed.notify_from(peer(2), 10, b"10").kind,
        Rst,
        "the old token is void"
    );
    observed.token = again.token.clone();
    assert_eq!(observed.notify_from(peer(2), 2, b"2").kind, Ack);
    assert_eq!(observed.values(), [(2, b"2".to_vec())]);
}

#[test]
fn observations_end_with_the_registration() {
    let mut observed = Observed::new(ServerConfig::default());
    let location = observed.location.clone();
    assert_eq!(observed.rig.deregister(peer(1), &location), Code::DELETED);
    let events = observed.rig.events();
    assert!(matches!(
        &events[..],
        [
            Event::ObservationEnded {
                reason: ObservationEnd::Ended(EndReason::Deregistered),
                ..
            },
            Event::Ended { .. }
        ]
    ));
    assert_eq!(observed.notify_from(peer(1), 9, b"9").kind, Rst);
}

// proves: REP-33
#[test]
fn stored_notifications_come_with_their_times() {
    let mut observed = Observed::new(ServerConfig::default());
    observed.rig.seconds(250);
    let mut note = observed.note(
        9,
        br#"[{"n":"/3/0/9","v":1,"t":-20},{"n":"/3/0/9","v":2,"t":-10}]"#,
    );
    note.options
        .retain(|option| option.0 != OptionNumber::CONTENT_FORMAT);
    let note = note.uint(OptionNumber::CONTENT_FORMAT, 110);
    observed.rig.put(peer(1), &note);
    observed.rig.sent();
    assert_eq!(observed.values(), [(9, note.payload.to_vec())]);
}

/// The first block of a body of 100 bytes in blocks of 64.
fn first_block(observed: &mut Observed, number: u32) -> Written<'static> {
    observed
        .note(number, &[b'a'; 64])
        .uint(OptionNumber::BLOCK2, 8 | 2)
}

#[test]
fn large_notifications_are_fetched() {
    let mut observed = Observed::new(ServerConfig::default());
    let note = first_block(&mut observed, 9);
    observed.rig.put(peer(1), &note);
    let sent = observed.rig.sent();
    assert_eq!((sent[0].kind, sent[0].id), (Ack, note.id));
    let rest = &sent[1];
    assert_eq!((rest.code, rest.path()), (Code::GET, "/3/0/9".into()));
    assert_eq!(
        (rest.uint(OptionNumber::OBSERVE), rest.uint(OptionNumber::BLOCK2)),
        (None, Some(1 << 4 | 2))
    );
    assert_eq!(rest.uint(OptionNumber::ACCEPT), Some(0));
    assert_ne!(rest.token, observed.token);
    assert!(observed.rig.events().is_empty());
    let answer = Written::new(Ack, Code::CONTENT, rest.id)
        .token(&rest.token)
        .uint(OptionNumber::CONTENT_FORMAT, 0)
        .uint(OptionNumber::BLOCK2, 1 << 4 | 2)
        .payload(&[b'b'; 36]);
    observed.rig.put(peer(1), &answer);
    let values = observed.values();
    assert_eq!((values.len(), values[0].0, values[0].1.len()), (1, 9, 100));
}

#[test]
fn a_newer_notification_comes_before_the_rest_of_an_older_one() {
    let mut observed = Observed::new(ServerConfig::default());
    let note = first_block(&mut observed, 9);
    observed.rig.put(peer(1), &note);
    let rest = observed.rig.sent().remove(1);
    observed.notify_from(peer(1), 10, b"10");
    assert_eq!(observed.values(), [(10, b"10".to_vec())]);
    let answer = Written::new(Ack, Code::CONTENT, rest.id)
        .token(&rest.token)
        .uint(OptionNumber::BLOCK2, 1 << 4 | 2)
        .payload(&[b'b'; 36]);
    observed.rig.put(peer(1), &answer);
    assert!(observed.rig.events().is_empty(), "nobody waits for it any more");
}

#[test]
fn a_large_notification_that_cannot_be_fetched_does_not_end_the_observation() {
    let mut observed = Observed::new(ServerConfig::default());
    let note = first_block(&mut observed, 9);
    observed.rig.put(peer(1), &note);
    observed.rig.sent();
    observed.rig.seconds(100);
    observed.rig.sent();
    assert!(observed.rig.events().is_empty());
    observed.notify_from(peer(1), 10, b"10");
    assert_eq!(observed.values(), [(10, b"10".to_vec())]);
}

#[test]
fn observations_are_limited() {
    let mut rig = Rig::with(ServerConfig {
        max_observations_per_device: 2,
        max_observations: 3,
        ..Default::default()
    });
    let (one, _) = rig.register(peer(1));
    let (two, _) = rig.register_as(peer(2), &["ep=two", "lt=60", "lwm2m=1.1"], LIST);
    let first = rig.server.observe(rig.now, one, &OBSERVE).unwrap();
    rig.server.observe(rig.now, one, &OBSERVE).unwrap();
    let full = Err(RequestError::TooManyObservations);
    assert_eq!(rig.server.observe(rig.now, one, &OBSERVE), full);
    rig.server.observe(rig.now, two, &OBSERVE).unwrap();
    assert_eq!(rig.server.observe(rig.now, two, &OBSERVE), full);
    let sent = rig.sent().remove(0);
    rig.answer(&sent, Code::NOT_FOUND, None, &[]);
    assert_eq!(rig.server.observed(first), None);
    assert!(rig.server.observe(rig.now, one, &OBSERVE).is_ok());
}

#[test]
fn only_observes_observe() {
    let mut rig = Rig::new();
    let (id, _) = rig.register(peer(1));
    let read = Request::Read {
        path: Path::instance(3, 0),
        accept: None,
    };
    assert_eq!(
        rig.server.observe(rig.now, id, &read),
        Err(RequestError::Observation)
    );
}
