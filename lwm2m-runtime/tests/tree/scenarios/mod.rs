//! The scenarios of the interoperability tests (ETS INT 1.2) that concern a client's objects alone, under their numbers.
//! Each request is one that `operation` reads from a message; what a session adds is tested with the engines.

mod changes;
mod reads;

use lwm2m_runtime::{
    encoding::{EncodeOptions, Format, RecordRef, encode},
    link::AttributeChanges,
    model::{Value, ValueRef, Version},
    objects::{Device, Lwm2mServer},
    operation::{Payload, Request, Status, WriteMode},
};

use crate::support::{Bench, path};

/// Server extended and Device minimum.
fn bench() -> Bench {
    let mut bench = Bench::new(Version::V1_2);
    let server = Lwm2mServer {
        short_server_id: 1,
        lifetime: 86400,
        default_minimum_period: Some(1),
        default_maximum_period: Some(10),
        disable_timeout: Some(86400),
        binding: "U".into(),
        ..Lwm2mServer::default()
    };
    bench.tree.insert(0, server).unwrap();
    let device = Device {
        manufacturer: Some("Open Mobile Alliance".into()),
        model_number: Some("Lightweight M2M Client".into()),
        serial_number: Some("345000123".into()),
        firmware_version: Some("1.0".into()),
        error_code: [(0, 0.into())].into(),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    bench.tree.insert(0, device).unwrap();
    bench.changes();
    bench
}

fn full_device(bench: &mut Bench) {
    bench
        .tree
        .update(0, |device: &mut Device| {
            device.power_source_voltage = Some([(0, 3800), (1, 5000)].into());
            device.power_source_current = Some([(0, 125), (1, 900)].into());
            device.battery_level = Some(100);
            device.current_time = Some(1_367_491_215.into());
            device.utc_offset = Some("+02:00".into());
            device.timezone = Some("Europe/Paris".into());
        })
        .unwrap();
    bench.changes();
}

fn integer(number: i64) -> Option<Value> {
    Some(Value::Integer(number))
}

fn attach(bench: &mut Bench, at: &str, query: &str) -> Status {
    let changes = AttributeChanges::parse(query.split('&')).unwrap();
    let request = Request::WriteAttributes {
        path: path(at),
        changes,
    };
    bench.perform(&request).status
}

fn write(
    bench: &mut Bench,
    at: &str,
    mode: WriteMode,
    format: Format,
    records: &[(&str, ValueRef<'_>)],
) -> Status {
    let records: Vec<_> = records
        .iter()
        .map(|(at, value)| RecordRef::new(path(at), *value))
        .collect();
    let mut bytes = Vec::new();
    encode(format, path(at), records, &EncodeOptions::default(), &mut bytes).unwrap();
    let request = Request::Write {
        path: path(at),
        mode,
        payload: Payload::new(format.content_format(), &bytes),
    };
    bench.perform(&request).status
}
