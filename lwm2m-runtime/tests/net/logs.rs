//! What logs show of peers' texts.

use std::{
    fmt::{self, Write as _},
    net::UdpSocket,
    sync::{Arc, Mutex},
};

use lwm2m_runtime::{
    coap::{Code, MessageBuilder, MessageType, OptionNumber, Token},
    model::{Path, ValueRef},
    net::{Client, ServerAccount},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use super::support::{device, server};

/// Keeps every field of every event as a text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("lwm2m_runtime")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        // As it comes: whoever writes logs may not escape it.
        write!(self.0, "{field}={value} ").unwrap();
    }
}

fn assert_harmless(log: &Log, word: &str) {
    let lines = log.lines();
    assert!(lines.iter().any(|line| line.contains(word)), "{lines:#?}");
    for line in lines {
        assert!(
            !line
                .chars()
                .any(|shown| shown.is_control() || shown == '\u{202e}'),
            "{line:?}"
        );
        assert!(line.len() < 1000, "{line}");
    }
}

// proves: ROB-73
#[tokio::test]
async fn a_name_of_a_device_is_harmless_in_a_log() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let server = server().await;
    // Control characters are refused at once; this is read from right to left.
    let name = "evil \u{202e}gpj.exe";
    let mut register = Vec::new();
    let token = Token::new(b"a").unwrap();
    MessageBuilder::new(&mut register, MessageType::Confirmable, Code::POST, 7, token)
        .option(OptionNumber::URI_PATH, b"rd")
        .uint(OptionNumber::CONTENT_FORMAT, 40)
        .option(OptionNumber::URI_QUERY, b"lwm2m=1.1")
        .option(OptionNumber::URI_QUERY, b"lt=60")
        .option(OptionNumber::URI_QUERY, format!("ep={name}").as_bytes())
        .payload(b"</1/0>,</3/0>");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(&register, server.local_address()).unwrap();
    let remote = server.wait_for(name).await.unwrap();
    assert_eq!(remote.endpoint(), name);
    assert_harmless(&log, r"evil \u{202e}gpj.exe");
    // Nor in an error.
    let error = lwm2m_runtime::net::DeviceError::NotRegistered {
        endpoint: format!("{name}\r\n{}", "x".repeat(5000)).into(),
    };
    let error = error.to_string();
    assert!(
        !error.chars().any(char::is_control) && error.len() < 500,
        "{error}"
    );
}

// proves: ROB-73
#[tokio::test]
async fn a_uri_of_a_bootstrap_server_is_harmless_in_a_log() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let server = server().await;
    let client = Client::builder("valve-1")
        .server(ServerAccount::new(format!("coap://{}", server.local_address())))
        .object(0, device())
        .start()
        .await
        .unwrap();
    client.registered().await.unwrap();
    let mut troubles = client.troubles().await;
    // As a bootstrap server could have written it.
    let uri = format!("coap://evil\n\u{202e}{}", "x".repeat(200));
    client
        .change(move |tree| {
            tree.set(Path::resource(0, 0, 0), ValueRef::String(&uri)).unwrap();
        })
        .await
        .unwrap();
    troubles.next().await.unwrap();
    assert_harmless(&log, "evil");
}
