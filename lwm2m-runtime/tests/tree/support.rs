//! A client's tree with a server that asks, and a device's program that keeps what it was asked.

use lwm2m_runtime::{
    encoding::{
        ContentFormat, Decoder, EncodeOptions, Format, FormatSet, Negotiation, Record, RecordRef, encode,
    },
    model::{
        Constraint, ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Value, ValueRef,
        Version,
    },
    object::DynamicInstance,
    objects::{Device, FirmwareUpdate, Location, Lwm2mSecurity, Lwm2mServer},
    operation::{ExecuteInput, Payload, Request, Status, WriteMode},
    reporting::AttachedAttributes,
    tree::{Application, Asker, Block, Change, Create, Execute, Executed, Outcome, Tree, TreeConfig, Write},
};

/// An object with every data type and every right.
pub(crate) static THING: ObjectDefinition = ObjectDefinition::new(42769, "Thing", "urn:oma:lwm2m:x:42769")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Number", Some(ResourceType::Integer), Operations::RW)
            .with_range("0..100", Constraint::Integer(&[(0, 100)])),
        ResourceDefinition::new(1, "Text", Some(ResourceType::String), Operations::RW).with_mandatory(),
        ResourceDefinition::new(2, "Link", Some(ResourceType::Objlnk), Operations::RW),
        ResourceDefinition::new(3, "Links", Some(ResourceType::Corelnk), Operations::RW),
        ResourceDefinition::new(4, "Levels", Some(ResourceType::Integer), Operations::RW).with_multiple(),
        ResourceDefinition::new(5, "Key", Some(ResourceType::Opaque), Operations::W),
        ResourceDefinition::new(6, "Hidden", Some(ResourceType::Integer), Operations::None),
        ResourceDefinition::new(7, "Go", None, Operations::E),
        ResourceDefinition::new(8, "Stop", None, Operations::E).with_mandatory(),
        ResourceDefinition::new(9, "Measured", Some(ResourceType::Float), Operations::R).with_mandatory(),
        ResourceDefinition::new(10, "Flag", Some(ResourceType::Boolean), Operations::RW),
        ResourceDefinition::new(11, "Names", Some(ResourceType::String), Operations::RW)
            .with_multiple()
            .with_mandatory(),
        ResourceDefinition::new(12, "Count", Some(ResourceType::Unsigned), Operations::RW),
        ResourceDefinition::new(13, "Since", Some(ResourceType::Time), Operations::RW),
    ]);

/// As the Portfolio object: any number of instances, one multiple mandatory resource.
pub(crate) static PORTFOLIO: ObjectDefinition =
    ObjectDefinition::new(16, "Portfolio", "urn:oma:lwm2m:oma:16")
        .with_multiple()
        .with_resources(&[
            ResourceDefinition::new(0, "Identity", Some(ResourceType::String), Operations::RW)
                .with_multiple()
                .with_mandatory(),
            ResourceDefinition::new(1, "GetAuthData", None, Operations::E),
        ]);

pub(crate) fn path(text: &str) -> Path {
    text.parse().unwrap()
}

pub(crate) fn thing(text: &str) -> DynamicInstance {
    let mut instance = DynamicInstance::new(&THING);
    let object: &mut dyn lwm2m_runtime::object::Instance = &mut instance;
    object.write(1, None, ValueRef::String(text)).unwrap();
    object.write(9, None, ValueRef::Float(1.5)).unwrap();
    object.write(11, Some(0), ValueRef::String("first")).unwrap();
    instance
}

pub(crate) fn portfolio(identities: &[&str]) -> DynamicInstance {
    let mut instance = DynamicInstance::new(&PORTFOLIO);
    let object: &mut dyn lwm2m_runtime::object::Instance = &mut instance;
    for (id, identity) in (0..).zip(identities) {
        object.write(0, Some(id), ValueRef::String(identity)).unwrap();
    }
    instance
}

/// The fixtures of the interoperability tests: accounts, a device with batteries, firmware, a location, two portfolios;
/// and one thing.
pub(crate) fn tree() -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    let security = Lwm2mSecurity {
        lwm2m_server_uri: Some("coap://server.example.com".into()),
        short_server_id: Some(1),
        ..Lwm2mSecurity::default()
    };
    tree.insert(0, security).unwrap();
    let server = Lwm2mServer {
        short_server_id: 1,
        lifetime: 86400,
        binding: "U".into(),
        ..Lwm2mServer::default()
    };
    tree.insert(0, server).unwrap();
    let device = Device {
        manufacturer: Some("ACME".into()),
        model_number: Some("M-1".into()),
        serial_number: Some("42".into()),
        firmware_version: Some("1.0".into()),
        power_source_voltage: Some([(0, 3800), (1, 5000)].into()),
        battery_level: Some(90),
        error_code: [(0, 0.into())].into(),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    tree.insert(0, device).unwrap();
    tree.insert(0, FirmwareUpdate::default()).unwrap();
    let location = Location {
        latitude: 43.5723,
        longitude: 153.2176,
        ..Location::default()
    };
    tree.insert(0, location).unwrap();
    tree.insert_dynamic(0, portfolio(&["device", "ACME"])).unwrap();
    tree.insert_dynamic(1, portfolio(&["other"])).unwrap();
    tree.insert_dynamic(0, thing("one")).unwrap();
    while tree.poll_change().is_some() {}
    tree
}

