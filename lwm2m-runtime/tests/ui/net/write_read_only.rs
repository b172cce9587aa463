use lwm2m_runtime::{net::Device, objects};

async fn write(device: Device) {
    let _ = device.set(objects::Device::BATTERY_LEVEL.at(0), 100).await;
}

fn main() {}
