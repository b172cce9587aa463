//! What a device that sleeps is to be asked, as whoever asks sees it (LwM2M Core 1.2, section 6.5).

use lwm2m_runtime::{
    coap::{self, Code, OptionNumber},
    link::NotificationAttributes,
    model::Path,
    operation::{ExecuteInput, Operation, Request},
    server::{Event, Failure, Queued, RegistrationId, RequestId, ServerConfig},
    time::Instant,
};

use crate::support::{Ack, LIST, Rig, Written, peer};

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

fn sleeper(rig: &mut Rig) -> (RegistrationId, String) {
    rig.register_as(peer(1), &["ep=one", "lt=3600", "lwm2m=1.1", "Q"], LIST)
}

fn queue(rig: &Rig, id: RegistrationId) -> Vec<(Operation, String, bool)> {
    let queue = rig.server.queue(id);
    queue
        .map(
            |Queued {
                 operation,
                 path,
                 sent,
                 ..
             }| (operation, path.to_string(), sent),
        )
        .collect()
}

#[test]
fn what_waits_can_be_looked_at_in_its_order() {
    let mut rig = Rig::new();
    let (id, _) = sleeper(&mut rig);
    rig.seconds(93);
    rig.server.request(rig.now, id, &read(9)).unwrap();
    rig.server.request(rig.now, id, &REBOOT).unwrap();
    let observe = Request::Observe {
        path: Path::resource(3303, 0, 5700),
        accept: None,
        attributes: NotificationAttributes::default(),
    };
    rig.server.observe(rig.now, id, &observe).unwrap();
    assert!(rig.sent().is_empty());
    let all = [
        (Operation::Read, "/3/0/9".to_owned(), false),
        (Operation::Execute, "/3/0/4".to_owned(), false),
        (Operation::Observe, "/3303/0/5700".to_owned(), false),
    ];
    assert_eq!(queue(&rig, id), all);
}

#[test]
fn it_shows_what_is_on_its_way_and_until_when_the_rest_waits() {
    let mut rig = Rig::with(ServerConfig {
        queue_timeout: std::time::Duration::from_secs(600),
        ..ServerConfig::default()
    });
    let (id, location) = sleeper(&mut rig);
    rig.seconds(93);
    for resource in [9, 13] {
        rig.server.request(rig.now, id, &read(resource)).unwrap();
        rig.seconds(10);
    }
    let until: Vec<_> = rig.server.queue(id).map(|queued| queued.expires_at).collect();
    assert_eq!(until, [694_000, 704_000].map(Instant::from_millis));

    let update = rig.post(&location);
    rig.put(peer(1), &update);
    let sent = rig.sent();
    assert_eq!(sent.len(), 2, "the answer to the Update, and what waited first");
    assert_eq!(
        queue(&rig, id),
        [
            (Operation::Read, "/3/0/9".to_owned(), true),
            (Operation::Read, "/3/0/13".to_owned(), false)
        ]
    );
    rig.answer(&sent[1], Code::CONTENT, Some(0), b"100");
    assert_eq!(queue(&rig, id).len(), 1);
    rig.server.remove(rig.now, id);
    assert!(queue(&rig, id).is_empty());
}

