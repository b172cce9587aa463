//! A device with live values, or ten thousand of them: `cargo run -p device -- --help`.
//!
//! It drives the engine of a device in a loop of its own, as a program would that has its own idea of sockets and
//! threads; `quickstart` shows the shell that does it for one.

mod accounts;
mod arguments;
mod blueprint;
mod commands;
mod doing;
mod extra;
mod failures;
mod firmware;
mod lookup;
mod memory;
mod objects;
mod report;
mod runner;
mod unit;
mod values;

use std::{
    io::Write,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    rc::Rc,
    time::{Duration, Instant},
};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value as Json, json};
use tokio::{
    sync::{Semaphore, watch},
    task::LocalSet,
};

use crate::{
    accounts::Factory,
    arguments::Arguments,
    blueprint::Blueprint,
    lookup::Lookups,
    report::Report,
    runner::{Common, Runner, bind},
    unit::Unit,
};

/// How long devices have to de-register.
const PATIENCE: Duration = Duration::from_secs(20);
/// After how long it is told that somebody does not answer.
const SILENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime
        .map_err(Into::into)
        .and_then(|runtime| LocalSet::new().block_on(&runtime, run(&arguments)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is gone too.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let blueprint = Blueprint {
        arguments: arguments.clone(),
        factory: Factory::new(arguments)?,
    };
    let report = Report::new(arguments.json, arguments.fleet.count == 1);
    for warning in &blueprint.factory.warnings {
        report.say(
            format_args!("warning: {warning}"),
            json!({"event": "warning", "text": warning}),
        );
    }
    let before = resident();
    let units = (0..arguments.fleet.count)
        .map(|number| Unit::new(&blueprint, number, &report))
        .collect::<Result<Vec<_>, _>>()?;
    let lookups = Lookups::default();
    let servers = resolve(units.first().map_or(Vec::new(), Unit::known), &lookups).await?;
    let common = Rc::new(Common {
        blueprint,
        lookups,
        report,
        window: Semaphore::new(arguments.fleet.window as usize),
        period: arguments.period,
        start: Instant::now(),
    });
    let runners = runners(arguments, units, &servers, &common)?;
    common.report.say(
        format_args!("{}", started(arguments, &servers)),
        json!({
            "event": "started",
            "count": arguments.fleet.count,
            "accounts": servers.iter().map(Reached::json).collect::<Vec<_>>(),
        }),
    );

    let (stop, stopped) = watch::channel(false);
    let tasks: Vec<_> = runners
        .into_iter()
        .map(|runner| tokio::task::spawn_local(runner.run(stopped.clone())))
        .collect();
    let progress = tokio::task::spawn_local(show_progress(arguments.clone(), common.clone()));
    let silence = tokio::task::spawn_local(tell_silence(common.clone()));
    let all = async {
        for task in tasks {
            // A runner ends when its devices have stopped.
            let _ = task.await;
        }
    };
    tokio::pin!(all);
    let end = async {
        match arguments.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    // The devices may stop by themselves, as a command says.
    let stopped_already = tokio::select! {
        () = &mut all => true,
        () = interrupted() => false,
        () = end => false,
    };
    let seconds = common.start.elapsed().as_secs_f64();
    let registered = common.report.counts.registered.get();
    let after = resident();
    // Nobody listens where all have stopped already.
    let _ = stop.send(true);
    let in_time = stopped_already
        || tokio::select! {
            () = &mut all => true,
            () = interrupted() => false,
            () = give_up(&common) => false,
        };
    progress.abort();
    silence.abort();
    if arguments.fleet.count > 1 {
        let grown = after
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        summary(arguments, &common.report, registered, seconds, grown);
    }
    if !in_time {
        return Err(
            "not every device could de-register; the server drops them when their lifetime is over".into(),
        );
    }
    Ok(())
}

/// A server that a device knows from the start, and an address of it.
struct Reached {
    /// `None` for the bootstrap server.
    server: Option<u16>,
    uri: String,
    address: SocketAddr,
}

impl Reached {
    fn json(&self) -> Json {
        json!({"server": self.server, "uri": self.uri, "address": self.address.to_string()})
    }
}

/// Where the servers are: a name that there is not is told at once.
async fn resolve(known: Vec<(Option<u16>, String)>, lookups: &Lookups) -> Result<Vec<Reached>, String> {
    let mut servers = Vec::new();
    for (server, uri) in known {
        let addresses = lookups.find(&uri).await?;
        let address = addresses.first().copied();
        let address = address.ok_or_else(|| format!("{uri}: the host has no address"))?;
        servers.push(Reached { server, uri, address });
    }
    Ok(servers)
}

/// The devices with their sockets: one for all where each can have an address of its own, and else one for each.
fn runners(
    arguments: &Arguments,
    mut units: Vec<Unit>,
    servers: &[Reached],
    common: &Rc<Common>,
) -> Result<Vec<Runner>, Box<dyn std::error::Error>> {
    let any: SocketAddr = (Ipv4Addr::UNSPECIFIED, 0).into();
    let own = |number| {
        // Of both IP versions, where the host has both.
        bind((Ipv6Addr::UNSPECIFIED, 0).into())
            .or_else(|_| bind(any))
            .map_err(|error| advice(&error, number))
    };
    if arguments.fleet.count == 1 {
        let socket = match arguments.bind {
            Some(address) => bind(address).map_err(|error| advice(&error, 0))?,
            None => own(0)?,
        };
        let commands = Some(commands::read());
        return Ok(vec![Runner::new(common.clone(), socket, units, commands)]);
    }
    let here = |server: &Reached| server.address.is_ipv4() && server.address.ip().is_loopback();
    if servers.iter().all(here) {
        let first = arguments.fleet.first_address.to_bits();
        let last = first
            .checked_add(arguments.fleet.count - 1)
            .map(Ipv4Addr::from_bits);
        if !last.is_some_and(|last| last.is_loopback() && arguments.fleet.first_address.is_loopback()) {
            return Err(
                "the devices' addresses end beyond 127.255.255.255; choose --first-address lower".into(),
            );
        }
        for (number, unit) in (0..).zip(&mut units) {
            unit.address = Some(Ipv4Addr::from_bits(first + number).into());
        }
        let socket = bind(arguments.bind.unwrap_or(any)).map_err(|error| advice(&error, 0))?;
        return Ok(vec![Runner::new(common.clone(), socket, units, None)]);
    }
    (0..)
        .zip(units)
        .map(|(number, unit)| Ok(Runner::new(common.clone(), own(number)?, vec![unit], None)))
        .collect()
}

/// What to do about a socket that the system does not give.
fn advice(error: &std::io::Error, have: u32) -> String {
    match have {
        0 => format!("no socket: {error}; choose another address with --bind"),
        _ => format!(
            "no socket for device {have}: {error}; raise the limit of open files (`ulimit -n`) and the range of ports, \
             run fewer devices, or run them on the server's host, where they share one socket"
        ),
    }
}

/// Who begins to do what.
fn started(arguments: &Arguments, servers: &[Reached]) -> String {
    let several = arguments.fleet.count > 1;
    let who = match arguments.fleet.count {
        1 => arguments.endpoint.clone(),
        count => format!(
            "{count} devices, {0}-0 to {0}-{1},",
            arguments.endpoint,
            count - 1
        ),
    };
    let at = |server: &Reached| format!("{} ({})", server.uri, server.address);
    let (bootstrap, servers): (Vec<_>, Vec<_>) = servers.iter().partition(|server| server.server.is_none());
    let servers: Vec<_> = servers.into_iter().map(at).collect();
    match (servers.is_empty(), bootstrap.first(), several) {
        (false, _, false) => format!("{who} registers at {}", servers.join(" and ")),
        (false, _, true) => format!("{who} register at {}", servers.join(" and ")),
        (true, Some(server), _) => format!("{who} with the bootstrap server {}", at(server)),
        (true, None, _) => format!("{who} without a server; name one by --server, --bootstrap or --accounts"),
    }
}

/// Waits for Ctrl-C, or for the signal by which a supervisor ends a program.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Says once that nobody answers: somebody may have forgotten to start the server, and the engine gives up only after 93 s.
async fn tell_silence(common: Rc<Common>) {
    tokio::time::sleep(SILENCE).await;
    let counts = &common.report.counts;
    if counts.datagrams_out.get() > 0 && counts.datagrams_in.get() == 0 {
        common.report.say(
            format_args!("nobody has answered yet; is the server there? It is tried again"),
            json!({"event": "silence"}),
        );
    }
}

/// Waits as long as de-registering may take, and says so where it is not done at once.
async fn give_up(common: &Common) {
    tokio::time::sleep(SILENCE).await;
    let rest = PATIENCE.saturating_sub(SILENCE);
    common.report.say(
        format_args!(
            "a server does not answer the de-registration; waits {} s more, or until Ctrl-C",
            rest.as_secs()
        ),
        json!({"event": "waits", "seconds": rest.as_secs()}),
    );
    tokio::time::sleep(rest).await;
}

/// How far a fleet is, on a terminal.
async fn show_progress(arguments: Arguments, common: Rc<Common>) {
    if arguments.fleet.count == 1 || arguments.json {
        return;
    }
    let bar = ProgressBar::new(u64::from(arguments.fleet.count));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} registered, {msg}") {
        bar.set_style(style);
    }
    let counts = &common.report.counts;
    let mut before = counts.requests.get();
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let requests = counts.requests.get();
        bar.set_position(counts.registered.get());
        bar.set_message(format!(
            "{} failures, {} updates, {} requests/s",
            counts.failures.get(),
            counts.updates.get(),
            (requests - before) * 2
        ));
        before = requests;
    }
}

fn summary(arguments: &Arguments, report: &Report, registered: u64, seconds: f64, grown: Option<u64>) {
    let counts = &report.counts;
    let bytes = grown.map(|grown| grown / u64::from(arguments.fleet.count));
    let rate = counts.requests.get() as f64 / seconds.max(0.001);
    let memory = match bytes {
        Some(bytes) => format!("; {bytes} bytes of memory a device"),
        None => String::new(),
    };
    report.say(
        format_args!(
            "{registered} of {} devices registered after {seconds:.1} s; {} failures, {} updates, {} requests answered \
             ({rate:.0} a second){memory}",
            arguments.fleet.count,
            counts.failures.get(),
            counts.updates.get(),
            counts.requests.get(),
        ),
        json!({
            "event": "summary",
            "count": arguments.fleet.count,
            "registered": registered,
            "seconds": seconds,
            "failures": counts.failures.get(),
            "updates": counts.updates.get(),
            "requests": counts.requests.get(),
            "requests_per_second": rate,
            "datagrams_in": counts.datagrams_in.get(),
            "datagrams_out": counts.datagrams_out.get(),
            "dropped": counts.dropped.get(),
            "bytes_per_device": bytes,
        }),
    );
}

/// The memory of this process, where the system shows it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
