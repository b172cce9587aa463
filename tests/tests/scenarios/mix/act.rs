use lwm2m_runtime::{
    client::SendContent,
    coap::Peer,
    encoding::{ContentFormat, Decoder},
    link::AttributeChanges,
    model::{Path, Value, ValueRef, Version},
    operation::{Depth, ExecuteInput, Payload, Request, WriteMode},
    server::RequestId,
};
use lwm2m_tests::pair::{client_address, path, paths, server_address, values};

use super::world::{NUMBER, Open, TEXTS, Watched, World, kept};

/// What the device answers later.
pub(super) const DEFERRED: Path = Path::resource(3, 0, 5);
/// What the device changes and servers observe.
pub(super) const LEVEL: Path = Path::resource(3, 0, 9);

impl World {
    /// Something happens, as the seed decides.
    pub(super) fn act(&mut self) {
        let client = self.random.up_to(self.pair.clients.len() as u64 - 1) as usize;
        let what = self.random.up_to(99);
        self.note(self.pair.now, "mix", &(client, what));
        match what {
            0..60 => self.ask_something(client),
            60..70 => self.watch(client),
            70..73 => self.unwatch(),
            73..76 => self.give_up(),
            76..84 => self.change(client),
            84..88 => self.come_and_go(client),
            88..91 => self.readdress(client),
            91..93 => self.reconnect(client),
            93..95 => self.send(client),
            95..97 if self.restarts => self.restart_client(client),
            97 if self.restarts => self.restart_server(),
            _ => self.forget(client),
        }
    }

    fn ask(&mut self, client: usize, request: &Request<'_>, writes: Vec<(Path, Value)>, read: Option<Path>) {
        let endpoint = &self.pair.clients[client].endpoint;
        let Some(registration) = self.pair.servers[0].engine.find(endpoint) else {
            return;
        };
        let now = self.pair.now;
        // Full is full, and versions differ.
        if let Ok(id) = self.pair.servers[0].engine.request(now, registration, request) {
            self.tally.asked += 1;
            for (path, value) in &writes {
                self.models[client].asked(*path, value);
            }
            let open = Open { client, writes, read };
            assert!(self.open.insert(id, open).is_none(), "numbers are given out once");
        }
    }

