//! LwM2M on a microcontroller: no operating system, no std, a heap of 40 KiB. All formats, and the engine of a client.
//!
//! `cargo run` in this directory builds it for a Cortex-M3 and runs it in QEMU. It needs
//! `rustup target add thumbv7m-none-eabi` and `qemu-system-arm`.

#![no_std]
#![no_main]

extern crate alloc;

mod engine;

use alloc::{string::String, vec::Vec};
use core::{error::Error, panic::PanicInfo};

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use lwm2m_runtime::{
    Lwm2mObject,
    encoding::{Decoder, EncodeOptions, Format, Purpose, RecordRef, Unknown, encode, instance_records},
    model::{Path, ValueRef},
    object::{Instances, Object},
};

#[global_allocator]
static HEAP: emballoc::Allocator<{ 40 * 1024 }> = emballoc::Allocator::new();

/// A valve of a heating circuit.
#[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
#[lwm2m(id = 42769, name = "Valve", lwm2m_version = "1.1", multiple)]
struct Valve {
    /// How far it is open.
    #[lwm2m(id = 0, operations = "RW", units = "/100", range = "0..100")]
    opening: u8,
    /// The room's temperature.
    #[lwm2m(id = 1, operations = "R", units = "Cel")]
    temperature: f64,
    /// The rooms that it heats.
    #[lwm2m(id = 2, operations = "RW")]
    rooms: Option<Instances<String>>,
    /// Unlocks its service port.
    #[lwm2m(id = 3, operations = "RW", range = "0..16")]
    key: Option<Vec<u8>>,
}

#[entry]
fn main() -> ! {
    match run() {
        Ok(()) => debug::exit(debug::EXIT_SUCCESS),
        Err(error) => {
            hprintln!("error: {}", error);
            debug::exit(debug::EXIT_FAILURE);
        }
    }
    halt()
}

fn run() -> Result<(), &'static str> {
    let path = Path::instance(Valve::DEFINITION.id(), 0);
    let mut valve = Valve {
        temperature: 21.5,
        rooms: Some([(0, "kitchen".into()), (3, "hall".into())].into()),
        ..Valve::default()
    };
    Valve::OPENING
        .write(&mut valve, 70)
        .map_err(|_| "70 is within the range")?;
    match Valve::OPENING.write(&mut valve, 101) {
        Err(error) => hprintln!("refused: {}", error),
        Ok(()) => return Err("101 is outside the range"),
    }

    // Whole instances, typed.
    let formats = [
        Format::Tlv,
        Format::Json,
        Format::SenmlJson,
        Format::SenmlCbor,
        Format::Lwm2mCbor,
    ];
    for format in formats {
        let payload = write(format, path, instance_records(path, &valve))?;
        let read: Valve = Decoder::new(format, path)
            .read_instance(&payload, Unknown::Refuse)
            .map_err(show)?;
        same(&read, &valve)?;
    }

    // Single values, and what a composite request holds.
    let opening = RecordRef::new(Valve::OPENING.at(0).path(), ValueRef::Unsigned(70));
    let key = RecordRef::new(Valve::KEY.at(0).path(), ValueRef::Opaque(&[0xca, 0xfe]));
    let values = Purpose::Values;
    round_trip(Format::Text, opening.path, values, &[opening])?;
    round_trip(Format::Cbor, opening.path, values, &[opening])?;
    round_trip(Format::Opaque, key.path, values, &[key])?;
    round_trip(Format::SenmlEtchJson, Path::ROOT, Purpose::Patch, &[opening, key])?;
    round_trip(Format::SenmlEtchCbor, Path::ROOT, Purpose::Patch, &[opening, key])?;

    engine::run(valve)
}

fn round_trip(
    format: Format,
    target: Path,
    purpose: Purpose,
    records: &[RecordRef<'_>],
) -> Result<(), &'static str> {
    let payload = write(format, target, records.iter().copied())?;
    let decoder = Decoder::new(format, target)
        .with_purpose(purpose)
        .with_definitions(&Valve::DEFINITION);
    let mut reader = decoder.read(&payload).map_err(show)?;
    for record in records {
        same(&reader.next().map_err(show)?, &Some(*record))?;
    }
    same(&reader.next().map_err(show)?, &None)
}

fn write<'r, R>(format: Format, target: Path, records: R) -> Result<Vec<u8>, &'static str>
where
    R: IntoIterator<Item = RecordRef<'r>, IntoIter: Clone>,
{
    let mut payload = Vec::new();
    encode(format, target, records, &EncodeOptions::default(), &mut payload).map_err(show)?;
    hprintln!("{:?}: {} bytes", format, payload.len());
    Ok(payload)
}

fn same<T: PartialEq>(read: &T, written: &T) -> Result<(), &'static str> {
    (read == written)
        .then_some(())
        .ok_or("what was read is not what was written")
}

fn show(error: impl Error) -> &'static str {
    hprintln!("{}", error);
    "a payload was refused"
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    halt()
}

fn halt() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}
