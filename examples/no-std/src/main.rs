//! LwM2M on a microcontroller: no operating system, no std, a heap of 32 KiB.
//!
//! `cargo run` in this directory builds it for a Cortex-M3 and runs it in QEMU. It needs
//! `rustup target add thumbv7m-none-eabi` and `qemu-system-arm`.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::{error::Error, panic::PanicInfo};

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use lwm2m_runtime::{
    Lwm2mObject,
    encoding::{Decoder, EncodeOptions, Format, Unknown, encode, instance_records},
    model::Path,
    object::{Instances, Object},
};

#[global_allocator]
static HEAP: emballoc::Allocator<{ 32 * 1024 }> = emballoc::Allocator::new();

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
    rooms: Option<Instances<alloc::string::String>>,
}

/// Every format that carries an instance.
const FORMATS: &[Format] = &[Format::Tlv];

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
    for format in FORMATS {
        let mut payload = Vec::new();
        let records = instance_records(path, &valve);
        encode(*format, path, records, &EncodeOptions::default(), &mut payload).map_err(show)?;
        let read: Valve = Decoder::new(*format, path)
            .read_instance(&payload, Unknown::Refuse)
            .map_err(show)?;
        if read != valve {
            return Err("what was read is not what was written");
        }
        hprintln!("{:?}: {} bytes", format, payload.len());
    }
    Ok(())
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
