//! The command line.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{Args, Parser};
use lwm2m_runtime::{
    encoding::{ContentFormat, Format, FormatSet},
    model::Version,
    net::ServerUri,
};

use crate::{accounts::Named, commands, extra::Extra};

/// A device of LwM2M with live values: it registers with servers, answers them and notifies them until Ctrl-C, and
/// de-registers then. With --count it is a fleet.
#[derive(Clone, Debug, Parser)]
#[command(
    disable_version_flag = true,
    after_help = format!(
        "\
OBJECTS
  1 Server, 3 Device, 5 Firmware Update, 6 Location, 7 Connectivity Statistics, 3303 Temperature,
  and those of --object; 2 Access Control where there may be several servers.
  A package written to /5/0/0 is installed by executing /5/0/2. One that begins with `corrupt`,
  `unsupported` or `fails` does what it says; any other one works, and its first line is the new
  version.

COMMANDS of a single device, on standard input
{}

EXAMPLES
  device --server coap://localhost:5683 --object 3311:0 --object 3342:0
  device --server coap://one.example --server 20=coap://two.example
  device --bootstrap coap://localhost:5783 --endpoint station-1
  device --bootstrap coap://localhost:5783 --store station
  device --queue-mode --awake 10
  device --count 10000 --lifetime 60

EXIT STATUS
  0 it de-registered wherever it was registered
  1 a server did not answer that, or the device could not start
  2 the arguments are wrong",
        commands::HELP
    )
)]
pub(crate) struct Arguments {
    /// The endpoint client name; those of a fleet have -0, -1, .. behind it.
    #[arg(
        short,
        long,
        default_value = "urn:dev:ops:32473-example",
        value_name = "NAME",
        help_heading = "Device"
    )]
    pub(crate) endpoint: String,
    /// The version of LwM2M. Without it 1.2 is tried first, then 1.1 and 1.0.
    #[arg(long = "lwm2m", value_name = "VERSION", value_parser = version, help_heading = "Device")]
    pub(crate) version: Option<Version>,
    /// The content formats that the device reads and writes, by name or number. Without it all.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = format, help_heading = "Device")]
    pub(crate) formats: Vec<Format>,
    /// Tells the servers at registration which formats these are.
    #[arg(long, requires = "formats", help_heading = "Device")]
    pub(crate) announce_formats: bool,
    /// A further object of the registry and its instance, as 3311:0; 3311@1.0:0 for a version of it.
    #[arg(long = "object", value_name = "OBJECT:INSTANCE", help_heading = "Device")]
    pub(crate) objects: Vec<Extra>,
    /// How often values change, in seconds.
    #[arg(long, default_value = "2", value_name = "SECONDS", value_parser = seconds, help_heading = "Device")]
    pub(crate) period: Duration,
    /// Stops after so many seconds, as Ctrl-C does.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<Duration>,
    /// Prints events as JSON, one a line.
    #[arg(long)]
    pub(crate) json: bool,
    /// The address that datagrams leave from.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) bind: Option<SocketAddr>,

    #[command(flatten)]
    pub(crate) accounts: Accounts,
    #[command(flatten)]
    pub(crate) memory: Memory,
    #[command(flatten)]
    pub(crate) sleep: Sleep,
    #[command(flatten)]
    pub(crate) fleet: Fleet,
}

/// Where the device is known from the start.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Servers")]
pub(crate) struct Accounts {
    /// A server, and perhaps its Short Server ID, which is else 1, 2, .. in the order of the servers. Without any other
    /// account coap://localhost:5683.
    #[arg(short, long = "server", value_name = "[ID=]URI")]
    pub(crate) servers: Vec<Named>,
    /// A file of accounts at servers or a bootstrap server, and of rules of access; in TOML, one `[[server]]` with a `uri`
    /// and a `short-server-id` for each server.
    #[arg(long = "accounts", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The servers of a smartcard: its bootstrap file, or a directory of its files. Others count where there is no card.
    #[arg(long, value_name = "PATH")]
    pub(crate) smartcard: Option<PathBuf>,
    /// How long the servers of --server keep the registration without an update, in seconds.
    #[arg(short, long, default_value_t = 300, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) lifetime: u32,
    /// A bootstrap server, which has the device's configuration. It is asked when there is no server, when a registration
    /// fails that has it so, and when a server wants it.
    #[arg(short, long, value_name = "URI")]
    pub(crate) bootstrap: Option<ServerUri>,
    /// How long to wait before the bootstrap server is asked, in seconds.
    #[arg(long, value_name = "SECONDS", requires = "bootstrap")]
    pub(crate) hold_off: Option<u32>,
    /// Asks for the configuration step by step, not for all of it at once by a pack.
    #[arg(long)]
    pub(crate) no_pack: bool,
    /// The content format in which the bootstrap server is to write: tlv, senml-json, senml-cbor or lwm2m-cbor.
    #[arg(long, value_name = "FORMAT", value_parser = bootstrap_format)]
    pub(crate) bootstrap_format: Option<ContentFormat>,
}

