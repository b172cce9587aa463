//! What servers ask (LwM2M Core 1.2, section 6.3): each request is read, performed and answered.

use lwm2m_runtime::{
    client::{ClientConfig, Event},
    coap::{Code, OptionNumber},
    model::{Path, Value, ValueRef, Version},
    operation::Status,
};

use crate::support::{
    Ack, Bench, Con, Non, SERVER, VALUE, answer, config, empty, get, post, put, request, server, tree,
    tree_of,
};

// proves: DM-01 DM-02 DM-04 DM-07 DM-94
#[test]
fn values_are_read_at_every_level() {
    let mut bench = Bench::registered();
    let answer = bench.exchange(&get("3/0/9").accept(0));
    assert_eq!(
        (answer.kind, answer.code, answer.format()),
        (Ack, Code::CONTENT, Some(0))
    );
    assert_eq!(answer.text(), "80");
    let answer = bench.exchange(&get("42769/0/2/7").accept(0));
    assert_eq!(answer.text(), "2");
    // TLV of both levels.
    let answer = bench.exchange(&get("42769/0/2").accept(11542));
    assert_eq!(answer.payload, [0x86, 2, 0x41, 0, 1, 0x41, 7, 2]);
    let answer = bench.exchange(&get("42769").accept(110));
    let text = answer.text();
    assert!(text.contains("\"north\"") && text.contains("42769"), "{text}");

    for (path, code) in [
        ("3/0/99", Code::NOT_FOUND),
        ("3/1", Code::NOT_FOUND),
        ("9", Code::NOT_FOUND),
        ("42769/0/3", Code::NOT_FOUND),
        ("42769/0/4", Code::METHOD_NOT_ALLOWED),
        ("0/0/0", Code::UNAUTHORIZED),
        ("0", Code::UNAUTHORIZED),
        ("x", Code::NOT_FOUND),
    ] {
        let refused = bench.exchange(&get(path));
        assert_eq!(refused.code, code, "{path}");
        assert!(refused.payload.is_empty());
    }
    assert_eq!(bench.code(&get("3/0/9").accept(42)), Code::NOT_ACCEPTABLE);
    assert_eq!(bench.code(&get("3/0").accept(60000)), Code::NOT_ACCEPTABLE);
}

#[test]
fn values_are_brought_up_to_date_before_they_are_read() {
    let mut bench = Bench::registered();
    bench.program.value_on_refresh = Some(31.5);
    assert_eq!(bench.exchange(&get("42769/0/0").accept(0)).text(), "31.5");
    assert_eq!(bench.program.refreshed, [VALUE]);
}

// proves: DM-11 DM-13 DM-19 DM-21 DM-26
#[test]
fn values_are_written_and_the_device_is_told() {
    let mut bench = Bench::registered();
    assert_eq!(bench.code(&put("42769/0/5", "south")), Code::CHANGED);
    let name = Path::resource(42769, 0, 5);
    assert_eq!(bench.client.tree().value(name), Some(ValueRef::String("south")));
    assert_eq!(
        bench.events(),
        [Event::Written {
            path: name,
            server: SERVER
        }]
    );

    // Only the switch.
    assert_eq!(
        bench.code(&post("42769/0").body(11542, &[0xc1, 1, 1])),
        Code::CHANGED
    );
    assert_eq!(bench.client.tree().value(name), Some(ValueRef::String("south")));
    bench.events();

    for (request, code) in [
        (put("42769/0/0", "1"), Code::METHOD_NOT_ALLOWED),
        (put("42769", "1"), Code::METHOD_NOT_ALLOWED),
        (put("42769/0/1", "yes"), Code::BAD_REQUEST),
        (put("3/0/99", "1"), Code::NOT_FOUND),
        (put("0/0/0", "coap://evil"), Code::UNAUTHORIZED),
        (
            request(Code::PUT, "42769/0/5").body(60000, b"x"),
            Code::UNSUPPORTED_CONTENT_FORMAT,
        ),
    ] {
        assert_eq!(bench.code(&request), code);
    }
    assert!(bench.events().is_empty());
    bench.silent();
}

