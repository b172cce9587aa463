//! What clients are asked, and when (LwM2M Core 1.2, section 6.3; Transport 1.2, section 6.4.6).

use lwm2m_runtime::{
    coap::{self, Code, OptionNumber},
    encoding::{ContentFormat, Format},
    model::{Path, Version},
    operation::{ExecuteInput, InvalidRequest, Payload, Request, Status, WriteMode},
    server::{
        AddressChange, EndReason, Event, Failure, RegistrationId, RequestError, RequestId, ServerConfig,
    },
};

use crate::support::{Ack, Con, LIST, Non, Rig, Written, peer};

pub(crate) const READ: Request<'static> = Request::Read {
    path: Path::instance(3, 0),
    accept: Some(ContentFormat::TLV),
};
const REBOOT: Request<'static> = Request::Execute {
    path: Path::resource(3, 0, 4),
    input: ExecuteInput::None,
};

fn read(resource: u16) -> Request<'static> {
    Request::Read {
        path: Path::resource(3, 0, resource),
        accept: None,
    }
}

fn responses(rig: &mut Rig) -> Vec<(RequestId, Status)> {
    let events = rig.events().into_iter();
    events
        .map(|event| match event {
            Event::Response { request, answer, .. } => (request, answer.status),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn failures(rig: &mut Rig) -> Vec<(RequestId, Failure)> {
    let events = rig.events().into_iter();
    events
        .filter_map(|event| match event {
            Event::Failed { request, failure, .. } => Some((request, failure)),
            _ => None,
        })
        .collect()
}

fn registered() -> (Rig, RegistrationId, String) {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    (rig, id, location)
}

#[test]
fn a_read_goes_out_and_its_answer_comes_back() {
    let (mut rig, id, _) = registered();
    let request = rig.server.request(rig.now, id, &READ).unwrap();
    let sent = rig.one();
    assert_eq!(
        (sent.kind, sent.code, sent.path()),
        (Con, Code::GET, "/3/0".into())
    );
    assert_eq!(sent.uint(OptionNumber::ACCEPT), Some(11_542));
    assert_eq!(sent.token.len(), 8);
    rig.wait(300);
    rig.answer(&sent, Code::CONTENT, Some(11_542), &[0xc1, 9, 55]);
    let Event::Response {
        request: answered,
        registration,
        answer,
    } = rig.event()
    else {
        panic!("it was answered");
    };
    assert_eq!((answered, registration), (request, id));
    assert_eq!(answer.status, Status::Content);
    assert_eq!(answer.payload, Some((ContentFormat::TLV, vec![0xc1, 9, 55])));
    let response = answer.response();
    assert_eq!(
        response.payload,
        Some(Payload::new(ContentFormat::TLV, &[0xc1, 9, 55]))
    );
    assert_eq!(rig.server.registration(id).unwrap().seen_at(), rig.now);
    assert_eq!(rig.server.open_requests(id), 0);
    assert!(rig.sent().is_empty());
}

// proves: DM-84
#[test]
fn every_refusal_comes_back_as_it_is() {
    let (mut rig, id, _) = registered();
    for (code, status) in [
        (Code::BAD_REQUEST, Status::BadRequest),
        (Code::UNAUTHORIZED, Status::Unauthorized),
        (Code::NOT_FOUND, Status::NotFound),
        (Code::METHOD_NOT_ALLOWED, Status::MethodNotAllowed),
        (Code::NOT_ACCEPTABLE, Status::NotAcceptable),
        (Code::NOT_IMPLEMENTED, Status::NotImplemented),
        (Code::INTERNAL_SERVER_ERROR, Status::InternalServerError),
        (Code::new(4, 31), Status::ClientError),
        (Code::new(5, 31), Status::ServerError),
    ] {
        let request = rig.server.request(rig.now, id, &READ).unwrap();
        let sent = rig.one();
        rig.answer(&sent, code, None, b"for people");
        assert_eq!(responses(&mut rig), [(request, status)]);
    }
}

// proves: DM-64 DM-99 DM-100
#[test]
fn writes_executes_creates_and_deletes_go_out() {
    let (mut rig, id, _) = registered();
    let value = Payload::new(ContentFormat::TEXT, b"60");
    let instance = Payload::new(ContentFormat::TLV, &[0xc1, 0, 1]);
    for (request, code, path, answer) in [
        (
            Request::Write {
                path: Path::resource(1, 0, 1),
                mode: WriteMode::Replace,
                payload: value,
            },
            Code::PUT,
            "/1/0/1",
            Code::CHANGED,
        ),
        (
            Request::Write {
                path: Path::instance(1, 0),
                mode: WriteMode::Partial,
                payload: instance,
            },
            Code::POST,
            "/1/0",
            Code::CHANGED,
        ),
        (REBOOT, Code::POST, "/3/0/4", Code::CHANGED),
        (
            Request::Execute {
                path: Path::resource(1, 0, 8),
                input: ExecuteInput::Payload(Payload::new(ContentFormat::TEXT, b"0='U'")),
            },
            Code::POST,
            "/1/0/8",
            Code::CHANGED,
        ),
        (
            Request::Delete {
                path: Path::instance(3303, 1),
            },
            Code::DELETE,
            "/3303/1",
            Code::DELETED,
        ),
    ] {
        let asked = rig.server.request(rig.now, id, &request).unwrap();
        let sent = rig.one();
        assert_eq!((sent.code, sent.path()), (code, path.into()));
        let payload = request.payload().map(|payload| payload.bytes).unwrap_or_default();
        assert_eq!(sent.payload, payload);
        rig.answer(&sent, answer, None, &[]);
        assert_eq!(responses(&mut rig), [(asked, Status::from_code(answer).unwrap())]);
    }
    let create = Request::Create {
        object: 3303,
        payload: instance,
    };
    rig.server.request(rig.now, id, &create).unwrap();
    let sent = rig.one();
    let made = Written::new(Ack, Code::CREATED, sent.id)
        .token(&sent.token)
        .option(OptionNumber::LOCATION_PATH, b"3303")
        .option(OptionNumber::LOCATION_PATH, b"7");
    rig.put(peer(1), &made);
    let Event::Response { answer, .. } = rig.event() else {
        panic!("it was answered");
    };
    assert_eq!(answer.created, Some(Path::instance(3303, 7)));
    let objects = rig.server.registration(id).unwrap().objects();
    assert!(!objects.contains(3303, 7), "an Update will say so");
    assert!(objects.contains(3303, 1), "and that this one is gone");
}

// proves: REG-24
#[test]
fn the_alternate_path_comes_before_every_path() {
    let mut rig = Rig::new();
    let links = "</lwm2m/v1>;rt=\"oma.lwm2m\",</lwm2m/v1/3/0>";
    let (id, _) = rig.register_as(peer(1), &["ep=one", "lt=60", "lwm2m=1.1"], links);
    rig.server.request(rig.now, id, &READ).unwrap();
    assert_eq!(rig.one().path(), "/lwm2m/v1/3/0");
}

// proves: DM-85 COAP-06
#[test]
fn a_client_is_asked_one_thing_at_a_time_in_order() {
    let (mut rig, id, _) = registered();
    let asked: Vec<_> = (0..5)
        .map(|resource| rig.server.request(rig.now, id, &read(resource)).unwrap())
        .collect();
    assert_eq!(rig.server.open_requests(id), 5);
    for (resource, request) in asked.into_iter().enumerate() {
        let sent = rig.one();
        assert_eq!(sent.path(), format!("/3/0/{resource}"));
        rig.answer(&sent, Code::CONTENT, Some(0), b"x");
        assert_eq!(responses(&mut rig), [(request, Status::Content)]);
    }
    assert!(rig.sent().is_empty());
}

#[test]
fn clients_do_not_wait_for_each_other() {
    let (mut rig, one, _) = registered();
    let (two, _) = rig.register_as(peer(2), &["ep=two", "lt=60", "lwm2m=1.1"], LIST);
    rig.server.request(rig.now, one, &READ).unwrap();
    rig.server.request(rig.now, two, &READ).unwrap();
    let peers: Vec<_> = rig.sent().into_iter().map(|sent| sent.peer).collect();
    assert_eq!(peers, [peer(1), peer(2)]);
}

#[test]
fn what_a_client_cannot_have_is_not_sent() {
    let mut rig = Rig::new();
    let (old, _) = rig.register_as(peer(1), &["ep=old", "lt=60", "lwm2m=1.0"], LIST);
    let paths = Request::ReadComposite {
        paths: Payload::new(ContentFormat::SENML_CBOR, &[0x80]),
        accept: None,
    };
    let error = rig.server.request(rig.now, old, &paths);
    assert!(matches!(
        error,
        Err(RequestError::Invalid(InvalidRequest::Since {
            since: Version::V1_1,
            ..
        }))
    ));
    let secret = Request::Read {
        path: Path::instance(0, 0),
        accept: None,
    };
    let error = rig.server.request(rig.now, old, &secret);
    assert_eq!(
        error,
        Err(RequestError::Invalid(InvalidRequest::Protected { object: 0 }))
    );
    let observe = Request::Observe {
        path: Path::instance(3, 0),
        accept: None,
        attributes: Default::default(),
    };
    assert_eq!(
        rig.server.request(rig.now, old, &observe),
        Err(RequestError::Observation)
    );
    assert!(rig.sent().is_empty());
    assert_eq!(rig.server.open_requests(old), 0);
}

// proves: DM-63
#[test]
fn instances_are_created_of_registered_objects_only() {
    let (mut rig, id, _) = registered();
    let create = |object| Request::Create {
        object,
        payload: Payload::new(ContentFormat::TLV, &[]),
    };
    assert_eq!(
        rig.server.request(rig.now, id, &create(9)),
        Err(RequestError::UnknownObject { object: 9 })
    );
    assert!(
        rig.server.request(rig.now, id, &create(5)).is_ok(),
        "an object without instances is there"
    );
}

#[test]
fn a_request_without_an_answer_fails_in_the_end() {
    let (mut rig, id, _) = registered();
    let first = rig.server.request(rig.now, id, &READ).unwrap();
    let second = rig.server.request(rig.now, id, &read(1)).unwrap();
    let start = rig.now;
    rig.seconds(94);
    let failure = Failure::Exchange(coap::Failure::TimedOut);
    assert_eq!(failures(&mut rig), [(first, failure)]);
    let sent = rig.sent();
    let reads = sent.iter().filter(|sent| sent.path() == "/3/0").count();
    assert_eq!(reads, 5, "the first one and four repetitions");
    let next = sent.iter().find(|sent| sent.path() == "/3/0/1");
    let next = next.expect("then it is the turn of the next one").clone();
    rig.answer(&next, Code::CONTENT, Some(0), b"x");
    assert_eq!(responses(&mut rig), [(second, Status::Content)]);
    assert_eq!((rig.now - start).as_secs(), 94);
    assert!(rig.server.registration(id).is_some());
}

#[test]
fn a_reset_fails_a_request_at_once() {
    let (mut rig, id, _) = registered();
    let request = rig.server.request(rig.now, id, &READ).unwrap();
    let sent = rig.one();
    let reset = Written::new(crate::support::Rst, Code::EMPTY, sent.id).token(&[]);
    rig.put(peer(1), &reset);
    assert_eq!(
        failures(&mut rig),
        [(request, Failure::Exchange(coap::Failure::Reset))]
    );
}

#[test]
fn a_separate_answer_is_waited_for() {
    let (mut rig, id, _) = registered();
    let request = rig.server.request(rig.now, id, &READ).unwrap();
    let sent = rig.one();
    rig.put(peer(1), &Written::new(Ack, Code::EMPTY, sent.id).token(&[]));
    rig.seconds(60);
    assert!(rig.sent().is_empty(), "it is not repeated");
    let late = Written::new(Con, Code::CONTENT, 77)
        .token(&sent.token)
        .uint(OptionNumber::CONTENT_FORMAT, 0)
        .payload(b"x");
    rig.put(peer(1), &late);
    assert_eq!(responses(&mut rig), [(request, Status::Content)]);
    assert_eq!((rig.one().kind, rig.server.open_requests(id)), (Ack, 0));
}

// proves: QM-15
#[test]
fn a_client_in_queue_mode_answers_with_its_acknowledgement_or_separately_in_both_ways() {
    for (version, mode) in [("lwm2m=1.0", &["b=UQ"][..]), ("lwm2m=1.1", &["b=U", "Q"])] {
        let mut rig = Rig::new();
        let queries = [&["ep=one", "lt=86400", version], mode].concat();
        let (id, _) = rig.register_as(peer(1), &queries, LIST);
        assert!(rig.server.registration(id).unwrap().queue_mode());
        let ask = |rig: &mut Rig| {
            let request = rig.server.request(rig.now, id, &READ).unwrap();
            (request, rig.one())
        };
        let (request, sent) = ask(&mut rig);
        rig.answer(&sent, Code::CONTENT, Some(0), b"x");
        assert_eq!(responses(&mut rig), [(request, Status::Content)]);
        assert!(rig.sent().is_empty());
        for (kind, identifier) in [(Con, 78), (Non, 79)] {
            let (request, sent) = ask(&mut rig);
            rig.put(peer(1), &Written::new(Ack, Code::EMPTY, sent.id).token(&[]));
            rig.seconds(3);
            assert!(rig.events().is_empty(), "an acknowledgement is no answer");
            let answer = Written::new(kind, Code::CONTENT, identifier)
                .token(&sent.token)
                .uint(OptionNumber::CONTENT_FORMAT, 0)
                .payload(b"x");
            rig.put(peer(1), &answer);
            assert_eq!(responses(&mut rig), [(request, Status::Content)], "{kind:?}");
            let acknowledged: Vec<_> = rig.sent().iter().map(|sent| (sent.kind, sent.id)).collect();
            match kind {
                Con => assert_eq!(acknowledged, [(Ack, identifier)]),
                _ => assert_eq!(acknowledged, [], "nobody waits for one"),
            }
        }
        assert_eq!(rig.server.open_requests(id), 0);
    }
}

// proves: ROB-09
#[test]
fn an_answer_after_the_time_out_is_not_taken_for_the_next_one() {
    let (mut rig, id, _) = registered();
    rig.server.request(rig.now, id, &READ).unwrap();
    let old = rig.one();
    rig.put(peer(1), &Written::new(Ack, Code::EMPTY, old.id).token(&[]));
    rig.seconds(94);
    assert_eq!(failures(&mut rig).len(), 1);
    rig.server.request(rig.now, id, &read(1)).unwrap();
    rig.sent();
    let late = Written::new(Con, Code::CONTENT, 77)
        .token(&old.token)
        .payload(b"old");
    rig.put(peer(1), &late);
    assert!(rig.events().is_empty());
    assert_eq!(rig.one().kind, crate::support::Rst);
}

// proves: ROB-08
#[test]
fn an_answer_from_elsewhere_is_none() {
    let (mut rig, id, _) = registered();
    rig.server.request(rig.now, id, &READ).unwrap();
    let mut sent = rig.one();
    for other in [peer(2), crate::support::session(1, 5)] {
        sent.peer = other;
        rig.answer(&sent, Code::CONTENT, Some(0), b"forged");
    }
    assert!(rig.events().is_empty());
    assert_eq!(rig.server.open_requests(id), 1);
}

#[test]
fn the_time_out_begins_anew_with_every_block() {
    let (mut rig, id, _) = registered();
    let body = [7_u8; 5_000];
    let write = Request::Write {
        path: Path::resource(5, 0, 0),
        mode: WriteMode::Replace,
        payload: Payload::new(ContentFormat::OPAQUE, &body),
    };
    let request = rig.server.request(rig.now, id, &write).unwrap();
    for number in 0..5_u32 {
        let sent = rig.sent().into_iter().next_back().unwrap();
        let block = sent.uint(OptionNumber::BLOCK1).unwrap();
        assert_eq!(block >> 4, number);
        // Far more than the time-out together.
        rig.seconds(40);
        rig.sent();
        let more = number < 4;
        let code = if more { Code::CONTINUE } else { Code::CHANGED };
        let answer = Written::new(Ack, code, sent.id)
            .token(&sent.token)
            .uint(OptionNumber::BLOCK1, number << 4 | u32::from(more) << 3 | 6);
        rig.put(peer(1), &answer);
    }
    assert_eq!(responses(&mut rig), [(request, Status::Changed)]);
}

#[test]
fn a_time_out_of_ones_own_is_kept() {
    let mut rig = Rig::with(ServerConfig {
        request_timeout: std::time::Duration::from_secs(10),
        ..Default::default()
    });
    let (id, _) = rig.register(peer(1));
    let request = rig.server.request(rig.now, id, &READ).unwrap();
    rig.wait(9_999);
    assert!(rig.events().is_empty());
    rig.wait(1);
    assert_eq!(
        failures(&mut rig),
        [(request, Failure::Exchange(coap::Failure::TimedOut))]
    );
    rig.sent();
    rig.seconds(60);
    assert!(rig.sent().is_empty(), "nothing is repeated any more");
}

#[test]
fn a_cancelled_request_makes_way() {
    let (mut rig, id, _) = registered();
    let first = rig.server.request(rig.now, id, &read(0)).unwrap();
    let second = rig.server.request(rig.now, id, &read(1)).unwrap();
    let third = rig.server.request(rig.now, id, &read(2)).unwrap();
    assert_eq!(rig.one().path(), "/3/0/0");
    assert!(rig.server.cancel(rig.now, second));
    assert!(rig.server.cancel(rig.now, first));
    assert!(!rig.server.cancel(rig.now, first));
    let sent = rig.one();
    assert_eq!(sent.path(), "/3/0/2");
    rig.answer(&sent, Code::CONTENT, Some(0), b"x");
    assert_eq!(responses(&mut rig), [(third, Status::Content)]);
    assert!(!rig.server.cancel(rig.now, third));
}

// proves: ROB-61
#[test]
fn queues_are_limited() {
    let mut rig = Rig::with(ServerConfig {
        max_requests_per_device: 3,
        max_requests: 4,
        ..Default::default()
    });
    let (one, _) = rig.register(peer(1));
    let (two, _) = rig.register_as(peer(2), &["ep=two", "lt=60", "lwm2m=1.1"], LIST);
    for _ in 0..3 {
        rig.server.request(rig.now, one, &READ).unwrap();
    }
    assert_eq!(
        rig.server.request(rig.now, one, &READ),
        Err(RequestError::QueueFull)
    );
    rig.server.request(rig.now, two, &READ).unwrap();
    assert_eq!(
        rig.server.request(rig.now, two, &READ),
        Err(RequestError::QueueFull)
    );
    let sent = rig.sent().remove(0);
    rig.answer(&sent, Code::CONTENT, Some(0), b"x");
    assert!(
        rig.server.request(rig.now, two, &READ).is_ok(),
        "there is room again"
    );
}

#[test]
fn requests_follow_a_client_to_its_new_address() {
    let mut rig = Rig::with(ServerConfig {
        address_change: AddressChange::Trusted,
        ..Default::default()
    });
    let (id, location) = rig.register(peer(1));
    let first = rig.server.request(rig.now, id, &READ).unwrap();
    let second = rig.server.request(rig.now, id, &read(1)).unwrap();
    let lost = rig.one();
    rig.seconds(1);
    let update = rig.post(&location);
    rig.put(peer(2), &update);
    let sent = rig.sent();
    assert_eq!(
        (sent[0].kind, sent[0].code),
        (Ack, Code::CHANGED),
        "the answer goes first"
    );
    assert_eq!((sent[1].peer, sent[1].path()), (peer(2), "/3/0".into()));
    assert_ne!(sent[1].token, lost.token);
    rig.events();
    rig.answer(&sent[1], Code::CONTENT, Some(0), b"x");
    assert_eq!(responses(&mut rig), [(first, Status::Content)]);
    let next = rig.one();
    assert_eq!((next.peer, next.path()), (peer(2), "/3/0/1".into()));
    rig.answer(&next, Code::CONTENT, Some(0), b"x");
    assert_eq!(responses(&mut rig), [(second, Status::Content)]);
    rig.seconds(100);
    assert!(rig.sent().is_empty(), "nothing goes to the old address any more");
}

#[test]
fn what_must_not_happen_twice_fails_with_the_address() {
    let mut rig = Rig::with(ServerConfig {
        address_change: AddressChange::Trusted,
        ..Default::default()
    });
    let (id, location) = rig.register(peer(1));
    let reboot = rig.server.request(rig.now, id, &REBOOT).unwrap();
    let waiting = rig.server.request(rig.now, id, &REBOOT).unwrap();
    rig.sent();
    let update = rig.post(&location);
    rig.put(peer(2), &update);
    assert_eq!(failures(&mut rig), [(reboot, Failure::AddressChanged)]);
    let sent = rig.sent();
    assert_eq!(
        (sent.len(), sent[1].peer, sent[1].path()),
        (2, peer(2), "/3/0/4".into())
    );
    rig.answer(&sent[1], Code::CHANGED, None, &[]);
    assert_eq!(
        responses(&mut rig),
        [(waiting, Status::Changed)],
        "it had not been sent yet"
    );
}

#[test]
fn requests_end_with_the_registration() {
    for (end, reason) in [
        (0, EndReason::Deregistered),
        (1, EndReason::Expired),
        (2, EndReason::Replaced),
        (3, EndReason::Removed),
    ] {
        let (mut rig, id, location) = registered();
        if end == 1 {
            rig.seconds(340);
        }
        let first = rig.server.request(rig.now, id, &READ).unwrap();
        let second = rig.server.request(rig.now, id, &READ).unwrap();
        rig.sent();
        match end {
            0 => drop(rig.deregister(peer(1), &location)),
            1 => rig.seconds(10),
            2 => drop(rig.try_register(peer(1), &["ep=one", "lt=9", "lwm2m=1.1"], LIST)),
            _ => assert!(rig.server.remove(rig.now, id)),
        }
        let failure = Failure::Ended(reason);
        assert_eq!(failures(&mut rig), [(first, failure), (second, failure)]);
        assert_eq!(
            rig.server.request(rig.now, id, &READ),
            Err(RequestError::NotRegistered)
        );
        rig.sent();
        rig.seconds(8);
        assert!(rig.sent().is_empty(), "nothing is repeated");
    }
}

#[test]
fn the_formats_of_answers_are_learned() {
    let (mut rig, id, _) = registered();
    let known = |rig: &Rig| rig.server.registration(id).unwrap().formats().peer();
    assert!(!known(&rig).contains(Format::SenmlJson));
    rig.server.request(rig.now, id, &READ).unwrap();
    let sent = rig.one();
    rig.answer(&sent, Code::CONTENT, Some(110), b"[]");
    assert!(known(&rig).contains(Format::SenmlJson));
}

#[test]
fn a_request_before_anybody_registered_is_an_error() {
    let (mut rig, id, location) = registered();
    rig.deregister(peer(1), &location);
    assert_eq!(
        rig.server.request(rig.now, id, &READ),
        Err(RequestError::NotRegistered)
    );
    assert_eq!(
        rig.server.observe(rig.now, id, &READ),
        Err(RequestError::NotRegistered)
    );
}

// proves: REG-58
#[test]
fn a_register_is_answered_before_anything_is_asked() {
    let (mut rig, id, _) = registered();
    let observe = Request::Observe {
        path: Path::instance(3, 0),
        accept: None,
        attributes: Default::default(),
    };
    rig.server.observe(rig.now, id, &observe).unwrap();
    rig.sent();
    let register = rig.post("rd").queries(&["ep=one", "lt=300", "lwm2m=1.1"]);
    let register = register.payload(LIST.as_bytes());
    rig.put(peer(1), &register);
    let codes: Vec<_> = rig.sent().iter().map(|sent| sent.code).collect();
    assert_eq!(codes, [Code::CREATED, Code::GET]);
}
