//! Whatever is asked, in whatever order: a refusal changes nothing, instances stay valid, changes are told, and what is
//! read is what is there.

use std::collections::BTreeMap;

use lwm2m_runtime::{
    encoding::{ContentFormat, Decoder, EncodeOptions, Format, RecordRef, encode},
    model::{Objlnk, Path, Time, Value, ValueRef, Version},
    object::Instance,
    objects::FirmwareUpdate,
    operation::{ExecuteInput, Payload, Request, Status, TreeView, WriteMode},
    tree::Change,
};
use proptest::prelude::*;

use crate::support::{Bench, portfolio, thing};

const FORMATS: [Format; 10] = [
    Format::Text,
    Format::Opaque,
    Format::Cbor,
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::SenmlEtchJson,
    Format::SenmlEtchCbor,
    Format::Tlv,
    Format::Json,
    Format::Lwm2mCbor,
];

fn path() -> impl Strategy<Value = Path> {
    let objects = vec![
        0, 1, 3, 5, 9, 16, 16, 16, 42769, 42769, 42769, 42769, 42769, 42769,
    ];
    let object = prop::sample::select(objects);
    let instance = prop::sample::select(vec![0, 0, 0, 0, 0, 1, 2, 7]);
    let resource = 0_u16..15;
    let resource_instance = prop::sample::select(vec![0, 1, 2, 9]);
    (object, instance, resource, resource_instance, 1_usize..=4).prop_map(
        |(object, instance, resource, resource_instance, depth)| {
            Path::resource_instance(object, instance, resource, resource_instance).up_to(depth)
        },
    )
}

