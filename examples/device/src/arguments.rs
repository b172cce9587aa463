//! The command line.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use clap::Parser;
use lwm2m_runtime::{
    encoding::{ContentFormat, Format, FormatSet},
    model::Version,
    net::ServerUri,
};

use crate::extra::Extra;

/// A device of LwM2M with live values: it registers with a server, answers it and notifies it until Ctrl-C, and
/// de-registers then. With --count it is a fleet.
#[derive(Clone, Debug, Parser)]
#[command(
    disable_version_flag = true,
    after_help = "\
OBJECTS
  1 Server, 3 Device, 5 Firmware Update, 6 Location, 7 Connectivity Statistics, 3303 Temperature, and those of --object.
  A package written to /5/0/0 is installed by executing /5/0/2. One that begins with `corrupt`, `unsupported` or `fails`
  does what it says; any other one works, and its first line is the new version.

COMMANDS of a single device, on standard input
  set PATH VALUE   a value of the device itself, as in `set /3303/0/5700 30.5`
  get PATH         prints a value
  send PATH..      sends values to the server, unasked
  update, register, deregister, quit

EXAMPLES
  device --server coap://localhost:5683 --object 3311:0 --object 3342:0
  device --count 10000 --lifetime 60"
)]
pub(crate) struct Arguments {
    /// The endpoint client name; those of a fleet have -0, -1, .. behind it.
    #[arg(short, long, default_value = "urn:dev:ops:32473-example", value_name = "NAME")]
    pub(crate) endpoint: String,
    /// Where the server is.
    #[arg(short, long, default_value = "coap://localhost:5683", value_name = "URI")]
    pub(crate) server: ServerUri,
    /// How long the server keeps the registration without an update, in seconds.
    #[arg(short, long, default_value_t = 300, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) lifetime: u32,
    /// The version of LwM2M. Without it 1.2 is tried first, then 1.1 and 1.0.
    #[arg(long = "lwm2m", value_name = "VERSION", value_parser = version)]
    pub(crate) version: Option<Version>,
    /// The content formats that the device reads and writes, by name or number. Without it all.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = format)]
    pub(crate) formats: Vec<Format>,
    /// Tells the server at registration which formats these are.
    #[arg(long, requires = "formats")]
    pub(crate) announce_formats: bool,
    /// A further object of the registry and its instance, as 3311:0; 3311@1.0:0 for a version of it.
    #[arg(long = "object", value_name = "OBJECT:INSTANCE")]
    pub(crate) objects: Vec<Extra>,
    /// How often values change, in seconds.
    #[arg(long, default_value = "2", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) period: Duration,
    /// Stops after so many seconds, as Ctrl-C does.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<Duration>,
    /// Prints events as JSON, one a line.
    #[arg(long)]
    pub(crate) json: bool,
    /// How many devices.
    #[arg(short = 'n', long, default_value_t = 1, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) count: u32,
    /// How many of them register at a time.
    #[arg(long, default_value_t = 200, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) window: u32,
    /// The address that datagrams leave from.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) bind: Option<SocketAddr>,
    /// The first of the addresses that the devices of a fleet have, if the server is on this host: they share one
    /// socket. With a server elsewhere each has a socket of its own.
    #[arg(long, default_value = "127.1.0.1", value_name = "ADDRESS")]
    pub(crate) first_address: Ipv4Addr,
}

impl Arguments {
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
