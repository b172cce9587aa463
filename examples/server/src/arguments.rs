//! The command line.

use std::{net::SocketAddr, time::Duration};

use clap::Parser;
use lwm2m_runtime::server::ServerConfig;

/// A server of LwM2M: devices register with it, and the commands on standard input are carried out. `help` lists them.
#[derive(Debug, Parser)]
#[command(
    disable_version_flag = true,
    after_help = "\
EXAMPLES
  server                                    commands from the keyboard
  server --json < script                    answers and events as JSON, one a line
  server --serve --bind 192.0.2.1:5683      no commands, until Ctrl-C
  server --awake 10 --queue-timeout 3600    for devices that listen for 10 s after the last message

EXIT STATUS
  0 every command did what was wanted
  1 one did not, or the server could not start
  2 the arguments are wrong"
)]
pub(crate) struct Arguments {
    /// The address to listen on. Without it port 5683 of every address.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = example_console::address)]
    pub(crate) bind: Option<SocketAddr>,
    /// Prints JSON, one line for each event and each command.
    #[arg(long)]
    pub(crate) json: bool,
    /// Takes no commands, and runs until Ctrl-C.
    #[arg(long)]
    pub(crate) serve: bool,

    /// How long a device in queue mode listens after the last message of either side, in seconds. It has to be no more
    /// than it really does.
    #[arg(long, value_name = "SECONDS", default_value = "93", value_parser = seconds, help_heading = "Devices that sleep")]
    awake: Duration,
    /// How long a request waits at most for such a device to wake, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "86400", value_parser = seconds, help_heading = "Devices that sleep")]
    queue_timeout: Duration,
    /// How many requests to a device may wait; more are refused here.
    #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..), help_heading = "Devices that sleep")]
    queue_limit: u16,
}

impl Arguments {
    /// The server's limits and policies.
    pub(crate) fn config(&self) -> ServerConfig {
        ServerConfig {
            awake_time: self.awake,
            queue_timeout: self.queue_timeout,
            max_requests_per_device: self.queue_limit,
            ..ServerConfig::default()
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "seconds are a number above 0".to_owned())
}