/// A value of the resource's type for most values, one that does not fit for the others.
fn fitting(path: Path, value: &Value) -> Value {
    let Value::Integer(number @ 3..) = value else {
        return value.clone();
    };
    match (path.object_id(), path.resource_id()) {
        (Some(42769), Some(1 | 11)) | (Some(16), _) => Value::String(number.to_string()),
        (Some(42769), Some(2)) => Value::Objlnk(Objlnk::new(3, 0)),
        (Some(42769), Some(3)) => Value::Corelnk("</16>".into()),
        (Some(42769), Some(10)) => Value::Boolean(number % 2 == 0),
        (Some(42769), Some(5)) => Value::Opaque(vec![1]),
        (Some(42769), Some(13)) => Value::Time(Time(*number)),
        _ => value.clone(),
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        12 => (-2_i64..102).prop_map(Value::Integer),
        1 => "[a-z]{0,5}".prop_map(Value::String),
        1 => any::<bool>().prop_map(Value::Boolean),
        1 => prop::sample::select(vec![
            Objlnk::NULL,
            Objlnk::new(3, 0),
            Objlnk::new(16, 1),
            Objlnk::new(9, 0)
        ])
        .prop_map(Value::Objlnk),
        1 => Just(Value::Float(0.5)),
        1 => Just(Value::Time(Time(1))),
        1 => Just(Value::Unsigned(3)),
        1 => Just(Value::Opaque(vec![1, 2])),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Request(Kind, Path, Format, Vec<u8>),
    Set(Path, Value),
    Insert(u16, bool),
    Remove(u16, u16),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Read,
    Composite,
    Replace,
    Partial,
    Patch,
    Create,
    Delete,
    Execute,
}

/// Records below a path in a format, or bytes that nobody can read.
fn payload(target: Path, kind: Kind, format: Format, records: &[(Path, Value)], noise: &[u8]) -> Vec<u8> {
    if !noise.is_empty() {
        return noise.to_vec();
    }
    let base = match kind {
        Kind::Patch | Kind::Composite => Path::ROOT,
        Kind::Create => target.up_to(1),
        _ => target,
    };
    let mut all = BTreeMap::new();
    for (path, value) in records {
        // Moved below the target, at least as deep as a resource, and an array only where there is one.
        let mut ids = path.ids().to_vec();
        ids.resize(4, 0);
        for (id, own) in ids.iter_mut().zip(base.ids().iter()) {
            *id = *own;
        }
        let multiple = matches!((ids[0], ids[2]), (16, 0) | (42769, 4 | 11) | (3, 6 | 7 | 11));
        let depth = if multiple || base.depth() == 4 { 4 } else { 3 };
        let path = Path::from_ids(&ids[..depth]).unwrap();
        all.insert(path, fitting(path, value));
    }
    if let (Kind::Create | Kind::Replace, 1 | 2, Some((path, _))) = (kind, base.depth(), records.first()) {
        // What is mandatory, mostly.
        let instance = Path::instance(
            base.object_id().unwrap(),
            base.instance_id().or(path.instance_id()).unwrap_or(3),
        );
        let at = |resource| instance.child(resource).unwrap();
        let text = || Value::String("mandatory".into());
        match base.object_id() {
            Some(16) => drop(all.insert(at(0).child(0).unwrap(), text())),
            Some(42769) => {
                all.insert(at(1), text());
                all.insert(at(11).child(1).unwrap(), text());
            }
            _ => {}
        }
    }
    let records: Vec<_> = all
        .iter()
        .map(|(path, value)| match kind {
            Kind::Composite => RecordRef::path(*path),
            _ => RecordRef::new(*path, value.as_ref()),
        })
        .collect();
    let mut bytes = Vec::new();
    let _ = encode(format, base, records, &EncodeOptions::default(), &mut bytes);
    bytes
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop::sample::select(vec![
        Kind::Read,
        Kind::Composite,
        Kind::Replace,
        Kind::Replace,
        Kind::Partial,
        Kind::Patch,
        Kind::Create,
        Kind::Delete,
        Kind::Execute,
    ]);
    let records = prop::collection::vec((path(), value()), 0..5);
    let noise = prop_oneof![9 => Just(Vec::new()), 1 => prop::collection::vec(any::<u8>(), 1..12)];
    let format = prop::sample::select(FORMATS.to_vec());
    let request = (kind, path(), any::<bool>(), format, records, noise);
    let request = request.prop_map(|(kind, path, sensible, format, records, noise)| {
        let (path, format) = match kind {
            _ if !sensible => (path, format),
            Kind::Create => (path.up_to(1), Format::SenmlCbor),
            Kind::Partial => (path.up_to(2), Format::Tlv),
            Kind::Replace => (path, Format::SenmlJson),
            Kind::Read => (path.up_to(2), Format::SenmlJson),
            Kind::Delete => (path.up_to(2), format),
            Kind::Execute => (Path::resource(42769, 0, 8), Format::Text),
            Kind::Patch | Kind::Composite => (path, Format::SenmlCbor),
        };
        let noise = match kind {
            Kind::Execute if sensible => b"0".to_vec(),
            _ => noise,
        };
        let bytes = payload(path, kind, format, &records, &noise);
        Step::Request(kind, path, format, bytes)
    });
    prop_oneof![
        12 => request,
        1 => (path(), value()).prop_map(|(path, value)| Step::Set(path, value)),
        1 => (0_u16..4, any::<bool>()).prop_map(|(id, thing)| Step::Insert(id, thing)),
        1 => (prop::sample::select(vec![16, 42769]), 0_u16..4).prop_map(|(object, id)| Step::Remove(object, id)),
    ]
}

fn request<'a>(kind: Kind, path: Path, format: ContentFormat, bytes: &'a [u8]) -> Request<'a> {
    let payload = Payload::new(format, bytes);
    match kind {
        Kind::Read => Request::Read {
            path,
            accept: Some(format),
        },
        Kind::Composite => Request::ReadComposite {
            paths: payload,
            accept: None,
        },
        Kind::Replace => Request::Write {
            path,
            mode: WriteMode::Replace,
            payload,
        },
        Kind::Partial => Request::Write {
            path,
            mode: WriteMode::Partial,
            payload,
        },
        Kind::Patch => Request::WriteComposite { payload },
        Kind::Create => Request::Create {
            object: path.object_id().unwrap(),
            payload,
        },
        Kind::Delete => Request::Delete { path },
        Kind::Execute => Request::Execute {
            path,
            input: ExecuteInput::Payload(payload),
        },
    }
}

