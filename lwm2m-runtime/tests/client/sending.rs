//! Send (LwM2M Core 1.2, section 6.4.4).

use lwm2m_runtime::{
    client::{ClientConfig, Event, SendContent, SendError, SendFailure},
    coap::{Code, Failure},
    encoding::{Format, FormatSet, Record},
    model::{Path, Value, Version},
    objects::Lwm2mServer,
    operation::Status,
};

use crate::support::{Bench, Con, Non, SERVER, VALUE, answer, config, probe, put, server, tree, tree_of};

fn willing(id: u16) -> Lwm2mServer {
    Lwm2mServer {
        mute_send: Some(false),
        ..server(id)
    }
}

fn json() -> ClientConfig {
    ClientConfig {
        formats: FormatSet::of(&[Format::Text, Format::Opaque, Format::SenmlJson, Format::Tlv]),
        ..config()
    }
}

fn bench() -> Bench {
    Bench::registered_with(json(), tree_of(&[willing(SERVER)]))
}

// proves: REP-24 COAP-03
#[test]
fn int_306_values_are_sent_unasked() {
    let mut bench = bench();
    let id = bench
        .client
        .send(bench.now, Some(SERVER), SendContent::Paths(&[VALUE]))
        .unwrap();
    let sent = bench.only();
    assert_eq!(
        (sent.kind, sent.code, sent.path().as_str()),
        (Con, Code::POST, "dp")
    );
    assert_eq!(
        (sent.format(), sent.text()),
        (Some(110), "[{\"bn\":\"/\",\"n\":\"42769/0/0\",\"v\":20}]")
    );
    assert!(bench.events().is_empty());
    bench.input(SERVER, &answer(&sent, Code::CHANGED));
    assert_eq!(bench.events(), [Event::Sent { id, server: SERVER }]);
}

// proves: REP-26 ROB-50
#[test]
fn only_what_a_server_may_read_is_sent() {
    let mut bench = bench();
    let image = Path::resource(42769, 0, 3);
    let secrets = [Path::object(0), Path::resource(0, 0, 0), image, Path::object(77)];
    let nothing = bench
        .client
        .send(bench.now, Some(SERVER), SendContent::Paths(&secrets));
    assert_eq!(nothing, Err(SendError::Nothing));
    let all = bench
        .client
        .send(bench.now, Some(SERVER), SendContent::Paths(&[Path::ROOT, VALUE]));
    assert!(all.is_ok());
    let sent = bench.only();
    assert!(
        sent.text().contains("ACME") && !sent.text().contains("coap://"),
        "{}",
        sent.text()
    );
    let records = [
        Record::new(Path::resource(0, 0, 0), Value::String("coap://x".into())),
        Record::new(image, Value::Opaque(vec![1])),
        Record::new(Path::resource(42769, 9, 0), Value::Float(1.0)),
        Record::new(Path::instance(42769, 0), Value::Float(1.0)),
    ];
    let nothing = bench
        .client
        .send(bench.now, Some(SERVER), SendContent::Records(&records));
    assert_eq!(nothing, Err(SendError::Nothing));
}

// proves: REP-24
#[test]
fn values_of_several_times_are_sent() {
    let mut bench = bench();
    let record = |value, time| Record {
        time: Some(time),
        ..Record::new(VALUE, Value::Float(value))
    };
    let records = [record(1.0, -20.0), record(2.0, -10.0)];
    bench
        .client
        .send(bench.now, None, SendContent::Records(&records))
        .unwrap();
    let sent = bench.only();
    assert!(
        sent.text().contains("-20") && sent.text().contains("-10"),
        "{}",
        sent.text()
    );
}

// proves: REP-27
#[test]
fn int_307_a_server_that_is_mute_gets_nothing() {
    let mut bench = Bench::registered_with(json(), tree());
    let send = |bench: &mut Bench| {
        bench
            .client
            .send(bench.now, Some(SERVER), SendContent::Paths(&[VALUE]))
    };
    assert_eq!(send(&mut bench), Err(SendError::Muted), "absent means muted");
    assert_eq!(bench.code(&put("1/0/23", "1")), Code::CHANGED);
    assert_eq!(send(&mut bench), Err(SendError::Muted));
    bench.silent();
    assert_eq!(bench.code(&put("1/0/23", "0")), Code::CHANGED);
    assert!(send(&mut bench).is_ok());
    assert_eq!(bench.only().path(), "dp");
}