/// What the server got.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) format: Option<ContentFormat>,
    pub(crate) created: Option<Path>,
    pub(crate) deferred: bool,
    pub(crate) payload: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.payload).unwrap()
    }

    /// The values, by paths.
    pub(crate) fn records(&self, target: &str) -> Vec<Record> {
        assert_eq!(self.status, Status::Content);
        let format = self.format.unwrap().format().unwrap();
        Decoder::new(format, path(target))
            .read(&self.payload)
            .unwrap()
            .collect()
            .unwrap()
    }

    pub(crate) fn paths(&self, target: &str) -> Vec<String> {
        let records = self.records(target);
        records.iter().map(|record| record.path.to_string()).collect()
    }
}

pub(crate) struct Bench {
    pub(crate) tree: Tree,
    pub(crate) attached: AttachedAttributes,
    pub(crate) version: Version,
    pub(crate) formats: FormatSet,
    pub(crate) server: u16,
    pub(crate) alternate_path: &'static str,
    pub(crate) program: Program,
}

impl Bench {
    pub(crate) fn new(version: Version) -> Self {
        Self {
            tree: tree(),
            attached: AttachedAttributes::new(16),
            version,
            formats: FormatSet::ALL,
            server: 1,
            alternate_path: "",
            program: Program::default(),
        }
    }

    pub(crate) fn perform(&mut self, request: &Request<'_>) -> Answer {
        let formats = Negotiation::with_server(self.version, self.formats);
        let asker = Asker::new(self.server, &formats).with_alternate_path(self.alternate_path);
        // What is there already stays.
        let mut out = b"before".to_vec();
        let Outcome {
            status,
            format,
            created,
            deferred,
            ..
        } = self
            .tree
            .perform(asker, &mut self.attached, request, &mut self.program, &mut out);
        assert_eq!(&out[..6], b"before");
        let payload = out.split_off(6);
        assert!(
            payload.is_empty() || status == Status::Content,
            "an error has no payload"
        );
        Answer {
            status,
            format,
            created,
            deferred,
            payload,
        }
    }

    pub(crate) fn read(&mut self, at: &str) -> Answer {
        self.perform(&Request::Read {
            path: path(at),
            accept: None,
        })
    }

    pub(crate) fn read_as(&mut self, at: &str, accept: ContentFormat) -> Answer {
        self.perform(&Request::Read {
            path: path(at),
            accept: Some(accept),
        })
    }

    fn write(&mut self, at: &str, mode: WriteMode, format: ContentFormat, bytes: &[u8]) -> Status {
        let answer = self.perform(&Request::Write {
            path: path(at),
            mode,
            payload: Payload::new(format, bytes),
        });
        assert_eq!(answer.format, None);
        answer.status
    }

    /// PUT with text.
    pub(crate) fn put(&mut self, at: &str, text: &str) -> Status {
        self.put_as(at, ContentFormat::TEXT, text.as_bytes())
    }

    /// PUT with any format.
    pub(crate) fn put_as(&mut self, at: &str, format: ContentFormat, bytes: &[u8]) -> Status {
        self.write(at, WriteMode::Replace, format, bytes)
    }

    /// PUT with SenML JSON.
    pub(crate) fn put_json(&mut self, at: &str, json: &str) -> Status {
        self.put_as(at, ContentFormat::SENML_JSON, json.as_bytes())
    }

    /// POST with SenML JSON.
    pub(crate) fn post_json(&mut self, at: &str, json: &str) -> Status {
        self.write(at, WriteMode::Partial, ContentFormat::SENML_JSON, json.as_bytes())
    }

    /// POST with TLV.
    pub(crate) fn post_tlv(&mut self, at: &str, bytes: &[u8]) -> Status {
        self.write(at, WriteMode::Partial, ContentFormat::TLV, bytes)
    }

    pub(crate) fn execute(&mut self, at: &str, arguments: &str) -> Answer {
        let input = match arguments {
            "" => ExecuteInput::None,
            text => ExecuteInput::Payload(Payload::new(ContentFormat::TEXT, text.as_bytes())),
        };
        self.perform(&Request::Execute {
            path: path(at),
            input,
        })
    }

    pub(crate) fn create(&mut self, object: u16, json: &str) -> Answer {
        self.create_as(object, ContentFormat::SENML_JSON, json.as_bytes())
    }

    pub(crate) fn create_as(&mut self, object: u16, format: ContentFormat, bytes: &[u8]) -> Answer {
        self.perform(&Request::Create {
            object,
            payload: Payload::new(format, bytes),
        })
    }

    pub(crate) fn delete(&mut self, at: &str) -> Status {
        self.perform(&Request::Delete { path: path(at) }).status
    }