/// What is another value than before, came or went is told by a change of its path or of one above.
fn check_changes(before: &[(Path, Value)], after: &[(Path, Value)], changes: &[Change]) {
    let before: BTreeMap<_, _> = before.iter().cloned().collect();
    let after: BTreeMap<_, _> = after.iter().cloned().collect();
    let paths = before.keys().chain(after.keys());
    for path in paths.filter(|path| before.get(path) != after.get(path)) {
        let told = changes.iter().any(|change| path.starts_with(change.path));
        assert!(told, "{path} has changed");
    }
}

fn check_instances(bench: &Bench) {
    for (object, _) in bench.tree.objects().filter(|(object, _)| *object != 0) {
        for id in bench.tree.instances(object) {
            let instance: &dyn Instance = bench.tree.instance(object, id).unwrap();
            assert_eq!(instance.check(), Ok(()), "/{object}/{id}");
        }
    }
}

fn check_read(bench: &Bench, target: Path, format: Format, payload: &[u8]) {
    let records = Decoder::new(format, target)
        .with_definitions(&bench.tree)
        .read(payload)
        .unwrap()
        .collect()
        .unwrap();
    for record in records {
        let Some(value) = record.content.value() else {
            continue;
        };
        let object = record.path.object_id().unwrap();
        assert!(!matches!(object, 0 | 21 | 23));
        let resource = record.path.resource_id().unwrap();
        let definition = bench.tree.definition(object).unwrap().resource(resource).unwrap();
        assert!(definition.operations().readable(), "{}", record.path);
        assert_eq!(bench.tree.value(record.path).map(ValueRef::to_value), Some(value));
    }
}

fn run(steps: &[Step], version: Version) {
    let mut bench = Bench::new(version);
    let firmware = FirmwareUpdate {
        package: Some(Vec::new()),
        ..FirmwareUpdate::default()
    };
    bench.tree.insert(0, firmware).unwrap();
    bench.changes();
    check_instances(&bench);
    for step in steps {
        let before = bench.snapshot();
        bench.program.changed.clear();
        let mut refused = false;
        match step {
            Step::Request(kind, path, format, bytes) => {
                let answer = bench.perform(&request(*kind, *path, format.content_format(), bytes));
                refused = !answer.status.is_success();
                if answer.status == Status::Content {
                    let target = match kind {
                        Kind::Read => *path,
                        _ => Path::ROOT,
                    };
                    let format = answer.format.unwrap().format().unwrap();
                    check_read(&bench, target, format, &answer.payload);
                }
            }
            Step::Set(path, value) => drop(bench.tree.set(*path, value.as_ref())),
            Step::Insert(id, true) => drop(bench.tree.insert_dynamic(*id, thing("new"))),
            Step::Insert(id, false) => drop(bench.tree.insert_dynamic(*id, portfolio(&["new"]))),
            Step::Remove(object, id) => {
                bench.tree.remove(*object, *id);
            }
        }
        let after = bench.snapshot();
        let changes: Vec<_> = std::iter::from_fn(|| bench.tree.poll_change()).collect();
        // The device's program may have refreshed a value before a read was refused.
        let refreshed = Path::resource(3, 0, 9);
        let unchanged = |values: &[(Path, Value)]| {
            let mut values = values.to_vec();
            values.retain(|(path, _)| *path != refreshed);
            values
        };
        if refused {
            assert_eq!(unchanged(&before), unchanged(&after), "{step:?}");
            assert!(changes.iter().all(|change| change.path == refreshed), "{step:?}");
            assert!(bench.program.changed.is_empty());
        }
        check_changes(&before, &after, &changes);
        check_instances(&bench);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    // proves: DM-24 DM-58
    #[test]
    fn a_refusal_changes_nothing_and_instances_stay_valid(
        steps in prop::collection::vec(step(), 1..40),
        version in prop::sample::select(vec![Version::V1_0, Version::V1_1, Version::V1_2]),
    ) {
        run(&steps, version);
    }
}
