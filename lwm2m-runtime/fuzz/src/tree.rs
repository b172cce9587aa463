//! Any requests, one after the other, to a tree.
//!
//! The first byte of an input is the version. Then each request is: what it is, where, in which format, and the bytes of
//! its payload.

use std::collections::BTreeMap;

use lwm2m_runtime::{
    encoding::{ContentFormat, Decoder, FormatSet, Negotiation, Reader},
    link::AttributeChanges,
    model::{
        Constraint, ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Value, ValueRef,
        Version,
    },
    object::{DynamicInstance, Instance},
    objects::{Device, Lwm2mSecurity, Lwm2mServer},
    operation::{Depth, ExecuteInput, Payload, Request, Status, TreeView, WriteMode},
    reporting::AttachedAttributes,
    tree::{Application, Asker, Execute, Executed, Tree, TreeConfig},
};

use crate::script::Script;

static THING: ObjectDefinition = ObjectDefinition::new(42769, "", "urn:oma:lwm2m:x:42769")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "", Some(ResourceType::Integer), Operations::RW)
            .with_range("", Constraint::Integer(&[(0, 100)])),
        ResourceDefinition::new(1, "", Some(ResourceType::String), Operations::RW).with_mandatory(),
        ResourceDefinition::new(2, "", Some(ResourceType::Objlnk), Operations::RW),
        ResourceDefinition::new(3, "", Some(ResourceType::Corelnk), Operations::RW),
        ResourceDefinition::new(4, "", Some(ResourceType::Integer), Operations::RW).with_multiple(),
        ResourceDefinition::new(5, "", Some(ResourceType::Opaque), Operations::W),
        ResourceDefinition::new(6, "", Some(ResourceType::Float), Operations::R).with_mandatory(),
        ResourceDefinition::new(7, "", None, Operations::E).with_mandatory(),
        ResourceDefinition::new(8, "", Some(ResourceType::String), Operations::RW)
            .with_multiple()
            .with_mandatory(),
        ResourceDefinition::new(9, "", Some(ResourceType::Integer), Operations::None),
    ]);

const PATHS: [&str; 24] = [
    "/1",
    "/1/0",
    "/1/0/1",
    "/1/0/2",
    "/1/0/8",
    "/3",
    "/3/0",
    "/3/0/0",
    "/3/0/14",
    "/3/0/11/0",
    "/42769",
    "/42769/0",
    "/42769/1",
    "/42769/0/0",
    "/42769/0/1",
    "/42769/0/2",
    "/42769/0/3",
    "/42769/0/4",
    "/42769/0/4/1",
    "/42769/0/5",
    "/42769/0/7",
    "/42769/0/8",
    "/42769/0/8/0",
    "/0/0/5",
];

const FORMATS: [u16; 12] = [0, 42, 60, 110, 112, 320, 322, 11542, 11543, 11544, 40, 9999];

/// A device's program that refuses some requests.
struct Program(u8);

impl Application for Program {
    fn write(&mut self, _: &Tree, write: &lwm2m_runtime::tree::Write<'_>) -> Result<(), Status> {
        match write.path.resource_id() {
            Some(id) if self.0 & 7 == 7 && id == 4 => Err(Status::ServiceUnavailable),
            _ => Ok(()),
        }
    }

    fn execute(&mut self, _: &mut Tree, _: &Execute<'_>) -> Executed {
        Executed::OK
    }
}

fn thing() -> DynamicInstance {
    let mut thing = DynamicInstance::new(&THING);
    let instance: &mut dyn Instance = &mut thing;
    for (resource, id, value) in [
        (1, None, ValueRef::String("thing")),
        (6, None, ValueRef::Float(0.5)),
        (8, Some(0), ValueRef::String("first")),
    ] {
        instance.write(resource, id, value).expect("it fits");
    }
    thing
}

pub(crate) fn tree() -> Tree {
    let mut config = TreeConfig::default();
    (config.max_instances, config.max_resource_instances) = (6, 4);
    (config.max_records, config.max_written_bytes) = (64, 2000);
    let mut tree = Tree::new(config);
    let security = Lwm2mSecurity {
        secret_key: Some(b"secret".to_vec()),
        ..Lwm2mSecurity::default()
    };
    let server = Lwm2mServer {
        short_server_id: 1,
        ..Lwm2mServer::default()
    };
    tree.insert(0, security).expect("there is room");
    tree.insert(0, server).expect("there is room");
    tree.insert(0, Device::default()).expect("there is room");
    tree.insert_dynamic(0, thing()).expect("there is room");
    tree
}

