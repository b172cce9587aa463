//! What a device that sleeps is to be asked, as whoever asks sees it (LwM2M Core 1.2, section 6.5).

use lwm2m_runtime::{
    coap::Code,
    link::NotificationAttributes,
    model::Path,
    operation::{ExecuteInput, Operation, Request},
    server::{Queued, RegistrationId, ServerConfig},
    time::Instant,
};

use crate::support::{LIST, Rig, peer};

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
