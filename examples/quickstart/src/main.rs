//! A server and a device in one process, talking over UDP: `cargo run -p quickstart`.

#![expect(clippy::print_stdout, reason = "the example prints")]

use std::error::Error;

use lwm2m_runtime::{
    net::{Client, Server, ServerAccount},
    operation::Status,
};

/// What build.rs generated.
mod objects {
    include!(concat!(env!("OUT_DIR"), "/objects.rs"));
}

use objects::{
    Device, Temperature, WaterPump,
    o3_v1_2::{AvailablePowerSources, ErrorCode},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::builder().bind("127.0.0.1:0".parse()?).start().await?;

    let sensor = start_device(&format!("coap://{}", server.local_address())).await?;
    let pump = server.wait_for("pump-7").await?;
    let registration = pump.registration().await?;
    println!(
        "{} registered with LwM2M {} and {:?}",
        pump.endpoint(),
        registration.version,
        registration.paths()
    );

    // Whole instances, single resources, and several at once, as the types that build.rs generated.
    let device: Device = pump.read(0).await?;
    println!(
        "made by {}, battery at {} %",
        device.manufacturer.unwrap_or_default(),
        device.battery_level.unwrap_or_default()
    );
    let flow = pump.get(WaterPump::FLOW_RATE.at(0)).await?;
    let (speed, celsius) = pump
        .get((WaterPump::SPEED.at(0), Temperature::SENSOR_VALUE.at(0)))
        .await?;
    println!("{flow} l/s at {speed} rpm and {celsius} °C");

    // A write is checked by the compiler, then against the definition, then by the device.
    pump.set(WaterPump::SPEED.at(0), 1450).await?;
    for speed in [9000, 3500] {
        if let Err(error) = pump.set(WaterPump::SPEED.at(0), speed).await {
            println!("{speed} rpm: {error}");
        }
    }
    // Does not compile, for a server cannot write this resource:
    // pump.set(WaterPump::FLOW_RATE.at(0), 2.0).await?;

    pump.execute(WaterPump::BLEED.at(0), ()).await?;

    // The first value is the present one.
    let mut temperature = pump.observe(Temperature::SENSOR_VALUE.at(0)).start().await?;
    for next in [21.5, 22.25, 23.0] {
        if let Some(celsius) = temperature.next().await {
            println!("notified of {} °C", celsius?);
        }
        sensor
            .update::<Temperature>(0, move |temperature| temperature.sensor_value = next)
            .await?;
    }

    sensor.stop().await;
    match pump.read::<Device>(0).await {
        Err(error) => println!("{error}"),
        Ok(device) => println!("still there: {device:?}"),
    }
    Ok(())
}

/// The device: its objects, and what it does when a server asks.
async fn start_device(server: &str) -> Result<Client, Box<dyn Error>> {
    let device = Device {
        manufacturer: Some("Example Ltd".into()),
        available_power_sources: Some([(0, AvailablePowerSources::SOLAR)].into()),
        battery_level: Some(87),
        error_code: [(0, ErrorCode::NO_ERROR)].into(),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    let temperature = Temperature {
        sensor_value: 20.75,
        sensor_units: Some("Cel".into()),
        ..Temperature::default()
    };
    let pump = WaterPump {
        flow_rate: Some(1.25),
        ..WaterPump::default()
    };
    let client = Client::builder("pump-7")
        .server(ServerAccount::new(server).lifetime(300))
        .object(0, device)
        .object(0, temperature)
        .object(0, pump)
        .on_execute(WaterPump::BLEED, |_| println!("the pump bleeds"))
        .on_write(WaterPump::SPEED, |_, speed| match speed {
            ..=3000 => Ok(()),
            _ => Err(Status::BadRequest),
        })
        .start()
        .await?;
    Ok(client)
}
