//! Floor 5: accounts of a device and plans of a bootstrap server as files for people, in TOML (feature `toml`).
//!
//! A device that comes with accounts, be it at servers or at a bootstrap server, has them from a file like this:
//!
//! ```
//! use lwm2m_runtime::{configuration_file::ConfigurationFile, model::{Path, ValueRef}};
//!
//! let file = ConfigurationFile::new(r#"
//! ## Where the device is told its servers. Leave it out for a device that is never bootstrapped.
//! [bootstrap-server]
//! uri = "coap://bootstrap.example.com:5783"
//! ## Seconds that it waits before it asks by itself.
//! client-hold-off-time = 10
//!
//! ## Any number of servers.
//! [[server]]
//! uri = "coap://server.example.com"
//! short-server-id = 1         # 1 to 65534; each server has its own
//! lifetime = 300              # seconds; a day without it
//! binding = "U"               # `U` without it
//! default-minimum-period = 5
//! communication-retry-count = 3
//!
//! ## Any other instances, by their paths; resources by their identifiers.
//! [values]
//! "/3/0/15" = "Europe/Berlin"
//! "#);
//! let accounts = file.accounts()?.value;
//!
//! assert_eq!(accounts.servers[0].server.lifetime, 300);
//! let values = accounts.number(None)?;
//! assert_eq!(values.get(Path::resource(0, 0, 11)), Some(ValueRef::Integer(10)));
//! assert_eq!(values.get(Path::resource(3, 0, 15)), Some(ValueRef::String("Europe/Berlin")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! They are what `net::ClientBuilder::configuration` takes.
//!
//! A bootstrap server has its plans from a file like this. What `[defaults]` says, every plan has, but for what it says
//! itself: of accounts (by their Short Server IDs) and of the tables `values` and `bootstrap-server` key by key, of rules
//! of access rule by rule.
//!
//! ```
//! use lwm2m_runtime::{configuration::RuleTarget, configuration_file::ConfigurationFile};
//!
//! let file = ConfigurationFile::new(r#"
//! [defaults]
//! ## What is asked of a device, in this order. This is what a plan with rules of access does without it, too.
//! steps = ["discover /", "prune", "delete /2", "write /"]
//! format = "senml-cbor"       # else what the device prefers; also tlv, json, senml-json, lwm2m-cbor
//! write-level = "instance"    # or "object": how much one message carries
//! pack = true                 # whether devices of LwM2M 1.2 may have it all at once
//! tolerant = false            # whether to go on when a device refuses a step
//!
//! [[defaults.server]]
//! short-server-id = 1
//! uri = "coap://server.example.com"
//! lifetime = 300
//!
//! ## One device, by its endpoint client name. It gets a key of its own for the server of the defaults.
//! [[plan]]
//! endpoint = "urn:dev:os:32473-7"
//!
//! [[plan.server]]
//! short-server-id = 1
//! uri = "coaps://server.example.com"
//! [plan.server.security]
//! mode = "pre-shared-key"     # or no-sec, raw-public-key, certificate, certificate-with-est
//! identity = "sensor-7"
//! key = { hex = "8a6ff26e07d5bc4a19e3d6f0b7c25e91" }   # or { base64 = ".." }, or { file = "sensor-7.key" }
//!
//! ## Every other device of a pattern: `*` is any characters, `?` is one. The first pattern that fits counts.
//! [[plan]]
//! pattern = "sensor-*"
//!
//! [[plan.server]]
//! short-server-id = 2
//! uri = "coap://backup.example.com"
//!
//! ## With several servers: who may do what. R read, W write, E execute, D delete; `default` is everybody else.
//! [[plan.access]]
//! object = 3
//! instance = 0
//! owner = 1
//! rights = { 2 = "R" }
//!
//! ## Who may create instances of an object.
//! [[plan.access]]
//! object = 9
//! rights = { 1 = "C" }
//!
//! ## The instance of server 2's own account.
//! [[plan.access]]
//! server = 2
//! owner = 2
//! "#);
//! let plans = file.plans()?.value;
//!
//! let one = plans.find("urn:dev:os:32473-7").ok_or("no plan")?;
//! assert_eq!(one.configuration.servers[0].server.lifetime, 300);
//! let other = plans.find("sensor-8").ok_or("no plan")?;
//! assert_eq!(other.configuration.servers.len(), 2);
//! assert_eq!(other.configuration.rules[0].target, RuleTarget::Instance(3, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The other keys of accounts are the names of the resources of the objects 0 and 1, in small letters with hyphens:
//! `registration-priority-order`, `bootstrap-on-registration-failure`, `bootstrap-server-account-timeout`, `sni`.
//! Resources with several values are arrays. An account may also have `security-instance` and `server-instance`, the
//! numbers of its instances, and a table `oscore` with `master-secret`, `sender-id`, `recipient-id` and, perhaps,
//! `aead-algorithm`, `hmac-algorithm`, `master-salt` and `id-context`. Files of keys and certificates are DER or PEM; that
//! of a pre-shared key is the key itself.
//!
//! Everything that is wrong is told at once, with line and column:
//!
//! ```
//! use lwm2m_runtime::configuration_file::ConfigurationFile;
//!
//! let file = ConfigurationFile::new("[[server]]\nshort-server-id = 1\nuri = \"coap://example.com\"\nlifetme = 300\n");
//! let error = file.accounts().unwrap_err();
//! assert_eq!(error.to_string(), "4:1: `lifetme` is no key of a server's account; did you mean `lifetime`?");
//! ```
//!
//! | file | what |
//! |---|---|
//! | `file` | [`ConfigurationFile`] |
//! | `problem` | what is wrong, and where |
//! | `table` | keys, asked for one by one: what nobody asks for is told |
//! | `plans` | plans, steps, defaults |
//! | `account`, `credentials`, `access`, `values` | what a configuration has |
//! | `scalar`, `bytes` | values in the types of their resources; keys and certificates |
//! | `advice` | what can be said and should not be |

mod access;
mod account;
mod advice;
mod bytes;
mod credentials;
mod file;
mod plans;
mod problem;
mod scalar;
mod table;
mod values;

pub use file::ConfigurationFile;
pub use problem::{Checked, ConfigurationFileError, Problem};
