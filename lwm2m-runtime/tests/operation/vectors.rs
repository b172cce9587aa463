//! Messages and parameters that specifications and other implementations print.
//!
//! They lie beside the repository, in `../shared/protocol/vectors`; without them the test says so and passes, because
//! what they show is also in the other tests.

use std::{fs, path::PathBuf};

use lwm2m_runtime::{
    coap::{Code, Message, OptionNumber},
    encoding::ContentFormat,
    link::Attribute,
    model::{Path, Version},
    operation::{
        Arguments, CoapSession, ExecuteInput, Location, ProfileId, Request, Status, Uplink, UplinkPeer,
        read_sms_push, read_uplink, write_sms_push,
    },
};
use serde_json::Value as Json;

use crate::wire::Wire;

/// A server where every location is one of LwM2M 1.1.
struct Server;

impl UplinkPeer for Server {
    fn supports(&self, version: Version) -> bool {
        version <= Version::V1_2
    }

    fn version_at(&self, _: Location<'_>) -> Option<Version> {
        Some(Version::V1_1)
    }
}

#[test]
fn printed_requests_attributes_and_arguments_are_read() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/protocol/vectors/misc.json");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let vectors: Vec<Json> = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for vector in &vectors {
        let id = vector["id"].as_str().unwrap();
        let text = vector["text"].as_str().unwrap_or_default();
        let decoded = &vector["decoded"];
        checked += 1;
        match vector["encoding"].as_str().unwrap() {
            "write_attributes" => write_attributes(id, vector["path"].as_str().unwrap(), text, decoded),
            "execute_args" => execute(id, text, decoded),
            "request_line" => request_line(id, text),
            "profile_id" => assert!(ProfileId::parse(text).is_some(), "{id}"),
            "coap" if id == "coap-sms-trigger" => trigger(vector["hex"].as_str().unwrap()),
            "coap" if id == "sms-trigger-full" => pushed_trigger(vector["hex"].as_str().unwrap()),
            // Other transports, and lists of links, which have tests of their own.
            _ => checked -= 1,
        }
    }
    assert!(checked >= 23, "only {checked} were looked at");
}

fn write_attributes(id: &str, path: &str, text: &str, decoded: &Json) {
    let version = if id.contains("-10-") {
        Version::V1_0
    } else {
        Version::V1_2
    };
    let wire = Wire::new(Code::PUT).uri(&format!("{path}?{text}"));
    let read = wire.with(|message| {
        let session = CoapSession::new(version);
        match session.read_request(message.code, message.options, message.payload, |_| false) {
            Ok(Request::WriteAttributes { changes, .. }) => Ok(changes),
            Ok(other) => panic!("{other:?}"),
            Err(status) => Err(status),
        }
    });
    let Some(expected) = decoded.as_object() else {
        assert_eq!(read, Err(Status::BadRequest), "{id}");
        return;
    };
    let changes = read.unwrap();
    let names = expected.keys().map(|name| Attribute::from_name(name).unwrap());
    assert!(names.clone().all(|name| changes.contains(name)), "{id}");
    let count = Attribute::ALL
        .into_iter()
        .filter(|name| changes.contains(*name))
        .count();
    assert_eq!(count, expected.len(), "{id}");
    let set = changes.attributes();
    for (name, value) in names.zip(expected.values()) {
        assert_eq!(changes.unsets(name), value.is_null(), "{id}");
        let read = match name {
            Attribute::Pmin => set.pmin.map(f64::from),
            Attribute::Pmax => set.pmax.map(f64::from),
            Attribute::Gt => set.gt,
            Attribute::Lt => set.lt,
            Attribute::St => set.st,
            other => panic!("{id}: {other:?}"),
        };
        assert_eq!(read, value.as_f64(), "{id}");
    }
}

fn execute(id: &str, text: &str, decoded: &Json) {
    let arguments = Arguments::parse(text.as_bytes()).unwrap();
    let read: Vec<_> = arguments
        .iter()
        .map(|argument| serde_json::json!([argument.number, argument.value]))
        .collect();
    assert_eq!(Json::from(read), *decoded, "{id}");
}

fn request_line(id: &str, text: &str) {
    let (method, uri) = text.split_once(' ').unwrap();
    let code = match method {
        "GET" => Code::GET,
        "POST" => Code::POST,
        other => panic!("{other}"),
    };
    let wire = Wire::new(code).uri(uri);
    // The printed lines have no body, which a Register before 1.2 must have.
    let wire = match uri.starts_with("/rd?") && !uri.contains("pid") {
        true => wire.format(ContentFormat::LINK).payload(b"</1/0>,</3/0>"),
        false => wire,
    };
    wire.with(|message| {
        let read = read_uplink(&Server, message.code, message.options, message.payload).unwrap();
        let fits = match id {
            "uri-update" => matches!(&read, Uplink::Update { parameters, .. } if parameters.lifetime == Some(600_000)),
            "uri-bspack" => {
                matches!(&read, Uplink::BootstrapPackRequest { endpoint: Some("node34141"), .. })
            }
            "uri-register" => {
                matches!(&read, Uplink::Register { parameters, .. } if parameters.endpoint == Some("example-client"))
            }
            "uri-register-q" => matches!(&read, Uplink::Register { parameters, .. } if parameters.queue),
            "ets-110" => {
                matches!(&read, Uplink::Register { parameters, links: None } if parameters.profile_ids.len() == 1)
            }
            other => panic!("{other} is new"),
        };
        assert!(fits, "{id}: {read:?}");
        // And written again it has the same options.
        let version = if id == "uri-update" { Version::V1_1 } else { Version::V1_2 };
        let session = CoapSession::new(version);
        let form = session.uplink(&read).unwrap();
        let mut queries = Vec::new();
        form.for_each_option(|number, value| {
            if number == OptionNumber::URI_QUERY {
                queries.push(value.to_vec());
            }
        });
        let mut printed: Vec<_> = message.options.all(OptionNumber::URI_QUERY).map(<[u8]>::to_vec).collect();
        // An absent binding says the same as U.
        printed.retain(|query| query != b"b=U");
        printed.sort();
        queries.sort();
        assert_eq!(queries, printed, "{id}");
    });
}

/// The message of a Registration Update Trigger by short message.
fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn pushed_trigger(hex: &str) {
    let push = bytes(hex);
    let message = read_sms_push(&push).unwrap();
    assert_eq!(write_sms_push(message), push);
    trigger_message(message);
}

fn trigger(hex: &str) {
    trigger_message(&bytes(hex));
}

fn trigger_message(bytes: &[u8]) {
    let message = Message::parse(bytes).unwrap();
    let session = CoapSession::new(Version::V1_0);
    assert_eq!(
        session.read_request(message.code, message.options, message.payload, |_| false),
        Ok(Request::Execute {
            path: Path::resource(1, 0, 8),
            input: ExecuteInput::None
        })
    );
}
