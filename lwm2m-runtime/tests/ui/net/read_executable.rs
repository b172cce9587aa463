use lwm2m_runtime::{
    net::Device,
    objects::{self, Lwm2mServer},
};

async fn read(device: Device) {
    let _ = device.get(objects::Device::REBOOT.at(0)).await;
    let _ = device
        .get((Lwm2mServer::LIFETIME.at(0), Lwm2mServer::DISABLE.at(0)))
        .await;
    let _ = device.observe(objects::Device::REBOOT.at(0)).start().await;
}

fn main() {}
