//! An object of your own, written as a Rust struct: `cargo run -p custom-object`.
//!
//! The derive gives it what an object of the registry has: a definition, typed resources with their rights and ranges,
//! and the definition file to publish it with.

#![expect(clippy::print_stdout, reason = "the example prints")]

use lwm2m_runtime::{
    Lwm2mEnumeration, Lwm2mObject,
    object::{DefinitionFile, Instance, Instances, Object},
};

/// Opens and closes a heating circuit. Identifiers of 42769 to 42800 are for tests; OMA registers others.
#[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
#[lwm2m(id = 42769, name = "Heating Valve", version = "1.0", multiple)]
#[lwm2m(execute CALIBRATE = 5, description = "Runs from closed to open and back.")]
pub struct HeatingValve {
    /// How far the valve is open.
    #[lwm2m(id = 0, operations = "RW", units = "/100", range = "0..100")]
    pub opening: i64,
    /// What the valve follows.
    #[lwm2m(id = 1, operations = "RW", range = "0..2", enumeration)]
    pub mode: Option<Mode>,
    /// The rooms that the circuit heats.
    #[lwm2m(id = 2, name = "Rooms", operations = "R")]
    pub rooms: Option<Instances<String>>,
}

/// Unknown modes are kept: a newer version of the object may name them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Lwm2mEnumeration)]
#[lwm2m(code CLOSED = 0)]
#[lwm2m(code SCHEDULE = 1, label = "Follows the schedule")]
#[lwm2m(code MANUAL = 2)]
pub struct Mode(pub i64);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut valve = HeatingValve {
        opening: 35,
        rooms: Some([(0, "kitchen".into()), (3, "hall".into())].into()),
        ..HeatingValve::default()
    };

    // What a server's write does: type and right are checked by the compiler, the range when it runs.
    HeatingValve::MODE.write(&mut valve, Mode::SCHEDULE)?;
    if let Err(error) = HeatingValve::OPENING.write(&mut valve, 120) {
        println!("opening 120 is refused: {error}");
    }
    // HeatingValve::ROOMS.write(&mut valve, []); // does not compile: a server cannot write this resource

    println!("{}", HeatingValve::DEFINITION.urn());
    let instance: &dyn Instance = &valve;
    for (resource, resource_instance, value) in instance.values() {
        let at = resource_instance.map_or(String::new(), |id| format!("/{id}"));
        println!("  /42769/0/{resource}{at} = {value}");
    }

    println!("\n{}", HeatingValve::XML);
    Ok(())
}