#[test]
fn a_registration_tells_until_when_the_client_listens() {
    let mut rig = Rig::new();
    let (always, _) = rig.register_as(peer(2), &["ep=two", "lt=86400", "lwm2m=1.1"], LIST);
    let (id, location) = sleeper(&mut rig);
    let until = |rig: &Rig, id| rig.server.registration(id).unwrap().listens_until();
    assert_eq!(until(&rig, always), Instant::NEVER);
    assert_eq!(until(&rig, id), Instant::from_millis(94_000));
    rig.seconds(50);
    rig.update(peer(1), &location, &[]);
    assert_eq!(until(&rig, id), Instant::from_millis(144_000));
    rig.seconds(3_000);
    assert!(until(&rig, id) < rig.now, "it sleeps");

    // What waits for a client that always listens has no end of its own.
    rig.server.request(rig.now, always, &read(9)).unwrap();
    let queued: Vec<_> = rig.server.queue(always).collect();
    assert_eq!((queued[0].sent, queued[0].expires_at), (true, Instant::NEVER));
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

const TIMED_OUT: Failure = Failure::Exchange(coap::Failure::TimedOut);

#[test]
fn what_a_client_that_falls_asleep_has_not_answered_comes_first_when_it_wakes() {
    let mut rig = Rig::new();
    let (id, location) = sleeper(&mut rig);
    rig.seconds(50);
    let first = rig.server.request(rig.now, id, &read(9)).unwrap();
    rig.server.request(rig.now, id, &read(13)).unwrap();
    assert_eq!(rig.one().path(), "/3/0/9");
    rig.seconds(100);
    let repeated = rig.sent();
    assert!(
        repeated.iter().all(|sent| sent.path() == "/3/0/9"),
        "{repeated:?}"
    );
    assert_eq!(failures(&mut rig), []);
    let waiting = [
        (Operation::Read, "/3/0/9".to_owned(), false),
        (Operation::Read, "/3/0/13".to_owned(), false),
    ];
    assert_eq!(queue(&rig, id), waiting);
    let until = rig.server.registration(id).unwrap().listens_until();
    assert!(until < rig.now, "it sleeps");
    // What comes now waits, too, and nothing goes out for nobody.
    rig.server.request(rig.now, id, &read(0)).unwrap();
    rig.seconds(1_000);
    assert!(rig.sent().is_empty());

    let update = rig.post(&location);
    rig.put(peer(1), &update);
    let sent = rig.sent();
    assert_eq!(sent[1].path(), "/3/0/9");
    rig.answer(&sent[1], Code::CONTENT, Some(0), b"100");
    let answered = rig.events().into_iter().find_map(|event| match event {
        Event::Response { request, .. } => Some(request),
        _ => None,
    });
    assert_eq!(answered, Some(first));
    assert_eq!(rig.one().path(), "/3/0/13");
}

#[test]
fn what_cannot_be_asked_twice_is_told_and_the_rest_waits() {
    let mut rig = Rig::new();
    let (id, location) = sleeper(&mut rig);
    let reboot = rig.server.request(rig.now, id, &REBOOT).unwrap();
    rig.server.request(rig.now, id, &read(9)).unwrap();
    rig.seconds(100);
    assert_eq!(failures(&mut rig), [(reboot, TIMED_OUT)]);
    assert!(rig.sent().iter().all(|sent| sent.path() == "/3/0/4"));
    assert_eq!(queue(&rig, id), [(Operation::Read, "/3/0/9".to_owned(), false)]);
    let update = rig.post(&location);
    rig.put(peer(1), &update);
    assert_eq!(rig.sent()[1].path(), "/3/0/9");
}

#[test]
fn a_client_that_acknowledges_and_then_sleeps_is_asked_again() {
    let mut rig = Rig::new();
    let (id, location) = sleeper(&mut rig);
    rig.server.request(rig.now, id, &read(9)).unwrap();
    let asked = rig.one();
    rig.put(peer(1), &Written::new(Ack, Code::EMPTY, asked.id));
    rig.seconds(200);
    assert_eq!(failures(&mut rig), []);
    assert_eq!(queue(&rig, id), [(Operation::Read, "/3/0/9".to_owned(), false)]);
    rig.sent();
    let update = rig.post(&location);
    rig.put(peer(1), &update);
    let again = &rig.sent()[1];
    assert_eq!(again.path(), "/3/0/9");
    assert_ne!(again.token, asked.token);
}

#[test]
fn nothing_is_asked_again_for_ever() {
    let mut rig = Rig::with(ServerConfig {
        queue_retries: 1,
        ..ServerConfig::default()
    });
    let (id, location) = sleeper(&mut rig);
    let request = rig.server.request(rig.now, id, &read(9)).unwrap();
    rig.seconds(100);
    assert_eq!(failures(&mut rig), []);
    let update = rig.post(&location);
    rig.put(peer(1), &update);
    rig.seconds(100);
    assert_eq!(failures(&mut rig), [(request, TIMED_OUT)]);
    assert!(queue(&rig, id).is_empty());

    // Nor longer than it may wait.
    let mut rig = Rig::with(ServerConfig {
        queue_timeout: std::time::Duration::from_secs(150),
        ..ServerConfig::default()
    });
    let (id, _) = sleeper(&mut rig);
    let request = rig.server.request(rig.now, id, &read(9)).unwrap();
    rig.seconds(149);
    assert_eq!(failures(&mut rig), []);
    assert_eq!(queue(&rig, id).len(), 1);
    rig.seconds(1);
    assert_eq!(failures(&mut rig), [(request, Failure::Expired)]);
}

#[test]
fn an_observe_waits_for_a_client_that_fell_asleep() {
    let mut rig = Rig::new();
    let (id, location) = sleeper(&mut rig);
    let observe = Request::Observe {
        path: Path::resource(3303, 0, 5700),
        accept: None,
        attributes: NotificationAttributes::default(),
    };
    rig.server.observe(rig.now, id, &observe).unwrap();
    rig.seconds(100);
    rig.sent();
    assert!(
        rig.events()
            .iter()
            .all(|event| matches!(event, Event::Registered { .. }))
    );
    let update = rig.post(&location);
    rig.put(peer(1), &update);
    let again = &rig.sent()[1];
    assert_eq!(
        (again.path().as_str(), again.uint(OptionNumber::OBSERVE)),
        ("/3303/0/5700", Some(0))
    );
}

#[test]
fn a_client_that_always_listens_has_failed_to_answer() {
    let mut rig = Rig::new();
    let (id, _) = rig.register_as(peer(1), &["ep=one", "lt=3600", "lwm2m=1.1"], LIST);
    let request = rig.server.request(rig.now, id, &read(9)).unwrap();
    rig.server.request(rig.now, id, &read(13)).unwrap();
    rig.seconds(100);
    assert_eq!(failures(&mut rig), [(request, TIMED_OUT)]);
    assert_eq!(rig.sent().last().map(|sent| sent.path()), Some("/3/0/13".into()));
}
