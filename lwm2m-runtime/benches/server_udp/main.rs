//! What a server can do on one core, over UDP: registrations, updates and reads a second, and memory for a device.
//!
//! `cargo bench -p lwm2m-runtime --features net --bench server_udp`; arguments are other numbers of devices than 1,000,
//! 10,000 and 100,000.
//!
//! The server is a process on the first core, all devices are another one on the second. Each device has an address of
//! its own, out of 127.0.0.0/8; so it runs on Linux only. Each figure is compared with an echo by tokio's `recv_from` and
//! `send_to`, measured at the same time with the same addresses and datagrams of the same size. As the machine may be
//! busy, a rate is what the processor time that the server took allows, not what the clock of the wall says; the best of
//! some rounds counts.

#![expect(clippy::print_stdout, reason = "a table is what a benchmark is for")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that fails stops"
)]

mod load;
mod process;
mod serve;

use load::Load;
use process::Process;

/// Operations of one kind in a round.
const OPERATIONS: usize = 50_000;

const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    match arguments.first().map(String::as_str) {
        Some("serve") => runtime.block_on(serve::serve()),
        Some("echo") => runtime.block_on(serve::echo()),
        Some("load") => runtime.block_on(load(&arguments)),
        // All of it in a process of its own, so that it can have a core.
        _ => {
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            process::command(1, "load").args(arguments).status().unwrap();
        }
    }
}

async fn load(arguments: &[String]) {
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000];
    }
    println!(
        "{:>8} {:>12} {:>19} {:>19} {:>19} {:>12}",
        "devices", "echo/s", "registrations/s", "updates/s", "reads/s", "bytes/device"
    );
    for devices in sizes {
        measure(devices).await;
    }
}

/// The best rate of some rounds.
#[derive(Clone, Copy, Default)]
struct Best(f64);

impl Best {
    fn round(&mut self, operations: usize, nanoseconds: u64) {
        self.0 = self.0.max(operations as f64 * 1e9 / nanoseconds as f64);
    }

    fn beside(self, echo: Self) -> String {
        format!("{:>10.0} ({:>4.2}x)", self.0, self.0 / echo.0)
    }
}

async fn measure(devices: usize) {
    let (mut echoes, mut registrations, mut updates, mut reads) =
        (Best::default(), Best::default(), Best::default(), Best::default());
    let mut bytes = u64::MAX;
    let mut echo = Process::start("echo").await;
    let mut echoed = Load::new(echo.port, devices);
    for _ in 0..ROUNDS {
        let mut server = Process::start("serve").await;
        let mut load = Load::new(server.port, devices);
        let idle = server.state().await;
        let registered = load.register().await;
        let full = server.state().await;
        registrations.round(registered, full.processor - idle.processor);
        bytes = bytes.min((full.resident - idle.resident) / devices as u64);

        let before = echo.state().await;
        echoed.echo(OPERATIONS).await;
        echoes.round(OPERATIONS, echo.state().await.processor - before.processor);

        let before = server.state().await;
        load.update(OPERATIONS).await;
        let after = server.state().await;
        updates.round(OPERATIONS, after.processor - before.processor);

        server.command(&format!("devices {devices}"));
        let before = server.state().await;
        server.command(&format!("read {OPERATIONS}"));
        load.answer(&mut server).await;
        reads.round(OPERATIONS, server.state().await.processor - before.processor);
    }
    println!(
        "{devices:>8} {:>12.0} {} {} {} {bytes:>12}",
        echoes.0,
        registrations.beside(echoes),
        updates.beside(echoes),
        reads.beside(echoes)
    );
}
