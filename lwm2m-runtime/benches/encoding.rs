//! How long it takes to read and to write payloads, beside the best figures of other implementations.
//!
//! `cargo bench -p lwm2m-runtime --bench encoding`; an argument such as `senml` chooses rows. The machine may be busy:
//! every figure is the shortest of many short batches, each too short to be interrupted often.
//!
//! - `device`: object 3, instance 0, 15 resources, 18 values; written straight from the instance, read into borrowed
//!   records and into the struct.
//! - `rec100`: 100 Floats, `/3303/0..99/5700`.
//!
//! The other implementations' payloads lie in `../shared/payloads`; without them only those written here are read.

#![expect(clippy::print_stdout, reason = "a table is what a benchmark is for")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that fails stops"
)]
use std::{
    fs,
    hint::black_box,
    path::PathBuf,
    time::{Duration, Instant},
};

use lwm2m_runtime::{
    Lwm2mObject,
    encoding::{Decoder, EncodeOptions, Format, RecordRef, Unknown, encode, instance_records},
    model::{ObjectDefinition, Path, Time, ValueRef},
    object::{Instance, Instances, Object},
};

/// The resources of object 3 that the payload has, with those between.
#[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
#[lwm2m(id = 3, name = "Device", mandatory)]
#[lwm2m(execute REBOOT = 4, mandatory)]
#[lwm2m(execute FACTORY_RESET = 5)]
#[lwm2m(execute RESET_ERROR_CODE = 12)]
pub struct Device {
    #[lwm2m(id = 0, operations = "R")]
    manufacturer: Option<String>,
    #[lwm2m(id = 1, operations = "R")]
    model_number: Option<String>,
    #[lwm2m(id = 2, operations = "R")]
    serial_number: Option<String>,
    #[lwm2m(id = 3, operations = "R")]
    firmware_version: Option<String>,
    #[lwm2m(id = 6, operations = "R")]
    available_power_sources: Option<Instances<i64>>,
    #[lwm2m(id = 7, operations = "R")]
    power_source_voltage: Option<Instances<i64>>,
    #[lwm2m(id = 8, operations = "R")]
    power_source_current: Option<Instances<i64>>,
    #[lwm2m(id = 9, operations = "R")]
    battery_level: Option<i64>,
    #[lwm2m(id = 10, operations = "R")]
    memory_free: Option<i64>,
    #[lwm2m(id = 11, operations = "R")]
    error_code: Instances<i64>,
    #[lwm2m(id = 13, operations = "RW")]
    current_time: Option<Time>,
    #[lwm2m(id = 14, operations = "RW")]
    utc_offset: Option<String>,
    #[lwm2m(id = 15, operations = "RW")]
    timezone: Option<String>,
    #[lwm2m(id = 16, operations = "R")]
    supported_bindings: String,
    #[lwm2m(id = 17, operations = "R")]
    device_type: Option<String>,
    #[lwm2m(id = 18, operations = "R")]
    hardware_version: Option<String>,
    #[lwm2m(id = 19, operations = "R")]
    software_version: Option<String>,
    #[lwm2m(id = 20, operations = "R")]
    battery_status: Option<i64>,
    #[lwm2m(id = 21, operations = "R")]
    memory_total: Option<i64>,
}

/// Object 3303, as much as the payload needs.
#[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
#[lwm2m(id = 3303, name = "Temperature", version = "1.1", multiple)]
pub struct Temperature {
    #[lwm2m(id = 5601, operations = "R")]
    min_measured_value: Option<f64>,
    #[lwm2m(id = 5602, operations = "R")]
    max_measured_value: Option<f64>,
    #[lwm2m(id = 5700, operations = "R")]
    sensor_value: f64,
    #[lwm2m(id = 5701, operations = "R")]
    sensor_units: Option<String>,
}

fn device() -> Device {
    let text = |text: &str| Some(text.to_owned());
    Device {
        manufacturer: text("Open Mobile Alliance"),
        model_number: text("Lightweight M2M Client"),
        serial_number: text("345000123"),
        firmware_version: text("1.0"),
        available_power_sources: Some([(0, 1), (1, 5)].into()),
        power_source_voltage: Some([(0, 3800), (1, 5000)].into()),
        power_source_current: Some([(0, 125), (1, 900)].into()),
        battery_level: Some(100),
        memory_free: Some(15),
        error_code: [(0, 0)].into(),
        current_time: Some(Time(1_367_491_215)),
        utc_offset: text("+02:00"),
        timezone: text("Europe/Berlin"),
        supported_bindings: "U".to_owned(),
        device_type: text("Sensor"),
        ..Device::default()
    }
}

/// A format: its name, the files of other implementations, and the best figures in nanoseconds (device written and
/// read, rec100 written and read).
type Row = (Format, &'static str, [&'static str; 2], [Option<f64>; 4]);

const ROWS: [Row; 5] = [
    (
        Format::Tlv,
        "TLV",
        ["tlv_device", "anjay_tlv_rec100"],
        [Some(180.0), Some(450.0), Some(2289.0), Some(7735.0)],
    ),
    (
        Format::Json,
        "LwM2M JSON",
        ["anjay_json10_device", "anjay_json10_rec100"],
        [Some(299.0), Some(1782.0), Some(42253.0), None],
    ),
    (
        Format::SenmlJson,
        "SenML JSON",
        ["anjay_senml-json_device", "anjay_senml-json_rec100"],
        [Some(330.0), Some(2146.0), Some(41938.0), Some(28084.0)],
    ),
    (
        Format::SenmlCbor,
        "SenML CBOR",
        ["anjay_senml-cbor_device", "lite_senml-cbor_rec100"],
        [Some(464.0), Some(1238.0), Some(2931.0), Some(11083.0)],
    ),
    (
        Format::Lwm2mCbor,
        "LwM2M CBOR",
        ["anjay_lwm2m-cbor_device", "lite_lwm2m-cbor_rec100"],
        [Some(367.0), Some(1239.0), Some(2125.0), Some(8989.0)],
    ),
];