/// What a restart leaves.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Memory")]
pub(crate) struct Memory {
    /// Keeps accounts, rules, and what servers have written, created and attached in two files, PATH.a and PATH.b; those of
    /// a fleet have -0, -1, .. in their names. What they have counts, and no longer the accounts above.
    #[arg(long, value_name = "PATH")]
    pub(crate) store: Option<PathBuf>,
    /// Begins as if nothing had been kept.
    #[arg(long, requires = "store")]
    pub(crate) anew: bool,
}

/// Whether the device listens all the time.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sleep")]
pub(crate) struct Sleep {
    /// Sleeps when there is nothing to do: servers keep what they have to ask until it wakes.
    #[arg(long)]
    pub(crate) queue_mode: bool,
    /// How long it listens after the last message, in seconds. Without it 93, on which servers count.
    #[arg(long, value_name = "SECONDS", requires = "queue_mode", value_parser = seconds)]
    pub(crate) awake: Option<Duration>,
}

/// Many devices in one process.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Fleet")]
pub(crate) struct Fleet {
    /// How many devices.
    #[arg(short = 'n', long, default_value_t = 1, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) count: u32,
    /// How many of them register at a time.
    #[arg(long, default_value_t = 200, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) window: u32,
    /// The first of the addresses that the devices have, if the servers are on this host: they share one socket. With
    /// servers elsewhere each has a socket of its own.
    #[arg(long, default_value = "127.1.0.1", value_name = "ADDRESS")]
    pub(crate) first_address: Ipv4Addr,
}

impl Arguments {
    /// Whether there may be rules of access: with a single server there are none.
    pub(crate) fn may_have_rules(&self) -> bool {
        let Accounts {
            servers,
            file,
            smartcard,
            bootstrap,
            ..
        } = &self.accounts;
        servers.len() > 1
            || file.is_some()
            || smartcard.is_some()
            || bootstrap.is_some()
            || self.memory.store.is_some()
    }

    /// The binding of an account. LwM2M 1.0 says there whether the device sleeps.
    pub(crate) fn binding(&self) -> &'static str {
        match (self.version, self.sleep.queue_mode) {
            (Some(Version::V1_0), true) => "UQ",
            _ => "U",
        }
    }

    /// The formats that were named, or all.
    pub(crate) fn format_set(&self) -> FormatSet {
        match self.formats.as_slice() {
            [] => FormatSet::ALL,
            formats => FormatSet::of(formats),
        }
    }
}

fn version(text: &str) -> Result<Version, String> {
    text.parse()
        .ok()
        .filter(|version| [Version::V1_0, Version::V1_1, Version::V1_2].contains(version))
        .ok_or_else(|| "LwM2M has the versions 1.0, 1.1 and 1.2".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "seconds are a number above 0".to_owned())
}

/// A format in which a whole instance can be written.
fn bootstrap_format(text: &str) -> Result<ContentFormat, String> {
    match format(text)? {
        format @ (Format::Tlv | Format::SenmlJson | Format::SenmlCbor | Format::Lwm2mCbor) => {
            Ok(format.content_format())
        }
        _ => Err("a configuration comes in tlv, senml-json, senml-cbor or lwm2m-cbor".to_owned()),
    }
}

/// A format by its name or its number.
fn format(text: &str) -> Result<Format, String> {
    Ok(match text {
        "text" => Format::Text,
        "opaque" => Format::Opaque,
        "cbor" => Format::Cbor,
        "senml-json" => Format::SenmlJson,
        "senml-cbor" => Format::SenmlCbor,
        "senml-etch-json" => Format::SenmlEtchJson,
        "senml-etch-cbor" => Format::SenmlEtchCbor,
        "tlv" => Format::Tlv,
        "json" => Format::Json,
        "lwm2m-cbor" => Format::Lwm2mCbor,
        number => number
            .parse()
            .ok()
            .map(ContentFormat)
            .and_then(ContentFormat::format)
            .ok_or(
                "the formats are text, opaque, cbor, senml-json, senml-cbor, senml-etch-json, senml-etch-cbor, tlv, json \
                 and lwm2m-cbor",
            )?,
    })
}
