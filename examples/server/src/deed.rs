//! What a device is to do with its registration, its configuration and the rights on its objects.

use lwm2m_runtime::{
    access_control::Rights,
    encoding::{Content, Record},
    model::{Path, Value},
    net::Device,
    operation::{ArgumentsBuilder, Binding, WriteMode},
};
use serde_json::json;

use crate::{
    outcome::{Failed, Outcome},
    rights,
    words::{option, path},
};

/// Something for which a device is perhaps asked several things.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// It asks its bootstrap server for a configuration.
    Bootstrap { account: Option<u16> },
    /// It updates its registration, perhaps over another transport.
    Trigger {
        account: Option<u16>,
        binding: Option<String>,
    },
    /// It de-registers, and comes back later.
    Disable {
        account: Option<u16>,
        seconds: Option<u32>,
    },
    /// It tells who may do what.
    Rights,
    /// It lets a server do something.
    Grant {
        target: Path,
        server: u16,
        rights: Rights,
    },
}

/// Reads the words of a command behind its name and the endpoint.
pub(crate) fn parse(word: &str, mut rest: Vec<String>) -> Result<Deed, String> {
    let account = option(&mut rest, "account")
        .map(|text| {
            text.parse()
                .map_err(|_| "account= takes the N of /1/N".to_owned())
        })
        .transpose()?;
    let mut words = rest.into_iter();
    let deed = match word {
        "bootstrap" => Deed::Bootstrap { account },
        "trigger" => Deed::Trigger {
            account,
            binding: words.next().map(binding).transpose()?,
        },
        "disable" => Deed::Disable {
            account,
            seconds: match words.next() {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| format!("{text:?} are no seconds"))?),
            },
        },
        "rights" => Deed::Rights,
        _ => grant(words.by_ref())?,
    };
    match words.next() {
        None => Ok(deed),
        Some(word) => Err(format!("{word:?} is too much; `help` shows the command")),
    }
}

fn binding(text: String) -> Result<String, String> {
    match Binding::parse(&text, lwm2m_runtime::model::Version::V1_2) {
        Some(_) => Ok(text),
        None => Err(format!(
            "{text:?} is no binding: U for UDP, T for TCP, S for SMS, N for non-IP, M for MQTT, H for HTTP"
        )),
    }
}

fn grant(words: &mut impl Iterator<Item = String>) -> Result<Deed, String> {
    const USAGE: &str = "say what to whom, as in `grant EP /3/0 2 RW`";
    let (Some(target), Some(server), Some(letters)) = (words.next(), words.next(), words.next()) else {
        return Err(USAGE.to_owned());
    };
    let target = path(&target)?;
    let server = match server.as_str() {
        "others" => 0,
        id => id
            .parse()
            .ok()
            .filter(|id| (1..=65_534).contains(id))
            .ok_or_else(|| format!("{id:?} is no Short Server ID, 1 to 65534, nor `others`"))?,
    };
    let rights = Rights::parse(&letters)
        .ok_or_else(|| format!("{letters:?} are no rights: letters of RWED, or C, or - for none"))?;
    let creates = rights.contains(Rights::CREATE);
    match target.depth() {
        1 if Rights::CREATE.contains(rights) => {}
        2 if !creates => {}
        1 => {
            return Err(format!(
                "for {target} itself there is only the right C, or - for none"
            ));
        }
        2 => {
            return Err(format!(
                "C is a right on an object; `grant EP {} ..` gives it",
                target.parent().unwrap_or(target)
            ));
        }
        _ => return Err(format!("rights are on instances and objects; {USAGE}")),
    }
    Ok(Deed::Grant {
        target,
        server,
        rights,
    })
}

impl Deed {
    /// What it is about.
    pub(crate) fn paths(&self) -> Vec<Path> {
        match self {
            Self::Bootstrap { .. } | Self::Trigger { .. } | Self::Disable { .. } => vec![Path::object(1)],
            Self::Rights => vec![Path::object(2)],
            Self::Grant { target, .. } => vec![Path::object(2), *target],
        }
    }

    /// Asks the device for all that it takes.
    pub(crate) async fn run(self, device: Device) -> Outcome {
        match self {
            Self::Bootstrap { account } => {
                let account = own_account(&device, account).await?;
                device.execute_path(Path::resource(1, account, 9), ()).await?;
            }
            Self::Trigger { account, binding } => {
                let account = own_account(&device, account).await?;
                let path = Path::resource(1, account, 8);
                let arguments = match binding {
                    None => ArgumentsBuilder::new(),
                    Some(binding) => ArgumentsBuilder::new()
                        .argument_with(0, &binding)
                        .map_err(|error| error.to_string())?,
                };
                device.execute_path(path, arguments).await?;
            }
            Self::Disable { account, seconds } => {
                let account = own_account(&device, account).await?;
                if let Some(seconds) = seconds {
                    let timeout = Path::resource(1, account, 5);
                    let record = Record::new(timeout, Value::Integer(seconds.into()));
                    device
                        .write_path(timeout, WriteMode::Replace, vec![record])
                        .await?;
                }
                device.execute_path(Path::resource(1, account, 4), ()).await?;
            }
            Self::Rights => return rights::show(&device).await,
            Self::Grant {
                target,
                server,
                rights,
            } => rights::grant(&device, target, server, rights).await?,
        }
        Ok(("2.04 Changed".to_owned(), json!({"status": "2.04"})))
    }
}

/// The instance of the Server object that is this server's account: the only one, or the only one that it may read.
async fn own_account(device: &Device, said: Option<u16>) -> Result<u16, Failed> {
    if let Some(account) = said {
        return Ok(account);
    }
    let registration = device.registration().await?;
    let listed = registration
        .objects
        .get(1)
        .map_or(&[][..], |servers| servers.instances);
    if let &[only] = listed {
        return Ok(only);
    }
    let records = device.read_path(Path::object(1)).await?;
    let accounts: Vec<(u16, String)> = records
        .iter()
        .filter(|record| record.path.resource_id() == Some(0))
        .filter_map(|record| match &record.content {
            Content::Value(server) => Some((record.path.instance_id()?, server.to_string())),
            _ => None,
        })
        .collect();
    match accounts.as_slice() {
        [(only, _)] => Ok(*only),
        [] => Err("the device shows no instance of /1; say which by account=N".into()),
        several => {
            let list: Vec<_> = several
                .iter()
                .map(|(account, server)| format!("/1/{account} of server {server}"))
                .collect();
            let list = list.join(", ");
            Err(format!("the device has {list}; say which is this server's by account=N").into())
        }
    }
}
