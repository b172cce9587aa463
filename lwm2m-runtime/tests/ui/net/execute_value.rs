use lwm2m_runtime::{
    net::{Client, Device},
    objects,
};

async fn execute(device: Device) {
    let _ = device.execute(objects::Device::BATTERY_LEVEL.at(0), ()).await;
    let _ = Client::builder("sensor").on_execute(objects::Device::BATTERY_LEVEL, |_| ());
}

fn main() {}
