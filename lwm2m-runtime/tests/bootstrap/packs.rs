//! A whole configuration in one answer.

use lwm2m_runtime::{
    bootstrap::{BootstrapServerConfig, Event, Plan},
    configuration::{BootstrapConfiguration, Credentials, ServerAccount, Values, check},
    encoding::{ContentFormat, Decoder, Format},
    model::{Path, ValueRef},
    operation::{Status, Uplink},
};

use crate::support::{Bench, client, configuration, path, server, with_config};

fn ask<'a>(accept: Option<ContentFormat>, account: Option<&'a str>) -> Uplink<'a> {
    Uplink::BootstrapPackRequest {
        endpoint: Some("device-1"),
        accept,
        account,
    }
}

fn status(plan: Plan, config: BootstrapServerConfig, uplink: &Uplink<'_>) -> Status {
    let mut bench = Bench::with_client(with_config(plan, config));
    bench.ask(1, uplink);
    bench.settle();
    assert!(bench.client().asked.is_empty(), "there is no session");
    let (status, _) = bench.client().answers[0];
    match status.is_success() {
        true => assert!(matches!(bench.events[..], [Event::Packed { .. }])),
        false => assert_eq!(bench.refusals(), [status]),
    }
    status
}

fn default_status(uplink: &Uplink<'_>) -> Status {
    status(
        Plan::new(configuration()),
        BootstrapServerConfig::default(),
        uplink,
    )
}

fn pack(accept: Format, account: Option<&str>) -> Values {
    let mut bench = Bench::with_client(server(Plan::new(configuration())));
    bench.ask(1, &ask(Some(accept.content_format()), account));
    bench.settle();
    let (status, payload) = bench.client().answers[0].clone();
    assert_eq!(status, Status::Content);
    let (format, bytes) = payload.unwrap();
    assert_eq!(format, accept.content_format());
    let mut values = Values::new();
    for record in Decoder::new(accept, Path::ROOT)
        .read(&bytes)
        .unwrap()
        .collect()
        .unwrap()
    {
        if let Some(value) = record.content.value() {
            values.set(record.path, value);
        }
    }
    values
}

// proves: BOOT-10 BOOT-18
#[test]
fn a_pack_has_a_complete_account_in_the_format_that_was_asked_for() {
    for format in [Format::SenmlJson, Format::SenmlCbor, Format::Lwm2mCbor] {
        let values = pack(format, Some("</0/1>"));
        assert_eq!(check(&values, true), Ok(()), "{format:?}");
        assert_eq!(values.get(path("/0/0/10")), Some(ValueRef::Integer(1)));
        assert_eq!(values.paths(Path::ROOT, 2), [path("/0/0"), path("/1/0")]);
    }
}

// proves: BOOT-14
#[test]
fn a_pack_keeps_clear_of_the_account_that_the_client_has_named() {
    let place = |account| pack(Format::SenmlCbor, account).paths(Path::object(0), 2);
    assert_eq!(place(Some("</0/0>")), [path("/0/1")]);
    assert_eq!(place(Some("</0/2>,</21/0>")), [path("/0/0")]);
    assert_eq!(place(None), [path("/0/2")]);
    for refused in ["</0/1>;ssid=1", "/0/1", "</0>", "</0/1/2>", "</x/0/1>", "</0/1>,"] {
        let accept = Some(ContentFormat::SENML_CBOR);
        assert_eq!(
            default_status(&ask(accept, Some(refused))),
            Status::BadRequest,
            "{refused}"
        );
    }
}

// proves: BOOT-11 BOOT-12
#[test]
fn a_pack_that_cannot_be_had_is_refused_for_a_reason() {
    for accept in [0, 40, 60, 11_542, 11_543, 320, 9_999] {
        let found = default_status(&ask(Some(ContentFormat(accept)), None));
        assert_eq!(found, Status::NotAcceptable, "{accept}");
    }
    assert_eq!(default_status(&ask(None, None)), Status::Content);
    let config = || BootstrapServerConfig::default();
    let cbor = ask(Some(ContentFormat::SENML_CBOR), None);
    let mut refused = Plan::new(configuration());
    refused.pack = false;
    assert_eq!(status(refused, config(), &cbor), Status::MethodNotAllowed);
    // No complete account: a session may still do something useful.
    let incomplete = Plan::new(BootstrapConfiguration::default());
    assert_eq!(status(incomplete, config(), &cbor), Status::MethodNotAllowed);
    let none = BootstrapServerConfig {
        packs: false,
        ..config()
    };
    assert_eq!(
        status(Plan::new(configuration()), none, &cbor),
        Status::NotImplemented
    );
    let stranger = Uplink::BootstrapPackRequest {
        endpoint: Some("stranger"),
        accept: None,
        account: None,
    };
    assert_eq!(default_status(&stranger), Status::BadRequest);
}