fn values(tree: &Tree) -> BTreeMap<Path, Value> {
    let mut all = BTreeMap::new();
    for (object, _) in tree.objects() {
        for id in tree.instances(object) {
            for (resource, resource_instance, value) in
                tree.instance(object, id).expect("it is listed").values()
            {
                let path = Path::resource(object, id, resource);
                let path =
                    resource_instance.map_or(path, |id| path.child(id).expect("a resource has instances"));
                all.insert(path, value.to_value());
            }
        }
    }
    all
}

/// Performs requests. What is refused changes nothing, what changes is told, instances stay valid, and what is read is
/// there and can be read again.
///
/// # Panics
///
/// When one of these does not hold: that is the finding.
pub fn requests(input: &[u8]) {
    let mut script = Script::new(input);
    let version = Version::new(1, script.byte() & 3);
    let formats = Negotiation::with_server(version, FormatSet::ALL);
    let asker = Asker::new(1, &formats).with_alternate_path("lwm2m");
    let mut attached = AttachedAttributes::new(4);
    let mut tree = tree();
    while tree.poll_change().is_some() {}
    let mut before = values(&tree);
    while !script.is_empty() {
        let (kind, path, format) = (
            script.byte(),
            usize::from(script.byte()),
            usize::from(script.byte()),
        );
        let path: Path = PATHS[path % PATHS.len()].parse().expect("it is a path");
        let format = ContentFormat(FORMATS[format % FORMATS.len()]);
        let bytes = script.bytes(300);
        let request = request(kind, path, format, bytes);
        let mut out = Vec::new();
        let outcome = tree.perform(asker, &mut attached, &request, &mut Program(kind >> 4), &mut out);
        let after = values(&tree);
        let changes: Vec<_> = std::iter::from_fn(|| tree.poll_change()).collect();
        if !outcome.status.is_success() {
            assert!(
                before == after && changes.is_empty() && out.is_empty(),
                "{request:?}"
            );
        }
        for path in before
            .keys()
            .chain(after.keys())
            .filter(|path| before.get(path) != after.get(path))
        {
            assert!(
                changes.iter().any(|change| path.starts_with(change.path)),
                "{path}"
            );
        }
        for (object, _) in tree.objects().filter(|(object, _)| *object != 0) {
            for id in tree.instances(object) {
                assert_eq!(tree.instance(object, id).expect("it is listed").check(), Ok(()));
            }
        }
        assert!(!out.windows(6).any(|window| window == b"secret"));
        if let Some(format) = outcome.format.and_then(ContentFormat::format) {
            let read = Decoder::new(format, request.path())
                .with_definitions(&tree)
                .with_prefixes()
                .read(&out);
            read.and_then(Reader::collect).expect("what is read can be read");
        }
        before = after;
    }
}

fn request(kind: u8, path: Path, format: ContentFormat, bytes: &[u8]) -> Request<'_> {
    let payload = Payload::new(format, bytes);
    let accept = Some(format);
    match kind & 15 {
        0 | 1 => Request::Read { path, accept },
        2 => Request::ReadComposite {
            paths: payload,
            accept: None,
        },
        3 => Request::Discover {
            path,
            depth: Depth::new(kind >> 4),
        },
        4..=6 => Request::Write {
            path,
            mode: WriteMode::Replace,
            payload,
        },
        7 | 8 => Request::Write {
            path,
            mode: WriteMode::Partial,
            payload,
        },
        9 | 10 => Request::WriteComposite { payload },
        11 => Request::Execute {
            path,
            input: ExecuteInput::Payload(payload),
        },
        12 | 13 => Request::Create {
            object: path.object_id().unwrap_or(0),
            payload,
        },
        14 => Request::Delete { path },
        _ => Request::WriteAttributes {
            path,
            changes: AttributeChanges::parse(std::str::from_utf8(bytes).unwrap_or("").split('&'))
                .unwrap_or_default(),
        },
    }
}