// proves: DM-27 DM-45 DM-46 DM-47 DM-48
#[test]
fn resources_are_executed() {
    let mut bench = Bench::registered();
    assert_eq!(bench.code(&post("42769/0/4")), Code::CHANGED);
    assert_eq!(bench.code(&post("42769/0/4").body(0, b"1,2='a'")), Code::CHANGED);
    assert_eq!(bench.program.resets, 2);
    for (request, code) in [
        (post("42769/0/0"), Code::METHOD_NOT_ALLOWED),
        (post("42769/0/2/7"), Code::METHOD_NOT_ALLOWED),
        (post("42769/0/4").body(0, b"1,1"), Code::BAD_REQUEST),
        (post("42769/0/4").body(0, b"x"), Code::BAD_REQUEST),
        (post("42769/9/4"), Code::NOT_FOUND),
    ] {
        assert_eq!(bench.code(&request), code);
    }
    assert_eq!(bench.program.resets, 2);
}

// proves: DM-52
#[test]
fn an_execute_may_be_non_confirmable() {
    let mut bench = Bench::registered();
    let answer = bench.exchange(&post("42769/0/4").kind(Non));
    assert_eq!((answer.kind, answer.code), (Non, Code::CHANGED));
}

#[test]
fn an_execute_may_be_answered_later() {
    let mut bench = Bench::registered();
    bench.program.slow = true;
    bench.ask(SERVER, &post("42769/0/4"));
    bench.silent();
    let events = bench.events();
    let [
        Event::Deferred {
            ticket,
            path,
            server: SERVER,
        },
    ] = events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(path, Path::resource(42769, 0, 4));
    // The server is told that it was understood.
    let acknowledged = bench.pass(5);
    assert_eq!(acknowledged.len(), 1);
    assert_eq!(acknowledged[0].1.code, Code::EMPTY);
    assert!(bench.client.complete(bench.now, ticket, Status::Changed));
    let separate = bench.only();
    assert_eq!((separate.kind, separate.code), (Con, Code::CHANGED));
    bench.input(SERVER, &empty(Ack, &separate));
    assert!(!bench.client.complete(bench.now, ticket, Status::Changed));
    bench.pass(300);
    assert!(bench.client.is_quiet());
}