    fn ask_something(&mut self, client: usize) {
        let multi = match self.versions[client] {
            Version::V1_0 => ContentFormat::TLV,
            _ => ContentFormat::SENML_CBOR,
        };
        let instance = self.random.up_to(5) as u16;
        match self.random.up_to(19) {
            0..4 => {
                let path = TEXTS[self.random.up_to(1) as usize];
                let accept = Some(ContentFormat::TEXT);
                self.ask(client, &Request::Read { path, accept }, Vec::new(), Some(path));
            }
            4..8 => self.write_text(client),
            8..10 => {
                let number = self.random.up_to(3);
                let text = number.to_string();
                let request = Request::Write {
                    path: NUMBER,
                    mode: WriteMode::Replace,
                    payload: Payload::new(ContentFormat::TEXT, text.as_bytes()),
                };
                self.ask(
                    client,
                    &request,
                    vec![(NUMBER, Value::Integer(number as i64))],
                    None,
                );
            }
            10 => {
                let texts = [self.text(), self.text()];
                let both = [
                    ("/3/0/14", ValueRef::String(&texts[0])),
                    ("/3/0/15", ValueRef::String(&texts[1])),
                ];
                let bytes = values(multi, "/3/0", &both);
                let request = Request::Write {
                    path: path("/3/0"),
                    mode: WriteMode::Partial,
                    payload: Payload::new(multi, &bytes),
                };
                self.ask(client, &request, pairs(&texts), None);
            }
            11 => {
                let texts = [self.text(), self.text()];
                let both = [
                    ("/3/0/14", ValueRef::String(&texts[0])),
                    ("/3/0/15", ValueRef::String(&texts[1])),
                ];
                let bytes = values(ContentFormat::SENML_JSON, "/", &both);
                let payload = Payload::new(ContentFormat::SENML_JSON, &bytes);
                self.ask(client, &Request::WriteComposite { payload }, pairs(&texts), None);
            }
            12 => {
                let bytes = paths(ContentFormat::SENML_CBOR, &["/3/0", "/16", "/1/0/1"]);
                let request = Request::ReadComposite {
                    paths: Payload::new(ContentFormat::SENML_CBOR, &bytes),
                    accept: None,
                };
                self.ask(client, &request, Vec::new(), None);
            }
            13 => {
                let at = [path("/3"), path("/3/0"), path("/1"), path("/16")][self.random.up_to(3) as usize];
                let request = Request::Read {
                    path: at,
                    accept: None,
                };
                self.ask(client, &request, Vec::new(), None);
            }
            14 => {
                let depth = Depth::new(self.random.up_to(3) as u8);
                let depth = depth.filter(|_| self.versions[client] == Version::V1_2);
                let path = path("/3");
                self.ask(client, &Request::Discover { path, depth }, Vec::new(), None);
            }
            15 => {
                let path = [
                    path("/1/0/8"),
                    path("/3/0/4"),
                    path("/1/0/4"),
                    path("/3/0/0"),
                    DEFERRED,
                ][self.random.up_to(4) as usize];
                let input = ExecuteInput::None;
                self.ask(client, &Request::Execute { path, input }, Vec::new(), None);
            }
            16 => {
                let at = format!("/16/{instance}/0/0");
                let bytes = values(multi, "/16", &[(&*at, ValueRef::String("created"))]);
                let payload = Payload::new(multi, &bytes);
                self.ask(client, &Request::Create { object: 16, payload }, Vec::new(), None);
            }
            17 => {
                let path = Path::instance(16, instance);
                self.ask(client, &Request::Delete { path }, Vec::new(), None);
            }
            _ => {
                let query =
                    ["pmin=0&pmax=30", "pmin=2", "pmax=20", "pmin&pmax"][self.random.up_to(3) as usize];
                let changes = AttributeChanges::parse(query.split('&')).unwrap();
                let path = [path("/3"), path("/3/0"), LEVEL][self.random.up_to(2) as usize];
                let request = Request::WriteAttributes { path, changes };
                self.ask(client, &request, Vec::new(), None);
            }
        }
    }

    fn write_text(&mut self, client: usize) {
        let path = TEXTS[self.random.up_to(1) as usize];
        let text = self.text();
        let request = Request::Write {
            path,
            mode: WriteMode::Replace,
            payload: Payload::new(ContentFormat::TEXT, text.as_bytes()),
        };
        self.ask(client, &request, vec![(path, Value::String(text.clone()))], None);
    }

    /// A text that was never written, now and then one of several blocks.
    fn text(&mut self) -> String {
        let mut text = format!("{:016x}", self.random.next_u64());
        if self.random.up_to(7) == 0 {
            let length = self.random.up_to(2_500) as usize;
            text.extend(std::iter::repeat_n('x', length));
        }
        text
    }

    fn watch(&mut self, client: usize) {
        let endpoint = &self.pair.clients[client].endpoint;
        let Some(registration) = self.pair.servers[0].engine.find(endpoint) else {
            return;
        };
        let path =
            [LEVEL, LEVEL, path("/3/0"), path("/16/0"), TEXTS[0], Path::ROOT][self.random.up_to(5) as usize];
        let mut attributes = lwm2m_runtime::link::NotificationAttributes::default();
        if self.versions[client] == Version::V1_2 && self.random.up_to(3) == 0 {
            attributes.pmin = Some(self.random.up_to(2) as u32);
            attributes.pmax = Some(20);
            attributes.con = Some(self.random.up_to(1) == 0);
        }
        let list = paths(ContentFormat::SENML_CBOR, &["/3/0/9", "/16", "/1/0/1"]);
        let request = match path {
            Path::ROOT => Request::ObserveComposite {
                paths: Payload::new(ContentFormat::SENML_CBOR, &list),
                accept: None,
                attributes,
            },
            _ => Request::Observe {
                path,
                accept: None,
                attributes,
            },
        };
        let now = self.pair.now;
        if let Ok(id) = self.pair.servers[0].engine.observe(now, registration, &request) {
            let last = None;
            self.watched.insert(id, Watched { client, path, last });
        }
    }

