//! Every operation of every version goes out as the specification says, and its answer comes back.

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    encoding::ContentFormat,
    link::{Links, NotificationAttributes, ObjectLink},
    model::Path,
    operation::{Depth, ExecuteInput, Operation, Payload, Request, Status, WriteMode},
    server::{Event, RegistrationId},
};

use crate::support::{LIST, Rig, peer};

fn registered(version: &str) -> (Rig, RegistrationId) {
    let mut rig = Rig::new();
    let (id, _) = rig.register_as(peer(1), &["ep=one", "lt=60", version], LIST);
    (rig, id)
}

/// All that a server can ask, the first version that has it, and the method that carries it.
fn requests() -> Vec<(Request<'static>, u8, Code)> {
    let object = Path::object(3);
    let instance = Path::instance(3, 0);
    let resource = Path::resource(3, 0, 13);
    let deep = Path::resource_instance(3, 0, 11, 0);
    let tlv = Payload::new(ContentFormat::TLV, &[0xc1, 0, 1]);
    let text = Payload::new(ContentFormat::TEXT, b"1");
    let senml = Payload::new(ContentFormat::SENML_JSON, br#"[{"n":"/3/0/13","v":1}]"#);
    let paths = Payload::new(ContentFormat::SENML_JSON, br#"[{"n":"/3/0/13"}]"#);
    let read = |path| Request::Read { path, accept: None };
    let discover = |path, depth| Request::Discover { path, depth };
    let write = |path, mode, payload| Request::Write { path, mode, payload };
    let attach = |path| Request::WriteAttributes {
        path,
        changes: NotificationAttributes {
            pmin: Some(1),
            ..Default::default()
        }
        .into(),
    };
    vec![
        (read(object), 0, Code::GET),
        (read(instance), 0, Code::GET),
        (read(resource), 0, Code::GET),
        (read(deep), 1, Code::GET),
        (discover(object, None), 0, Code::GET),
        (discover(instance, None), 0, Code::GET),
        (discover(resource, None), 0, Code::GET),
        (discover(object, Depth::new(3)), 2, Code::GET),
        (write(instance, WriteMode::Replace, tlv), 0, Code::PUT),
        (write(resource, WriteMode::Replace, text), 0, Code::PUT),
        (write(deep, WriteMode::Replace, text), 1, Code::PUT),
        (write(instance, WriteMode::Partial, tlv), 0, Code::POST),
        (attach(object), 0, Code::PUT),
        (attach(instance), 0, Code::PUT),
        (attach(resource), 0, Code::PUT),
        (attach(deep), 1, Code::PUT),
        (
            Request::Execute {
                path: Path::resource(3, 0, 4),
                input: ExecuteInput::None,
            },
            0,
            Code::POST,
        ),
        (
            Request::Create {
                object: 3303,
                payload: tlv,
            },
            0,
            Code::POST,
        ),
        (Request::Delete { path: instance }, 0, Code::DELETE),
        (Request::Delete { path: deep }, 2, Code::DELETE),
        (Request::ReadComposite { paths, accept: None }, 1, Code::FETCH),
        (Request::WriteComposite { payload: senml }, 1, Code::IPATCH),
    ]
}

fn success(operation: Operation) -> Code {
    match operation {
        Operation::Read | Operation::ReadComposite | Operation::Discover => Code::CONTENT,
        Operation::Create => Code::CREATED,
        Operation::Delete => Code::DELETED,
        _ => Code::CHANGED,
    }
}

// proves: DM-95 DM-97 DM-101
#[test]
fn every_operation_of_every_version_goes_out_and_is_answered() {
    for (minor, version) in (0..).zip(["lwm2m=1.0", "lwm2m=1.1", "lwm2m=1.2"]) {
        let (mut rig, id) = registered(version);
        let mut answers = 0;
        for (request, since, method) in requests() {
            let asked = rig.server.request(rig.now, id, &request);
            assert_eq!(asked.is_ok(), since <= minor, "{request:?} in {version}");
            let Ok(asked) = asked else { continue };
            for refuse in [true, false] {
                let asked = match refuse {
                    true => asked,
                    false => rig.server.request(rig.now, id, &request).unwrap(),
                };
                let sent = rig.one();
                assert_eq!(sent.code, method, "{request:?}");
                let path = match request.operation() {
                    Operation::ReadComposite | Operation::WriteComposite => String::new(),
                    _ => request.path().to_string(),
                };
                assert_eq!(sent.path(), path);
                let payload = request.payload().map(|payload| payload.bytes).unwrap_or_default();
                assert_eq!(sent.payload, payload);
                let code = match refuse {
                    true => Code::METHOD_NOT_ALLOWED,
                    false => success(request.operation()),
                };
                rig.answer(&sent, code, None, &[]);
                let Event::Response {
                    request: answered,
                    answer,
                    ..
                } = rig.event()
                else {
                    panic!("it was answered");
                };
                assert_eq!(
                    (answered, answer.status),
                    (asked, Status::from_code(code).unwrap())
                );
                answers += 1;
            }
        }
        let all = requests().iter().filter(|(_, since, _)| *since <= minor).count();
        assert_eq!(answers, 2 * all);
    }
}

// proves: DM-81
#[test]
fn a_client_without_composite_operations_says_so() {
    let (mut rig, id) = registered("lwm2m=1.1");
    let paths = Payload::new(ContentFormat::SENML_JSON, br#"[{"n":"/3/0/13"}]"#);
    for (code, status) in [
        (Code::METHOD_NOT_ALLOWED, Status::MethodNotAllowed),
        (Code::NOT_IMPLEMENTED, Status::NotImplemented),
    ] {
        let request = Request::ReadComposite { paths, accept: None };
        rig.server.request(rig.now, id, &request).unwrap();
        let sent = rig.one();
        rig.answer(&sent, code, None, &[]);
        assert!(matches!(rig.event(), Event::Response { answer, .. } if answer.status == status));
    }
}

// proves: DM-40 DM-41 DM-98 DM-36
#[test]
fn links_of_any_depth_answer_a_discover() {
    for (version, depth, links, count) in [
        ("lwm2m=1.0", None, "</3>;pmin=10,</3/0/1>,</3/0/2>", 3),
        ("lwm2m=1.0", None, "</3>;pmin=10,</3/0>,</3/0/1>,</3/0/2>", 4),
        ("lwm2m=1.2", Depth::new(1), "</3>;pmin=1;pmax=10,</3/0>", 2),
        (
            "lwm2m=1.2",
            Depth::new(0),
            "</3>,</3/0>,</3/0/11>;dim=1,</3/0/11/0>",
            4,
        ),
    ] {
        let (mut rig, id) = registered(version);
        let path = Path::object(3);
        rig.server
            .request(rig.now, id, &Request::Discover { path, depth })
            .unwrap();
        let sent = rig.one();
        assert_eq!(sent.uint(OptionNumber::ACCEPT), Some(40));
        let query = depth.map(|depth| format!("depth={}", depth.levels()));
        assert_eq!(sent.texts(OptionNumber::URI_QUERY), Vec::from_iter(query));
        rig.answer(&sent, Code::CONTENT, Some(40), links.as_bytes());
        let Event::Response { answer, .. } = rig.event() else {
            panic!("it was answered");
        };
        let (format, text) = answer.payload.unwrap();
        assert_eq!(format, ContentFormat::LINK);
        let links: Vec<_> = Links::from_bytes(&text)
            .unwrap()
            .map(|link| ObjectLink::read(link.unwrap()).unwrap())
            .collect();
        assert_eq!(links.len(), count);
        assert!(links.iter().all(|link| link.path.starts_with(path)));
    }
}
