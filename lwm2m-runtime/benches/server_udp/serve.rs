//! The measured side: a server, or an echo.

use std::{fs, io::BufRead, sync::Arc, thread};

use lwm2m_runtime::{
    Lwm2mObject,
    net::{Device, Server},
};
use tokio::{net::UdpSocket, sync::mpsc, task::JoinSet};

#[derive(Clone, Default, Lwm2mObject)]
#[lwm2m(id = 3303, multiple)]
struct Temperature {
    #[lwm2m(id = 5700, operations = "R")]
    sensor_value: f64,
}

/// Reads that are open at a time.
const READERS: usize = 256;

pub(crate) async fn serve() {
    let address = "127.0.0.1:0".parse().unwrap();
    let server = Server::builder().bind(address).start().await.unwrap();
    println!("{}", server.local_address().port());
    let mut lines = lines();
    let mut devices: Arc<[Device]> = Arc::new([]);
    while let Some(line) = lines.recv().await {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["state"] => print_state(),
            ["devices", count] => {
                let count: usize = count.parse().unwrap();
                devices = (0..count).map(|device| server.device(&name(device))).collect();
            }
            ["read", operations] => {
                read(&devices, operations.parse().unwrap()).await;
                println!("done");
            }
            _ => return,
        }
    }
}

/// Reads a value of each device in turn, by the interface that programs use.
async fn read(devices: &Arc<[Device]>, operations: usize) {
    let mut readers = JoinSet::new();
    for reader in 0..READERS {
        let devices = devices.clone();
        readers.spawn(async move {
            for operation in (reader..operations).step_by(READERS) {
                let device = &devices[operation % devices.len()];
                let value = device.get(Temperature::SENSOR_VALUE.at(0)).await.unwrap();
                assert_eq!(value, 21.5);
            }
        });
    }
    while let Some(done) = readers.join_next().await {
        done.unwrap();
    }
}

pub(crate) fn name(device: usize) -> String {
    format!("urn:dev:os:{device:06}")
}

/// Sends back what comes, as the shortest program with tokio does.
pub(crate) async fn echo() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    println!("{}", socket.local_addr().unwrap().port());
    let mut lines = lines();
    let mut buffer = [0; 2048];
    loop {
        tokio::select! {
            biased;
            received = socket.recv_from(&mut buffer) => {
                let (length, from) = received.unwrap();
                socket.send_to(&buffer[..length], from).await.unwrap();
            }
            line = lines.recv() => match line {
                Some(_) => print_state(),
                None => return,
            },
        }
    }
}

/// The lines of the standard input, read by a thread of its own.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let _ = sender.send(line.unwrap());
        }
    });
    lines
}

/// Nanoseconds of a core that the first thread has had, in which everything runs, and bytes of memory.
fn print_state() {
    let scheduled = fs::read_to_string("/proc/self/schedstat").unwrap();
    let processor = scheduled.split(' ').next().unwrap().to_owned();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kibibytes: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
    println!("{processor} {}", kibibytes * 1024);
}