/// The one datagram that an address gets which is not a client's, but asks as a client does.
fn forge(bench: &mut Bench, request: &[u8]) -> Vec<u8> {
    let now = bench.now;
    bench.server.handle_input(now, client(9), request);
    let answer = bench.server.poll_transmit().unwrap().datagram.to_vec();
    assert!(bench.server.poll_transmit().is_none());
    answer
}

fn first_datagram(bench: &mut Bench) -> Vec<u8> {
    bench.client().endpoint.poll_transmit().unwrap().datagram.to_vec()
}

/// Three servers with keys.
fn long_configuration() -> BootstrapConfiguration {
    let keys = |id| Credentials::PreSharedKey {
        identity: b"an identity of some length".to_vec(),
        key: vec![id as u8; 32],
    };
    let account = |id| ServerAccount::new(id, "coaps://server.example.com", keys(id));
    BootstrapConfiguration::new([account(1), account(2), account(3)])
}

#[test]
fn a_pack_for_an_address_that_is_not_proved_comes_in_blocks_that_gain_nothing() {
    for configuration in [configuration(), long_configuration()] {
        for format in [Format::SenmlJson, Format::SenmlCbor, Format::Lwm2mCbor] {
            let uplink = ask(Some(format.content_format()), None);
            let mut bench = Bench::with_client(server(Plan::new(configuration.clone())));
            bench.ask(1, &uplink);
            let request = first_datagram(&mut bench);
            let answer = forge(&mut bench, &request);
            assert_eq!(answer[1], 0x45, "2.05");
            assert!(answer.len() <= request.len() * 3);
            // A client without Echo gets all of it.
            let mut bench = Bench::with_client(server(Plan::new(configuration.clone())));
            bench.ask(1, &uplink);
            bench.settle();
            assert!(matches!(bench.events[..], [Event::Packed { .. }]));
            let (status, payload) = bench.client().answers[0].clone();
            assert_eq!(status, Status::Content);
            let (_, bytes) = payload.unwrap();
            let reader = Decoder::new(format, Path::ROOT).read(&bytes).unwrap();
            let records = reader.collect().unwrap();
            assert!(records.len() > 10 * configuration.servers.len());
        }
    }
}

#[test]
fn the_shortest_request_for_a_pack_pays_for_a_block() {
    let mut bench = Bench::with_client(server(Plan::new(long_configuration())));
    let plan = Plan::new(long_configuration());
    bench.server.plans_mut().insert("d", plan);
    let uplink = Uplink::BootstrapPackRequest {
        endpoint: Some("d"),
        accept: None,
        account: None,
    };
    bench.ask(1, &uplink);
    bench.settle();
    assert_eq!(bench.client().answers[0].0, Status::Content);
}

#[test]
fn a_pack_can_be_for_proved_addresses_alone() {
    let config = BootstrapServerConfig {
        validate_packs: true,
        ..BootstrapServerConfig::default()
    };
    let mut bench = Bench::with_client(with_config(Plan::new(configuration()), config.clone()));
    bench.ask(1, &ask(Some(ContentFormat::SENML_CBOR), None));
    let request = first_datagram(&mut bench);
    let challenge = forge(&mut bench, &request);
    assert_eq!(challenge[1], 0x81, "4.01");
    assert!(challenge.len() <= request.len() * 3);
    assert!(bench.server.poll_event().is_none());
    // A security session proves it.
    let now = bench.now;
    let secured = lwm2m_runtime::coap::Peer {
        session: 5,
        ..client(9)
    };
    bench.server.handle_input(now, secured, &request);
    assert_eq!(bench.server.poll_transmit().unwrap().datagram[1], 0x45, "2.05");
    // And so does Echo.
    let mut bench = Bench::with_client(with_config(Plan::new(configuration()), config));
    bench.ask(1, &ask(Some(ContentFormat::SENML_CBOR), None));
    bench.settle();
    assert_eq!(bench.client().answers[0].0, Status::Content);
}
