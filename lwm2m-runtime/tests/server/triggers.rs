//! What has a client update its registration.

use lwm2m_runtime::{
    coap::{Code, Message, MessageType, OptionNumber},
    model::{Path, Version},
    operation::{CoapSession, ExecuteInput, Request, Transport, read_sms_push},
    server::{RequestError, SmsTrigger},
};

use crate::support::{Rig, peer};

/// Of UQS in LwM2M 1.0 only UDP queues; later queue mode is of all transports.
#[test]
fn short_messages_reach_a_client_of_1_0_at_any_time() {
    use Transport::{Sms, Tcp, Udp};
    for (version, binding, at_once, later) in [
        ("1.0", "b=UQS", vec![Udp, Sms], vec![Sms]),
        ("1.0", "b=UQ", vec![Udp], vec![]),
        ("1.0", "b=SQ", vec![Sms], vec![]),
        ("1.0", "b=US", vec![Udp, Sms], vec![Udp, Sms]),
        ("1.1", "b=US", vec![Udp, Sms], vec![]),
        ("1.1", "b=T", vec![Udp, Tcp], vec![]),
    ] {
        let mut rig = Rig::new();
        let version = format!("lwm2m={version}");
        let mut queries = vec!["ep=a", version.as_str(), "lt=86400", binding];
        queries.extend((version != "lwm2m=1.0").then_some("Q"));
        let (id, _) = rig.register_as(peer(1), &queries, "</1/0>,</3/0>");
        let takes = |rig: &Rig| -> Vec<Transport> {
            let registration = rig.server.registration(id).unwrap();
            let all = [Udp, Tcp, Sms].into_iter();
            all.filter(|one| registration.takes_requests(rig.now, *one))
                .collect()
        };
        assert_eq!(takes(&rig), at_once, "{queries:?}");
        rig.seconds(100);
        assert_eq!(takes(&rig), later, "{queries:?}");
    }
}

// proves: REG-50
#[test]
fn a_trigger_names_only_transports_that_the_client_has_listed() {
    let mut rig = Rig::new();
    let (id, _) = rig.register_as(peer(1), &["ep=a", "lwm2m=1.1", "lt=300", "b=UT"], "</1/3>,</3/0>");
    for (over, payload, format) in [
        (None, &b""[..], None),
        (Some(Transport::Udp), b"0='U'", Some(0)),
        (Some(Transport::Tcp), b"0='T'", Some(0)),
    ] {
        rig.server.trigger_update(rig.now, id, 3, over).unwrap();
        let sent = rig.one();
        assert_eq!((sent.code, sent.path().as_str()), (Code::POST, "/1/3/8"));
        assert_eq!(&sent.payload[..], payload);
        assert_eq!(
            sent.uint(OptionNumber::CONTENT_FORMAT)
                .filter(|_| !payload.is_empty()),
            format
        );
        assert!(sent.texts(OptionNumber::URI_QUERY).is_empty());
        rig.answer(&sent, Code::CHANGED, None, &[]);
        rig.event();
    }
    for transport in [Transport::Sms, Transport::NonIp, Transport::Mqtt] {
        assert_eq!(
            rig.server.trigger_update(rig.now, id, 3, Some(transport)),
            Err(RequestError::Transport { transport })
        );
    }
    assert!(rig.sent().is_empty());
}

#[test]
fn a_short_message_has_a_trigger_in_it() {
    let mut rig = Rig::new();
    let queries = ["ep=a", "lwm2m=1.1", "lt=300", "b=UT", "Q", "sms=491721234567"];
    let (id, _) = rig.register_as(peer(1), &queries, "</1/3>,</3/0>");
    let cases: [(_, _, Option<&[u8]>); 3] = [
        (SmsTrigger::Update { over: None }, 8, None),
        (
            SmsTrigger::Update {
                over: Some(Transport::Tcp),
            },
            8,
            Some(b"0='T'"),
        ),
        (SmsTrigger::Bootstrap, 9, None),
    ];
    let mut ids = Vec::new();
    for (trigger, resource, argument) in cases {
        let sms = rig.server.sms_trigger(id, 3, trigger).unwrap();
        assert_eq!(sms.to, "491721234567");
        assert!(sms.user_data.len() <= 140);
        let message = Message::parse(read_sms_push(&sms.user_data).unwrap()).unwrap();
        assert_eq!(message.message_type, MessageType::Confirmable);
        ids.push((message.id, message.token.to_vec()));
        let session = CoapSession::new(Version::V1_1);
        let request = session.read_request(message.code, message.options, message.payload, |_| false);
        let Ok(Request::Execute { path, input }) = request else {
            panic!("{request:?}");
        };
        assert_eq!(path, Path::resource(1, 3, resource));
        match (input, argument) {
            (ExecuteInput::None, None) => {}
            (ExecuteInput::Payload(payload), Some(argument)) => assert_eq!(payload.bytes, argument),
            other => panic!("{other:?}"),
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each is a message of its own");
    assert!(rig.sent().is_empty(), "nothing goes by UDP");
    let over = Some(Transport::Mqtt);
    assert_eq!(
        rig.server.sms_trigger(id, 3, SmsTrigger::Update { over }),
        Err(RequestError::Transport {
            transport: Transport::Mqtt
        })
    );
    // Who has told no number cannot be woken.
    let (silent, _) = rig.register_as(peer(2), &["ep=b", "lwm2m=1.1", "lt=300"], "</1/0>,</3/0>");
    assert_eq!(
        rig.server.sms_trigger(silent, 0, SmsTrigger::Bootstrap),
        Err(RequestError::NoSmsNumber)
    );
    rig.server.remove(rig.now, silent);
    assert_eq!(
        rig.server.sms_trigger(silent, 0, SmsTrigger::Bootstrap),
        Err(RequestError::NotRegistered)
    );
}
