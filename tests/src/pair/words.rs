//! What a server asks a device, in the words of the scenarios.

use std::collections::BTreeMap;

use lwm2m_runtime::{
    encoding::{Content, ContentFormat, Decoder, EncodeOptions, Format, RecordRef, encode},
    link::AttributeChanges,
    model::{Path, Value, ValueRef},
    operation::{Arguments, Depth, ExecuteInput, Payload, Request, Status, WriteMode},
    server::{Answer, ObservationId},
    tree::Application,
};

use super::Pair;

/// A path from its text.
///
/// # Panics
///
/// When it is none.
#[must_use]
pub fn path(text: &str) -> Path {
    text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// A payload with values.
///
/// # Panics
///
/// When the format cannot carry them.
#[must_use]
pub fn values(format: ContentFormat, target: &str, values: &[(&str, ValueRef<'_>)]) -> Vec<u8> {
    let records: Vec<_> = values
        .iter()
        .map(|(text, value)| RecordRef::new(path(text), *value))
        .collect();
    payload(format, path(target), &records)
}

/// A payload with paths, for a composite request.
///
/// # Panics
///
/// When the format cannot carry them.
#[must_use]
pub fn paths(format: ContentFormat, paths: &[&str]) -> Vec<u8> {
    let records: Vec<_> = paths.iter().map(|text| RecordRef::path(path(text))).collect();
    payload(format, Path::ROOT, &records)
}

fn payload(format: ContentFormat, target: Path, records: &[RecordRef<'_>]) -> Vec<u8> {
    let Some(known) = format.format() else {
        panic!("{format} is no format of values");
    };
    let mut payload = Vec::new();
    let options = EncodeOptions::default();
    match encode(known, target, records.iter().copied(), &options, &mut payload) {
        Ok(()) => payload,
        Err(error) => panic!("{format} {target}: {error}"),
    }
}

impl<A: Application> Pair<A> {
    /// Read.
    pub fn read(&mut self, at: &str, accept: Option<ContentFormat>) -> Answer {
        let path = path(at);
        self.ask(&Request::Read { path, accept })
    }

    /// Read of text, as text.
    pub fn text(&mut self, at: &str) -> String {
        text(&self.read(at, Some(ContentFormat::TEXT)))
    }

    /// Read of whatever format the device chooses, as values.
    pub fn get(&mut self, at: &str) -> BTreeMap<Path, Value> {
        let answer = self.read(at, None);
        assert_eq!(answer.status, Status::Content, "{at}\n{}", self.log());
        self.decode(at, &answer)
    }

    /// The values of an answer.
    ///
    /// # Panics
    ///
    /// When they cannot be read.
    #[must_use]
    pub fn decode(&self, target: &str, answer: &Answer) -> BTreeMap<Path, Value> {
        self.decode_at(0, target, answer)
    }

    /// The values of an answer to a server.
    ///
    /// # Panics
    ///
    /// When they cannot be read.
    #[must_use]
    pub fn decode_at(&self, server: usize, target: &str, answer: &Answer) -> BTreeMap<Path, Value> {
        let Some((format, bytes)) = &answer.payload else {
            panic!("{answer:?} has no payload");
        };
        self.decode_payload(server, target, *format, bytes)
    }

    /// The values of a payload to a server.
    ///
    /// # Panics
    ///
    /// When they cannot be read.
    #[must_use]
    pub fn decode_payload(
        &self,
        server: usize,
        target: &str,
        format: ContentFormat,
        bytes: &[u8],
    ) -> BTreeMap<Path, Value> {
        let registration = self.registration_of(server, 0);
        let Some(definitions) = self.servers[server].engine.definitions(registration) else {
            panic!("the device is not registered");
        };
        let Some(known) = format.format() else {
            panic!("{format} is no format of values");
        };
        let decoder = Decoder::new(known, path(target)).with_definitions(&definitions);
        let mut values = BTreeMap::new();
        let mut reader = match decoder.read(bytes) {
            Ok(reader) => reader,
            Err(error) => panic!("{target} {format}: {error}"),
        };
        loop {
            match reader.next() {
                Ok(None) => return values,
                Ok(Some(record)) => {
                    if let Content::Value(value) = record.content {
                        values.insert(record.path, value.to_value());
                    }
                }
                Err(error) => panic!("{target} {format}: {error} in {bytes:02x?}"),
            }
        }
    }

    /// Write that replaces.
    pub fn put(&mut self, at: &str, format: ContentFormat, bytes: &[u8]) -> Status {
        self.write(at, WriteMode::Replace, format, bytes)
    }

    /// Write that leaves what it does not name.
    pub fn post(&mut self, at: &str, format: ContentFormat, bytes: &[u8]) -> Status {
        self.write(at, WriteMode::Partial, format, bytes)
    }

    fn write(&mut self, at: &str, mode: WriteMode, format: ContentFormat, bytes: &[u8]) -> Status {
        let path = path(at);
        let payload = Payload::new(format, bytes);
        self.ask(&Request::Write { path, mode, payload }).status
    }

    /// Write of one value as text.
    pub fn put_text(&mut self, at: &str, text: &str) -> Status {
        self.put(at, ContentFormat::TEXT, text.as_bytes())
    }

    /// Execute.
    ///
    /// # Panics
    ///
    /// When the arguments are none.
    pub fn execute(&mut self, at: &str, arguments: &str) -> Status {
        let arguments = match Arguments::parse(arguments.as_bytes()) {
            Ok(arguments) => arguments,
            Err(error) => panic!("{arguments}: {error}"),
        };
        let input = ExecuteInput::new(arguments);
        let path = path(at);
        self.ask(&Request::Execute { path, input }).status
    }

    /// Discover, as text.
    pub fn discover(&mut self, at: &str) -> String {
        self.discover_by(0, at, None)
    }

    /// Discover by a server and with a depth, as text.
    pub fn discover_by(&mut self, server: usize, at: &str, depth: Option<u8>) -> String {
        let path = path(at);
        let depth = depth.and_then(Depth::new);
        let answer = self.ask_by(server, &Request::Discover { path, depth });
        assert_eq!(answer.status, Status::Content, "{at}\n{}", self.log());
        text(&answer)
    }

    /// Write-Attributes, such as `pmin=10&pmax=20`.
    pub fn attributes(&mut self, at: &str, query: &str) -> Status {
        self.attributes_by(0, at, query)
    }

    /// Write-Attributes by a server.
    ///
    /// # Panics
    ///
    /// When they are none.
    pub fn attributes_by(&mut self, server: usize, at: &str, query: &str) -> Status {
        let path = path(at);
        let changes = match AttributeChanges::parse(query.split('&')) {
            Ok(changes) => changes,
            Err(error) => panic!("{query}: {error}"),
        };
        self.ask_by(server, &Request::WriteAttributes { path, changes })
            .status
    }

    /// Create.
    pub fn create(&mut self, object: u16, format: ContentFormat, bytes: &[u8]) -> Answer {
        let payload = Payload::new(format, bytes);
        self.ask(&Request::Create { object, payload })
    }

    /// Delete.
    pub fn delete(&mut self, at: &str) -> Status {
        let path = path(at);
        self.ask(&Request::Delete { path }).status
    }

    /// Read-Composite.
    pub fn fetch(&mut self, format: ContentFormat, list: &[&str], accept: ContentFormat) -> Answer {
        let bytes = paths(format, list);
        self.ask(&Request::ReadComposite {
            paths: Payload::new(format, &bytes),
            accept: Some(accept),
        })
    }

    /// Write-Composite.
    ///
    /// # Panics
    ///
    /// When the format cannot carry them.
    pub fn patch(&mut self, format: ContentFormat, list: &[(&str, ValueRef<'_>)]) -> Status {
        let bytes = values(format, "/", list);
        let payload = Payload::new(format, &bytes);
        self.ask(&Request::WriteComposite { payload }).status
    }

    /// Observe, with attributes such as `pmin=10&pmax=20`, or none.
    pub fn watch(&mut self, at: &str, query: &str) -> (ObservationId, Answer) {
        self.watch_by(0, at, query)
    }

    /// Observe by a server.
    pub fn watch_by(&mut self, server: usize, at: &str, query: &str) -> (ObservationId, Answer) {
        let path = path(at);
        self.observe_by(
            server,
            &Request::Observe {
                path,
                accept: None,
                attributes: attributes(query),
            },
        )
    }

    /// Observe-Composite.
    pub fn watch_all(
        &mut self,
        format: ContentFormat,
        list: &[&str],
        accept: ContentFormat,
        query: &str,
    ) -> (ObservationId, Answer) {
        let bytes = paths(format, list);
        self.observe(&Request::ObserveComposite {
            paths: Payload::new(format, &bytes),
            accept: Some(accept),
            attributes: attributes(query),
        })
    }
}

fn attributes(query: &str) -> lwm2m_runtime::link::NotificationAttributes {
    if query.is_empty() {
        return Default::default();
    }
    match AttributeChanges::parse(query.split('&')) {
        Ok(changes) => *changes.attributes(),
        Err(error) => panic!("{query}: {error}"),
    }
}

/// The payload of an answer as text.
///
/// # Panics
///
/// When it has none.
#[must_use]
pub fn text(answer: &Answer) -> String {
    match &answer.payload {
        Some((_, bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        None => panic!("{answer:?} has no payload"),
    }
}

/// The format of an answer.
#[must_use]
pub fn format(answer: &Answer) -> Option<Format> {
    answer.payload.as_ref().and_then(|(format, _)| format.format())
}