// proves: ROB-21
#[test]
fn only_so_many_executes_wait() {
    let config = ClientConfig {
        max_deferred: 2,
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    bench.program.slow = true;
    for _ in 0..2 {
        bench.ask(SERVER, &post("42769/0/4"));
        bench.silent();
    }
    assert_eq!(bench.code(&post("42769/0/4")), Code::SERVICE_UNAVAILABLE);
    // Nobody waits for them any more after the life of an exchange.
    bench.pass(300);
    assert!(bench.client.is_quiet());
}

#[test]
fn no_server_has_all_others_executes_wait() {
    let config = ClientConfig {
        max_deferred: 3,
        max_deferred_per_server: 2,
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree_of(&[server(SERVER), server(2)]));
    bench.connect(2);
    bench.accept_register(2);
    bench.program.slow = true;
    for _ in 0..2 {
        bench.ask(SERVER, &post("42769/0/4"));
        bench.silent();
    }
    assert_eq!(bench.code(&post("42769/0/4")), Code::SERVICE_UNAVAILABLE);
    bench.ask(2, &post("42769/0/4"));
    bench.silent();
    bench.ask(2, &post("42769/0/4"));
    assert_eq!(bench.only().code, Code::SERVICE_UNAVAILABLE, "all are taken");
}

// proves: DM-54 DM-55 DM-65 DM-68 DM-59
#[test]
fn instances_are_created_and_deleted() {
    let mut bench = Bench::registered();
    // TLV without an instance: the client chooses.
    bench.ask(SERVER, &post("42769").body(11542, &[0xc1, 1, 1]));
    let sent = bench.sent();
    assert_eq!(sent[0].code, Code::CREATED);
    let location: Vec<_> = sent[0]
        .options
        .iter()
        .filter(|(number, _)| *number == OptionNumber::LOCATION_PATH)
        .collect();
    assert_eq!(
        location.iter().map(|(_, value)| &value[..]).collect::<Vec<_>>(),
        [&b"42769"[..], b"1"]
    );
    bench.input(SERVER, &answer(&sent[1], Code::CHANGED));
    bench.events();

    bench.ask(SERVER, &request(Code::DELETE, "42769/1"));
    let sent = bench.sent();
    assert_eq!(sent[0].code, Code::DELETED);
    assert_eq!(sent[1].text(), "</1/0>,</3/0>,</42769/0>");
    bench.input(SERVER, &answer(&sent[1], Code::CHANGED));
    let deleted = Event::Deleted {
        path: Path::instance(42769, 1),
        server: SERVER,
    };
    assert_eq!(bench.events(), [deleted, Event::Updated { server: SERVER }]);
    assert_eq!(bench.code(&request(Code::DELETE, "42769/1")), Code::NOT_FOUND);
    assert_eq!(
        bench.code(&request(Code::DELETE, "3/0")),
        Code::METHOD_NOT_ALLOWED
    );
    assert_eq!(
        bench.code(&post("3").body(11542, &[0xc1, 1, 1])),
        Code::METHOD_NOT_ALLOWED
    );
    bench.silent();
}

// proves: DM-32 DM-33 DM-37 DM-38 DM-39 DM-82 ATTR-01 ATTR-08 DM-42
#[test]
fn int_260_attributes_are_attached_and_discovered() {
    let mut bench = Bench::registered();
    let links = bench.exchange(&get("42769/0").accept(40));
    assert_eq!((links.code, links.format()), (Code::CONTENT, Some(40)));
    let plain =
        "</42769/0>,</42769/0/0>,</42769/0/1>,</42769/0/2>;dim=2,</42769/0/3>,</42769/0/4>,</42769/0/5>";
    assert_eq!(
        links.text().replace("</42769/0/3>,", ""),
        plain.replace("</42769/0/3>,", "")
    );

    assert_eq!(
        bench.code(&request(Code::PUT, "42769?pmin=10&pmax=200")),
        Code::CHANGED
    );
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?lt=1&gt=6&st=1")),
        Code::CHANGED
    );
    let links = bench.exchange(&get("42769/0/0").accept(40));
    assert_eq!(links.text(), "</42769/0/0>;pmin=10;pmax=200;gt=6;lt=1;st=1");
    let links = bench.exchange(&get("42769").accept(40));
    assert!(
        links
            .text()
            .starts_with("</42769>;pmin=10;pmax=200,</42769/0>,</42769/0/0>;gt=6;lt=1;st=1,")
    );
    assert_eq!(bench.code(&request(Code::PUT, "42769?pmin")), Code::CHANGED);
    let links = bench.exchange(&get("42769/0/0").accept(40));
    assert_eq!(links.text(), "</42769/0/0>;pmax=200;gt=6;lt=1;st=1");

    for (path, code) in [
        ("42769/0/0?gt=1&lt=2", Code::BAD_REQUEST),
        ("42769/0/5?gt=1", Code::BAD_REQUEST),
        ("42769/0/4?pmin=1", Code::METHOD_NOT_ALLOWED),
        ("42769/8?pmin=1", Code::NOT_FOUND),
        ("0?pmin=1", Code::UNAUTHORIZED),
    ] {
        assert_eq!(bench.code(&request(Code::PUT, path)), code, "{path}");
    }
}

// proves: ATTR-51
#[test]
fn attributes_go_with_the_instance_that_they_are_attached_to() {
    let mut bench = Bench::registered();
    assert_eq!(bench.code(&request(Code::PUT, "42769/0?pmin=10")), Code::CHANGED);
    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    bench
        .client
        .change(bench.now, |tree| tree.insert_dynamic(0, crate::support::probe()))
        .unwrap();
    bench.sent();
    let links = bench.exchange(&get("42769/0").accept(40));
    assert!(!links.text().contains("pmin"), "{}", links.text());
}

// proves: ATTR-07 DM-37 REG-93
#[test]
fn int_951_each_server_sees_its_own_attributes() {
    let mut bench = Bench::new(config(), tree_of(&[server(SERVER), server(102)]));
    bench.client.start(bench.now);
    for server in [SERVER, 102] {
        bench.connect(server);
        bench.accept_register(server);
    }
    bench.ask(SERVER, &request(Code::PUT, "3/0?pmin=10"));
    bench.ask(102, &request(Code::PUT, "3/0?pmax=20"));
    bench.sent();
    for (server, link) in [(SERVER, "</3/0>;pmin=10,"), (102, "</3/0>;pmax=20,")] {
        bench.ask(server, &get("3/0").accept(40));
        let links = bench.only();
        assert!(links.text().starts_with(link), "{}", links.text());
    }
}

