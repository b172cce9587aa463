//! Typed objects from the registry and from a file of one's own: `cargo run -p quickstart`.

#![expect(clippy::print_stdout, reason = "the example prints")]

use lwm2m_runtime::{
    model::{ResourceDefinition, ValueRef},
    object::Instance,
};

/// What build.rs generated.
mod objects {
    include!(concat!(env!("OUT_DIR"), "/objects.rs"));
}

use objects::{Device, Temperature, WaterPump, o3_v1_2::AvailablePowerSources};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Objects are structs: what is mandatory is a value, what is optional an `Option`, what is multiple keeps its ids.
    let sources = [
        (0, AvailablePowerSources::SOLAR),
        (1, AvailablePowerSources::INTERNAL_BATTERY),
    ];
    let device = Device {
        manufacturer: Some("Example Ltd".into()),
        available_power_sources: Some(sources.into()),
        battery_level: Some(87),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    let temperature = Temperature {
        sensor_value: 21.5,
        sensor_units: Some("Cel".into()),
        ..Temperature::default()
    };
    let mut pump = WaterPump {
        flow_rate: Some(1.25),
        ..WaterPump::default()
    };

    // A server's write is checked: its right and type by the compiler, its range when it happens.
    WaterPump::SPEED.write(&mut pump, 1450)?;
    let refused = WaterPump::SPEED.write(&mut pump, 9000);
    // Does not compile, for a server cannot write this resource:
    // WaterPump::FLOW_RATE.write(&mut pump, 2.0)?;

    for instance in [&device as &dyn Instance, &temperature, &pump] {
        instance.check()?;
        print_table(instance);
    }
    if let Err(error) = refused {
        println!("{} = 9000 is refused: {error}", WaterPump::SPEED.at(0).path());
    }
    Ok(())
}

/// Every resource of the definition, with the values that the instance has.
fn print_table(instance: &dyn Instance) {
    let object = instance.definition();
    println!("{} {} {}", object.id(), object.name(), object.version());
    for resource in object.resources() {
        let data_type = resource.resource_type().map_or("", |data_type| data_type.name());
        let values = values(instance, resource);
        let (id, operations, name, range) = (
            resource.id(),
            resource.operations(),
            resource.name(),
            resource.range(),
        );
        let row = format!("{id:>6}  {operations:<2}  {data_type:<8}  {name:<33}  {range:<7}  {values}");
        println!("{}", row.trim_end());
    }
    println!();
}

fn values(instance: &dyn Instance, resource: &ResourceDefinition) -> String {
    let Some(field) = instance.field(resource.id()) else {
        return String::new();
    };
    let values = (0..field.len())
        .filter_map(|index| field.entry(index))
        .map(|(id, value)| {
            let id = id.map_or(String::new(), |id| format!("[{id}] "));
            let unit = resource.units();
            match label(resource, value) {
                Some(label) => format!("{id}{value} {label}"),
                None => format!("{id}{value} {unit}").trim_end().to_owned(),
            }
        });
    values.collect::<Vec<_>>().join(", ")
}

fn label(resource: &ResourceDefinition, value: ValueRef<'_>) -> Option<&'static str> {
    match value {
        ValueRef::Integer(code) => resource.enumeration()?.label(code),
        _ => None,
    }
}