    fn unwatch(&mut self) {
        let now = self.pair.now;
        if let Some(id) = nth(self.watched.keys().copied(), self.random.next_u64()) {
            assert!(self.pair.servers[0].engine.cancel_observation(now, id));
        }
    }

    fn give_up(&mut self) {
        let now = self.pair.now;
        let open: Option<RequestId> = nth(self.open.keys().copied(), self.random.next_u64());
        if let Some(id) = open {
            assert!(self.pair.servers[0].engine.cancel(now, id));
            let open = self.open.remove(&id).unwrap();
            self.given_up(now, &open);
        }
    }

    fn change(&mut self, client: usize) {
        let now = self.pair.now;
        let level = self.random.up_to(100) as i64;
        self.pair.clients[client].engine.change(now, |tree| {
            tree.set(LEVEL, ValueRef::Integer(level)).unwrap();
        });
    }

    fn come_and_go(&mut self, client: usize) {
        let now = self.pair.now;
        let engine = &mut self.pair.clients[client].engine;
        match self.random.up_to(5) {
            0 => engine.deregister(now, 1),
            1 | 2 => engine.register(now, 1),
            _ => engine.update(now, 1),
        }
    }

    /// The device is seen under another address, and knows it or not.
    fn readdress(&mut self, client: usize) {
        let address = self.new_address();
        self.pair.link.readdress(client_address(client), address);
        let now = self.pair.now;
        if self.random.up_to(1) == 0 {
            self.pair.clients[client].engine.moved(now);
        }
    }

    fn reconnect(&mut self, client: usize) {
        let now = self.pair.now;
        let host = &mut self.pair.clients[client];
        match self.random.up_to(2) {
            0 => {
                host.online = false;
                host.engine.disconnected(now, 1);
            }
            1 => {
                host.online = true;
                host.engine.connected(now, 1, Peer::new(server_address(0)));
            }
            _ => {
                host.online = true;
                host.engine.register(now, 1);
            }
        }
    }

    fn send(&mut self, client: usize) {
        let now = self.pair.now;
        // Muted, not registered, or of 1.0: then not.
        let _ = self.pair.clients[client]
            .engine
            .send(now, None, SendContent::Paths(&[path("/3/0"), LEVEL]));
    }

    fn restart_client(&mut self, client: usize) {
        self.tally.restarts += 1;
        let tree = kept(self.pair.clients[client].engine.tree());
        let config = self
            .limits
            .client(&mut self.random, client, self.versions[client]);
        self.pair.restart_client(client, config, tree);
        self.models[client].restarted();
    }

    fn restart_server(&mut self) {
        self.tally.restarts += 1;
        let config = self.limits.server(&mut self.random);
        self.pair.restart_server(0, config);
        let now = self.pair.now;
        for (_, open) in std::mem::take(&mut self.open) {
            self.given_up(now, &open);
        }
        self.watched.clear();
    }

    /// The server forgets the device.
    fn forget(&mut self, client: usize) {
        let endpoint = &self.pair.clients[client].endpoint;
        let engine = &mut self.pair.servers[0].engine;
        if let Some(id) = engine.find(endpoint) {
            assert!(engine.remove(self.pair.now, id));
        }
    }
}

fn pairs(texts: &[String; 2]) -> Vec<(Path, Value)> {
    let values = texts.iter().map(|text| Value::String(text.clone()));
    TEXTS.into_iter().zip(values).collect()
}

fn nth<T>(mut items: impl ExactSizeIterator<Item = T>, number: u64) -> Option<T> {
    let count = items.len() as u64;
    items.nth(number.checked_rem(count)? as usize)
}

/// The number in a payload about one resource.
pub(super) fn number(format: ContentFormat, at: Path, bytes: &[u8]) -> i64 {
    let definition = lwm2m_runtime::catalogue::latest(3).unwrap();
    let decoder = Decoder::new(format.format().unwrap(), at).with_definitions(&definition);
    let mut reader = decoder.read(bytes).unwrap();
    let mut last = None;
    while let Some(record) = reader.next().unwrap() {
        if let Some(ValueRef::Integer(number)) = record.content.value() {
            last = Some(number);
        }
    }
    last.unwrap()
}