/// The shortest time of a run, over batches of about 50 microseconds.
fn measure(budget: Duration, mut run: impl FnMut()) -> f64 {
    let mut runs = 1_u32;
    let batch = |runs: u32, run: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..runs {
            run();
        }
        start.elapsed()
    };
    while batch(runs, &mut run) < Duration::from_micros(50) && runs < 1 << 20 {
        runs *= 2;
    }
    let end = Instant::now() + budget;
    let mut best = f64::MAX;
    while Instant::now() < end {
        best = best.min(batch(runs, &mut run).as_nanos() as f64 / f64::from(runs));
    }
    best
}

fn print(format: &str, what: &str, bytes: usize, nanoseconds: f64, baseline: Option<f64>, target: f64) {
    match baseline {
        Some(baseline) if nanoseconds < f64::MAX => {
            let ratio = baseline / nanoseconds;
            let verdict = if ratio >= target { "" } else { "  below the target" };
            println!(
                "{format:<11} {what:<42} {bytes:>5} B {nanoseconds:>9.0} ns   {baseline:>7.0} ns  {ratio:>5.1}x of {target}x{verdict}"
            );
        }
        _ if nanoseconds < f64::MAX => {
            println!("{format:<11} {what:<42} {bytes:>5} B {nanoseconds:>9.0} ns");
        }
        _ => println!("{format:<11} {what:<42} {bytes:>5} B  not measured"),
    }
}

fn read_to_end(decoder: Decoder<'_>, payload: &[u8]) -> usize {
    let mut reader = decoder.read(payload).unwrap();
    let mut count = 0;
    // The record is looked at where it is, as a match would.
    while black_box(&reader.next()).as_ref().unwrap().is_some() {
        count += 1;
    }
    count
}

fn read_device(decoder: Decoder<'_>, payload: &[u8]) -> Device {
    decoder.read_instance(payload, Unknown::Refuse).unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs every path once.
    let budget = match arguments.iter().any(|argument| argument == "--bench") {
        true => Duration::from_millis(400),
        false => Duration::ZERO,
    };
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let definitions: [&'static ObjectDefinition; 2] = [Device::DEFINITION, Temperature::DEFINITION];
    let device = device();
    let records: Vec<RecordRef<'_>> = (0..100_u16)
        .map(|instance| {
            let value = ValueRef::Float(20.0 + f64::from(instance) * 0.1);
            RecordRef::new(Path::resource(3303, instance, 5700), value)
        })
        .collect();
    let options = EncodeOptions::default();
    println!("format      what                                        size      here      best other");
    for (format, name, files, [device_encode, device_decode, rec100_encode, rec100_decode]) in ROWS {
        if filter.is_some_and(|filter| !name.to_lowercase().replace(' ', "-").contains(filter.as_str())) {
            continue;
        }
        let mut out = Vec::with_capacity(8192);
        let instance: &dyn Instance = &device;
        let nanoseconds = measure(budget, || {
            out.clear();
            let records = instance_records(Path::instance(3, 0), black_box(instance));
            records.encode(format, &options, &mut out).unwrap();
        });
        print(name, "device encode", out.len(), nanoseconds, device_encode, 1.5);
        let own_device = out.clone();
        let nanoseconds = measure(budget, || {
            out.clear();
            let records = black_box(&records).iter().copied();
            encode(format, Path::object(3303), records, &options, &mut out).unwrap();
        });
        print(name, "rec100 encode", out.len(), nanoseconds, rec100_encode, 1.5);
        let own = [own_device, out.clone()];
        let targets = [Path::instance(3, 0), Path::object(3303)];
        let counts = [18, 100];
        let baselines = [device_decode, rec100_decode];
        let whats = ["device decode", "rec100 decode"];
        for index in 0..2 {
            let decoder = Decoder::new(format, targets[index]).with_definitions(&definitions);
            let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("../../shared/payloads")
                .join(files[index])
                .with_extension("bin");
            let other = fs::read(path).ok().map(|payload| (files[index], payload));
            for (file, payload) in [("", own[index].clone())].into_iter().chain(other) {
                assert_eq!(read_to_end(decoder, &payload), counts[index], "{name} {file}");
                let nanoseconds = measure(budget, || {
                    black_box(read_to_end(decoder, black_box(&payload)));
                });
                let what = match file {
                    "" => whats[index].to_owned(),
                    file => format!("  {}", file.replace('_', " ")),
                };
                print(name, &what, payload.len(), nanoseconds, baselines[index], 3.0);
                if index == 0 {
                    let nanoseconds = measure(budget, || {
                        black_box(read_device(decoder, black_box(&payload)));
                    });
                    // The others have nothing of this kind.
                    print(
                        name,
                        &format!("{what} into the struct"),
                        payload.len(),
                        nanoseconds,
                        None,
                        1.0,
                    );
                }
            }
        }
    }
}