    pub(crate) fn fetch(&mut self, paths: &[&str]) -> Answer {
        let list: Vec<_> = paths.iter().map(|at| RecordRef::path(path(at))).collect();
        let mut bytes = Vec::new();
        let options = EncodeOptions::default();
        encode(Format::SenmlJson, Path::ROOT, list, &options, &mut bytes).unwrap();
        self.perform(&Request::ReadComposite {
            paths: Payload::new(ContentFormat::SENML_JSON, &bytes),
            accept: None,
        })
    }

    pub(crate) fn patch(&mut self, format: ContentFormat, bytes: &[u8]) -> Status {
        let payload = Payload::new(format, bytes);
        self.perform(&Request::WriteComposite { payload }).status
    }

    pub(crate) fn discover(&mut self, at: &str) -> Answer {
        self.perform(&Request::Discover {
            path: path(at),
            depth: None,
        })
    }

    pub(crate) fn value(&self, at: &str) -> Option<Value> {
        self.tree.value(path(at)).map(ValueRef::to_value)
    }

    /// Everything that the tree holds, to see that nothing has changed.
    pub(crate) fn snapshot(&self) -> Vec<(Path, Value)> {
        use lwm2m_runtime::operation::TreeView;
        let mut all = Vec::new();
        for (object, _) in self.tree.objects() {
            for id in self.tree.instances(object) {
                let instance = self.tree.instance(object, id).unwrap();
                for (resource, resource_instance, value) in instance.values() {
                    let at = Path::resource(object, id, resource);
                    let at = resource_instance.map_or(at, |id| at.child(id).unwrap());
                    all.push((at, value.to_value()));
                }
            }
        }
        all
    }

    /// The changes so far, in words: `/3/0/9 Value Some(1)`.
    pub(crate) fn changes(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.tree.poll_change())
            .map(|Change { path, kind, by, .. }| format!("{path} {kind:?} {by:?}"))
            .collect()
    }
}

/// A device's program.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) refreshed: Vec<Path>,
    pub(crate) asked: Vec<(Path, Option<Value>)>,
    /// A path whose write, creation or deletion is refused.
    pub(crate) refuse: Option<(Path, Status)>,
    pub(crate) executed: Vec<(Path, String, Option<String>)>,
    pub(crate) answer: Option<Executed>,
    pub(crate) defaults: Vec<(u16, Option<u16>, Value)>,
    pub(crate) changed: Vec<String>,
    pub(crate) stream: Option<Path>,
    pub(crate) blocks: Vec<(u64, Vec<u8>, bool)>,
    pub(crate) abandoned: Vec<Path>,
}

impl Program {
    fn consent(&self, path: Path) -> Result<(), Status> {
        match self.refuse {
            Some((refused, status)) if refused == path => Err(status),
            _ => Ok(()),
        }
    }
}

impl Application for Program {
    fn refresh(&mut self, tree: &mut Tree, path: Path) {
        self.refreshed.push(path);
        // A live value: the battery loses a percent a look.
        if Path::resource(3, 0, 9).starts_with(path) {
            tree.update(0, |device: &mut Device| {
                device.battery_level = device.battery_level.map(|level| level - 1);
            });
        }
    }

    fn write(&mut self, _: &Tree, write: &Write<'_>) -> Result<(), Status> {
        self.asked.push((write.path, write.value.map(ValueRef::to_value)));
        self.consent(write.path)
    }

    fn execute(&mut self, _: &mut Tree, execute: &Execute<'_>) -> Executed {
        let arguments = execute.arguments.as_str().to_owned();
        self.executed
            .push((execute.path, arguments, execute.query.map(str::to_owned)));
        self.answer.unwrap_or(Executed::OK)
    }

    fn create(&mut self, _: &Tree, create: &mut Create<'_>) -> Result<(), Status> {
        self.consent(create.path())?;
        for (resource, id, value) in &self.defaults {
            create.set(*resource, *id, value.as_ref()).unwrap();
        }
        Ok(())
    }

    fn delete(&mut self, _: &Tree, instance: Path, _: u16) -> Result<(), Status> {
        self.consent(instance)
    }

    fn changed(&mut self, tree: &mut Tree, change: &Change) {
        // It is applied already.
        let there = change
            .path
            .object_id()
            .zip(change.path.instance_id())
            .is_some_and(|(object, instance)| tree.instance(object, instance).is_some());
        self.changed
            .push(format!("{} {:?} {there}", change.path, change.kind));
    }

    fn accepts_stream(&mut self, _: &Tree, resource: Path) -> bool {
        self.stream == Some(resource)
    }

    fn write_block(&mut self, _: &mut Tree, block: &Block<'_>) -> Result<(), Status> {
        self.blocks.push((block.offset, block.bytes.to_vec(), block.last));
        self.consent(block.path)
    }

    fn stream_abandoned(&mut self, _: &mut Tree, resource: Path) {
        self.abandoned.push(resource);
    }
}