// proves: DM-71 DM-72 DM-73 DM-74 DM-77 DM-78 DM-96
#[test]
fn composite_operations() {
    let mut bench = Bench::registered();
    let fetch = |list: &str| request(Code::FETCH, "").body(110, list.as_bytes()).accept(110);
    let read = bench.exchange(&fetch(
        "[{\"n\":\"/3/0/9\"},{\"n\":\"/42769/0/5\"},{\"n\":\"/9/9\"}]",
    ));
    assert_eq!((read.code, read.format()), (Code::CONTENT, Some(110)));
    assert!(
        read.text().contains("80") && read.text().contains("north"),
        "{}",
        read.text()
    );
    let all = bench.exchange(&fetch("[{\"n\":\"/\"}]"));
    assert!(
        all.text().contains("ACME") && !all.text().contains("coap://"),
        "{}",
        all.text()
    );

    let patch = |body: &str| request(Code::IPATCH, "").body(110, body.as_bytes());
    let changed = patch("[{\"n\":\"/42769/0/5\",\"vs\":\"east\"},{\"n\":\"/1/0/1\",\"v\":50}]");
    bench.ask(SERVER, &changed);
    let sent = bench.sent();
    assert_eq!(sent[0].code, Code::CHANGED);
    assert_eq!(sent[1].queries(), ["lt=50"], "int-257");
    bench.input(SERVER, &answer(&sent[1], Code::CHANGED));
    // All or nothing.
    let refused = patch("[{\"n\":\"/42769/0/5\",\"vs\":\"west\"},{\"n\":\"/3/0/9\",\"v\":50}]");
    assert_eq!(bench.code(&refused), Code::METHOD_NOT_ALLOWED);
    let name = bench
        .client
        .tree()
        .value(Path::resource(42769, 0, 5))
        .map(ValueRef::to_value);
    assert_eq!(name, Some(Value::String("east".into())));
    assert_eq!(
        bench.code(&request(Code::FETCH, "").body(60, b"\x80")),
        Code::UNSUPPORTED_CONTENT_FORMAT
    );
    assert_eq!(bench.code(&fetch("[{")), Code::BAD_REQUEST);
    assert_eq!(bench.code(&fetch("[]")), Code::BAD_REQUEST);
    let text = request(Code::FETCH, "").body(110, b"[{\"n\":\"/3\"}]").accept(0);
    assert_eq!(bench.code(&text), Code::NOT_ACCEPTABLE);
}

// proves: ENC-ETCH-03
#[test]
fn a_patch_that_cannot_be_applied_is_a_bad_request() {
    let mut bench = Bench::registered();
    // RFC 8790 would say 4.22.
    for body in ["[{\"n\":\"/42769/0/5\"}]", "[{\"n\":\"/42769/0/5\",\"vb\":true}]"] {
        let patch = request(Code::IPATCH, "").body(320, body.as_bytes());
        assert_eq!(bench.code(&patch), Code::BAD_REQUEST, "{body}");
    }
}