#[test]
fn every_willing_server_gets_it() {
    let servers = [willing(SERVER), server(102), willing(103)];
    let mut bench = Bench::new(json(), tree_of(&servers));
    bench.client.start(bench.now);
    for server in [SERVER, 102, 103] {
        bench.connect(server);
        bench.accept_register(server);
    }
    bench.events();
    let id = bench
        .client
        .send(bench.now, None, SendContent::Paths(&[VALUE]))
        .unwrap();
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    bench.input(SERVER, &answer(&sent[0], Code::CHANGED));
    bench.input(103, &answer(&sent[1], Code::NOT_FOUND));
    let failure = SendFailure::Refused(Status::NotFound);
    let ends = [
        Event::Sent { id, server: SERVER },
        Event::SendFailed {
            id,
            server: 103,
            failure,
        },
    ];
    assert_eq!(bench.events(), ends);
}

// proves: REP-26
#[test]
fn the_server_is_told_of_an_instance_before_it_gets_its_values() {
    let mut bench = bench();
    // The first Update is still on its way.
    bench
        .client
        .change(bench.now, |tree| tree.insert_dynamic(5, probe()))
        .unwrap();
    let path = Path::resource(42769, 5, 0);
    bench
        .client
        .send(bench.now, None, SendContent::Paths(&[path]))
        .unwrap();
    let update = bench.only();
    assert_eq!(update.path(), "rd/5a3f");
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    assert_eq!(bench.only().path(), "dp");
}

// proves: ROB-21
#[test]
fn sends_are_bounded_and_end() {
    let config = ClientConfig {
        max_sends: 3,
        ..json()
    };
    let mut bench = Bench::registered_with(config, tree_of(&[willing(SERVER)]));
    for _ in 0..3 {
        bench
            .client
            .send(bench.now, None, SendContent::Paths(&[VALUE]))
            .unwrap();
    }
    let more = bench.client.send(bench.now, None, SendContent::Paths(&[VALUE]));
    assert_eq!(more, Err(SendError::TooMany));
    bench.pass(400);
    let events = bench.events();
    let timed_out = SendFailure::Exchange(Failure::TimedOut);
    let failed = events
        .iter()
        .filter(|event| matches!(event, Event::SendFailed { failure, .. } if *failure == timed_out));
    assert_eq!(failed.count(), 3);
    assert!(bench.client.is_quiet());
}

#[test]
fn nothing_is_sent_without_a_registration() {
    let mut bench = Bench::new(json(), tree_of(&[willing(SERVER)]));
    bench.client.start(bench.now);
    let send = |bench: &mut Bench, server| bench.client.send(bench.now, server, SendContent::Paths(&[VALUE]));
    assert_eq!(send(&mut bench, None), Err(SendError::NotRegistered));
    assert_eq!(send(&mut bench, Some(SERVER)), Err(SendError::NotRegistered));
    assert_eq!(send(&mut bench, Some(9)), Err(SendError::UnknownServer));
    let config = ClientConfig {
        versions: vec![Version::V1_0],
        ..json()
    };
    let mut bench = Bench::registered_with(config, tree_of(&[willing(SERVER)]));
    assert_eq!(send(&mut bench, None), Err(SendError::Version));
}

#[test]
fn a_lost_session_ends_its_sends() {
    let mut bench = bench();
    let id = bench
        .client
        .send(bench.now, None, SendContent::Paths(&[VALUE]))
        .unwrap();
    bench.client.disconnected(bench.now, SERVER);
    let failure = SendFailure::Exchange(Failure::Closed);
    assert_eq!(
        bench.events()[0],
        Event::SendFailed {
            id,
            server: SERVER,
            failure
        }
    );
}

// proves: REP-29
#[test]
fn a_send_may_go_out_once() {
    let config = ClientConfig {
        confirmable_sends: false,
        ..json()
    };
    let mut bench = Bench::registered_with(config, tree_of(&[willing(SERVER)]));
    let id = bench
        .client
        .send(bench.now, None, SendContent::Paths(&[VALUE]))
        .unwrap();
    let sent = bench.only();
    assert_eq!(sent.kind, Non);
    bench.input(SERVER, &answer(&sent, Code::CHANGED).kind(Non));
    assert_eq!(bench.events(), [Event::Sent { id, server: SERVER }]);
}
