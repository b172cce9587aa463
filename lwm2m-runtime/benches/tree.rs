//! What an operation on a client's instances costs: nanoseconds of one core, without messages.
//!
//! `cargo bench -p lwm2m-runtime --bench tree`; an argument such as `write` chooses rows. The machine may be busy: every
//! figure is the shortest of many short batches, each too short to be interrupted often.

#![expect(clippy::print_stdout, reason = "a table is what a benchmark is for")]
#![expect(clippy::unwrap_used, reason = "a benchmark that fails stops")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use lwm2m_runtime::{
    encoding::{ContentFormat, FormatSet, Negotiation},
    model::{Path, ValueRef, Version},
    objects::{Device, Lwm2mAccessControl, Lwm2mServer},
    operation::{ExecuteInput, Payload, Request, Status, WriteMode},
    reporting::AttachedAttributes,
    tree::{Application, Asker, Execute, Executed, Tree, TreeConfig},
};

const BATCH: u32 = 200;

struct Program;

impl Application for Program {
    fn execute(&mut self, _: &mut Tree, _: &Execute<'_>) -> Executed {
        Executed::OK
    }
}

/// Accounts of so many servers, and a device with all that it can have.
fn tree(servers: u16) -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    for id in 0..servers {
        let server = Lwm2mServer {
            short_server_id: i64::from(id) + 1,
            lifetime: 86_400,
            binding: "U".into(),
            ..Lwm2mServer::default()
        };
        tree.insert(id, server).unwrap();
    }
    if servers > 1 {
        let rule = Lwm2mAccessControl {
            object_id: 3,
            object_instance_id: 0,
            acl: Some([(1, 15)].into()),
            access_control_owner: 1,
        };
        tree.insert(0, rule).unwrap();
    }
    let device = Device {
        manufacturer: Some("Open Mobile Alliance".into()),
        model_number: Some("Lightweight M2M Client".into()),
        serial_number: Some("345000123".into()),
        firmware_version: Some("1.0".into()),
        power_source_voltage: Some([(0, 3800), (1, 5000)].into()),
        power_source_current: Some([(0, 125), (1, 900)].into()),
        battery_level: Some(100),
        memory_free: Some(15),
        error_code: [(0, 0.into())].into(),
        current_time: Some(1_367_491_215.into()),
        utc_offset: Some("+02:00".into()),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    tree.insert(0, device).unwrap();
    tree
}

/// Prints the shortest time of one of a batch's steps.
fn row(name: &str, chosen: &[String], mut step: impl FnMut()) {
    if !chosen.is_empty() && !chosen.iter().any(|part| name.contains(part.as_str())) {
        return;
    }
    let end = Instant::now() + Duration::from_secs(1);
    let mut best = Duration::MAX;
    while Instant::now() < end {
        let start = Instant::now();
        for _ in 0..BATCH {
            step();
        }
        best = best.min(start.elapsed());
    }
    println!("{name:<48} {:>8.1} ns", best.as_nanos() as f64 / f64::from(BATCH));
}

fn requests() -> [(&'static str, Request<'static>); 7] {
    let battery = Path::resource(3, 0, 9);
    let cbor = Some(ContentFormat::SENML_CBOR);
    let offset = Payload::new(ContentFormat::TEXT, b"+01:00");
    [
        (
            "read a resource",
            Request::Read {
                path: battery,
                accept: None,
            },
        ),
        (
            "read an instance, SenML CBOR",
            Request::Read {
                path: Path::instance(3, 0),
                accept: cbor,
            },
        ),
        (
            "read an instance, TLV",
            Request::Read {
                path: Path::instance(3, 0),
                accept: Some(ContentFormat::TLV),
            },
        ),
        (
            "read three paths, SenML CBOR",
            Request::ReadComposite {
                paths: Payload::new(
                    ContentFormat::SENML_JSON,
                    br#"[{"n":"/3/0/9"},{"n":"/3/0/0"},{"n":"/1/0/1"}]"#,
                ),
                accept: cbor,
            },
        ),
        (
            "write a resource",
            Request::Write {
                path: Path::resource(3, 0, 14),
                mode: WriteMode::Replace,
                payload: offset,
            },
        ),
        (
            "execute",
            Request::Execute {
                path: Path::resource(3, 0, 4),
                input: ExecuteInput::None,
            },
        ),
        (
            "discover an instance",
            Request::Discover {
                path: Path::instance(3, 0),
                depth: None,
            },
        ),
    ]
}

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
    let asker = Asker::new(1, &formats);
    let mut attached = AttachedAttributes::new(16);
    for (servers, note) in [(1, ""), (2, ", two servers")] {
        let mut tree = tree(servers);
        let mut out = Vec::with_capacity(4096);
        for (name, request) in requests() {
            let mut status = Status::NotFound;
            row(&format!("{name}{note}"), &chosen, || {
                out.clear();
                let outcome = tree.perform(asker, &mut attached, &request, &mut Program, &mut out);
                status = outcome.status;
                black_box(&out);
                while tree.poll_change().is_some() {}
            });
            assert!(!chosen.is_empty() || status.is_success(), "{name}: {status}");
        }
    }
    let mut tree = tree(1);
    let mut level = 0;
    row("set a value, sample it, take the change", &chosen, || {
        level = (level + 1) % 100;
        let path = Path::resource(3, 0, 9);
        tree.set(path, ValueRef::Integer(level)).unwrap();
        black_box(tree.sample(path));
        while tree.poll_change().is_some() {}
    });
    row("update an instance", &chosen, || {
        level = (level + 1) % 100;
        tree.update(0, |device: &mut Device| device.battery_level = Some(level));
        while tree.poll_change().is_some() {}
    });
}