// proves: VER-12
#[test]
fn an_older_session_does_not_have_newer_operations() {
    let config = ClientConfig {
        versions: vec![Version::V1_0],
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    for newer in [
        request(Code::FETCH, "").body(110, b"[{\"n\":\"/3\"}]"),
        request(Code::IPATCH, "").body(110, b"[]"),
        get("42769/0/2/7"),
        request(Code::DELETE, "42769/0/2/7"),
    ] {
        assert_eq!(bench.code(&newer), Code::METHOD_NOT_ALLOWED);
    }
    assert_eq!(
        bench.exchange(&get("3/0/9")).format(),
        Some(11542),
        "TLV is what a server has for certain"
    );
    assert_eq!(bench.code(&get("3/0").accept(110)), Code::NOT_ACCEPTABLE);
}

#[test]
fn large_answers_come_in_blocks() {
    let mut bench = Bench::registered();
    let long = "x".repeat(3000);
    bench.set(Path::resource(42769, 0, 5), ValueRef::String(&long));
    let block = |number: u32| number << 4 | 6;
    let first = bench.exchange(&get("42769/0/5").accept(0));
    assert_eq!((first.code, first.payload.len()), (Code::CONTENT, 1024));
    assert_eq!(first.uint(OptionNumber::BLOCK2), Some(block(0) | 8));
    let mut whole = first.payload;
    for number in 1..3 {
        let next = bench.exchange(
            &get("42769/0/5")
                .accept(0)
                .uint(OptionNumber::BLOCK2, block(number)),
        );
        whole.extend(next.payload);
    }
    assert_eq!(whole, long.as_bytes());
}

#[test]
fn objects_below_an_alternate_path_are_found_there() {
    let config = ClientConfig {
        alternate_path: "lwm2m".into(),
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    assert_eq!(bench.code(&get("lwm2m/3/0/9")), Code::CONTENT);
    assert_eq!(bench.code(&get("3/0/9")), Code::NOT_FOUND);
}

// proves: ROB-51
#[test]
fn bootstrap_operations_are_refused() {
    let mut bench = Bench::registered();
    for bootstrap in [
        request(Code::DELETE, ""),
        get("").accept(40),
        post("bs"),
        put("0/1", ""),
        request(Code::DELETE, "0/0"),
        request(Code::PUT, "1").body(11542, &[]),
    ] {
        let refused = bench.exchange(&bootstrap).code;
        assert!((0x80..0xa0).contains(&refused.0), "{refused:?}");
    }
    assert!(bench.client.tree().instance(0, 0).is_some());
}

#[test]
fn a_bootstrap_trigger_is_told_to_the_device() {
    let mut tree = tree();
    tree.insert(
        1,
        lwm2m_runtime::objects::Lwm2mSecurity {
            bootstrap_server: Some(true),
            ..Default::default()
        },
    )
    .unwrap();
    let mut bench = Bench::registered_with(config(), tree);
    assert_eq!(bench.code(&post("1/0/9")), Code::CHANGED);
    assert_eq!(bench.events(), [Event::BootstrapNeeded { server: Some(SERVER) }]);
    // Without the account of a bootstrap server there is no such trigger.
    let mut bench = Bench::registered();
    assert_eq!(bench.code(&post("1/0/9")), Code::NOT_FOUND);
}

// proves: REG-25
#[test]
fn names_in_payloads_have_the_alternate_path() {
    let config = ClientConfig {
        alternate_path: "lwm2m".into(),
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    let read = bench.exchange(&get("lwm2m/3/0/9").accept(110));
    assert!(read.text().contains("/lwm2m/3/0/9"), "{}", read.text());
    let fetch = request(Code::FETCH, "")
        .body(110, b"[{\"n\":\"/lwm2m/3/0/9\"}]")
        .accept(110);
    assert!(bench.exchange(&fetch).text().contains("80"));
    let patch = request(Code::IPATCH, "").body(110, b"[{\"n\":\"/lwm2m/42769/0/5\",\"vs\":\"west\"}]");
    assert_eq!(bench.code(&patch), Code::CHANGED);
    let observe = get("lwm2m/42769/0/5")
        .accept(110)
        .uint(OptionNumber::OBSERVE, 0)
        .token(b"obs");
    bench.exchange(&observe);
    bench.set(Path::resource(42769, 0, 5), ValueRef::String("x"));
    let sent = bench.work();
    assert!(sent[0].text().contains("/lwm2m/42769/0/5"), "{}", sent[0].text());
}

// proves: DM-76
#[test]
fn composite_requests_come_in_the_formats_of_1_2() {
    let mut bench = Bench::registered();
    let json = request(Code::FETCH, "")
        .body(320, b"[{\"n\":\"/3/0/9\"}]")
        .accept(110);
    assert!(bench.exchange(&json).text().contains("80"));
    // [{0: "/3/0/9"}]
    let cbor = request(Code::FETCH, "")
        .body(322, b"\x81\xa1\x00\x66/3/0/9")
        .accept(110);
    assert!(bench.exchange(&cbor).text().contains("80"));
}
