//! Send (LwM2M Core 1.2, section 6.4.4).

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    encoding::{ContentFormat, Decoder, Format},
    link::{Links, ObjectLink},
    model::Path,
    server::Event,
};

use crate::support::{LIST, Non, Rig, Written, peer};

fn send(rig: &mut Rig, from: u16, format: Option<u32>, payload: &[u8]) -> Code {
    let message = rig.post("dp");
    let message = match format {
        Some(format) => message.uint(OptionNumber::CONTENT_FORMAT, format),
        None => message,
    };
    let message = Written { payload, ..message };
    rig.ask(peer(from), &message).code
}

// proves: REP-25
#[test]
fn a_send_is_handed_over_as_it_came() {
    let mut rig = Rig::new();
    let (id, _) = rig.register(peer(1));
    // int-306, int-311: several times for a path, too.
    let payload = br#"[{"bn":"/3303/1/5700","t":-5,"v":1},{"v":2},{"n":"","t":-9,"v":3}]"#;
    assert_eq!(send(&mut rig, 1, Some(110), payload), Code::CHANGED);
    let sent = Event::Send {
        registration: id,
        format: ContentFormat::SENML_JSON,
        payload: payload.to_vec(),
    };
    assert_eq!(rig.events(), [sent]);
    let formats = rig.server.registration(id).unwrap().formats().peer();
    assert!(
        formats.contains(Format::SenmlJson),
        "the client has shown that it has the format"
    );
}

#[test]
fn a_send_that_breaks_a_rule_is_refused() {
    let mut rig = Rig::new();
    rig.register(peer(1));
    for (format, payload, code) in [
        (
            Some(110),
            &br#"[{"n":"/3303/7/5700","v":1}]"#[..],
            Code::NOT_FOUND,
        ),
        (
            Some(110),
            br#"[{"n":"/3303/1/5700","v":1},{"n":"/9/0/1","v":1}]"#,
            Code::NOT_FOUND,
        ),
        (Some(110), br#"[{"n":"/5/0/3","v":1}]"#, Code::NOT_FOUND),
        (Some(110), br#"[{"n":"/0/0/3","v":1}]"#, Code::NOT_FOUND),
        (
            Some(110),
            br#"[{"n":"/other/3303/1/5700","v":1}]"#,
            Code::NOT_FOUND,
        ),
        (Some(110), br#"[{"n":"/3303/1/5700","v":1}"#, Code::BAD_REQUEST),
        (Some(110), br#"[{"n":"/3303/1/5700"}]"#, Code::BAD_REQUEST),
        (Some(112), &[0x81, 0xff], Code::BAD_REQUEST),
        (None, b"[]", Code::BAD_REQUEST),
        (Some(0), b"1", Code::UNSUPPORTED_CONTENT_FORMAT),
        (Some(11_542), &[0xc1, 0, 1], Code::UNSUPPORTED_CONTENT_FORMAT),
        (Some(9_999), b"1", Code::UNSUPPORTED_CONTENT_FORMAT),
    ] {
        let text = String::from_utf8_lossy(payload);
        assert_eq!(send(&mut rig, 1, format, payload), code, "{text}");
    }
    assert!(rig.events().is_empty());
}

// proves: DM-09
#[test]
fn resources_that_are_unknown_are_no_error() {
    let mut rig = Rig::new();
    let (id, _) = rig.register(peer(1));
    let payload = br#"[{"bn":"/3/0/","n":"9","v":1},{"n":"9999","vs":"new"}]"#;
    assert_eq!(send(&mut rig, 1, Some(110), payload), Code::CHANGED);
    // The same as an answer or a notification, with the types that the server knows.
    let definitions = rig.server.definitions(id).unwrap();
    let decoder = Decoder::new(Format::SenmlJson, Path::instance(3, 0)).with_definitions(&definitions);
    let records = decoder.read(payload).unwrap().collect().unwrap();
    assert_eq!(records.len(), 2);
    let link = Links::new("</3/0/9999>;x=1").next().unwrap().unwrap();
    assert_eq!(ObjectLink::read(link).unwrap().path, Path::resource(3, 0, 9999));
}

// proves: ROB-48
#[test]
fn a_send_of_nobody_is_refused() {
    let mut rig = Rig::new();
    let (_, location) = rig.register(peer(1));
    let payload = br#"[{"n":"/3/0/9","v":1}]"#;
    assert_eq!(send(&mut rig, 2, Some(110), payload), Code::NOT_FOUND);
    assert_eq!(send(&mut rig, 1, Some(110), payload), Code::CHANGED);
    rig.deregister(peer(1), &location);
    assert_eq!(send(&mut rig, 1, Some(110), payload), Code::NOT_FOUND);
    rig.register_as(peer(1), &["ep=old", "lt=60", "lwm2m=1.0"], LIST);
    assert_eq!(
        send(&mut rig, 1, Some(110), payload),
        Code::NOT_FOUND,
        "1.0 has no Send"
    );
}

// proves: REG-25
#[test]
fn names_may_begin_with_the_alternate_path() {
    let mut rig = Rig::new();
    let links = "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/3/0>";
    rig.register_as(peer(1), &["ep=one", "lt=60", "lwm2m=1.2"], links);
    for name in ["/lwm2m/3/0/9", "/3/0/9"] {
        let payload = format!(r#"[{{"n":"{name}","v":1}}]"#);
        assert_eq!(
            send(&mut rig, 1, Some(110), payload.as_bytes()),
            Code::CHANGED,
            "{name}"
        );
    }
    assert_eq!(
        send(&mut rig, 1, Some(110), br#"[{"n":"/lwm/3/0/9","v":1}]"#),
        Code::NOT_FOUND
    );
}

#[test]
fn a_send_may_be_non_confirmable() {
    let mut rig = Rig::new();
    rig.register(peer(1));
    let message = Written::new(Non, Code::POST, 3)
        .path("dp")
        .uint(OptionNumber::CONTENT_FORMAT, 110)
        .payload(br#"[{"n":"/3/0/9","v":1}]"#);
    rig.put(peer(1), &message);
    assert_eq!(rig.one().code, Code::CHANGED);
    assert!(matches!(rig.event(), Event::Send { .. }));
}
